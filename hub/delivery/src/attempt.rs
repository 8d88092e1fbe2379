// SPDX-License-Identifier: EUPL-1.2
//! What a sink does with a delivery, by what its ledger knows and by how its target behaves when something is repeated.

use hub_message::TargetClass;

use crate::ledger::Progress;

/// What comes first when a delivery is taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// It is settled: its receipt is sent again, the target is not touched.
    Answer,
    /// It was begun and may have had its effect; a person decides.
    InDoubt,
    /// The target is asked whether the effect is there; it is delivered only when it is not.
    Ask,
    /// It is delivered.
    Deliver,
}

/// The first step, by the ledger's entry as it stood before this attempt.
pub fn first(class: TargetClass, before: &Progress) -> First {
    match (before, class) {
        (Progress::Done { .. }, _) => First::Answer,
        (Progress::Started, TargetClass::Neither) => First::InDoubt,
        (Progress::Started, TargetClass::Queryable) => First::Ask,
        _ => First::Deliver,
    }
}

/// How delivering ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With an answer of the target: done, or refused for good.
    Answered,
    /// Perhaps with effect.
    Unknown,
    /// Certainly without effect.
    WithoutEffect,
}

/// What follows from the end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The answer is the outcome.
    Settle,
    /// The outcome is that nobody knows.
    InDoubt,
    /// Another attempt, by what the ledger says now.
    Repeat,
    /// The ledger must know first that there was no effect; then another attempt.
    NoteAndRepeat,
}

/// What follows when delivering ended so.
pub fn then(class: TargetClass, ended: Ended) -> Then {
    match (ended, class) {
        (Ended::Answered, _) => Then::Settle,
        (Ended::Unknown, TargetClass::Neither) => Then::InDoubt,
        (Ended::Unknown, _) => Then::Repeat,
        (Ended::WithoutEffect, _) => Then::NoteAndRepeat,
    }
}
