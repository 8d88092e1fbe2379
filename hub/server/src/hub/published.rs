// SPDX-License-Identifier: EUPL-1.2
//! What was published by a reader, shared by its two halves.

use std::sync::Mutex;

use hub_delivery::{Sorted, Suspicion, sort};

/// Sequences whose decisions were published.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<hub_delivery::Published>);

impl Published {
    /// Notes sequences.
    pub(crate) fn note(&self, sequences: impl Iterator<Item = u64>) {
        // A poisoned lock means that another task panicked; the process is ending already.
        if let Ok(mut known) = self.0.lock() {
            known.note(sequences);
        }
    }

    /// Sorts what was taken; with `dedup`, what was published before and came again is known.
    pub(crate) fn sort<T>(
        &self,
        items: Vec<T>,
        sequence: impl Fn(&T) -> u64,
        suspicion: &Suspicion,
        dedup: bool,
    ) -> Sorted<T> {
        match self.0.lock() {
            Ok(known) if dedup => sort(items, sequence, &known, suspicion),
            _ => sort(items, sequence, &hub_delivery::Published::default(), suspicion),
        }
    }
}
