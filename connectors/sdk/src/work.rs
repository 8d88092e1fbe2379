// SPDX-License-Identifier: EUPL-1.2
//! The loops on one configuration, and again on the next one.

use std::sync::Arc;
use std::time::Duration;

use hub_message::{ConnectorName, TargetClass, Timestamp, Welcome};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::attempt::Delivering;
use crate::common_settings;
use crate::dispatch::Dispatch;
use crate::fault::SettingsFault;
use crate::gate::Gate;
use crate::health::{Part, now};
use crate::intake::{Intake, MessageKey};
use crate::ledger::Ledger;
use crate::responder::{Answering, Responder};
use crate::run::{DRAIN, Endpoints};
use crate::session::Session;
use crate::sink::Sink;
use crate::source::{Limits, Source};

/// Records taken at once: with small ones, one fsync of the stream for all of them. An atomic batch holds no more.
const RECORDS: usize = 1000;
/// Content of one batch that is held in memory.
const INLINE_BYTES: usize = 8 * 1024 * 1024;
/// Time between two looks for old entries of the ledger.
const PRUNE: Duration = Duration::from_secs(3600);
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// How a connector ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was told to.
    InOrder,
    /// A task ended that never should.
    ByFault,
}

/// What the loops share over all configurations.
#[derive(Debug)]
pub(crate) struct Work {
    pub name: ConnectorName,
    pub key: MessageKey,
    pub ledger: Ledger,
    pub session: Arc<Session>,
}

enum Next {
    Stop(Ended),
    Reconfigure,
}

impl Work {
    /// Works until it is stopped. `tasks` are those of the session; one that ends by itself ends the process.
    pub(crate) async fn run<S, K, R, O>(self, open: O, tasks: &mut JoinSet<()>) -> Ended
    where
        S: Source,
        K: Sink,
        R: Responder,
        O: Fn(&Value) -> Result<Endpoints<S, K, R>, SettingsFault>,
    {
        let mut welcome = self.session.welcome.subscribe();
        loop {
            let Some(settings) = welcome.borrow_and_update().clone() else {
                let text = "Noch keine Konfiguration vom Hub erhalten; wartet auf den Hub.";
                self.session.health.trouble(Part::Settings, text);
                match self.changed(&mut welcome, tasks).await {
                    Next::Stop(ended) => return ended,
                    Next::Reconfigure => continue,
                }
            };
            let mut loops = JoinSet::new();
            let closed = self.session.stop.child_token();
            match self.start(&settings, &open, &closed, &mut loops) {
                Ok(()) => self.session.health.well(Part::Settings),
                Err(fault) => self.session.health.trouble(Part::Settings, fault.0),
            }
            self.session.health.configured(&settings.config_digest);
            self.session.beat_once().await;
            let next = tokio::select! {
                biased;
                next = self.changed(&mut welcome, tasks) => next,
                Some(_) = loops.join_next() => Next::Stop(Ended::ByFault),
            };
            closed.cancel();
            self.drain(loops, matches!(next, Next::Stop(_))).await;
            if let Next::Stop(ended) = next {
                return ended;
            }
        }
    }

    /// Waits for another configuration, or the end.
    async fn changed(
        &self,
        welcome: &mut tokio::sync::watch::Receiver<Option<Arc<Welcome>>>,
        tasks: &mut JoinSet<()>,
    ) -> Next {
        tokio::select! {
            biased;
            () = self.session.stop.cancelled() => Next::Stop(Ended::InOrder),
            _ = tasks.join_next() => {
                // A signal ends its task and cancels; anything else is a fault of the program.
                let told = self.session.stop.is_cancelled();
                Next::Stop(if told { Ended::InOrder } else { Ended::ByFault })
            }
            changed = welcome.changed() => match changed {
                Ok(()) => Next::Reconfigure,
                Err(_) => Next::Stop(Ended::ByFault),
            },
        }
    }

    fn start<S, K, R, O>(
        &self,
        welcome: &Welcome,
        open: &O,
        closed: &CancellationToken,
        loops: &mut JoinSet<()>,
    ) -> Result<(), SettingsFault>
    where
        S: Source,
        K: Sink,
        R: Responder,
        O: Fn(&Value) -> Result<Endpoints<S, K, R>, SettingsFault>,
    {
        let (ledger_days, own) = common_settings::split(&welcome.config)?;
        let endpoints = open(&own)?;
        let gate = Gate::new(self.session.paused.subscribe(), closed.clone());
        if let Some(source) = endpoints.source {
            let gate = gate.clone().for_source(self.session.hold.subscribe());
            loops.spawn(self.intake(source, welcome, gate).run());
        }
        if let Some(sink) = endpoints.sink {
            let dispatch = Dispatch::new(
                self.delivering(sink, gate.clone()),
                self.session.bus.clone(),
                Arc::clone(&self.session.greeting),
            );
            loops.spawn(dispatch.run());
        }
        if let Some(responder) = endpoints.responder {
            let answering = Answering {
                responder: Arc::new(responder),
                bus: self.session.bus.clone(),
                health: self.session.health.clone(),
                gate: gate.clone(),
                at_once: self.session.manifest.max_in_flight.max(1) as usize,
            };
            loops.spawn(answering.run());
        }
        loops.spawn(prune(self.ledger.clone(), ledger_days, gate));
        Ok(())
    }

    fn intake<S: Source>(&self, source: S, welcome: &Welcome, gate: Gate) -> Intake<S> {
        Intake {
            source,
            bus: self.session.bus.clone(),
            name: self.name.clone(),
            key: self.key.clone(),
            limits: Limits {
                records: RECORDS,
                inline_bytes: INLINE_BYTES,
                inline_bytes_max: welcome.inline_bytes_max.min(hub_message::body::INLINE_BYTES_MAX as u64),
                document_bytes_max: welcome.document_bytes_max,
            },
            health: self.session.health.clone(),
            gate,
        }
    }

    fn delivering<K: Sink>(&self, sink: K, gate: Gate) -> Arc<Delivering<K>> {
        let manifest = &self.session.manifest;
        Arc::new(Delivering {
            // A connector that does not say how its target behaves gets the class that repeats nothing.
            class: sink.class().or(manifest.target_class).unwrap_or(TargetClass::Neither),
            sink,
            ledger: self.ledger.clone(),
            health: self.session.health.clone(),
            gate,
            places: Semaphore::new(manifest.max_in_flight.max(1) as usize),
        })
    }

    /// Lets the loops finish what they hold, for a bounded time. What does not finish was not acknowledged and comes
    /// again.
    async fn drain(&self, mut loops: JoinSet<()>, for_good: bool) {
        if for_good {
            self.session.health.draining();
            self.session.beat_once().await;
        }
        let all = async { while loops.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, all).await.is_err() {
            tracing::warn!("not everything came to its end in time; it is done again");
        }
    }
}

/// Forgets what was done long ago.
async fn prune(ledger: Ledger, days: u32, gate: Gate) {
    loop {
        let before = Timestamp::from_millis(now().millis() - i64::from(days) * DAY_MILLIS);
        match ledger.prune(before).await {
            Ok(0) => {}
            // There may be more than one transaction takes.
            Ok(_) if gate.rest(Duration::from_millis(50)).await => continue,
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, "old entries of the ledger stay"),
        }
        if !gate.rest(PRUNE).await {
            return;
        }
    }
}
