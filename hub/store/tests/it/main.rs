// SPDX-License-Identifier: EUPL-1.2
//! The case store as the hub uses it: through its public functions, on a real database file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cases;
mod dead_letters;
mod durability;
mod history;
mod hostile;
mod listings;
mod order;
mod receipts;
mod sample;
