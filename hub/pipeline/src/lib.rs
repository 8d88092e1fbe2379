// SPDX-License-Identifier: EUPL-1.2
//! What shall happen to a message: two pure functions over the rules, [`read`] and [`plan`].
//!
//! Invariant: only [`plan`] and [`dead_letter`] make an [`Outbound`], only [`release`] makes a [`Released`], and an
//! outbound mapping never sees anything else. Nothing here does input or output or reads a clock: the same message by
//! the same rules gives the same bytes, today and at the replay in a year.

mod condition;
mod dead_letter;
mod decimal;
#[cfg(test)]
mod fixture;
mod lookup;
mod outbound;
mod plan;
mod read;
mod release;
mod route;
mod rules;
mod written;

pub use condition::Condition;
pub use dead_letter::{Broken, dead_letter, dead_letter_broken};
pub use decimal::Decimal;
pub use lookup::{Lookup, LookupAnswer, answer, ask};
pub use outbound::{Claim, Outbound};
pub use plan::{Context, Plan, plan};
pub use read::{Read, read, unclaimed};
pub use release::{Released, Selection, release};
pub use route::{Attachments, Deliver, ProtectedPerson, Route, RouteSource, Target};
pub use rules::{Checked, ConnectorSource, Rules, RulesSource, TypeSource};
pub use written::Written;
