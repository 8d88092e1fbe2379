// SPDX-License-Identifier: EUPL-1.2
//! A small town for tests: a schema, two mappings, a source, two recipients.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use hub_mapping::{Beside, Mapping, Worker};
use hub_message::body::unframe_up_to;
use hub_message::record::{CaseRecord, Decision, Planned, RECORD_BYTES_MAX};
use hub_message::{Body, Digest, DocumentRef, Head, Headers, Message, MessageId, Rejection, Sensitive, Timestamp};
use hub_schema::{SchemaFile, Schemas};

use crate::outbound::Outbound;
use crate::plan::{Context, Plan, plan};
use crate::read::read;
use crate::route::RouteSource;
use crate::rules::{Checked, ConnectorSource, Rules, RulesSource, TypeSource};
use crate::written::Written;

/// A schema with open, personal and identifying leaves, a list, and a list of lists' items.
pub(crate) fn schemas() -> Schemas {
    let leaf = |protection: &str, kind: &str| {
        let limit = if kind == "string" { r#""maxLength": 50, "# } else { "" };
        format!(r#"{{ "title": "T", "description": "d", "type": "{kind}", {limit}"x-protection": "{protection}" }}"#)
    };
    let object = |members: &str| {
        format!(
            r#"{{ "title": "G", "description": "d", "type": "object", "additionalProperties": false, "properties": {{ {members} }} }}"#
        )
    };
    let (open, personal, id, number, flag) = (
        leaf("open", "string"),
        leaf("personal", "string"),
        leaf("identifier", "string"),
        leaf("open", "number"),
        leaf("open", "boolean"),
    );
    let party = object(&format!(r#""name": {personal}, "vatId": {id}, "country": {open}"#));
    let totals = object(&format!(r#""net": {number}, "payable": {number}"#));
    let tax = object(&format!(r#""code": {open}, "rate": {number}"#));
    let list = |item: &str| format!(r#"{{ "title": "L", "description": "d", "type": "array", "items": {item} }}"#);
    let line = object(&format!(
        r#""text": {personal}, "net": {number}, "taxes": {}"#,
        list(&tax)
    ));
    let members = format!(
        r#""number": {open}, "copy": {flag}, "seller": {party}, "totals": {totals}, "notes": {}, "lines": {}"#,
        list(&leaf("personal", "string").replace("50", "400000")),
        list(&line)
    );
    let text = format!(
        r#"{{ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "R", "description": "d",
             "type": "object", "additionalProperties": false, "properties": {{ {members} }} }}"#
    );
    let file = SchemaFile {
        id: "bill/1".parse().unwrap(),
        file: "bill/1.schema.json".into(),
        text,
    };
    Schemas::load(vec![file]).unwrap_or_else(|found| panic!("{found:#?}"))
}

/// Reads bills from JSON.
pub(crate) const READS: &str = r#"
mapping    = 1
id         = "bill-json"
title      = "Bills"
canonical  = "bill/1"
directions = ["read"]
[format]
kind = "json"
[fields]
number = "nr"
copy   = "copy | bool('true','false')"
seller.name    = "from/name"
seller.vatId   = "from/vat"
seller.country = "from/country"
totals.net     = "net | decimal"
totals.payable = "payable | decimal"
[lists.notes]
each = "notes"
[lists.lines]
each = "lines"
[lists.lines.fields]
text = "text"
net  = "net | decimal"
[case]
keys = [{ field = "number", system = "$seller.vatId", kind = "bill", strength = "exact" }]
"#;

/// Writes postings as JSON.
pub(crate) const WRITES: &str = r#"
mapping    = 1
id         = "posting-json"
title      = "Postings"
canonical  = "bill/1"
directions = ["write"]
[format]
kind = "json"
[fields]
number         = "belegnummer"
totals.payable = "betrag | decimal"
seller.name    = "kreditor"
"#;

/// A text as if it stood in a file of its own.
pub(crate) fn written(text: &str) -> Written {
    Written::new("routes/r.toml".into(), text, 0..text.len(), text)
}

/// Texts of a list.
pub(crate) fn texts(items: &[&str]) -> Vec<Written> {
    items.iter().map(|item| written(item)).collect()
}

/// A mapping for the schema of this town.
pub(crate) fn mapping(text: &str) -> Arc<Mapping> {
    let schemas = schemas();
    let shape = schemas.get(&"bill/1".parse().unwrap()).unwrap().shape();
    let loaded = Mapping::load("m.map.toml", text, shape, Beside::NOTHING);
    Arc::new(loaded.mapping.unwrap_or_else(|| panic!("{:#?}", loaded.findings)))
}

/// A route that delivers the number and the sum to `finance` as canonical JSON.
pub(crate) fn route(name: &str) -> RouteSource {
    RouteSource {
        mode: None,
        question: None,
        at: written("[[route]]"),
        name: Some(written(name)),
        from: None,
        schema: Some(written("bill/1")),
        when: None,
        to: Some(written("finance")),
        drop: None,
        reason: None,
        mapping: None,
        kind: Some(written("posting.json.1")),
        purpose: Some(written("booking")),
        legal_basis: Some(written("§ 77 GemHVO")),
        fields: Some((written("[...]"), texts(&["number", "totals.payable"]))),
        documents: None,
        retention: None,
        protected_person: None,
    }
}

/// The parts of the town's rules.
pub(crate) fn source(routes: Vec<RouteSource>) -> RulesSource {
    let connector = |name: &str, types: Vec<TypeSource>| ConnectorSource {
        name: name.parse().unwrap(),
        types,
    };
    let sent = TypeSource {
        kind: written("bill.json.1"),
        mapping: Some(written("bill-json")),
    };
    RulesSource {
        site: "Musterstadt".into(),
        order_key: Sensitive::new(b"order".to_vec()),
        digest: Digest::of(b"rules"),
        schemas: schemas(),
        mappings: BTreeMap::from([
            ("bill-json".to_owned(), Some(mapping(READS))),
            ("posting-json".to_owned(), Some(mapping(WRITES))),
        ]),
        connectors: vec![
            connector("inbox", vec![sent]),
            connector("finance", Vec::new()),
            connector("archive", Vec::new()),
        ],
        routes,
        complete: true,
    }
}

/// Rules with these routes.
pub(crate) fn rules(routes: Vec<RouteSource>) -> Rules {
    let Checked { rules, findings } = Rules::build(source(routes));
    rules.unwrap_or_else(|| panic!("{findings:#?}"))
}

/// A message from `inbox`.
pub(crate) fn message(head: Head, native: &str) -> Message {
    Message {
        source: "inbox".parse().unwrap(),
        kind: "bill.json.1".parse().unwrap(),
        id: MessageId::keyed(b"k", &[native.as_bytes()]),
        sequence: 7,
        received: Timestamp::from_millis(1_790_000_000_000),
        headers: Headers::keep([("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]),
        body: Body::new(head, Bytes::copy_from_slice(native.as_bytes())),
    }
}

/// What planning needs beside.
pub(crate) fn context() -> Context {
    Context {
        case: None,
        capability_key: Sensitive::new(b"capability".to_vec()),
        capability_expires: Timestamp::from_millis(1_800_000_000_000),
    }
}

pub(crate) const BILL: &str =
    r#"{"nr":"R-1","from":{"name":"Beispiel GmbH","vat":"DE1","country":"DE"},"net":"100.00","payable":"119.00"}"#;

pub(crate) fn run(rules: &Rules, message: &Message) -> Result<Vec<Plan>, Rejection> {
    let mut worker = Worker::default();
    let native = message.body.native.disclose().clone();
    let reads = read(rules, message, &native, &mut worker)?;
    reads
        .into_iter()
        .map(|read| plan(rules, &context(), read, &mut worker))
        .collect()
}

pub(crate) fn one(rules: &Rules, message: &Message) -> Plan {
    let mut plans = run(rules, message).unwrap_or_else(|fault| panic!("{fault:#?}"));
    assert_eq!(plans.len(), 1);
    plans.remove(0)
}

pub(crate) fn record(outbound: &Outbound) -> (CaseRecord, String) {
    let (record, behind) = unframe_up_to::<CaseRecord>(outbound.body(), RECORD_BYTES_MAX).unwrap();
    (record, String::from_utf8(behind.to_vec()).unwrap())
}

pub(crate) fn planned(outbound: &Outbound) -> Planned {
    match record(outbound).0.decision {
        Decision::Planned(planned) => *planned,
        Decision::DeadLetter(letter) => panic!("{letter:?}"),
    }
}

pub(crate) fn with(name: &str, change: impl FnOnce(&mut RouteSource)) -> RouteSource {
    let mut route = route(name);
    change(&mut route);
    route
}

pub(crate) fn document(content: &[u8]) -> DocumentRef {
    DocumentRef {
        sha256: Digest::of(content),
        size: content.len() as u64,
        media_type: "application/pdf".into(),
        name: Some(Sensitive::new("scan.pdf".into())),
        capability: Some("forged".into()),
    }
}
