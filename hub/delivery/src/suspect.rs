// SPDX-License-Identifier: EUPL-1.2
//! Which message was being planned when the hub's process ended, and what follows from it.
//!
//! After an unclean stop the messages that were in flight are taken one at a time, each named durably before it is
//! planned. A message that was named twice without being done is what ends the process: it becomes a dead letter.

use serde::{Deserialize, Serialize};

/// How often a message may be named before it counts as what ends the process.
const NAMED_MAX: u32 = 2;

/// Messages that are remembered beside the one being planned.
const KEPT_MAX: usize = 3;

/// What outlives the process.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// Set while a hub runs on this file; still set at the next start means that the last stop was unclean.
    pub running: bool,
    /// Highest sequence that was taken for planning.
    pub up_to: u64,
    /// The message being planned, while the hub is careful.
    pub named: Option<Named>,
    /// Messages that were named when the process ended and are not done yet. One before them may come again, because its
    /// acknowledgement was lost with the process, and must not make them forgotten.
    #[serde(default)]
    pub kept: Vec<Named>,
}

/// A message that was named, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its sequence in the stream.
    pub sequence: u64,
    /// How often it was named before it was planned.
    pub times: u32,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Plan it, once the trace is on the disk.
    Plan,
    /// It was named twice: it ends the process, so it becomes a dead letter without being planned.
    Suspect,
}

/// The suspicion of one reader in one life of the process.
#[derive(Debug)]
pub struct Suspicion {
    trace: Trace,
    careful_up_to: u64,
}

impl Suspicion {
    /// A life begins after one that left this trace. The new trace must be on the disk before anything is taken.
    pub fn after(last: Trace) -> Self {
        let kept: Vec<Named> = last.named.into_iter().chain(last.kept).take(KEPT_MAX).collect();
        let kept = if last.running { kept } else { Vec::new() };
        let careful_up_to = if last.running {
            kept.iter().map(|named| named.sequence).fold(last.up_to, u64::max)
        } else {
            0
        };
        Self {
            trace: Trace {
                running: true,
                up_to: last.up_to,
                named: None,
                kept,
            },
            careful_up_to,
        }
    }

    /// What has to outlive the process now.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Whether the message with this sequence was in flight at an unclean stop, so that it is taken alone.
    pub fn is_careful(&self, sequence: u64) -> bool {
        sequence <= self.careful_up_to
    }

    /// Messages up to `sequence` are taken for planning; tells whether the trace is to be written, without fsync.
    pub fn taken(&mut self, sequence: u64) -> bool {
        let higher = sequence > self.trace.up_to;
        self.trace.up_to = self.trace.up_to.max(sequence);
        higher
    }

    /// Names the message that is planned next. Only for messages that [`Suspicion::is_careful`] tells. With
    /// [`Verdict::Plan`] the trace must be fsynced before it is planned.
    pub fn name(&mut self, sequence: u64) -> Verdict {
        let before = self.trace.named.iter().chain(&self.trace.kept);
        let times = before
            .filter(|named| named.sequence == sequence)
            .map(|named| named.times)
            .max()
            .unwrap_or_default();
        self.trace.kept.retain(|named| named.sequence != sequence);
        if times >= NAMED_MAX {
            // Until its dead letter is made the trace goes on naming it.
            self.trace.named = Some(Named { sequence, times });
            return Verdict::Suspect;
        }
        self.trace.named = Some(Named {
            sequence,
            times: times + 1,
        });
        Verdict::Plan
    }

    /// The named message was planned, or is a dead letter now; tells whether the trace is to be written.
    pub fn planned(&mut self) -> bool {
        self.trace.named.take().is_some()
    }

    /// The reader ends in order: the next start need not be careful.
    pub fn stopped(&mut self) {
        self.trace.running = false;
        self.trace.named = None;
        self.trace.kept.clear();
    }
}
