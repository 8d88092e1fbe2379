// SPDX-License-Identifier: EUPL-1.2
//! How the hub is: what the connectors, the streams and the stores tell, put into the words of `/status`.

mod board;
mod gather;
mod judge;
mod whole;
mod words;

pub(crate) use board::Board;
pub(crate) use gather::{Gatherer, unknown};
