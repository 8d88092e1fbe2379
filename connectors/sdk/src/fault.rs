// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong at a system, sorted by what happens next.

use hub_message::RefusalClass;
use thiserror::Error;

/// The system does not answer as it should: the world's fault, repeated with growing pauses. The sentence is German,
/// stands on the status page and names no person and no content.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

impl Unavailable {
    /// With this German sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Why a delivery did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SinkFault {
    /// Certainly without effect at the target: repeated.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Perhaps with effect: repeated at an idempotent target, asked for at a queryable one, in doubt at any other.
    #[error("{0}")]
    Unknown(Unavailable),
    /// The target will never take it: the delivery's fault.
    #[error("{code}: {text}")]
    Rejected {
        /// Why, by kind.
        class: RefusalClass,
        /// Stable code.
        code: String,
        /// A sentence without personal data.
        text: String,
    },
}

/// The settings cannot be used. The German sentence stands on the status page.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SettingsFault(pub String);
