// SPDX-License-Identifier: EUPL-1.2
//! On which connection the hub was greeted, and when it has to be greeted again.
//!
//! A connector may not reset its reader, the hub may: it does so when it is greeted. So whoever gives up a pull says
//! that the greeting is stale, and nobody pulls before the next one.

use tokio::sync::{Notify, watch};

/// The last greeting.
#[derive(Debug)]
pub(crate) struct Greeting {
    connection: watch::Sender<Option<u64>>,
    again: Notify,
}

impl Default for Greeting {
    fn default() -> Self {
        Self {
            connection: watch::Sender::new(None),
            again: Notify::new(),
        }
    }
}

impl Greeting {
    /// The hub has answered on this connection, with the reader in order.
    pub(crate) fn answered(&self, connection: u64) {
        self.connection.send_replace(Some(connection));
    }

    /// The reader is not in order any more: the hub has to be greeted again.
    pub(crate) fn stale(&self) {
        self.connection.send_replace(None);
        self.again.notify_one();
    }

    /// The hub is to be greeted again, though the reader is in order.
    pub(crate) fn again(&self) {
        self.again.notify_one();
    }

    /// Resolves when the hub is to be greeted again.
    pub(crate) async fn wanted(&self) {
        self.again.notified().await;
    }

    /// Resolves when the hub has been greeted on this connection.
    pub(crate) async fn on(&self, connection: u64) {
        // The sender lives in this very value, so there is no other end.
        let _ = self
            .connection
            .subscribe()
            .wait_for(|greeted| *greeted == Some(connection))
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stale_greeting_has_to_be_made_again() {
        let greeting = Greeting::default();
        greeting.answered(1);
        greeting.on(1).await;
        greeting.stale();
        tokio::join!(greeting.on(2), async {
            greeting.wanted().await;
            greeting.answered(2);
        });
    }
}
