// SPDX-License-Identifier: EUPL-1.2
//! Records and receipts to write.

use bytes::Bytes;
use hub_message::record::{Decision, Direction, EntryKind, Planned, Stage};
use hub_message::{
    CaseKey, CaseRecord, Code, ConnectorName, DeadLetter, DeliveryId, DeliveryIntent, Digest, DocumentRef, Entry,
    Filing, MessageId, Outcome, Participant, Receipt, Recipient, RefusalClass, Rejection, Sensitive, Strength,
    Timestamp,
};
use hub_store::Store;

/// 2026-09-21T13:33:20Z, the zero of the times here.
pub(crate) const ZERO: i64 = 1_790_000_000_000;
/// The day of [`ZERO`].
pub(crate) const DAY: &str = "2026-09-21";

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(ZERO + millis)
}

pub(crate) fn id(name: &str) -> MessageId {
    MessageId::keyed(b"test", &[name.as_bytes()])
}

pub(crate) fn name(text: &str) -> ConnectorName {
    text.parse().unwrap()
}

/// A store in a folder that goes with it.
pub(crate) struct Home {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) async fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("cases.sqlite")).await.unwrap();
    Home { store, folder }
}

/// The record of a message `name` of the connector `inbox`, without keys, entries or deliveries, received `millis`
/// after [`ZERO`].
pub(crate) fn record(name: &str, millis: i64) -> CaseRecord {
    CaseRecord {
        source: self::name("inbox"),
        message: id(name),
        part: 0,
        parts: 1,
        kind: "invoice.ubl.1".parse().unwrap(),
        received: at(millis),
        sequence: millis as u64,
        rules: Digest::of(b"rules"),
        correlation: None,
        causation: None,
        traceparent: None,
        size: 1500,
        decision: Decision::Planned(Box::new(Planned {
            schema: "invoice/1".parse().unwrap(),
            mapping: ("ubl-invoice".into(), Digest::of(b"mapping")),
            keys: Vec::new(),
            filing: Filing {
                case_type: "invoice".into(),
                subject: Sensitive::new(format!("Rechnung {name}")),
                ..Filing::default()
            },
            documents: Vec::new(),
            deliveries: Vec::new(),
            filtered_by: None,
            claim: None,
        })),
    }
}

/// A record that is a dead letter.
pub(crate) fn rejected(name: &str, millis: i64) -> CaseRecord {
    let rejection = Rejection::new(Code::new("AH-X101"), "a DOCTYPE is not allowed", "send it without");
    CaseRecord {
        decision: Decision::DeadLetter(Box::new(DeadLetter {
            rejection,
            headers: vec![("content-type".into(), "text/xml".into())],
            stage: Stage::Read,
            claim: None,
        })),
        ..record(name, millis)
    }
}

/// Changes a record as sentences.
pub(crate) trait Change: Sized {
    fn planned(&mut self) -> &mut Planned;
    /// With exact keys of the kind `number`.
    fn keyed(self, values: &[&str]) -> Self;
    /// With weak keys of the kind `number`.
    fn hinted(self, values: &[&str]) -> Self;
    /// With a delivery to each of these recipients.
    fn to(self, recipients: &[&str]) -> Self;
    fn entry(self, entry: Entry) -> Self;
    fn participant(self, role: &str, name: &str, identifier: Option<&str>) -> Self;
    fn part(self, part: u32, parts: u32) -> Self;
    fn source(self, source: &str) -> Self;
    fn caused_by(self, message: &str) -> Self;
    fn sequence(self, sequence: u64) -> Self;
}

fn key(value: &str, strength: Strength) -> CaseKey {
    CaseKey {
        system: "town".into(),
        kind: "number".into(),
        value: Sensitive::new(value.into()),
        strength,
    }
}

pub(crate) fn exact(values: &[&str]) -> Vec<CaseKey> {
    values.iter().map(|value| key(value, Strength::Exact)).collect()
}

impl Change for CaseRecord {
    fn planned(&mut self) -> &mut Planned {
        match &mut self.decision {
            Decision::Planned(planned) => planned,
            Decision::DeadLetter(_) => panic!("a dead letter has no plan"),
        }
    }

    fn keyed(mut self, values: &[&str]) -> Self {
        self.planned().keys.extend(exact(values));
        self
    }

    fn hinted(mut self, values: &[&str]) -> Self {
        let weak = values.iter().map(|value| key(value, Strength::Weak));
        self.planned().keys.extend(weak);
        self
    }

    fn to(mut self, recipients: &[&str]) -> Self {
        for recipient in recipients {
            let intent = DeliveryIntent {
                delivery: delivery(&self, recipient),
                recipient: Recipient::Connector(name(recipient)),
                kind: "posting.csv.1".parse().unwrap(),
                route: format!("to-{recipient}"),
                purpose: "Buchung".into(),
                legal_basis: "§ 77 GemHVO".into(),
                mapping: "finance-csv".into(),
            };
            self.planned().deliveries.push(intent);
        }
        self
    }

    fn entry(mut self, entry: Entry) -> Self {
        self.planned().filing.entries.push(entry);
        self
    }

    fn participant(mut self, role: &str, name: &str, identifier: Option<&str>) -> Self {
        self.planned().filing.participants.push(Participant {
            role: role.into(),
            name: Sensitive::new(name.into()),
            identifier: identifier.map(|text| Sensitive::new(text.into())),
        });
        self
    }

    fn part(mut self, part: u32, parts: u32) -> Self {
        (self.part, self.parts) = (part, parts);
        self
    }

    fn source(mut self, source: &str) -> Self {
        self.source = name(source);
        self
    }

    fn caused_by(mut self, message: &str) -> Self {
        self.causation = Some(id(message).to_string());
        self
    }

    fn sequence(mut self, sequence: u64) -> Self {
        self.sequence = sequence;
        self
    }
}

pub(crate) fn entry(kind: EntryKind, entry_type: &str, stated: Option<&str>, documents: Vec<DocumentRef>) -> Entry {
    Entry {
        kind,
        entry_type: entry_type.into(),
        title: Sensitive::new(entry_type.to_uppercase()),
        at: stated.map(str::to_owned),
        direction: Direction::In,
        channel: "mail".into(),
        partner: Some(Sensitive::new("Erika Beispiel".into())),
        documents,
    }
}

pub(crate) fn document(name: &str, content: &str) -> DocumentRef {
    DocumentRef {
        sha256: Digest::of(content.as_bytes()),
        size: content.len() as u64,
        media_type: "application/pdf".into(),
        name: Some(Sensitive::new(name.into())),
        capability: None,
    }
}

/// The id of the delivery of a record to a recipient.
pub(crate) fn delivery(record: &CaseRecord, recipient: &str) -> DeliveryId {
    let recipient = Recipient::Connector(name(recipient));
    DeliveryId::derive(&record.source, &record.message, record.part, &recipient, "route")
}

pub(crate) fn done() -> Outcome {
    Outcome::Done {
        reference: Some("000001.csv".into()),
    }
}

pub(crate) fn refused() -> Outcome {
    Outcome::Rejected {
        class: RefusalClass::Business,
        code: "E42".into(),
        text: "the account is closed".into(),
        pointer: Some("/account".into()),
    }
}

/// The receipt of `recipient` for the delivery of `record` to it.
pub(crate) fn receipt(record: &CaseRecord, recipient: &str, outcome: Outcome) -> (ConnectorName, Receipt) {
    let receipt = Receipt {
        delivery: delivery(record, recipient),
        at: at(5000),
        attempts: 2,
        outcome,
    };
    (name(recipient), receipt)
}

/// Records with the bytes behind them.
pub(crate) fn framed(records: &[CaseRecord]) -> Vec<(CaseRecord, Bytes)> {
    let body = |record: &CaseRecord| Bytes::from(format!("{{\"number\":\"{}\"}}", record.message));
    records.iter().map(|record| (record.clone(), body(record))).collect()
}
