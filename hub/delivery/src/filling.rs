// SPDX-License-Identifier: EUPL-1.2
//! How much a group of decided messages holds, and how much of it is published whole.

/// A group is full with this many publishes. An atomic batch holds 1000; the last message may bring a few.
const PUBLISHES_MAX: usize = 900;

/// A group is full with this many bytes.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a group holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filling {
    publishes: usize,
    bytes: usize,
}

impl Filling {
    /// A message with so many publishes and bytes is added.
    pub fn add(&mut self, publishes: usize, bytes: usize) {
        self.publishes += publishes;
        self.bytes += bytes;
    }

    /// Whether the group should be published before anything is added.
    pub fn is_full(&self) -> bool {
        self.publishes >= PUBLISHES_MAX || self.bytes >= BYTES_MAX
    }
}

/// How many messages are published whole when the first `published` documents are, by the documents of each message.
pub fn whole(documents: impl Iterator<Item = usize>, published: usize) -> usize {
    let mut sum = 0;
    let count = documents.take_while(|each| {
        sum += each;
        sum <= published
    });
    count.count()
}
