// SPDX-License-Identifier: EUPL-1.2
//! Checks of the source with the hostile corpus: a connector never interprets. What is put into the system arrives byte for
//! byte or is refused to the system with a code, and the next good record is taken.

use std::time::Instant;

use bytes::Bytes;
use hub_message::Digest;

use super::sending::{content, put};
use crate::kit::bench::{Bench, Checked, Fault};
use crate::kit::corpus;

/// The number of the good record that comes last.
const GOOD: u32 = 9999;

/// Bytes by which a long name is known.
const PRINTED_MIN: usize = 200;

/// A record that was put.
struct Put {
    what: String,
    name: String,
    digest: Digest,
    /// It may as well be left alone.
    may_stay: bool,
}

pub(super) async fn contents(bench: &mut Bench) -> Checked {
    let all = corpus::contents(&bench.canary());
    let named = all.into_iter().enumerate();
    let records = named
        .map(|(number, one)| (one.what, format!("specimen-{number:03}.txt"), one.bytes, false))
        .collect();
    taken(bench, records).await
}

pub(super) async fn names(bench: &mut Bench) -> Checked {
    let canary = bench.canary();
    let named = corpus::record_names(&canary).into_iter().enumerate();
    let mut records: Vec<_> = named
        .map(|(number, (name, may_stay))| {
            let shown = name.replace(&canary, "…").escape_debug().to_string();
            let shown: String = shown.chars().take(60).collect();
            let content = Bytes::from(format!("{canary} of name {number}\n"));
            (format!("the name {shown}"), name, content, may_stay)
        })
        .collect();
    // What is refused may need a place and a report of its own, and the name leaves no room for an ending.
    let longest = format!("{canary}{}.txt", "l".repeat(251 - canary.len()));
    records.push((
        "the longest name, without content".to_owned(),
        longest,
        Bytes::new(),
        false,
    ));
    taken(bench, records).await
}

/// Puts the records and a good one, and holds what arrives against them.
async fn taken(bench: &mut Bench, records: Vec<(String, String, Bytes, bool)>) -> Checked {
    bench.start_and_greet().await?;
    let hellos = bench.hub.heard().hellos;
    let mut all = Vec::with_capacity(records.len() + 1);
    for (what, name, bytes, may_stay) in records {
        bench.system().put(&name, &bytes).await.map_err(Fault)?;
        let digest = Digest::of(&bytes);
        all.push(Put {
            what,
            name,
            digest,
            may_stay,
        });
    }
    put(bench, GOOD).await?;
    all.push(Put {
        what: "the good record behind them".to_owned(),
        name: String::new(),
        digest: Digest::of(&content(GOOD)),
        may_stay: false,
    });
    until_settled(bench, &all).await?;
    let heard = bench.hub.heard();
    if heard.hellos != hellos {
        return Err(Fault("it lost its connection or began anew in the middle".to_owned()));
    }
    if let Some(fault) = heard.broken.first() {
        return Err(Fault(format!("an envelope is not valid: {fault}")));
    }
    if heard
        .records
        .iter()
        .any(|record| all.iter().all(|put| put.digest != record.digest))
    {
        let text = "a record arrived that nobody put into the system: a content was changed on the way";
        return Err(Fault(text.to_owned()));
    }
    if heard.oversized > 0 {
        let text = "a content above 256 KiB travelled inside a message instead of the document store";
        return Err(Fault(text.to_owned()));
    }
    bench.kept_silent()
}

/// Waits until each record has arrived or was refused with a code.
async fn until_settled(bench: &mut Bench, all: &[Put]) -> Checked {
    let end = Instant::now() + 2 * bench.patience();
    loop {
        let records = bench.hub.heard().records;
        let refused = bench.system().refusals().await.map_err(Fault)?;
        let mut open = all.iter().filter(|put| {
            !put.may_stay
                && records.iter().all(|record| record.digest != put.digest)
                && !refused.iter().any(|name| is_name_of(name, put))
        });
        let first = open.next().map(|first| (first.what.clone(), open.count()));
        let missing = "neither arrived byte for byte nor was refused with a code";
        if bench.is_settled(first, missing, end).await? {
            return Ok(());
        }
    }
}

/// Whether the kit file prints this name for the record: control characters as `?`, and perhaps cut off where it is long.
fn is_name_of(printed: &str, put: &Put) -> bool {
    let plain = put.name.replace(|c: char| c.is_ascii_control(), "?");
    let begins_alike = |length| {
        printed
            .get(..length)
            .is_some_and(|begin| plain.get(..length) == Some(begin))
    };
    printed == plain || begins_alike(PRINTED_MIN)
}
