// SPDX-License-Identifier: EUPL-1.2
//! The commands: each file holds what a command takes (`Arguments`) and what it does (`execute`).

pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod connector;
pub(crate) mod coverage;
mod covered;
pub(crate) mod deadletter;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod functions;
mod given;
mod listing;
pub(crate) mod lsp;
pub(crate) mod map;
pub(crate) mod message;
pub(crate) mod nats_config;
pub(crate) mod new;
mod place;
mod rejected;
pub(crate) mod reload;
mod reveal;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod test;

pub(crate) use place::store_file;
use place::user;
