// SPDX-License-Identifier: EUPL-1.2
//! Random histories against a plain model: the balance always adds up, and to the right numbers.

use std::collections::{BTreeMap, BTreeSet};

use hub_message::{CaseRecord, Outcome};
use hub_store::{DeadLetterState, MessageState};
use proptest::prelude::*;

use crate::sample::{Change, DAY, Home, done, framed, home, receipt, record, refused, rejected};

/// One step. Messages are numbered; message `n` goes to `n % 3` recipients, every seventh is a dead letter at once.
#[derive(Debug, Clone)]
enum Step {
    /// The record of a message is written (again).
    Record(usize),
    /// The source sent the message again.
    Repeat(usize, u64),
    /// A receipt for one of its deliveries.
    Receipt(usize, usize, u8),
    /// Its first dead letter is given up.
    Discard(usize),
}

const RECIPIENTS: [&str; 2] = ["finance", "archive"];

fn message(n: usize) -> CaseRecord {
    let (name, source) = (format!("m{n}"), if n.is_multiple_of(2) { "inbox" } else { "scan" });
    let base = if n % 7 == 6 {
        rejected(&name, n as i64)
    } else {
        record(&name, n as i64).to(&[])
    };
    let sourced = base.source(source);
    if n % 7 == 6 {
        sourced
    } else {
        sourced.to(&RECIPIENTS[..n % 3])
    }
}

fn step() -> impl Strategy<Value = Step> {
    let number = 0usize..12;
    prop_oneof![
        4 => number.clone().prop_map(Step::Record),
        1 => (number.clone(), 100u64..103).prop_map(|(n, sequence)| Step::Repeat(n, sequence)),
        6 => (number.clone(), 0usize..2, 0u8..3).prop_map(|(n, to, what)| Step::Receipt(n, to, what)),
        1 => number.prop_map(Step::Discard),
    ]
}

/// What should be known, kept as plainly as possible.
#[derive(Default)]
struct Model {
    /// The sequence of the first record written.
    written: BTreeMap<usize, u64>,
    repeats: BTreeSet<(usize, u64)>,
    /// The best receipt for a message and recipient: 1 in doubt, 2 refused, 3 done.
    receipts: BTreeMap<(usize, usize), u8>,
    discarded: BTreeSet<usize>,
    /// Refusals that were dead letters when a person gave them up.
    given_up: BTreeSet<(usize, usize)>,
}

impl Model {
    fn refused(&self, n: usize, to: usize) -> bool {
        to < n % 3 && n % 7 != 6 && self.receipts.get(&(n, to)) == Some(&2)
    }

    fn state(&self, n: usize) -> MessageState {
        if n % 7 == 6 {
            let given_up = self.discarded.contains(&n);
            return if given_up {
                MessageState::Discarded
            } else {
                MessageState::DeadLetter
            };
        }
        let of_delivery = |to: usize| match self.receipts.get(&(n, to)) {
            None => MessageState::Waiting,
            Some(1) => MessageState::InDoubt,
            Some(2) if self.given_up.contains(&(n, to)) => MessageState::Discarded,
            Some(2) => MessageState::DeadLetter,
            // A letter that was given up stays given up, also when the target takes it after all.
            Some(_) if self.given_up.contains(&(n, to)) => MessageState::Discarded,
            Some(_) => MessageState::Delivered,
        };
        (0..n % 3).map(of_delivery).max().unwrap_or(MessageState::Filtered)
    }
}

async fn play(home: &Home, model: &mut Model, step: &Step) {
    match *step {
        Step::Record(n) => {
            let record = message(n);
            model.written.entry(n).or_insert(record.sequence);
            home.store.write_records(&framed(&[record])).await.unwrap();
        }
        Step::Repeat(n, sequence) => {
            let first = *model.written.entry(n).or_insert(sequence);
            if first != sequence {
                model.repeats.insert((n, sequence));
            }
            home.store
                .write_records(&framed(&[message(n).sequence(sequence)]))
                .await
                .unwrap();
        }
        Step::Receipt(n, to, what) => {
            let outcome = [Outcome::InDoubt, refused(), done()][usize::from(what)].clone();
            let best = model.receipts.entry((n, to)).or_default();
            *best = (*best).max(what + 1);
            home.store
                .write_receipts(&[receipt(&message(n), RECIPIENTS[to], outcome)])
                .await
                .unwrap();
        }
        Step::Discard(n) => discard(home, model, n).await,
    }
    // A message that was repeated before its record keeps the sequence that was written first.
    if let Step::Record(n) = *step
        && model.written[&n] != message(n).sequence
    {
        model.repeats.insert((n, message(n).sequence));
    }
}

async fn discard(home: &Home, model: &mut Model, n: usize) {
    let found = home.store.message(message(n).message.as_str()).await.unwrap();
    let Some(letter) = found.first().and_then(|view| view.dead_letters.first()) else {
        return;
    };
    let open = home.store.dead_letter(letter).await.unwrap().unwrap();
    home.store.discard(letter, "meier", "test").await.unwrap();
    if open.line.state == DeadLetterState::Open {
        model.discarded.insert(n);
        let to = RECIPIENTS
            .iter()
            .position(|r| open.line.recipient.as_ref().is_some_and(|o| o.as_str() == *r));
        if let Some(to) = to {
            assert!(model.refused(n, to));
            model.given_up.insert((n, to));
        }
    }
}

async fn compare(home: &Home, model: &Model) {
    let rows = home.store.balance(DAY).await.unwrap();
    for (parity, source) in [(0, "inbox"), (1, "scan")] {
        let mine: Vec<usize> = model.written.keys().copied().filter(|n| n % 2 == parity).collect();
        let Some(row) = rows.iter().find(|row| row.source.as_str() == source) else {
            assert!(mine.is_empty());
            continue;
        };
        assert_eq!((row.received, row.difference()), (mine.len() as u64, 0));
        for state in MessageState::ALL {
            let expected = mine.iter().filter(|n| model.state(**n) == state).count();
            assert_eq!(row.of(state), expected as u64, "{source}: {state:?}");
        }
        let repeats = model.repeats.iter().filter(|(n, _)| n % 2 == parity).count();
        assert_eq!(row.repeated, repeats as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]
    #[test]
    fn received_is_the_sum_of_what_became_of_it(steps in proptest::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (home, mut model) = (home().await, Model::default());
            for step in &steps {
                play(&home, &mut model, step).await;
                compare(&home, &model).await;
            }
        });
    }
}
