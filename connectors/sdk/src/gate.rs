// SPDX-License-Identifier: EUPL-1.2
//! The gate before every piece of work: open, held by a person, held by the hub, or closed for good. It is only ever passed
//! between messages, never in the middle of one.

use std::time::Duration;

use hub_message::{Hold, Pause};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The gate; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    paused: watch::Receiver<Option<Pause>>,
    /// The hub's hold, at the gate of a source.
    hold: Option<watch::Receiver<Option<Hold>>>,
    closed: CancellationToken,
}

impl Gate {
    /// A gate that `paused` holds and `closed` closes.
    pub(crate) fn new(paused: watch::Receiver<Option<Pause>>, closed: CancellationToken) -> Self {
        Self {
            paused,
            hold: None,
            closed,
        }
    }

    /// The same gate for a source: the hub's `hold` holds it as well.
    pub(crate) fn for_source(self, hold: watch::Receiver<Option<Hold>>) -> Self {
        Self {
            hold: Some(hold),
            ..self
        }
    }

    /// Whether the hub takes nothing now.
    pub(crate) fn is_held_by_hub(&self) -> bool {
        self.hold.as_ref().is_some_and(|hold| hold.borrow().is_some())
    }

    /// Waits until work may begin; `false` when none may begin any more.
    pub(crate) async fn pass(&self) -> bool {
        tokio::select! {
            biased;
            () = self.closed.cancelled() => false,
            open = self.opened() => open,
        }
    }

    /// Waits until neither a person nor the hub holds the gate; `false` when nobody could say so any more.
    async fn opened(&self) -> bool {
        let mut paused = self.paused.clone();
        let Some(mut hold) = self.hold.clone() else {
            return paused.wait_for(Option::is_none).await.is_ok();
        };
        loop {
            if paused.wait_for(Option::is_none).await.is_err() || hold.wait_for(Option::is_none).await.is_err() {
                return false;
            }
            // A pause may have begun while the hub's hold was waited for.
            if paused.borrow().is_none() {
                return true;
            }
        }
    }

    /// Waits for `pause`, cut short when the gate closes; `false` when it is closed.
    pub(crate) async fn rest(&self, pause: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.closed.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Resolves when no new work may begin because of a person, or because the gate is closed.
    pub(crate) async fn held(&self) {
        let mut paused = self.paused.clone();
        tokio::select! {
            () = self.closed.cancelled() => {}
            _ = paused.wait_for(Option::is_some) => {}
        }
    }

    /// Resolves when the gate is closed.
    pub(crate) async fn closed(&self) {
        self.closed.cancelled().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_held_gate_opens_and_a_closed_one_does_not() {
        let (pause, paused) = watch::channel(Some(Pause::default()));
        let closed = CancellationToken::new();
        let gate = Gate::new(paused, closed.clone());
        gate.held().await;
        let (passed, ()) = tokio::join!(gate.pass(), async {
            pause.send_replace(None);
        });
        assert!(passed);
        assert!(gate.rest(Duration::ZERO).await);
        closed.cancel();
        assert!(!gate.pass().await && !gate.rest(Duration::from_secs(600)).await);
    }

    #[tokio::test]
    async fn the_hubs_hold_stops_the_source_alone() {
        let (pause, paused) = watch::channel(None);
        let full = Hold {
            reason: "voll".into(),
            seconds: 5,
        };
        let (held, hold) = watch::channel(Some(full));
        let gate = Gate::new(paused, CancellationToken::new());
        let source = gate.clone().for_source(hold);
        assert!(source.is_held_by_hub() && !gate.is_held_by_hub());
        assert!(gate.pass().await, "deliveries go on");
        let (passed, ()) = tokio::join!(source.pass(), async {
            pause.send_replace(Some(Pause::default()));
            held.send_replace(None);
            tokio::task::yield_now().await;
            pause.send_replace(None);
        });
        assert!(passed && !source.is_held_by_hub());
    }
}
