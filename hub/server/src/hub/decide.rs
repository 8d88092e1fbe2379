// SPDX-License-Identifier: EUPL-1.2
//! The decision about one message, pure: everything that follows from it, or its dead letter.

use bytes::Bytes;
use hub_bus::{Broken, InboundItem};
use hub_mapping::Worker;
use hub_message::record::Stage;
use hub_message::{CaseFacts, Code, Message, Rejection, Sensitive, Timestamp};
use hub_pipeline::{Context, Outbound, Read, Rules, dead_letter, dead_letter_broken, plan, read};

use super::group::Decided;

const SUSPECT: Code = Code::new("AH-P301");

/// How long a recipient may read the documents that came with a delivery, in milliseconds: a year, so that a recipient
/// that was away for long finds them.
const CAPABILITY_MILLIS: i64 = 366 * 24 * 60 * 60 * 1000;

/// Decides a message that needs nothing but its bytes.
pub(super) fn alone(
    rules: &Rules,
    key: &Sensitive<Vec<u8>>,
    item: InboundItem,
    native: Result<Bytes, Rejection>,
    worker: &mut Worker,
) -> Decided {
    let outbounds = match &item.message {
        Err(found) => vec![broken(rules, &item, found, found.rejection.clone())],
        Ok(message) => match read_all(rules, message, native, worker) {
            Err(letter) => vec![*letter],
            Ok(reads) => {
                let known = reads.into_iter().map(|read| (read, None)).collect();
                plan_all(rules, message, key, known, worker)
            }
        },
    };
    Decided::new(item, outbounds)
}

/// Makes a message that ended the process twice a dead letter, without looking into it.
pub(super) fn suspect(rules: &Rules, item: InboundItem) -> Decided {
    let rejection = Rejection::new(
        SUSPECT,
        "the hub's process ended twice while it worked on this message",
        "keep the message, report the fault with its code, and process it again with a newer version",
    );
    let letter = match &item.message {
        Ok(message) => dead_letter(rules, message, 0, 1, Stage::Suspect, rejection),
        Err(found) => broken(rules, &item, found, rejection),
    };
    Decided::new(item, vec![letter])
}

/// The dead letter of a message whose envelope is not valid.
pub(super) fn broken(rules: &Rules, item: &InboundItem, found: &Broken, rejection: Rejection) -> Outbound {
    let broken = hub_pipeline::Broken {
        source: &found.source,
        kind: found.kind.as_ref(),
        id: found.id.as_ref(),
        sequence: item.sequence,
        received: item.received,
        headers: &found.headers,
        wire: &found.wire,
    };
    dead_letter_broken(rules, broken, rejection)
}

/// The canonical documents of a message, or its dead letter.
pub(super) fn read_all(
    rules: &Rules,
    message: &Message,
    native: Result<Bytes, Rejection>,
    worker: &mut Worker,
) -> Result<Vec<Read>, Box<Outbound>> {
    native
        .and_then(|native| read(rules, message, &native, worker))
        .map_err(|rejection| Box::new(dead_letter(rules, message, 0, 1, Stage::Read, rejection)))
}

/// Plans every canonical document of a message; one that is rejected becomes a dead letter and the others go on.
pub(super) fn plan_all(
    rules: &Rules,
    message: &Message,
    key: &Sensitive<Vec<u8>>,
    reads: Vec<(Read, Option<CaseFacts>)>,
    worker: &mut Worker,
) -> Vec<Outbound> {
    let mut outbounds = Vec::with_capacity(reads.len() * 3);
    for (read, case) in reads {
        let context = Context {
            case,
            capability_key: key.clone(),
            capability_expires: Timestamp::from_millis(message.received.millis() + CAPABILITY_MILLIS),
        };
        let (part, parts) = (read.part(), read.parts());
        match plan(rules, &context, read, worker) {
            Ok(plan) => {
                outbounds.push(plan.record);
                outbounds.extend(plan.deliveries);
            }
            Err(rejection) => outbounds.push(dead_letter(rules, message, part, parts, Stage::Plan, rejection)),
        }
    }
    outbounds
}
