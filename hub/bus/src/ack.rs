// SPDX-License-Identifier: EUPL-1.2
//! The right to acknowledge one message of a stream.

use std::fmt;
use std::sync::Arc;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::message::Acker;

use crate::fault::BusFault;

/// The right to acknowledge one message. Cheap to clone; dropping it means that the message comes again.
#[derive(Clone)]
pub struct Ack(Arc<Acker>);

impl Ack {
    pub(crate) fn new(acker: Acker) -> Self {
        Self(Arc::new(acker))
    }

    /// Acknowledges, and waits until the server has confirmed it.
    pub async fn ack(&self) -> Result<(), BusFault> {
        self.0.double_ack().await.map_err(|error| BusFault::unavailable("not acknowledged", error))
    }

    /// Acknowledges without waiting. Should it be lost, the message comes again and is recognised.
    pub async fn ack_soon(&self) -> Result<(), BusFault> {
        self.0.ack().await.map_err(|error| BusFault::unavailable("not acknowledged", error))
    }

    /// Tells the server that work goes on.
    pub async fn in_progress(&self) -> Result<(), BusFault> {
        let sent = self.0.ack_with(AckKind::Progress).await;
        sent.map_err(|error| BusFault::unavailable("in progress not sent", error))
    }
}

impl fmt::Debug for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ack")
    }
}
