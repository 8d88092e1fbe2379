// SPDX-License-Identifier: EUPL-1.2
//! The case store as the hub uses it: through its public functions, on a real database file.

mod cases;
mod dead_letters;
mod durability;
mod history;
mod listings;
mod order;
mod receipts;
mod sample;
