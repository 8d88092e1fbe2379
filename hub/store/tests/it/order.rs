// SPDX-License-Identifier: EUPL-1.2
//! The order in which records and receipts are written changes names, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use hub_message::CaseRecord;
use hub_store::{CaseFilter, MessageState, Page};
use proptest::prelude::*;

use crate::sample::{Change, done, framed, home, receipt, record, refused};

const KEYS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];

/// Records with up to three exact and two weak keys out of six.
fn records() -> impl Strategy<Value = Vec<CaseRecord>> {
    let chosen = |size| proptest::sample::subsequence(KEYS.to_vec(), 0..=size);
    let one = (chosen(3), chosen(2), 0u32..3);
    proptest::collection::vec(one, 1..9).prop_map(|all| {
        let numbered = all.into_iter().enumerate();
        numbered
            .map(|(n, (exact, weak, receipt))| {
                let record = record(&format!("m{n}"), 100 - n as i64).keyed(&exact).hinted(&weak);
                if receipt > 0 { record.to(&["finance"]) } else { record }
            })
            .collect()
    })
}

/// The sets of messages that stand together, each with the receipt of its first, and the state of every message.
type Outcome = (BTreeSet<BTreeSet<String>>, BTreeMap<String, MessageState>);

async fn write(records: &[CaseRecord], order: &[usize], receipts_first: bool, batch: usize) -> Outcome {
    let home = home().await;
    let ordered: Vec<CaseRecord> = order.iter().map(|&n| records[n].clone()).collect();
    let receipts: Vec<_> = ordered
        .iter()
        .filter(|record| !CaseRecord::clone(record).planned().deliveries.is_empty())
        .map(|record| {
            receipt(
                record,
                "finance",
                if record.sequence % 2 == 0 { done() } else { refused() },
            )
        })
        .collect();
    if receipts_first {
        home.store.write_receipts(&receipts).await.unwrap();
    }
    for some in framed(&ordered).chunks(batch) {
        home.store.write_records(some).await.unwrap();
    }
    if !receipts_first {
        home.store.write_receipts(&receipts).await.unwrap();
    }
    let (mut partition, mut states) = (BTreeSet::new(), BTreeMap::new());
    let page = Page { limit: 100, offset: 0 };
    for line in home.store.cases(&CaseFilter::default(), page).await.unwrap().items {
        let case = home.store.case(&line.id).await.unwrap().unwrap();
        partition.insert(case.messages.iter().map(|m| m.message.to_string()).collect());
        let first = case.messages.iter().map(|m| m.received).min();
        assert_eq!(first, Some(line.opened));
        states.extend(case.messages.into_iter().map(|m| (m.message.to_string(), m.state)));
    }
    (partition, states)
}

/// Which messages stand together, by the definition: those that a chain of shared exact keys connects.
fn expected(records: &[CaseRecord]) -> BTreeSet<BTreeSet<String>> {
    let mut groups: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
    for record in records {
        let planned = record.clone().planned().clone();
        let exact = planned
            .keys
            .iter()
            .filter(|key| key.strength == hub_message::Strength::Exact);
        let mut keys: BTreeSet<String> = exact.map(|key| key.value.disclose().clone()).collect();
        let mut members = BTreeSet::from([record.message.to_string()]);
        groups.retain(|(theirs, others)| {
            let apart = theirs.is_disjoint(&keys);
            if !apart {
                keys.extend(theirs.iter().cloned());
                members.extend(others.iter().cloned());
            }
            apart
        });
        groups.push((keys, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn every_order_makes_the_same_cases_and_states(
        (records, one, other) in records().prop_flat_map(|records| {
            let numbers: Vec<usize> = (0..records.len()).collect();
            (Just(records), Just(numbers.clone()).prop_shuffle(), Just(numbers).prop_shuffle())
        }),
        batch in 1usize..4,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (first, second) = runtime.block_on(async {
            (write(&records, &one, false, 100).await, write(&records, &other, true, batch).await)
        });
        prop_assert_eq!(&first.0, &expected(&records));
        prop_assert_eq!(first, second);
    }
}
