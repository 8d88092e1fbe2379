// SPDX-License-Identifier: EUPL-1.2
//! Everything that asks the store. Each function here works inside a transaction, so that what it puts together out of
//! several questions belongs together.

pub(crate) mod balance;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod dead_letter;
pub(crate) mod dead_letters;
pub(crate) mod facts;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod question;
pub(crate) mod timeline;
