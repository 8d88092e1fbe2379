// SPDX-License-Identifier: EUPL-1.2
//! What the ledger of a sink holds of one delivery, and how that changes.

use hub_message::Receipt;
use serde::{Deserialize, Serialize};

/// What is known of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// Attempts begun so far, over all lives of the process.
    pub attempts: u32,
    /// How far the last attempt came.
    pub progress: Progress,
}

/// How far a delivery came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Progress {
    /// Not begun, or failed without any effect.
    #[default]
    Waiting,
    /// Begun: if the process died since, nobody knows whether there was an effect.
    Started,
    /// Prepared at the target; the note says how to finish or recognise it.
    Staged {
        /// The sink's own words, without personal data.
        note: String,
    },
    /// Settled; the receipt is sent again whenever the delivery comes again.
    Done {
        /// The receipt.
        receipt: Receipt,
    },
}

/// A change of one entry.
#[derive(Debug)]
pub enum Change {
    /// An attempt begins.
    Begin,
    /// The attempt prepared something at the target.
    Stage(String),
    /// The attempt failed and certainly had no effect.
    Wait,
    /// The delivery is settled.
    Finish(Box<Receipt>),
}

impl Entry {
    /// The entry after a change. Done is final.
    pub fn after(&self, change: &Change) -> Self {
        let (mut attempts, mut progress) = (self.attempts, self.progress.clone());
        match (change, &self.progress) {
            (_, Progress::Done { .. }) => {}
            (Change::Begin, Progress::Staged { .. }) => attempts += 1,
            (Change::Begin, _) => {
                attempts += 1;
                progress = Progress::Started;
            }
            (Change::Stage(note), _) => progress = Progress::Staged { note: note.clone() },
            (Change::Wait, Progress::Staged { .. }) => {}
            (Change::Wait, _) => progress = Progress::Waiting,
            (Change::Finish(receipt), _) => {
                progress = Progress::Done {
                    receipt: (**receipt).clone(),
                };
            }
        }
        Self { attempts, progress }
    }
}
