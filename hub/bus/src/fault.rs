// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong on the bus, by what happens next.

use thiserror::Error;

/// A fault of the bus. It never holds anything of a message.
#[derive(Debug, Clone, Error)]
pub enum BusFault {
    /// The world's fault: the server or the other side is away, slow or full. Try again.
    #[error("{0}")]
    Unavailable(String),
    /// The other side understood and says no. Trying the same again is of no use.
    #[error("{code}: {text}")]
    Refused {
        /// Stable code.
        code: String,
        /// A sentence without personal data.
        text: String,
    },
}

impl BusFault {
    pub(crate) fn unavailable(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Unavailable(format!("{what}: {error}"))
    }

    pub(crate) fn refused(code: &str, text: impl Into<String>) -> Self {
        Self::Refused {
            code: code.to_owned(),
            text: text.into(),
        }
    }
}
