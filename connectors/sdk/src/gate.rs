// SPDX-License-Identifier: EUPL-1.2
//! The gate before every piece of work: open, held by a person, or closed for good. It is only ever passed between
//! messages, never in the middle of one.

use std::time::Duration;

use hub_message::Pause;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The gate; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    paused: watch::Receiver<Option<Pause>>,
    closed: CancellationToken,
}

impl Gate {
    /// A gate that `paused` holds and `closed` closes.
    pub(crate) fn new(paused: watch::Receiver<Option<Pause>>, closed: CancellationToken) -> Self {
        Self { paused, closed }
    }

    /// Waits until work may begin; `false` when none may begin any more.
    pub(crate) async fn pass(&self) -> bool {
        let mut paused = self.paused.clone();
        tokio::select! {
            biased;
            () = self.closed.cancelled() => false,
            open = paused.wait_for(Option::is_none) => open.is_ok(),
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

    /// Resolves when no new work may begin: paused or closed.
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
}
