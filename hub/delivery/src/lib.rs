// SPDX-License-Identifier: EUPL-1.2
//! The decisions of delivery, as pure state machines: the hub's reader, the group commit and a sink's lanes and ledger.
//!
//! Invariant: nothing here waits, reads a clock, or does input or output. The hub, the bus and the connectors drive
//! these machines; the simulator in `tests` drives the same ones with a clock and a world of its own.

mod attempt;
mod bisection;
mod filling;
mod holding;
mod lanes;
mod ledger;
mod published;
mod quota;
mod sorting;
mod suspect;

pub use attempt::{Ended, First, Then, first, then};
pub use bisection::{Bisection, Step};
pub use filling::{Filling, whole};
pub use holding::{Closed, Holding};
pub use lanes::Lanes;
pub use ledger::{Change, Entry, Progress};
pub use published::Published;
pub use quota::{Levels, Moment, Room};
pub use sorting::{Sorted, sort};
pub use suspect::{Named, Suspicion, Trace, Verdict};
