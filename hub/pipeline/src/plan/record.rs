// SPDX-License-Identifier: EUPL-1.2
//! The record of a planned document for the case store.

use bytes::Bytes;
use hub_message::body::{INLINE_BYTES_MAX, frame};
use hub_message::record::{CaseRecord, Decision, DeliveryIntent, Planned, RECORD_BYTES_MAX};
use hub_message::{Code, DeliveryId, DocumentRef, Filing, Header, MessageType, Recipient, Rejection};

use super::delivery;
use crate::outbound::{Claim, Outbound, refer};
use crate::read::Read;
use crate::rules::Rules;

const TOO_LARGE: Code = Code::new("AH-R121");
const JSON: &str = "application/json";

/// Makes the record.
pub(super) fn make(
    rules: &Rules,
    read: &Read,
    deliveries: Vec<DeliveryIntent>,
    filtered_by: Option<String>,
) -> Result<Outbound, Rejection> {
    let origin = &read.origin;
    let canonical = Bytes::from(read.document.tree().to_json());
    let claim = (canonical.len() > INLINE_BYTES_MAX).then(|| Claim {
        reference: refer(JSON, &canonical),
        content: canonical.clone(),
    });
    let documents = read.documents();
    let planned = Planned {
        schema: read.schema().clone(),
        mapping: (origin.mapping.id().to_owned(), origin.mapping.digest().clone()),
        keys: read.keys.clone(),
        filing: filing(rules, read, &documents),
        documents,
        deliveries,
        filtered_by,
        claim: claim.as_ref().map(|claim| claim.reference.clone()),
    };
    let record = CaseRecord {
        source: origin.source.clone(),
        message: origin.message.clone(),
        part: read.part,
        parts: origin.parts,
        kind: origin.kind.clone(),
        received: origin.received,
        sequence: origin.sequence,
        rules: rules.digest().clone(),
        correlation: Some(origin.correlation.clone()),
        causation: origin.causation.clone(),
        traceparent: origin.traceparent.clone(),
        size: origin.size,
        decision: Decision::Planned(Box::new(planned)),
    };
    // The record is published with or before the deliveries, so what these refer to is stored with it.
    let contents = read.contents.iter().map(|content| Claim {
        reference: content.reference.clone(),
        content: content.bytes.clone(),
    });
    let behind = if claim.is_some() { Bytes::new() } else { canonical };
    let body = frame(&record, &behind);
    if body.len() > RECORD_BYTES_MAX {
        return Err(Rejection::new(
            TOO_LARGE,
            format!(
                "what the document means for its case has {} bytes, too many for one record",
                body.len()
            ),
            "let the source send the document in parts",
        ));
    }
    let delivery = DeliveryId::derive(&origin.source, &origin.message, read.part, &Recipient::Cases, "");
    let kind = MessageType::record();
    Ok(Outbound {
        recipient: Recipient::Cases,
        headers: delivery::headers(read, &kind, &delivery).with(Header::ContentType, JSON),
        kind,
        delivery,
        body,
        claims: claim.into_iter().chain(contents).collect(),
    })
}

/// What the document means for a case, by its schema.
fn filing(rules: &Rules, read: &Read, documents: &[DocumentRef]) -> Filing {
    let view = rules.schemas.get(read.schema()).and_then(|schema| schema.case_view());
    match (view, read.document.tree().root()) {
        (Some(view), Some(root)) => view.filing(root, documents),
        _ => Filing {
            case_type: read.schema().as_str().split('/').next().unwrap_or_default().to_owned(),
            ..Filing::default()
        },
    }
}
