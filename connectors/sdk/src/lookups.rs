// SPDX-License-Identifier: EUPL-1.2
//! Asking other systems through the hub: a source whose system wants to know something gets [`Lookups`].

use bytes::Bytes;
use hub_bus::connector::{BusFault, ConnectorBus};
use hub_message::lookup::is_lookup_name;
use hub_message::{Ask, MessageType, Sensitive};
use thiserror::Error;

/// The way to ask. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lookups {
    bus: ConnectorBus,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// The type of the bytes.
    pub kind: MessageType,
    /// Their media type.
    pub media_type: String,
    /// What the hub's route releases of the answer.
    pub native: Sensitive<Bytes>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookupFault {
    /// The hub does not allow it, or the responder refuses; asking again is of no use.
    #[error("{code}: {text}")]
    Refused {
        /// Stable code.
        code: String,
        /// A sentence without personal data.
        text: String,
    },
    /// The hub or the responder is away.
    #[error("the look-up cannot be made now")]
    Unavailable,
}

impl Lookups {
    pub(crate) fn new(bus: ConnectorBus) -> Self {
        Self { bus }
    }

    /// Looks something up under the name of its route; `None` when there is nothing of the kind.
    pub async fn ask(&self, name: &str, ask: &Ask) -> Result<Option<Found>, LookupFault> {
        if !is_lookup_name(name) {
            return Err(LookupFault::Refused {
                code: "AH-B306".to_owned(),
                text: "this is no name of a look-up".to_owned(),
            });
        }
        let (head, bytes) = self.bus.look_up(name, ask).await.map_err(fault)?;
        match (head.found, head.kind) {
            (false, _) => Ok(None),
            (true, Some(kind)) => Ok(Some(Found {
                kind,
                media_type: head.media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
                native: Sensitive::new(bytes),
            })),
            (true, None) => Err(LookupFault::Unavailable),
        }
    }
}

fn fault(fault: BusFault) -> LookupFault {
    match fault {
        BusFault::Refused { code, text } => LookupFault::Refused { code, text },
        BusFault::Unavailable(reason) => {
            tracing::debug!(reason, "no answer to a look-up");
            LookupFault::Unavailable
        }
    }
}
