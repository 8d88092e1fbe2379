// SPDX-License-Identifier: EUPL-1.2
//! Keeps the server running: starts it, starts it again when it dies, ends it, and sees to it that it never outlives the
//! hub.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Pauses before the server is started again, first and longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));
/// How Go's collector works in the server, unless the administrator's environment says otherwise. By default it runs
/// whenever the heap has doubled, which with the few megabytes that a server of ours holds is all the time: a third of the
/// server's processor time while documents pass. The limit keeps what that costs in memory within bounds when much waits; it
/// is well above what must be held, because below that the collector would run without end.
const COLLECTOR: [(&str, &str); 2] = [("GOGC", "400"), ("GOMEMLIMIT", "1GiB")];
/// How long the server has to end in order.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is run.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) config: PathBuf,
    /// What the server says before it has a log.
    pub(super) output: PathBuf,
}

#[derive(Debug, Default)]
struct State {
    /// The server's process id; 0 while there is none.
    pid: AtomicU32,
    ends: AtomicU32,
    stopping: AtomicBool,
}

/// Starts the server anew: it is killed, which loses nothing, and started again at once. Clones share it.
#[derive(Debug, Clone)]
pub struct Restarter(Arc<State>);

impl Restarter {
    /// Starts the server anew. Returns before it listens again; whoever is connected connects again by itself.
    pub fn restart(&self) {
        let pid = self.0.pid.load(Ordering::SeqCst);
        if pid != 0 {
            // A server that cannot write does not end in order either.
            send(pid, Signal::KILL);
        }
    }
}

/// Keeps one server running in a thread of its own.
#[derive(Debug)]
pub(super) struct Keeper {
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(super) fn start(program: Program) -> io::Result<Self> {
        let state = Arc::new(State::default());
        let kept = Arc::clone(&state);
        // A thread that lives as long as the server: the parent-death signal is bound to the thread that spawned it.
        let thread = std::thread::Builder::new()
            .name("nats-server".to_owned())
            .spawn(move || keep_running(&program, &kept))?;
        let thread = Some(thread);
        Ok(Self { state, thread })
    }

    /// The server's process id, while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        Some(self.state.pid.load(Ordering::SeqCst)).filter(|&pid| pid != 0)
    }

    /// How often it ended unasked.
    pub(super) fn ends(&self) -> u32 {
        self.state.ends.load(Ordering::SeqCst)
    }

    pub(super) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid() {
            send(pid, signal);
        }
    }

    /// A handle by which the server is started anew.
    pub(super) fn restarter(&self) -> Restarter {
        Restarter(Arc::clone(&self.state))
    }

    /// Ends the server in order; by force when that takes too long. Blocks.
    pub(super) fn stop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.state.stopping.store(true, Ordering::SeqCst);
        thread.thread().unpark();
        self.signal(Signal::TERM);
        let end = Instant::now() + PATIENCE;
        while !thread.is_finished() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        if !thread.is_finished() {
            self.signal(Signal::KILL);
        }
        // The thread only waits for its child; a panic in it has nothing left to damage.
        let _ = thread.join();
    }
}

fn keep_running(program: &Program, state: &State) {
    let stopping = || state.stopping.load(Ordering::SeqCst);
    let mut pause = PAUSES.0;
    while !stopping() {
        let begun = Instant::now();
        match spawn(program) {
            Ok(server) => {
                let ended = attend(server, state);
                if stopping() {
                    return;
                }
                tracing::error!(?ended, "nats-server has ended; it is started again");
            }
            Err(error) => tracing::error!(%error, "nats-server cannot be started; it is tried again"),
        }
        state.ends.fetch_add(1, Ordering::SeqCst);
        if begun.elapsed() > PATIENCE {
            pause = PAUSES.0;
        }
        std::thread::park_timeout(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
}

fn attend(mut server: Child, state: &State) -> io::Result<std::process::ExitStatus> {
    state.pid.store(server.id(), Ordering::SeqCst);
    // Asked to stop before the process id was known: it must not live on.
    if state.stopping.load(Ordering::SeqCst) {
        send(server.id(), Signal::TERM);
    }
    let ended = server.wait();
    state.pid.store(0, Ordering::SeqCst);
    ended
}

fn spawn(program: &Program) -> io::Result<Child> {
    let output = File::create(&program.output)?;
    let collector = COLLECTOR
        .into_iter()
        .filter(|(name, _)| std::env::var_os(name).is_none());
    // `setpriv` asks the kernel to kill the server when the thread that started it dies, which without unsafe code nobody
    // else can do between fork and exec. It becomes the server by exec, so the process id is the server's.
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .arg(&program.path)
        .arg("-c")
        .arg(&program.config)
        .envs(collector)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
}

fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended meanwhile.
        let _ = kill_process(pid, signal);
    }
}

/// Ends servers that run with this configuration although no hub keeps them. There is one only when the hub was killed
/// in the moment in which the server was started. The caller holds the lock of the folder, so none of them is kept.
pub(super) fn end_orphans(config: &Path) -> io::Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let orphans = running_with(config)?;
        if orphans.is_empty() || Instant::now() > end {
            return Ok(());
        }
        for orphan in orphans {
            tracing::warn!(pid = orphan, "a nats-server that a former hub left behind is ended");
            send(orphan, Signal::KILL);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn running_with(config: &Path) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut arguments = line.split(|&byte| byte == 0).skip(1);
        let is_config = |argument: &[u8]| argument == config.as_os_str().as_encoded_bytes();
        if arguments.next() == Some(b"-c") && arguments.next().is_some_and(is_config) {
            found.push(pid);
        }
    }
    Ok(found)
}
