// SPDX-License-Identifier: EUPL-1.2
//! Tests of dead letters.

use hub_message::record::{Decision, Stage};
use hub_message::{Body, Code, Head, Headers, Rejection, Timestamp};

use super::*;
use crate::fixture::{message, record, route, rules};

#[test]
fn dead_letters_keep_the_original() {
    let rules = rules(vec![route("to-finance")]);
    let message = message(Head::default(), "{");
    let mut fault = Rejection::new(Code::new("AH-J101"), "not JSON", "mend it");
    fault.also = vec![fault.clone(); 5000];
    let letter = dead_letter(&rules, &message, 0, 1, Stage::Read, fault);
    let (record, behind) = record(&letter);
    assert_eq!(Body::decode(&behind.into()).unwrap(), message.body);
    let Decision::DeadLetter(kept) = record.decision else {
        panic!()
    };
    assert_eq!((kept.stage, kept.rejection.also.len()), (Stage::Read, 100));
    assert!(kept.rejection.text.contains("4900 findings more"));
    assert_eq!(letter.subject(), "out.cases.record.1");
}

#[test]
fn broken_envelopes_are_dead_letters_too() {
    let rules = rules(vec![route("to-finance")]);
    let (source, headers) = ("inbox".parse().unwrap(), Headers::default());
    let letter = |wire: &bytes::Bytes, sequence| {
        let broken = Broken {
            source: &source,
            kind: None,
            id: None,
            sequence,
            received: Timestamp::from_millis(0),
            headers: &headers,
            wire,
        };
        dead_letter_broken(
            &rules,
            broken,
            Rejection::new(Code::new("AH-B101"), "no frame", "mend it"),
        )
    };
    let small = letter(&"99 {".into(), 1);
    let (kept, behind) = record(&small);
    assert_eq!((kept.kind.as_str(), behind.as_str()), ("unknown.0", "99 {"));
    assert_eq!(small.delivery(), letter(&"99 {".into(), 1).delivery());
    assert_ne!(small.delivery(), letter(&"99 {".into(), 2).delivery());
    let large = letter(&vec![b'x'; 900 * 1024].into(), 3);
    assert_eq!(large.claims()[0].content.len(), 900 * 1024);
    assert!(large.body().len() < 4096);
}
