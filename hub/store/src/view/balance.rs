// SPDX-License-Identifier: EUPL-1.2
//! Counts: the balance per connector and day, and what the status needs.

use hub_message::{ConnectorName, Recipient, Timestamp};
use serde::Serialize;

use super::message::MessageState;

/// The balance of one connector on one day (UTC, by the time of receipt). Replays do not count: the message that they
/// replay does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BalanceRow {
    /// The connector that sent the messages.
    pub source: ConnectorName,
    /// The day, `YYYY-MM-DD`.
    pub day: String,
    /// Messages received.
    pub received: u64,
    /// At every target.
    pub delivered: u64,
    /// Went nowhere because a route says so.
    pub filtered: u64,
    /// Under way.
    pub waiting: u64,
    /// A person must look.
    pub in_doubt: u64,
    /// Could not be processed.
    pub dead_letter: u64,
    /// Given up by a person.
    pub discarded: u64,
    /// Sent again by the source; not part of `received`.
    pub repeated: u64,
}

impl BalanceRow {
    /// A row without messages.
    pub fn empty(source: ConnectorName, day: &str) -> Self {
        Self {
            source,
            day: day.to_owned(),
            received: 0,
            delivered: 0,
            filtered: 0,
            waiting: 0,
            in_doubt: 0,
            dead_letter: 0,
            discarded: 0,
            repeated: 0,
        }
    }

    /// The count of one state.
    pub fn of(&self, state: MessageState) -> u64 {
        match state {
            MessageState::Filtered => self.filtered,
            MessageState::Delivered => self.delivered,
            MessageState::Discarded => self.discarded,
            MessageState::Waiting => self.waiting,
            MessageState::InDoubt => self.in_doubt,
            MessageState::DeadLetter => self.dead_letter,
        }
    }

    pub(crate) fn count_mut(&mut self, state: MessageState) -> &mut u64 {
        match state {
            MessageState::Filtered => &mut self.filtered,
            MessageState::Delivered => &mut self.delivered,
            MessageState::Discarded => &mut self.discarded,
            MessageState::Waiting => &mut self.waiting,
            MessageState::InDoubt => &mut self.in_doubt,
            MessageState::DeadLetter => &mut self.dead_letter,
        }
    }

    /// Received minus everything that is accounted for: 0, or the store is broken.
    pub fn difference(&self) -> i64 {
        let accounted: u64 = MessageState::ALL.into_iter().map(|state| self.of(state)).sum();
        self.received as i64 - accounted as i64
    }
}

/// What went to one recipient out of the messages of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutgoingRow {
    /// The recipient.
    pub recipient: Recipient,
    /// Planned, no receipt yet.
    pub waiting: u64,
    /// At the target.
    pub delivered: u64,
    /// A person must look.
    pub in_doubt: u64,
    /// Refused by the target.
    pub rejected: u64,
    /// When the target last took something, of whatever day.
    pub last_success: Option<Timestamp>,
}

/// Open dead letters of one connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetterCount {
    /// The connector that sent the messages.
    pub source: ConnectorName,
    /// How many are open.
    pub open: u64,
    /// Receipt of the oldest of them.
    pub oldest: Timestamp,
}

/// What the status says about the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreFacts {
    /// Version of the database's layout.
    pub version: i64,
    /// Cases, aliases not counted.
    pub cases: u64,
    /// Open dead letters of all connectors.
    pub dead_letters: Vec<DeadLetterCount>,
    /// Size of the database in bytes, the write-ahead log not counted.
    pub bytes: u64,
}
