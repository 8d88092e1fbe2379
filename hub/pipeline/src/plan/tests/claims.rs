// SPDX-License-Identifier: EUPL-1.2
//! Tests of content that lies in the document store.

use hub_mapping::Worker;
use hub_message::body::INLINE_BYTES_MAX;
use hub_message::record::RECORD_BYTES_MAX;
use hub_message::{Body, Digest, DocumentRef, Head, Sensitive};

use crate::fixture::{
    BILL, READS, context, document, mapping, message, one, planned, route, rules, source, texts, with, written,
};
use crate::{Rules, plan, read, unclaimed};

#[test]
fn what_is_too_large_for_a_message_is_claimed() {
    let notes: Vec<String> = (0..3000).map(|n| format!("\"{n:0100}\"")).collect();
    let native = format!(r#"{{"nr":"R-1","payable":"1","notes":[{}]}}"#, notes.join(","));
    let rules = rules(vec![with("to-finance", |r| {
        r.fields = Some((written("[...]"), texts(&["number", "notes"])));
    })]);
    let plan = one(&rules, &message(Head::default(), &native));
    let claim = &plan.deliveries[0].claims()[0];
    assert!(claim.content.len() > INLINE_BYTES_MAX);
    assert_eq!(claim.reference.sha256, Digest::of(&claim.content));
    let body = Body::decode(plan.deliveries[0].body()).unwrap();
    assert_eq!(body.head.claim.as_ref(), Some(&claim.reference));
    assert!(body.native.disclose().is_empty() && claim.reference.capability.is_some());
    let behind = &plan.record.claims()[0];
    assert_eq!(planned(&plan.record).claim.as_ref(), Some(&behind.reference));
    assert!(plan.record.body().len() < RECORD_BYTES_MAX);
}

#[test]
fn claims_must_fit_their_content() {
    let rules = rules(vec![route("to-finance")]);
    let claimed = |size| {
        let claim = DocumentRef {
            size,
            ..document(BILL.as_bytes())
        };
        message(
            Head {
                claim: Some(claim),
                ..Head::default()
            },
            "",
        )
    };
    let mut worker = Worker::default();
    let right = claimed(BILL.len() as u64);
    assert!(read(&rules, &right, BILL.as_bytes(), &mut worker).is_ok());
    let fault = read(&rules, &claimed(1), BILL.as_bytes(), &mut worker).unwrap_err();
    assert_eq!(fault.code.as_str(), "AH-R103");
    assert_eq!(unclaimed(&right).code.as_str(), "AH-R103");
    let mut both = right;
    both.body.native = Sensitive::new(BILL.into());
    assert_eq!(
        read(&rules, &both, BILL.as_bytes(), &mut worker)
            .unwrap_err()
            .code
            .as_str(),
        "AH-R103"
    );
}

/// A town whose mapping takes the notes out of a bill, and delivers what belongs to it to `finance`.
fn with_contents() -> Rules {
    let reads = READS.replace("each = \"notes\"", "each = \"notes\"\nitem = \". | blob('text')\"");
    let mut town = source(vec![with("to-finance", |r| r.documents = Some(written("all")))]);
    town.mappings.insert("bill-json".to_owned(), Some(mapping(&reads)));
    Rules::build(town).rules.unwrap()
}

#[test]
fn contents_of_the_mapping_go_to_the_store_the_record_and_the_recipient() {
    let native = r#"{"nr":"R-1","payable":"1","notes":["one","two","one"]}"#;
    let scan = document(b"scan");
    let head = Head {
        documents: vec![scan.clone()],
        ..Head::default()
    };
    let (rules, message) = (with_contents(), message(head, native));
    let mut worker = Worker::default();
    let reads = read(&rules, &message, native.as_bytes(), &mut worker).unwrap();
    let [one_, two] = reads[0].contents() else {
        panic!("{:?}", reads[0].contents())
    };
    assert_eq!((&one_.bytes[..], &two.bytes[..]), (&b"one"[..], &b"two"[..]));
    let plan = plan(&rules, &context(), reads[0].clone(), &mut worker).unwrap();
    let digests = |documents: &[DocumentRef]| documents.iter().map(|d| d.sha256.clone()).collect::<Vec<_>>();
    let expected = vec![scan.sha256, Digest::of(b"one"), Digest::of(b"two")];
    assert_eq!(digests(&planned(&plan.record).documents), expected);
    let delivered = Body::decode(plan.deliveries[0].body()).unwrap().head.documents;
    assert_eq!(digests(&delivered), expected);
    assert!(delivered.iter().all(|document| document.capability.is_some()));
    let stored: Vec<&[u8]> = plan.record.claims().iter().map(|claim| &claim.content[..]).collect();
    assert_eq!(stored, [b"one", b"two"]);
}
