// SPDX-License-Identifier: EUPL-1.2
//! Everything that changes the store. Each function here works inside a transaction that its caller began and ends.

pub(crate) mod batch;
pub(crate) mod closing;
pub(crate) mod decision;
pub(crate) mod filing;
pub(crate) mod joining;
pub(crate) mod letters;
pub(crate) mod numbers;
pub(crate) mod receipts;
pub(crate) mod records;
pub(crate) mod states;
pub(crate) mod tables;
