// SPDX-License-Identifier: EUPL-1.2
//! Measures how many records and receipts a second the store writes in batches of 500, each batch synced.
//! `cargo run --release -p hub-store --example write_rate [FOLDER]`

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

use bytes::Bytes;
use hub_message::record::{Decision, Direction, EntryKind, Planned};
use hub_message::{
    CaseKey, CaseRecord, DeliveryId, DeliveryIntent, Digest, Entry, Filing, MessageId, Outcome, Participant, Receipt,
    Recipient, Sensitive, Strength, Timestamp,
};
use hub_store::Store;

const BATCH: u32 = 500;
const BATCHES: u32 = 60;

fn record(number: u32) -> CaseRecord {
    let message = MessageId::keyed(b"rate", &[&number.to_be_bytes()]);
    let Ok(source) = "inbox".parse() else { unreachable!() };
    let Ok(finance) = Recipient::try_from("finance".to_owned()) else {
        unreachable!()
    };
    let (Ok(kind), Ok(posting), Ok(schema)) = ("invoice.ubl.1".parse(), "posting.csv.1".parse(), "invoice/1".parse())
    else {
        unreachable!()
    };
    let key = |kind: &str, value: String| CaseKey {
        system: "DE123456789".into(),
        kind: kind.into(),
        value: Sensitive::new(value),
        strength: Strength::Exact,
    };
    let entry = Entry {
        kind: EntryKind::Document,
        entry_type: "invoice".into(),
        title: Sensitive::new(format!("Rechnung {number}")),
        at: Some("2026-09-01".into()),
        direction: Direction::In,
        channel: "file".into(),
        partner: Some(Sensitive::new("Bau GmbH".into())),
        documents: Vec::new(),
    };
    let participant = |role: &str| Participant {
        role: role.into(),
        name: Sensitive::new("Bau GmbH".into()),
        identifier: None,
    };
    let delivery = DeliveryIntent {
        delivery: DeliveryId::derive(&source, &message, 0, &finance, "invoices"),
        recipient: finance,
        kind: posting,
        route: "invoices".into(),
        purpose: "Buchung von Eingangsrechnungen".into(),
        legal_basis: "§ 77 GemHVO".into(),
        mapping: "finance-csv".into(),
    };
    CaseRecord {
        source,
        message,
        part: 0,
        parts: 1,
        kind,
        received: Timestamp::from_millis(1_790_000_000_000 + i64::from(number)),
        sequence: u64::from(number),
        rules: Digest::of(b"rules"),
        correlation: None,
        causation: None,
        traceparent: None,
        size: 1500,
        decision: Decision::Planned(Box::new(Planned {
            schema,
            mapping: ("ubl-invoice".into(), Digest::of(b"mapping")),
            keys: vec![
                key("invoice", format!("R-{number}")),
                key("order", format!("B-{}", number / 2)),
            ],
            filing: Filing {
                case_type: "invoice".into(),
                subject: Sensitive::new(format!("Rechnung {number}")),
                entries: vec![entry],
                participants: vec![participant("seller"), participant("buyer")],
            },
            documents: Vec::new(),
            deliveries: vec![delivery],
            filtered_by: None,
            claim: None,
        })),
    }
}

fn receipt(record: &CaseRecord) -> Option<(hub_message::ConnectorName, Receipt)> {
    let Decision::Planned(planned) = &record.decision else {
        return None;
    };
    let receipt = Receipt {
        delivery: planned.deliveries.first()?.delivery.clone(),
        at: record.received,
        attempts: 1,
        outcome: Outcome::Done { reference: None },
    };
    Some(("finance".parse().ok()?, receipt))
}

/// The time by the clock, and the time that the process had a processor, which other processes do not change.
struct Clock {
    wall: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: processor_seconds(),
        }
    }

    fn report(&self, what: &str, number: f64) {
        let (wall, processor) = (self.wall.elapsed().as_secs_f64(), processor_seconds() - self.processor);
        println!(
            "{what} a second: {:.0}; a processor second: {:.0}",
            number / wall,
            number / processor
        );
    }
}

/// User and system time of this process (Linux, in ticks of 1/100 s).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(|| std::path::PathBuf::from("."), Into::into);
    let path = folder.join("write-rate.sqlite");
    let store = Store::open(&path).await?;
    let body = Bytes::from(vec![b'x'; 3000]);
    let batches: Vec<Vec<_>> = (0..BATCHES)
        .map(|n| {
            (n * BATCH..(n + 1) * BATCH)
                .map(|number| (record(number), body.clone()))
                .collect()
        })
        .collect();
    let all = f64::from(BATCH * BATCHES);

    let start = Clock::start();
    for batch in &batches {
        store.write_records(batch).await?;
    }
    start.report("records", all);

    let start = Clock::start();
    for batch in &batches {
        let receipts: Vec<_> = batch.iter().filter_map(|(record, _)| receipt(record)).collect();
        store.write_receipts(&receipts).await?;
    }
    start.report("receipts", all);

    let start = Instant::now();
    let rows = store.balance("2026-09-21").await?;
    println!("balance: {} rows in {:?}", rows.len(), start.elapsed());
    store.close().await;
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("write-rate.sqlite{end}")));
    }
    Ok(())
}
