// SPDX-License-Identifier: EUPL-1.2
//! Checks of the target with the hostile corpus: each delivery ends as delivered or as refused, nothing is written outside
//! of the target, nothing of it stands in the log, and the next good delivery arrives.

use std::time::Instant;

use bytes::Bytes;
use hub_message::body::{CaseHint, INLINE_BYTES_MAX};
use hub_message::{DocumentRef, Outcome, Sensitive};

use super::delivering::{deliver, kind, until_acknowledged, until_done};
use crate::kit::bench::{Bench, Checked, Envelope, Fault, delivery};
use crate::kit::corpus;

/// Numbers of hostile deliveries begin here; those below are good ones.
const FIRST: u32 = 100;

/// A delivery that was published.
struct Sent {
    what: String,
    envelope: Envelope,
}

pub(super) async fn contents(bench: &mut Bench) -> Checked {
    let kind = kind(bench);
    let mut all = Vec::new();
    for specimen in corpus::contents(&bench.canary()) {
        let mut envelope = Envelope::plain(&kind);
        if specimen.bytes.len() > INLINE_BYTES_MAX {
            envelope.head.claim = Some(bench.hub.stored(&specimen.bytes).await?);
        } else {
            envelope.native = specimen.bytes;
        }
        let what = specimen.what;
        all.push(Sent { what, envelope });
    }
    brought(bench, all).await
}

pub(super) async fn envelopes(bench: &mut Bench) -> Checked {
    let (kind, canary, outside) = (kind(bench), bench.canary(), bench.outside());
    let document = bench.hub.stored(&Bytes::from_static(b"a document\n")).await?;
    let shown = |text: &str| {
        let text = text.replace(&canary, "…").replace(&outside, "/…");
        text.escape_debug().take(60).collect::<String>()
    };
    let mut all: Vec<Sent> = Vec::new();
    let mut add = |what: &str, value: &str, change: &dyn Fn(&mut Envelope)| {
        let mut envelope = Envelope::plain(&kind);
        envelope.native = format!("{canary} {}\n", all.len()).into();
        change(&mut envelope);
        let what = format!("{what} {}", shown(value));
        all.push(Sent { what, envelope });
    };
    for value in corpus::header_values(&canary, &outside) {
        add("the lane", &value, &|envelope| value.clone_into(&mut envelope.order));
        add("the media type", &value, &|envelope| {
            value.clone_into(&mut envelope.media_type);
        });
    }
    for name in corpus::document_names(&canary, &outside) {
        let documents = [named(&document, &name)];
        add("the document", &name, &|envelope| {
            envelope.head.documents = documents.to_vec();
        });
        add("the name", &name, &|envelope| {
            envelope.head.name = Some(Sensitive::new(name.clone()));
        });
        add("the case key", &name, &|envelope| {
            envelope.head.hints = vec![hint(&name)];
        });
    }
    add("fifty documents", "without a name", &|envelope| {
        envelope.head.documents = vec![document.clone(); 50];
    });
    for kind in corpus::kinds() {
        add("long names and the type", &kind, &|envelope| {
            envelope.head.documents = vec![named(&document, &"n".repeat(3000))];
            kind.clone_into(&mut envelope.kind);
        });
    }
    brought(bench, all).await
}

fn named(document: &DocumentRef, name: &str) -> DocumentRef {
    let mut document = document.clone();
    document.name = Some(Sensitive::new(name.to_owned()));
    document
}

fn hint(name: &str) -> CaseHint {
    CaseHint {
        system: name.to_owned(),
        kind: name.to_owned(),
        value: Sensitive::new(name.to_owned()),
    }
}

/// Brings the deliveries, and looks at what is left behind, also where one of them did not come to its end.
async fn brought(bench: &mut Bench, all: Vec<Sent>) -> Checked {
    let settled = settled(bench, &all).await;
    bench.stayed_inside()?;
    settled?;
    bench.kept_silent()
}

/// Publishes the deliveries and a good one behind them, in the order of the list, until all have come to their end.
async fn settled(bench: &mut Bench, all: &[Sent]) -> Checked {
    bench.start_and_greet().await?;
    let hellos = bench.hub.heard().hellos;
    for (number, sent) in (FIRST..).zip(all) {
        bench.hub.deliver_as(number, &sent.envelope).await?;
    }
    deliver(bench, [1]).await?;
    until_settled(bench, all).await?;
    until_done(bench, &[1]).await?;
    bench.until_effects(&[1]).await?;
    until_acknowledged(bench).await?;
    if bench.hub.heard().hellos != hellos {
        return Err(Fault("it lost its connection or began anew in the middle".to_owned()));
    }
    Ok(())
}

/// Waits until each delivery is done or refused.
async fn until_settled(bench: &mut Bench, all: &[Sent]) -> Checked {
    let end = Instant::now() + 2 * bench.patience();
    loop {
        let receipts = bench.hub.heard().receipts;
        let is_settled = |number: u32| {
            let id = delivery(number);
            receipts
                .iter()
                .any(|receipt| Some(&receipt.delivery) == id.as_ref() && !matches!(receipt.outcome, Outcome::InDoubt))
        };
        let mut open = (FIRST..).zip(all).filter(|(number, _)| !is_settled(*number));
        let first = open.next().map(|(_, first)| (first.what.clone(), open.count()));
        if bench.is_settled(first, "neither delivered nor refused", end).await? {
            return Ok(());
        }
    }
}
