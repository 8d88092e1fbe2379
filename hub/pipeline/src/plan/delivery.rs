// SPDX-License-Identifier: EUPL-1.2
//! One delivery: release, map out, head and headers.

use bytes::Bytes;
use hub_mapping::{Facts, Worker};
use hub_message::body::{HEAD_BYTES_MAX, INLINE_BYTES_MAX};
use hub_message::record::DeliveryIntent;
use hub_message::{
    Body, Code, ConnectorName, DeliveryId, DocumentRef, Head, Header, Headers, MessageType, Recipient, Rejection,
    capability,
};

use super::Context;
use crate::outbound::{Claim, Outbound, refer};
use crate::read::Read;
use crate::release::{Released, release};
use crate::route::{Attachments, Deliver, Route};
use crate::rules::Rules;

const HEAD: Code = Code::new("AH-R120");
const JSON: &str = "application/json";

/// Makes the delivery of one route, and what the record says about it.
pub(super) fn make(
    rules: &Rules,
    context: &Context,
    read: &Read,
    route: &Route,
    deliver: &Deliver,
    worker: &mut Worker,
) -> Result<(Outbound, DeliveryIntent), Rejection> {
    let recipient = Recipient::Connector(deliver.recipient.clone());
    let origin = &read.origin;
    let id = DeliveryId::derive(&origin.source, &origin.message, read.part, &recipient, route.name());
    let released = release(&read.document, &deliver.selection);
    let native = write(rules, context, read, deliver, &released, worker).map_err(|fault| by_route(fault, route))?;
    let media_type = deliver.mapping.as_ref().map_or(JSON, |mapping| mapping.media_type());
    let (body, claim) = body(context, read, deliver, media_type, native).map_err(|fault| by_route(fault, route))?;
    let headers = headers(read, &deliver.kind, &id).with(Header::ContentType, media_type);
    let intent = DeliveryIntent {
        delivery: id.clone(),
        recipient: recipient.clone(),
        kind: deliver.kind.clone(),
        route: route.name().to_owned(),
        purpose: deliver.purpose.clone(),
        legal_basis: deliver.legal_basis.clone(),
        mapping: deliver
            .mapping
            .as_ref()
            .map(|mapping| mapping.id().to_owned())
            .unwrap_or_default(),
    };
    let outbound = Outbound {
        recipient,
        kind: deliver.kind.clone(),
        delivery: id,
        headers,
        body,
        claims: claim.into_iter().collect(),
    };
    Ok((outbound, intent))
}

/// What the recipient gets. The mapping sees the released copy and nothing else. (A recipient's own schema, where a
/// route will name one, is checked on what comes out of here.)
fn write(
    rules: &Rules,
    context: &Context,
    read: &Read,
    deliver: &Deliver,
    released: &Released,
    worker: &mut Worker,
) -> Result<Vec<u8>, Rejection> {
    let (Some(mapping), Some(root)) = (&deliver.mapping, released.tree().root()) else {
        return Ok(released.tree().to_json().into_bytes());
    };
    let time = read.origin.received.to_string();
    let facts = Facts {
        message_id: read.origin.message.as_str(),
        message_time: &time,
        site_name: &rules.site,
        case: context.case.as_ref(),
    };
    mapping.write(root, &facts, worker)
}

fn body(
    context: &Context,
    read: &Read,
    deliver: &Deliver,
    media_type: &str,
    native: Vec<u8>,
) -> Result<(Bytes, Option<Claim>), Rejection> {
    let mut head = Head::default();
    if deliver.attachments == Attachments::All {
        let documents = read.documents().into_iter();
        head.documents = documents
            .map(|document| open_to(context, &deliver.recipient, document))
            .collect();
    }
    let native = Bytes::from(native);
    let claim = (native.len() > INLINE_BYTES_MAX).then(|| Claim {
        reference: open_to(context, &deliver.recipient, refer(media_type, &native)),
        content: native.clone(),
    });
    head.claim = claim.as_ref().map(|claim| claim.reference.clone());
    let inline = if claim.is_some() { Bytes::new() } else { native };
    let inline_len = inline.len();
    let wire = Body::new(head, inline).encode();
    if wire.len() - inline_len > HEAD_BYTES_MAX {
        return Err(Rejection::new(
            HEAD,
            format!("{} documents are too many for one delivery", read.documents().len()),
            "let the source send them in several messages",
        ));
    }
    Ok((wire, claim))
}

/// The reference with the right of `reader` to read it.
fn open_to(context: &Context, reader: &ConnectorName, mut document: DocumentRef) -> DocumentRef {
    let key = context.capability_key.disclose();
    document.capability = Some(capability::mint(
        key,
        &document.sha256,
        reader,
        context.capability_expires,
    ));
    document
}

/// The headers of everything that follows from a message.
pub(super) fn headers(read: &Read, kind: &MessageType, id: &DeliveryId) -> Headers {
    let origin = &read.origin;
    let headers = Headers::default()
        .with(Header::MessageId, id.as_str())
        .with(Header::EventId, id.as_str())
        .with(Header::EventSource, origin.source.as_str())
        .with(Header::EventType, kind.as_str())
        .with(Header::EventTime, origin.received.to_string())
        .with(Header::Order, &read.order)
        .with(Header::Delivery, id.as_str())
        .with(Header::Correlation, &origin.correlation)
        .with(Header::Causation, origin.message.as_str());
    match &origin.traceparent {
        Some(trace) => headers.with(Header::TraceParent, trace),
        None => headers,
    }
}

/// A fault of writing also says for which route the mapping wrote.
fn by_route(mut fault: Rejection, route: &Route) -> Rejection {
    for fault in std::iter::once(&mut fault.text).chain(fault.also.iter_mut().map(|also| &mut also.text)) {
        fault.push_str(" (route `");
        fault.push_str(route.name());
        fault.push_str("`)");
    }
    if fault.rule.is_none() {
        fault.rule = Some(route.place.clone());
    }
    fault
}
