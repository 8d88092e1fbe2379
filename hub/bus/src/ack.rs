// SPDX-License-Identifier: EUPL-1.2
//! The right to acknowledge one message of a stream.

use std::fmt;
use std::sync::Arc;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::message::Acker;

use crate::fault::BusFault;
use crate::link::Link;

/// The right to acknowledge one message. Cheap to clone; dropping it means that the message comes again.
#[derive(Clone)]
pub struct Ack {
    acker: Arc<Acker>,
    link: Link,
}

impl Ack {
    pub(crate) fn new(acker: Acker, link: Link) -> Self {
        Self {
            acker: Arc::new(acker),
            link,
        }
    }

    /// Acknowledges, and waits until the server has confirmed it.
    pub async fn ack(&self) -> Result<(), BusFault> {
        let confirmed = async {
            self.acker
                .double_ack()
                .await
                .map_err(|error| BusFault::unavailable("not acknowledged", error))
        };
        self.link.on_this_connection("not acknowledged", confirmed).await
    }

    /// Acknowledges without waiting. Should it be lost, the message comes again and is recognised.
    pub async fn ack_soon(&self) -> Result<(), BusFault> {
        self.acker
            .ack()
            .await
            .map_err(|error| BusFault::unavailable("not acknowledged", error))
    }

    /// Tells the server that work goes on.
    pub async fn in_progress(&self) -> Result<(), BusFault> {
        let sent = self.acker.ack_with(AckKind::Progress).await;
        sent.map_err(|error| BusFault::unavailable("in progress not sent", error))
    }
}

impl fmt::Debug for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ack")
    }
}
