// SPDX-License-Identifier: EUPL-1.2
//! The entry of every connector: from the command line to the loops and back out in order.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use hub_bus::ClientTls;
use hub_bus::connector::{ConnectorBus, ConnectorSettings};
use hub_message::{Manifest, Welcome};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::arguments::Arguments;
use crate::common_settings;
use crate::fault::SettingsFault;
use crate::greeting::Greeting;
use crate::health::Health;
use crate::intake::MessageKey;
use crate::ledger::{Ledger, LedgerFault};
use crate::parent;
use crate::responder::{NoResponder, Responder};
use crate::session::Session;
use crate::sink::Sink;
use crate::source::Source;
use crate::state::StateFolder;
use crate::work::{Ended, Work};

/// How long a connector may take to finish what it holds.
pub(crate) const DRAIN: Duration = Duration::from_secs(9);

/// The sides of a connector, as its settings want them.
#[derive(Debug)]
pub struct Endpoints<S, K, R = NoResponder> {
    /// Where records come from.
    pub source: Option<S>,
    /// Where deliveries go.
    pub sink: Option<K>,
    /// Who answers look-ups.
    pub responder: Option<R>,
}

/// Runs a connector of the kind that `manifest` describes; `open` makes its endpoints from the settings that the hub
/// hands over, again whenever they change. Exit codes: 0 after an orderly end, 1 after a fault of the program, 2 for a
/// wrong command line, 3 when state folder or seed cannot be used.
pub fn run<S, K, R, O>(manifest: Manifest, open: O) -> ExitCode
where
    S: Source,
    K: Sink,
    R: Responder,
    O: Fn(&Value) -> Result<Endpoints<S, K, R>, SettingsFault>,
{
    run_from(std::env::args_os(), manifest, open)
}

/// Like [`run`], with a command line of one's own; its first word is the program's name.
pub fn run_from<S, K, R, O>(arguments: impl IntoIterator<Item = OsString>, manifest: Manifest, open: O) -> ExitCode
where
    S: Source,
    K: Sink,
    R: Responder,
    O: Fn(&Value) -> Result<Endpoints<S, K, R>, SettingsFault>,
{
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(told) => told.exit(),
    };
    let manifest = common_settings::offered(manifest);
    if arguments.manifest {
        return print(&manifest);
    }
    start_log();
    #[cfg(feature = "failpoints")]
    if let Some(step) = &arguments.fail_at {
        crate::failpoint::arm(step);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return unusable("the runtime cannot be started", &error),
    };
    let code = runtime.block_on(serve(arguments, manifest, open));
    // What still blocks after the drain is left behind: everything durable is durable.
    runtime.shutdown_background();
    code
}

/// Ends a connector that was started in a wrong way, with a sentence on standard error.
pub fn wrong_usage(text: &str) -> ExitCode {
    // Nobody reads it: the exit code says it too.
    let _ = writeln!(std::io::stderr(), "error: {text}");
    ExitCode::from(2)
}

fn print(manifest: &Manifest) -> ExitCode {
    let json = serde_json::to_string_pretty(manifest).unwrap_or_default();
    match writeln!(std::io::stdout(), "{json}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// One JSON object a line on standard error; control characters cannot break a line.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,async_nats=warn"));
    let log = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if log.try_init().is_err() {
        tracing::debug!("a log was started before");
    }
}

fn unusable(what: &str, error: &dyn std::fmt::Display) -> ExitCode {
    tracing::error!(%error, "{what}");
    ExitCode::from(3)
}

async fn serve<S, K, R, O>(arguments: Arguments, manifest: Manifest, open: O) -> ExitCode
where
    S: Source,
    K: Sink,
    R: Responder,
    O: Fn(&Value) -> Result<Endpoints<S, K, R>, SettingsFault>,
{
    let (Some(name), Some(url), Some(seed), Some(state)) =
        (arguments.name, arguments.nats, arguments.seed, arguments.state)
    else {
        return ExitCode::from(2);
    };
    let (state, ledger, key) = match open_state(&state, &seed).await {
        Ok(opened) => opened,
        Err(error) => return unusable("state folder or seed cannot be used", &error),
    };
    let settings = ConnectorSettings {
        name: name.clone(),
        url,
        seed_file: seed,
        tls: ClientTls {
            authority: arguments.tls_ca,
            certificate: arguments.tls_cert.zip(arguments.tls_key),
        },
    };
    let stop = CancellationToken::new();
    if arguments.supervised
        && let Err(error) = parent::watch_input(stop.clone())
    {
        return unusable("standard input cannot be watched", &error);
    }
    let mut tasks = JoinSet::new();
    let signals = parent::signals(stop.clone());
    tasks.spawn(async move {
        if let Err(error) = signals.await {
            tracing::error!(%error, "signals cannot be received");
        }
    });
    let bus = tokio::select! {
        () = stop.cancelled() => return ExitCode::SUCCESS,
        connected = ConnectorBus::connect(&settings) => match connected {
            Ok(bus) => bus,
            Err(error) => return unusable("the connection to NATS cannot be made", &error),
        },
    };
    let session = session(bus, manifest, state, stop);
    let work = Work {
        name,
        key,
        ledger,
        session: Arc::clone(&session),
    };
    tasks.spawn(Arc::clone(&session).greet());
    tasks.spawn(Arc::clone(&session).beat());
    tasks.spawn(Arc::clone(&session).control());
    tasks.spawn(Arc::clone(&session).resume_in_time());
    tasks.spawn(Arc::clone(&session).release_in_time());
    let ended = work.run(open, &mut tasks).await;
    session.stop.cancel();
    session.beat_once().await;
    match ended {
        Ended::InOrder => ExitCode::SUCCESS,
        Ended::ByFault => ExitCode::FAILURE,
    }
}

async fn open_state(
    state: &Path,
    seed: &Path,
) -> Result<(StateFolder, Ledger, MessageKey), Box<dyn std::error::Error>> {
    let folder = StateFolder::open(state)?;
    let ledger = open_ledger(&folder.ledger()).await?;
    let key = folder.message_key(&std::fs::read(seed)?)?;
    Ok((folder, ledger, key))
}

/// A former life of this connector may still be draining: it has its time to end.
async fn open_ledger(path: &Path) -> Result<Ledger, LedgerFault> {
    let until = Instant::now() + DRAIN + Duration::from_secs(3);
    loop {
        match Ledger::open(path) {
            Err(LedgerFault::InUse) if Instant::now() < until => {
                tracing::info!("another process of this connector is still ending");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            opened => return opened,
        }
    }
}

fn session(bus: ConnectorBus, manifest: Manifest, state: StateFolder, stop: CancellationToken) -> Arc<Session> {
    let cached: Option<Arc<Welcome>> = state.welcome().map(Arc::new);
    let paused = state.pause();
    let health = Health::default();
    health.paused(paused.clone());
    Arc::new(Session {
        bus,
        manifest,
        health,
        welcome: watch::Sender::new(cached),
        greeting: Arc::new(Greeting::default()),
        paused: watch::Sender::new(paused),
        hold: watch::Sender::new(None),
        stop,
        state,
    })
}
