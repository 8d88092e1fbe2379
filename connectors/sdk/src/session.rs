// SPDX-License-Identifier: EUPL-1.2
//! The talk with the hub beside the messages: hello, heartbeat, control.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hub_bus::connector::{ConnectorBus, Control};
use hub_message::{Hello, Hold, Manifest, Pause, Welcome};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::greeting::Greeting;
use crate::health::{Health, Part, now};
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
    pub paused: watch::Sender<Option<Pause>>,
    /// The hub takes nothing new for a while.
    pub hold: watch::Sender<Option<Hold>>,
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
            "pause" => match pause_of(&control.payload) {
                Some(pause) => self.pause(Some(pause)),
                None => json!({"error": {"code": "AH-B422", "text": "the pause cannot be read"}}),
            },
            "resume" => self.pause(None),
            "hold" => match serde_json::from_slice(&control.payload) {
                Ok(hold) => self.held_by_hub(hold),
                Err(_) => json!({"error": {"code": "AH-B422", "text": "the hold cannot be read"}}),
            },
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

    fn pause(&self, pause: Option<Pause>) -> Value {
        match self.hold(pause) {
            Ok(()) => json!({"ok": true}),
            Err(error) => json!({"error": {"code": "AH-B421", "text": error.to_string()}}),
        }
    }

    /// Pauses, or goes on, once that is kept.
    fn hold(&self, pause: Option<Pause>) -> std::io::Result<()> {
        self.state.keep_pause(pause.as_ref())?;
        self.health.paused(pause.clone());
        self.paused.send_replace(pause);
        Ok(())
    }

    /// Ends a pause when its time has come.
    pub(crate) async fn resume_in_time(self: Arc<Self>) {
        let mut paused = self.paused.subscribe();
        loop {
            let until = paused.borrow_and_update().as_ref().and_then(|pause| pause.until);
            let left = until.map(|until| u64::try_from(until.millis() - now().millis()).unwrap_or(0));
            tokio::select! {
                () = self.stop.cancelled() => return,
                changed = paused.changed() => if changed.is_err() { return },
                () = after(left.map(Duration::from_millis)) => {
                    tracing::info!("the pause is over");
                    if self.hold(None).is_err() {
                        tokio::time::sleep(BEAT).await;
                    }
                    self.beat_once().await;
                }
            }
        }
    }

    /// Takes in the hub's hold. Nothing of it is kept: a hub that is gone cannot end it.
    fn held_by_hub(&self, hold: Hold) -> Value {
        let hold = Some(hold).filter(|hold| hold.seconds > 0);
        self.health.held(hold.as_ref());
        self.hold.send_replace(hold);
        json!({"ok": true})
    }

    /// Ends the hub's hold when the hub does not renew it.
    pub(crate) async fn release_in_time(self: Arc<Self>) {
        let mut hold = self.hold.subscribe();
        loop {
            let seconds = hold
                .borrow_and_update()
                .as_ref()
                .map(|hold| hold.seconds.min(Hold::SECONDS_MAX));
            tokio::select! {
                () = self.stop.cancelled() => return,
                changed = hold.changed() => if changed.is_err() { return },
                () = after(seconds.map(Duration::from_secs)) => {
                    tracing::info!("the hub has not renewed its hold: the source goes on");
                    self.health.held(None);
                    self.hold.send_replace(None);
                }
            }
        }
    }

    /// How the connector is, in the words of its heartbeat.
    fn check(&self) -> Value {
        serde_json::to_value(self.health.beat()).map_or_else(|_| json!({"ok": false}), |beat| json!({"ok": beat}))
    }
}

/// When this time is over; never without one.
async fn after(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// The pause that a control request asks for; without a body one without reason and end.
fn pause_of(payload: &[u8]) -> Option<Pause> {
    match payload.trim_ascii() {
        b"" | b"null" | b"{}" => Some(Pause::default()),
        json => serde_json::from_slice(json).ok(),
    }
}
