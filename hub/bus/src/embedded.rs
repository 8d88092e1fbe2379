// SPDX-License-Identifier: EUPL-1.2
//! The embedded nats-server: generated configuration, a child that is started again when it dies and that dies with the
//! hub, whatever ends the hub.

mod fault;
mod keeper;
mod program;

use std::fs::{self, DirBuilder, File};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hub_message::ConnectorName;
use rustix::process::Signal;

pub use fault::EmbeddedFault;

use crate::accounts::{ConfigFacts, ServerTls, nats_config};
use crate::keys::{KeyFault, KeyOf, Keys};
pub use keeper::Restarter;
use keeper::{Keeper, Program, end_orphans};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// How long the server may take until it listens: it looks through everything that it keeps.
const START_SECONDS: u64 = 120;
/// How long the port of a server that is ending is waited for.
const PORT_PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take until it has read its configuration again.
const RELOAD_PATIENCE: Duration = Duration::from_secs(20);

/// What the embedded server needs to know.
#[derive(Debug, Clone)]
pub struct EmbeddedSettings {
    /// The program, where one is named; else it is looked for on `PATH` and in `.tools/bin`.
    pub program: Option<PathBuf>,
    /// Folder of the server: configuration, keys, JetStream, log. Made with mode 0700.
    pub folder: PathBuf,
    /// Where it listens. Without it on the loopback interface.
    pub listen: Option<IpAddr>,
    /// Its port; without one a free port is chosen at the first start and kept.
    pub port: Option<u16>,
    /// Certificates, where it speaks TLS.
    pub tls: Option<ServerTls>,
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
    keeper: Keeper,
    /// Held as long as the server is kept: nobody else starts one on the same folder.
    _lock: File,
}

impl Embedded {
    /// Writes the configuration, starts the server and waits until it listens. Blocks; a few milliseconds usually.
    pub fn start(mut settings: EmbeddedSettings) -> Result<Self, EmbeddedFault> {
        let path = program::find(settings.program.as_deref())?;
        settings.folder = make_folder(&settings.folder)?;
        let folder = settings.folder.clone();
        let lock = lock(&folder)?;
        let files = Files::of(&folder);
        end_orphans(&files.config).map_err(EmbeddedFault::folder(&folder))?;
        remove_port_files(&folder).map_err(EmbeddedFault::folder(&folder))?;
        let keys = Keys::open(&folder.join("keys"))?;
        let address = SocketAddr::from((settings.listen.unwrap_or(LOOPBACK), port(&settings)?));
        write_config(&settings, &keys, address)?;
        let program = Program {
            path,
            config: files.config,
            output: files.output,
        };
        let keeper = Keeper::start(program).map_err(EmbeddedFault::folder(&folder))?;
        let embedded = Self {
            address,
            keys,
            settings,
            keeper,
            _lock: lock,
        };
        embedded.wait_until_it_listens()?;
        Ok(embedded)
    }

    /// Where those on this machine reach it.
    pub fn url(&self) -> String {
        let here = if self.address.ip().is_unspecified() {
            LOOPBACK
        } else {
            self.address.ip()
        };
        let scheme = if self.settings.tls.is_some() { "tls" } else { "nats" };
        format!("{scheme}://{}", SocketAddr::from((here, self.address.port())))
    }

    /// A handle by which the server is started anew.
    pub fn restarter(&self) -> Restarter {
        self.keeper.restarter()
    }

    /// The keys of the hub and of the connectors.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How often it had to be started again.
    pub fn restarts(&self) -> u32 {
        self.keeper.ends()
    }

    /// The server's process id, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.keeper.pid()
    }

    /// Whether it speaks TLS, hence has certificates that may have been renewed.
    pub fn speaks_tls(&self) -> bool {
        self.settings.tls.is_some()
    }

    /// Changes the connectors: accounts come and go without dropping other connections. Blocks until the server has
    /// taken the change, a few milliseconds usually.
    pub fn set_connectors(&mut self, connectors: Vec<ConnectorName>) -> Result<(), EmbeddedFault> {
        self.settings.connectors = connectors;
        write_config(&self.settings, &self.keys, self.address)?;
        // A new account's imports work only after a second reload: nats-server 2.15 subscribes to what an account imports
        // when it reloads an account that it has already, not when it makes one while reloading.
        self.reload()?;
        self.reload()
    }

    /// Lets the server read its configuration and waits until it says that it runs on it.
    fn reload(&self) -> Result<(), EmbeddedFault> {
        let log = Files::of(&self.settings.folder).log;
        let said = |words: &str| fs::read_to_string(&log).unwrap_or_default().matches(words).count();
        let (done, failed) = ("Reloaded server configuration", "Failed to reload");
        let (done_before, failed_before) = (said(done), said(failed));
        self.keeper.signal(Signal::HUP);
        let end = Instant::now() + RELOAD_PATIENCE;
        while Instant::now() < end && said(failed) == failed_before {
            if said(done) != done_before {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(EmbeddedFault::Reload { log })
    }

    /// Ends the server in order. Blocks until it has ended, at most 10 s.
    pub fn stop(mut self) {
        self.keeper.stop();
    }

    /// The server writes a file with its process id in the name when it listens. Asking the port would not do: somebody
    /// else may answer there.
    fn wait_until_it_listens(&self) -> Result<(), EmbeddedFault> {
        let folder = &self.settings.folder;
        let log = Files::of(folder).log;
        let end = Instant::now() + Duration::from_secs(START_SECONDS);
        while Instant::now() < end {
            if self.keeper.pid().is_some_and(|pid| has_port_file(folder, pid)) {
                return Ok(());
            }
            if self.keeper.ends() > 0 {
                let reason = last_words(folder);
                return Err(EmbeddedFault::Ended { reason, log });
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let seconds = START_SECONDS;
        Err(EmbeddedFault::Silent { seconds, log })
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.keeper.stop();
    }
}

/// The files of the server in its folder.
struct Files {
    config: PathBuf,
    log: PathBuf,
    output: PathBuf,
}

impl Files {
    fn of(folder: &Path) -> Self {
        Self {
            config: folder.join("nats.conf"),
            log: folder.join("nats.log"),
            output: folder.join("nats.out"),
        }
    }
}

/// Makes the folder; it holds the bodies of messages, so it is nobody else's to read. Returns its absolute path.
fn make_folder(folder: &Path) -> Result<PathBuf, EmbeddedFault> {
    let fault = EmbeddedFault::folder(folder);
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder).map_err(&fault)?;
    fs::canonicalize(folder).map_err(&fault)
}

fn lock(folder: &Path) -> Result<File, EmbeddedFault> {
    let fault = EmbeddedFault::folder(folder);
    let file = File::create(folder.join("lock")).map_err(&fault)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(EmbeddedFault::Busy {
            path: folder.to_owned(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(fault(error)),
    }
}

/// Files by which former servers told that they listen.
fn remove_port_files(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ports") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn has_port_file(folder: &Path, pid: u32) -> bool {
    let ending = format!("_{pid}.ports");
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .into_iter()
        .any(|entry| entry.file_name().to_string_lossy().ends_with(&ending))
}

fn port(settings: &EmbeddedSettings) -> Result<u16, EmbeddedFault> {
    let path = settings.folder.join("port");
    let fault = EmbeddedFault::folder(&path);
    let kept = || fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
    if let Some(port) = settings.port.or_else(kept) {
        // Tried, so that a taken port is told as what it is.
        let is_free = is_free_soon((settings.listen.unwrap_or(LOOPBACK), port).into());
        return is_free.then_some(port).ok_or(EmbeddedFault::Port { port });
    }
    let free = TcpListener::bind((settings.listen.unwrap_or(LOOPBACK), 0)).and_then(|listener| listener.local_addr());
    let free = free.map_err(&fault)?.port();
    fs::write(&path, free.to_string()).map_err(&fault)?;
    Ok(free)
}

/// The server of a hub that was killed ends with it, but not in the same moment: with much to write it holds its port for a
/// while longer, when nothing tells any more whose process it is.
fn is_free_soon(address: SocketAddr) -> bool {
    let end = Instant::now() + PORT_PATIENCE;
    loop {
        if TcpListener::bind(address).is_ok() {
            return true;
        }
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn write_config(settings: &EmbeddedSettings, keys: &Keys, address: SocketAddr) -> Result<(), EmbeddedFault> {
    let key_of = |name: &ConnectorName| Ok((name.clone(), keys.public_of_connector(name)?));
    let connectors = settings.connectors.iter().map(key_of);
    let connectors = connectors.collect::<Result<Vec<_>, KeyFault>>()?;
    let files = Files::of(&settings.folder);
    let text = nats_config(&ConfigFacts {
        listen: &address.to_string(),
        tls: settings.tls.as_ref(),
        folder: &settings.folder,
        log: &files.log,
        max_file_store: settings.max_file_store,
        sync_always: !settings.dangerously_allow_unsynced,
        hub_key: &keys.public(KeyOf::Hub)?,
        system_key: &keys.public(KeyOf::System)?,
        connectors: &connectors,
    });
    let unfinished = files.config.with_extension("conf.new");
    fs::write(&unfinished, text)
        .and_then(|()| fs::rename(&unfinished, &files.config))
        .map_err(EmbeddedFault::folder(&files.config))
}

/// The last error that the server told, in its log or before it had one.
fn last_words(folder: &Path) -> String {
    let files = Files::of(folder);
    let log = fs::read_to_string(files.log).unwrap_or_default();
    let output = fs::read_to_string(files.output).unwrap_or_default();
    let fatal = log.lines().rev().take(20).find(|line| line.contains("[FTL]"));
    let said = output.lines().rev().find(|line| !line.trim().is_empty()).or(fatal);
    said.unwrap_or("it said nothing").trim().to_owned()
}
