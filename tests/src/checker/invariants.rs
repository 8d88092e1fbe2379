// SPDX-License-Identifier: EUPL-1.2
//! What must be true when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use super::generator::Sent;
use super::stage::{Counts, Stage};
use crate::record;

/// Everything that is not as promised. At most some lines of each kind.
pub(super) fn violations(stage: &Stage, sent: &Sent, counts: &Counts) -> Vec<String> {
    let folder = stage.town.files("ziel/out").into_iter().map(|file| {
        let xml = std::fs::read_to_string(&file).expect("a delivered file");
        record::case_and_number(&xml)
    });
    let service = stage
        .service
        .effects()
        .into_iter()
        .map(|effect| (effect.case, effect.number));
    let mut found = at_target("folder", sent, folder);
    found.extend(at_target("service", sent, service));
    found.extend(books(sent, counts));
    found
}

/// Every good record is there once, and those of a case in their order.
fn at_target(target: &str, sent: &Sent, effects: impl Iterator<Item = (String, usize)>) -> Vec<String> {
    let (mut seen, mut last) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    let (mut doubled, mut disordered) = (Vec::new(), Vec::new());
    for (case, number) in effects {
        if !seen.insert((case.clone(), number)) {
            doubled.push(format!("{target}: {number} of {case} is there twice"));
            continue;
        }
        if let Some(before) = last.insert(case.clone(), number)
            && before > number
        {
            disordered.push(format!("{target}: {number} of {case} came after {before}"));
        }
    }
    let missing = sent.good.iter().filter(|one| !seen.contains(*one));
    let missing: Vec<_> = missing
        .map(|(case, number)| format!("{target}: {number} of {case} is missing"))
        .collect();
    let sent: BTreeSet<_> = sent.good.iter().collect();
    let strange = seen.iter().filter(|one| !sent.contains(one));
    let strange: Vec<_> = strange
        .map(|(case, number)| format!("{target}: {number} of {case} was never sent"))
        .collect();
    [missing, doubled, disordered, strange]
        .iter()
        .flat_map(|kind| some(kind))
        .collect()
}

/// The hub's books say what happened.
fn books(sent: &Sent, counts: &Counts) -> Vec<String> {
    let mut found = Vec::new();
    let mut equal = |what: &str, is: u64, expected: usize| {
        if is != expected as u64 {
            found.push(format!("books: {is} {what}, and there were {expected}"));
        }
    };
    equal("received", counts.received, sent.good.len() + sent.poison);
    equal("delivered", counts.delivered, sent.good.len());
    equal("dead letters", counts.dead_letters, sent.poison);
    equal("open", counts.open, 0);
    if counts.difference != 0 {
        found.push(format!("books: the balance differs by {}", counts.difference));
    }
    found
}

fn some(lines: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = lines.iter().take(5).cloned().collect();
    if lines.len() > shown.len() {
        shown.push(format!("… {} such lines", lines.len()));
    }
    shown
}
