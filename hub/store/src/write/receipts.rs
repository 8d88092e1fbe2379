// SPDX-License-Identifier: EUPL-1.2
//! Writes receipts and lets them decide what became of deliveries. A receipt and the record of its delivery come by
//! different streams, so either may be first: receipts are kept as they come, and applied when both are there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hub_message::{ConnectorName, Outcome, Receipt, RefusalClass, Timestamp};

use super::letters::{self, Refusal};
use super::numbers::Numbers;
use super::{closing, states};
use crate::database::words::Word;
use crate::database::{Connection, DbRow, bulk, decode};
use crate::error::StoreError;
use crate::store::Written;
use crate::view::message::DeliveryState;

/// Which receipt: delivery, connector, rank of the outcome.
type Identity<'r> = (&'r str, &'r str, i64);

fn identity((connector, receipt): &(ConnectorName, Receipt)) -> Identity<'_> {
    let state = match receipt.outcome {
        Outcome::Done { .. } => DeliveryState::Done,
        Outcome::Rejected { .. } => DeliveryState::Rejected,
        Outcome::InDoubt => DeliveryState::InDoubt,
    };
    (receipt.delivery.as_str(), connector.as_str(), state.rank())
}

/// Writes what is new of `receipts`, and whatever follows from it.
pub(crate) async fn write(
    connection: &mut Connection,
    receipts: &[(ConnectorName, Receipt)],
    now: Timestamp,
) -> Result<Written, StoreError> {
    let mut seen = there(connection, receipts).await?;
    let recipients = recipients(connection, receipts).await?;
    let mut written = Written::default();
    let mut new = Vec::new();
    for given in receipts {
        let (delivery, connector, rank) = identity(given);
        if recipients.get(delivery).is_some_and(|recipient| recipient != connector) {
            written.foreign += 1;
        } else if seen.insert((delivery.to_owned(), connector.to_owned(), rank)) {
            new.push(given);
        } else {
            written.repeated += 1;
        }
    }
    written.new = new.len();
    insert(connection, &new).await?;
    let deliveries: Vec<&str> = new.iter().map(|given| given.1.delivery.as_str()).collect();
    let mut numbers = Numbers::load(connection).await?;
    let touched = apply(connection, &mut numbers, &deliveries, now).await?;
    states::settle(connection, touched, now).await?;
    numbers.save(connection).await?;
    Ok(written)
}

/// The receipts for these deliveries that are there already.
async fn there(
    connection: &mut Connection,
    receipts: &[(ConnectorName, Receipt)],
) -> Result<HashSet<(String, String, i64)>, StoreError> {
    let deliveries: Vec<&str> = receipts.iter().map(|given| given.1.delivery.as_str()).collect();
    let sql = (
        "SELECT delivery, connector, outcome FROM receipts WHERE delivery IN (",
        "",
    );
    let rows = bulk::find_in(connection, sql, &deliveries).await?;
    let one = |row: &DbRow| {
        Ok((
            decode::get(row, "delivery")?,
            decode::get(row, "connector")?,
            decode::get(row, "outcome")?,
        ))
    };
    rows.iter().map(one).collect()
}

/// Who gets these deliveries, as far as they are known.
async fn recipients(
    connection: &mut Connection,
    receipts: &[(ConnectorName, Receipt)],
) -> Result<HashMap<String, String>, StoreError> {
    let deliveries: Vec<&str> = receipts.iter().map(|given| given.1.delivery.as_str()).collect();
    let sql = ("SELECT delivery, recipient FROM deliveries WHERE delivery IN (", "");
    let rows = bulk::find_in(connection, sql, &deliveries).await?;
    let one = |row: &DbRow| Ok((decode::get(row, "delivery")?, decode::get(row, "recipient")?));
    rows.iter().map(one).collect()
}

async fn insert(connection: &mut Connection, new: &[&(ConnectorName, Receipt)]) -> Result<(), StoreError> {
    let sql = (
        "INSERT INTO receipts (delivery, connector, outcome, attempts, at, reference, class, code, text, pointer) ",
        "",
    );
    bulk::insert(connection, sql, 10, new, |values, given| {
        let (delivery, connector, rank) = identity(given);
        let receipt = &given.1;
        values.push_bind(delivery).push_bind(connector).push_bind(rank);
        values
            .push_bind(i64::from(receipt.attempts))
            .push_bind(receipt.at.millis());
        let (reference, refused) = match &receipt.outcome {
            Outcome::Done { reference } => (reference.as_deref(), None),
            Outcome::Rejected {
                class,
                code,
                text,
                pointer,
            } => (None, Some((class, code, text, pointer))),
            Outcome::InDoubt => (None, None),
        };
        values.push_bind(reference);
        values.push_bind(refused.map(|(class, ..)| class.word()));
        values.push_bind(refused.map(|(_, code, ..)| code.as_str()));
        values.push_bind(refused.map(|(_, _, text, _)| text.as_str()));
        values.push_bind(refused.and_then(|(.., pointer)| pointer.as_deref()));
    })
    .await
}

/// Lets the receipts that are there for `deliveries` count: of several for one delivery the highest rank. Returns the
/// messages that this touches.
pub(crate) async fn apply(
    connection: &mut Connection,
    numbers: &mut Numbers,
    deliveries: &[&str],
    now: Timestamp,
) -> Result<BTreeSet<i64>, StoreError> {
    let sql = (
        "SELECT d.delivery, d.message, d.record, d.outcome AS before, m.received, r.outcome, r.class, r.code, r.text, \
         r.pointer FROM deliveries d JOIN messages m ON m.id = d.message JOIN receipts r ON r.delivery = d.delivery \
         AND r.connector = d.recipient WHERE r.outcome > d.outcome AND d.delivery IN (",
        " ORDER BY r.outcome",
    );
    let rows = bulk::find_in(connection, sql, deliveries).await?;
    // Rows come by rank, so what stands at the end is the receipt that counts. Its order makes the numbers of new dead
    // letters the same each time.
    let mut counting: BTreeMap<&str, &DbRow> = BTreeMap::new();
    for row in &rows {
        counting.insert(decode::get(row, "delivery")?, row);
    }
    let (mut touched, mut refusals) = (BTreeSet::new(), Vec::new());
    let mut by_outcome: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (delivery, row) in counting {
        let (before, outcome): (i64, i64) = (decode::get(row, "before")?, decode::get(row, "outcome")?);
        by_outcome.entry(outcome).or_default().push(delivery);
        touched.insert(decode::get(row, "message")?);
        if outcome == DeliveryState::Rejected.rank() {
            refusals.push(refusal(delivery, row)?);
        } else if before == DeliveryState::Rejected.rank() {
            touched.extend(closing::settle_delivery(connection, delivery, now).await?);
        }
    }
    for (outcome, deliveries) in by_outcome {
        let sql = ("UPDATE deliveries SET outcome = ", " WHERE delivery IN (");
        bulk::change_in(connection, sql, outcome, &deliveries).await?;
    }
    let refused = letters::of_refusals(refusals, numbers);
    letters::insert(connection, &refused).await?;
    touched.extend(letters::link_origins(connection, &refused).await?);
    Ok(touched)
}

fn refusal(delivery: &str, row: &DbRow) -> Result<Refusal, StoreError> {
    Ok(Refusal {
        delivery: delivery.to_owned(),
        message: decode::get(row, "message")?,
        record: decode::get(row, "record")?,
        received: decode::time(row, "received")?,
        class: decode::one_of(row, "class", |word: &str| RefusalClass::of(word))?,
        code: decode::get(row, "code")?,
        text: decode::get(row, "text")?,
        pointer: decode::get(row, "pointer")?,
    })
}
