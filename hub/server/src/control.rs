// SPDX-License-Identifier: EUPL-1.2
//! The control socket: how the command line talks to the hub that runs on this machine.
//!
//! One JSON object a line each way, over a Unix socket in the data folder that only the hub's own user can open. Who
//! may write to it may also read the data folder, so the socket gives nobody a right that they did not have.

mod ask;
mod serve;

use hub_message::{ConnectorName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::exit::Exit;
pub(crate) use ask::{AskFault, ask};
pub(crate) use serve::{Control, Demand};

/// The longest line in either direction, in bytes.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// What the command line wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Read the configuration again, whole or not at all.
    Reload,
    /// The status document.
    Status,
    /// Send the original of a dead letter through the hub again.
    Replay {
        /// The dead letter.
        dead_letter: String,
        /// Why it is sent although an earlier replay is under way or was successful.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
        /// Who asked, for the record.
        by: String,
    },
    /// Close a dead letter for a reason.
    Discard {
        /// The dead letter.
        dead_letter: String,
        /// Why.
        reason: String,
        /// Who asked, for the record.
        by: String,
    },
    /// Tell a connector something.
    Connector {
        /// The connector.
        name: ConnectorName,
        /// What.
        verb: Verb,
        /// Who asked, for the record.
        by: String,
    },
    /// Replace a connector's key.
    Rotate {
        /// The connector.
        name: ConnectorName,
        /// Its old key counts no longer.
        finish: bool,
        /// Who asked, for the record.
        by: String,
    },
    /// Note that somebody looked at contents.
    Revealed {
        /// What was shown: `dead-letter 12`.
        what: String,
        /// Why.
        reason: String,
        /// Who.
        by: String,
    },
}

/// What a connector can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    /// Take and deliver nothing for a while.
    Pause {
        /// Why.
        reason: String,
        /// Until when; without it until `Resume`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Go on.
    Resume,
    /// Finish what is held, and end.
    Drain,
    /// Say how it is.
    Check,
}

impl Verb {
    /// Its name in the protocol (`ctl.<c>.<verb>`).
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
            Self::Drain => "drain",
            Self::Check => "check",
        }
    }
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    /// Done.
    Ok(serde_json::Value),
    /// Not done.
    Error {
        /// The exit code that the command line ends with.
        exit: u8,
        /// Why, in words for the person at the terminal.
        text: String,
    },
}

impl Answer {
    /// An answer that says why not, with the exit code that the command line ends with.
    pub(crate) fn error(exit: Exit, text: impl Into<String>) -> Self {
        Self::Error {
            exit: exit as u8,
            text: text.into(),
        }
    }
}
