// SPDX-License-Identifier: EUPL-1.2
//! The second step of a message: route, release, map out, and the record for the case store.

mod delivery;
mod record;

use hub_mapping::Worker;
use hub_message::{CaseFacts, Code, Rejection, Sensitive, Timestamp};

use crate::outbound::Outbound;
use crate::read::Read;
use crate::route::{Route, Target};
use crate::rules::Rules;

const NO_RECIPIENT: Code = Code::new("AH-R110");

/// What planning needs beside the rules and the message. The caller derives it from what is stored, never from a
/// clock, so that planning the message again gives the same bytes.
#[derive(Debug, Clone)]
pub struct Context {
    /// What the case store knows about the case; `None` when no mapping asks for it.
    pub case: Option<CaseFacts>,
    /// The key under which rights to read documents are minted.
    pub capability_key: Sensitive<Vec<u8>>,
    /// When these rights expire.
    pub capability_expires: Timestamp,
}

/// Everything that follows from one canonical document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The record for the case store. It is published first where there are no atomic batches.
    pub record: Outbound,
    /// The deliveries, in the order of the routes.
    pub deliveries: Vec<Outbound>,
}

/// Plans a canonical document. Every route that fits delivers; `drop` only says that going nowhere is intended. Either
/// all deliveries are made or none: a rejection holds the findings of all of them.
pub fn plan(rules: &Rules, context: &Context, read: Read, worker: &mut Worker) -> Result<Plan, Rejection> {
    let mut deliveries = Vec::new();
    let mut intents = Vec::new();
    let mut faults = Vec::new();
    let mut filtered_by = None;
    for route in rules.routes.iter().filter(|route| applies(route, &read)) {
        match &route.target {
            Target::Drop { .. } => filtered_by = filtered_by.or(Some(route.name())),
            Target::Deliver(deliver) => match delivery::make(rules, context, &read, route, deliver, worker) {
                Ok((outbound, intent)) => {
                    deliveries.push(outbound);
                    intents.push(intent);
                }
                Err(mut fault) => {
                    let also = std::mem::take(&mut fault.also);
                    faults.push(fault);
                    faults.extend(also);
                }
            },
        }
    }
    if let Some(fault) = Rejection::all(faults) {
        return Err(fault);
    }
    let filtered_by = match (deliveries.is_empty(), filtered_by) {
        (true, None) => return Err(no_recipient(rules, &read)),
        (true, Some(route)) => Some(route.to_owned()),
        (false, _) => None,
    };
    let record = record::make(rules, &read, intents, filtered_by)?;
    Ok(Plan { record, deliveries })
}

fn applies(route: &Route, read: &Read) -> bool {
    let root = read.document.tree().root();
    route.takes(&read.origin.source, read.schema())
        && match (&route.when, root) {
            (None, _) => true,
            (Some(when), Some(root)) => when.holds(root),
            (Some(_), None) => false,
        }
}

fn no_recipient(rules: &Rules, read: &Read) -> Rejection {
    let (source, schema) = (&read.origin.source, read.schema());
    let near: Vec<String> = rules
        .routes
        .iter()
        .filter(|route| route.takes(source, schema))
        .map(|route| format!("`{}`", route.name))
        .collect();
    if near.is_empty() {
        return Rejection::new(
            NO_RECIPIENT,
            format!("no route takes `{schema}` from `{source}`"),
            "add a route for it, or one with `drop = true` and a reason",
        );
    }
    Rejection::new(
        NO_RECIPIENT,
        format!(
            "no route takes this document: the conditions (`when`) of {} do not hold",
            near.join(", ")
        ),
        "look at the conditions, or add a route with `drop = true` and a reason for documents like this",
    )
}

#[cfg(test)]
mod tests;
