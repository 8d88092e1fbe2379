// SPDX-License-Identifier: EUPL-1.2
//! Dead letters: the record of a message that could not be processed, with its original behind it.

use std::fmt::Write;

use bytes::Bytes;
use hub_message::body::{HEAD_BYTES_MAX, INLINE_BYTES_MAX, frame};
use hub_message::id::keyed_hash;
use hub_message::record::{CaseRecord, DeadLetter, Decision, Stage};
use hub_message::{
    ConnectorName, DeliveryId, Header, Headers, Message, MessageId, MessageType, Recipient, Rejection, Timestamp,
};

use crate::outbound::{Claim, Outbound, refer};
use crate::rules::Rules;

/// How many findings a dead letter keeps: enough to mend the document, few enough to fit the record.
const FINDINGS_MAX: usize = 100;

/// A message whose envelope is not valid, as the inbound stream holds it.
#[derive(Debug, Clone, Copy)]
pub struct Broken<'a> {
    /// The connector whose stream holds it.
    pub source: &'a ConnectorName,
    /// Its type, if the subject names one.
    pub kind: Option<&'a MessageType>,
    /// Its id, if it has a valid one.
    pub id: Option<&'a MessageId>,
    /// Its sequence in the inbound stream.
    pub sequence: u64,
    /// When the stream took it.
    pub received: Timestamp,
    /// What could be kept of its headers.
    pub headers: &'a Headers,
    /// Its body as it came.
    pub wire: &'a Bytes,
}

/// The record of a message that could not be processed. `part` of `parts` is 0 of 1 unless one document out of several
/// failed.
pub fn dead_letter(
    rules: &Rules,
    message: &Message,
    part: u32,
    parts: u32,
    stage: Stage,
    rejection: Rejection,
) -> Outbound {
    let claimed = message.body.head.claim.as_ref().map(|claim| claim.size);
    let letter = Letter {
        source: &message.source,
        kind: &message.kind,
        id: &message.id,
        sequence: message.sequence,
        received: message.received,
        headers: &message.headers,
        size: claimed.unwrap_or(message.body.native.disclose().len() as u64),
        part,
        parts,
    };
    letter.outbound(rules, stage, rejection, &message.body.encode())
}

/// The record of a message whose envelope is not valid. Without an id it is known by its place in the stream.
pub fn dead_letter_broken(rules: &Rules, broken: Broken<'_>, rejection: Rejection) -> Outbound {
    let sequence = broken.sequence.to_be_bytes();
    let source = broken.source.as_str().as_bytes();
    let place = || MessageId::keyed(rules.order_key.disclose(), &[b"broken", source, &sequence]);
    let letter = Letter {
        source: broken.source,
        kind: &broken.kind.cloned().unwrap_or_else(MessageType::unknown),
        id: &broken.id.cloned().unwrap_or_else(place),
        sequence: broken.sequence,
        received: broken.received,
        headers: broken.headers,
        size: broken.wire.len() as u64,
        part: 0,
        parts: 1,
    };
    letter.outbound(rules, Stage::Read, rejection, broken.wire)
}

/// What the two kinds of dead letters have in common.
struct Letter<'a> {
    source: &'a ConnectorName,
    kind: &'a MessageType,
    id: &'a MessageId,
    sequence: u64,
    received: Timestamp,
    headers: &'a Headers,
    size: u64,
    part: u32,
    parts: u32,
}

impl Letter<'_> {
    fn outbound(&self, rules: &Rules, stage: Stage, rejection: Rejection, original: &Bytes) -> Outbound {
        // A body of a connector that keeps to the protocol always travels along; only a broken one is larger.
        let claim = (original.len() > INLINE_BYTES_MAX + HEAD_BYTES_MAX).then(|| Claim {
            reference: refer("application/octet-stream", original),
            content: original.clone(),
        });
        let letter = DeadLetter {
            rejection: shortened(rejection),
            headers: self
                .headers
                .iter()
                .map(|(header, value)| (header.name().to_owned(), value.to_owned()))
                .collect(),
            stage,
            claim: claim.as_ref().map(|claim| claim.reference.clone()),
        };
        let record = self.record(rules, letter);
        let behind: &[u8] = if claim.is_some() { &[] } else { original };
        let delivery = DeliveryId::derive(self.source, self.id, self.part, &Recipient::Cases, "");
        Outbound {
            headers: self.headers_out(rules, &record, &delivery),
            recipient: Recipient::Cases,
            kind: MessageType::record(),
            delivery,
            body: frame(&record, behind),
            claims: claim.into_iter().collect(),
        }
    }

    fn record(&self, rules: &Rules, letter: DeadLetter) -> CaseRecord {
        let header = |header| self.headers.get(header).map(str::to_owned);
        CaseRecord {
            source: self.source.clone(),
            message: self.id.clone(),
            part: self.part,
            parts: self.parts,
            kind: self.kind.clone(),
            received: self.received,
            sequence: self.sequence,
            rules: rules.digest().clone(),
            correlation: header(Header::Correlation).or_else(|| Some(self.id.to_string())),
            causation: header(Header::Causation),
            traceparent: header(Header::TraceParent),
            size: self.size,
            decision: Decision::DeadLetter(Box::new(letter)),
        }
    }

    fn headers_out(&self, rules: &Rules, record: &CaseRecord, delivery: &DeliveryId) -> Headers {
        let order = keyed_hash(rules.order_key.disclose(), &[b"message", self.id.as_str().as_bytes()]);
        let mut headers = Headers::default()
            .with(Header::MessageId, delivery.as_str())
            .with(Header::Delivery, delivery.as_str())
            .with(Header::Order, order)
            .with(Header::Causation, self.id.as_str());
        for (header, value) in [
            (Header::Correlation, &record.correlation),
            (Header::TraceParent, &record.traceparent),
        ] {
            if let Some(value) = value {
                headers.set(header, value);
            }
        }
        headers
    }
}

/// Keeps the first findings and says how many more there were.
fn shortened(mut rejection: Rejection) -> Rejection {
    let more = rejection.also.len().saturating_sub(FINDINGS_MAX);
    if more > 0 {
        rejection.also.truncate(FINDINGS_MAX);
        let _ = write!(rejection.text, " (and {more} findings more than are kept here)");
    }
    rejection
}

#[cfg(test)]
mod tests;
