// SPDX-License-Identifier: EUPL-1.2
//! The commands: each file holds what a command takes (`Arguments`) and what it does (`execute`).

pub(crate) mod case;
pub(crate) mod check;
pub(crate) mod deadletter;
pub(crate) mod map;
pub(crate) mod message;
pub(crate) mod reload;
pub(crate) mod run;
pub(crate) mod status;
pub(crate) mod test;
