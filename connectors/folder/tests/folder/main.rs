// SPDX-License-Identifier: EUPL-1.2
//! The folder connector as a process, against a real nats-server and the hub's end of the protocol.

mod hub;
mod intake;
mod intake_faults;
mod outlet;
mod outlet_faults;
mod process;
mod session;
