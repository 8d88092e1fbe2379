// SPDX-License-Identifier: EUPL-1.2
//! The talk with the hub beside the messages: hello, heartbeat, control.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hub_bus::connector::{ConnectorBus, Control};
use hub_message::{Hello, Manifest, Welcome};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::greeting::Greeting;
use crate::health::{Health, Part};
use crate::state::StateFolder;

/// A heartbeat each.
const BEAT: Duration = Duration::from_secs(10);

/// What the tasks of the session share.
#[derive(Debug)]
pub(crate) struct Session {
    pub bus: ConnectorBus,
    pub manifest: Manifest,
    pub state: StateFolder,
    pub health: Health,
    /// The hub's last word on the configuration.
    pub welcome: watch::Sender<Option<Arc<Welcome>>>,
    pub greeting: Arc<Greeting>,
    pub paused: watch::Sender<bool>,
    pub stop: CancellationToken,
}

impl Session {
    /// Greets the hub on every new connection, and whenever its configuration may have changed.
    pub(crate) async fn greet(self: Arc<Self>) {
        let mut connected = self.bus.connected();
        let mut backoff = Backoff::default();
        while !self.stop.is_cancelled() {
            let connection = *connected.borrow_and_update();
            let hello = Hello {
                manifest: self.manifest.clone(),
                config_digest: self
                    .welcome
                    .borrow()
                    .as_ref()
                    .map(|welcome| welcome.config_digest.clone()),
            };
            let greeted = tokio::select! {
                () = self.stop.cancelled() => return,
                greeted = self.bus.hello(&hello) => greeted,
            };
            match greeted {
                Ok(welcome) => {
                    backoff.reset();
                    self.health.well(Part::Hub);
                    self.take_over(welcome);
                    self.greeting.answered(connection);
                    tokio::select! {
                        () = self.stop.cancelled() => return,
                        _ = connected.wait_for(|now| *now != connection) => {}
                        () = self.greeting.wanted() => {}
                    }
                }
                Err(fault) => {
                    tracing::debug!(%fault, "hello not answered");
                    let text = "Der Hub antwortet nicht auf die Anmeldung; es wird weiter versucht.";
                    self.health.trouble(Part::Hub, text);
                    tokio::select! {
                        () = self.stop.cancelled() => return,
                        () = tokio::time::sleep(backoff.next().min(Duration::from_secs(5))) => {}
                    }
                }
            }
        }
    }

    fn take_over(&self, welcome: Welcome) {
        if self.welcome.borrow().as_ref().is_some_and(|known| **known == welcome) {
            return;
        }
        if let Err(error) = self.state.keep_welcome(&welcome) {
            tracing::warn!(%error, "the configuration cannot be kept for the time when the hub is away");
        }
        self.welcome.send_replace(Some(Arc::new(welcome)));
    }

    /// The heartbeat: at once, and then every 10 s.
    pub(crate) async fn beat(self: Arc<Self>) {
        let mut ticks = interval(BEAT);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = ticks.tick() => self.beat_once().await,
            }
        }
    }

    /// One heartbeat; one that does not arrive is not repeated.
    pub(crate) async fn beat_once(&self) {
        if let Err(fault) = self.bus.beat(&self.health.beat()).await {
            tracing::debug!(%fault, "no heartbeat");
        }
    }

    /// Answers the hub's control requests.
    pub(crate) async fn control(self: Arc<Self>) {
        let mut backoff = Backoff::default();
        while !self.stop.is_cancelled() {
            match self.bus.controls().await {
                Ok(mut controls) => loop {
                    let control = tokio::select! {
                        () = self.stop.cancelled() => return,
                        control = controls.next() => control,
                    };
                    let Some(control) = control else { break };
                    self.answer(control).await;
                },
                Err(fault) => tracing::debug!(%fault, "no control"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(backoff.next()) => {}
            }
        }
    }

    async fn answer(&self, control: Control) {
        let verb = control.verb.clone();
        let answer = match verb.as_str() {
            "pause" => self.pause(true),
            "resume" => self.pause(false),
            "config" => {
                self.greeting.again();
                json!({"ok": true})
            }
            "drain" => json!({"ok": true}),
            "check" => self.check(),
            _ => json!({"error": {"code": "AH-B420", "text": "this control is not known"}}),
        };
        control.reply(Bytes::from(answer.to_string())).await;
        self.beat_once().await;
        if verb == "drain" {
            self.stop.cancel();
        }
    }

    fn pause(&self, paused: bool) -> Value {
        if let Err(error) = self.state.keep_paused(paused) {
            return json!({"error": {"code": "AH-B421", "text": error.to_string()}});
        }
        self.health.paused(paused);
        self.paused.send_replace(paused);
        json!({"ok": true})
    }

    /// How the connector is, in the words of its heartbeat.
    fn check(&self) -> Value {
        serde_json::to_value(self.health.beat()).map_or_else(|_| json!({"ok": false}), |beat| json!({"ok": beat}))
    }
}
