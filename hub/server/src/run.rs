// SPDX-License-Identifier: EUPL-1.2
//! The process: checks the configuration, starts everything in order, watches over it, stops everything in order.
//!
//! Invariant: a task that ends by itself ends the process, in order, with an exit code that says so.

mod children;
mod data;
mod logging;
mod reload;
mod replay;
mod rotate;
mod signals;
mod start;
mod steer;
mod tasks;
mod town;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::config;
use crate::control::{Answer, Demand, Request};
use crate::exit::Exit;
use crate::hub::{Sabotage, now};
use crate::terminal;
pub(crate) use data::control_socket;
use data::{DataFault, DataFolder};
use signals::{Asked, Signals};
use town::Town;

/// What `amtshub run` was told.
#[derive(Debug)]
pub(crate) struct Options {
    /// Folder of the configuration.
    pub(crate) config: PathBuf,
    /// Data folder.
    pub(crate) data: PathBuf,
    /// What the hub does wrong; nothing but in tests of tests.
    pub(crate) sabotage: Sabotage,
}

/// Whoever asks for the status waits this long for a new one.
const STATUS_MAX: Duration = Duration::from_secs(2);

/// How often the loop shows that it turns.
const BEAT: Duration = Duration::from_secs(1);

/// Runs until a signal or a fault.
pub(crate) fn run(options: &Options) -> Exit {
    logging::start();
    logging::end_on_panic();
    let data = match DataFolder::lock(&options.data) {
        Ok(data) => data,
        Err(fault) => return refuse(&fault),
    };
    let order_key = match data.key("order") {
        Ok(key) => key,
        Err(fault) => return refuse(&fault),
    };
    let configuration = match config::load(&options.config, &order_key) {
        Ok(configuration) => configuration,
        Err(findings) => {
            terminal::message(&findings.render());
            return Exit::Configuration;
        }
    };
    if !configuration.warnings.is_empty() {
        tracing::warn!("{}", configuration.warnings.render());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            tracing::error!("no runtime: {fault}");
            return Exit::Unreachable;
        }
    };
    runtime.block_on(live(options, configuration, data))
}

fn refuse(fault: &DataFault) -> Exit {
    terminal::message(&fault.to_string());
    Exit::Unreachable
}

/// From start to stop.
async fn live(options: &Options, configuration: config::Configuration, data: DataFolder) -> Exit {
    let (demands, mut demanded) = mpsc::channel(16);
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(fault) => {
            tracing::error!("no signals: {fault}");
            return Exit::Unreachable;
        }
    };
    let started = tokio::select! {
        started = start::start(options, configuration, data, demands) => started,
        () = stopped(&mut signals) => return Exit::Ok,
    };
    let mut town = match started {
        Ok(town) => town,
        Err(fault) => {
            tracing::error!("not started: {fault:#}");
            return Exit::Unreachable;
        }
    };
    let exit = watch_over(&mut town, &mut signals, &mut demanded).await;
    town.stop().await;
    tracing::info!("stopped");
    exit
}

async fn stopped(signals: &mut Signals) {
    while signals.next().await != Asked::Stop {}
}

/// Does what signals and the control socket ask for, until one asks to stop or something ends by itself.
async fn watch_over(town: &mut Town, signals: &mut Signals, demanded: &mut mpsc::Receiver<Demand>) -> Exit {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            _ = beat.tick() => town.heartbeat.beat(),
            asked = signals.next() => match asked {
                Asked::Stop => return Exit::Ok,
                Asked::Reload => drop(reload::reload(town).await),
            },
            Some(demand) = demanded.recv() => {
                let answer = answer(town, demand.request).await;
                // A caller that has gone does not want to know.
                let _ = demand.answer.send(answer);
            }
            fault = town.fallen() => {
                tracing::error!("{fault}: the process ends");
                return Exit::Unreachable;
            }
        }
    }
}

async fn answer(town: &mut Town, request: Request) -> Answer {
    match request {
        Request::Reload => reload::reload(town).await,
        Request::Status => status_now(town).await,
        Request::Replay { dead_letter, again, by } => replay::replay(town, &dead_letter, again.as_deref(), &by).await,
        Request::Discard {
            dead_letter,
            reason,
            by,
        } => replay::discard(town, &dead_letter, &by, &reason).await,
        Request::Connector { name, verb, by } => steer::steer(town, &name, &verb, &by).await,
        Request::Rotate { name, finish, by } => {
            tokio::task::block_in_place(|| rotate::rotate(town, &name, finish, &by))
        }
        Request::Revealed { what, reason, by } => {
            tracing::warn!(target: "reveal", what, reason, by, "personal values shown at the command line");
            Answer::Ok(serde_json::Value::Null)
        }
    }
}

/// The status, made anew for whoever asks; the last one where that takes too long.
async fn status_now(town: &mut Town) -> Answer {
    let since = now();
    town.asked.notify_one();
    let fresh = town.status.wait_for(|status| status.at >= since);
    let _ = tokio::time::timeout(STATUS_MAX, fresh).await;
    match serde_json::to_value(&**town.status.borrow()) {
        Ok(status) => Answer::Ok(status),
        Err(fault) => Answer::error(Exit::Unreachable, fault.to_string()),
    }
}
