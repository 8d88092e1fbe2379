// SPDX-License-Identifier: EUPL-1.2
//! Tests of `read` and `plan` together.

mod claims;
mod laws;

use hub_message::{Body, Digest, Head, Header, Headers, Rejection, Sensitive, Strength, capability};

use super::*;
use crate::fixture::{BILL, document, message, one, planned, record, route, rules, run, texts, with, written};

#[track_caller]
fn check_rejected(result: Result<Vec<Plan>, Rejection>, code: &str, says: &str) {
    let fault = result.unwrap_err();
    assert_eq!(fault.code.as_str(), code, "{fault}");
    assert!(fault.text.contains(says), "{fault}");
    assert!(!fault.remedy.is_empty());
}

#[test]
fn a_recipient_gets_the_released_fields_and_nothing_else() {
    let plan = one(&rules(vec![route("to-finance")]), &message(Head::default(), BILL));
    let [delivery] = plan.deliveries.as_slice() else {
        panic!()
    };
    let body = Body::decode(delivery.body()).unwrap();
    assert_eq!(
        &body.native.disclose()[..],
        br#"{"number":"R-1","totals":{"payable":119.00}}"#
    );
    assert_eq!(body.head, Head::default());
    assert_eq!(delivery.subject(), "out.finance.posting.json.1");
    assert_eq!(delivery.claims(), []);
}

#[test]
fn the_headers_tell_the_conversation_and_nothing_personal() {
    let message = message(Head::default(), BILL);
    let plan = one(&rules(vec![route("to-finance")]), &message);
    let delivery = &plan.deliveries[0];
    let header = |header| delivery.headers().get(header).unwrap();
    assert_eq!(header(Header::MessageId), delivery.delivery().as_str());
    assert_eq!(header(Header::Delivery), delivery.delivery().as_str());
    assert_eq!(header(Header::Causation), message.id.as_str());
    assert_eq!(header(Header::Correlation), message.id.as_str());
    assert_eq!(header(Header::ContentType), "application/json");
    assert_eq!(
        header(Header::TraceParent),
        message.headers.get(Header::TraceParent).unwrap()
    );
    assert_eq!(
        plan.record.headers().get(Header::Order),
        delivery.headers().get(Header::Order)
    );
    assert_ne!(plan.record.delivery(), delivery.delivery());
    for (_, value) in delivery.headers().iter() {
        assert!(!value.contains("R-1") && !value.contains("Beispiel"), "{value}");
    }
}

#[test]
fn the_conversation_of_a_message_is_kept() {
    let mut message = message(Head::default(), BILL);
    message.headers = Headers::keep([("hub-correlation", "c"), ("hub-causation", "before")]);
    let plan = one(&rules(vec![route("to-finance")]), &message);
    assert_eq!(plan.deliveries[0].headers().get(Header::Correlation), Some("c"));
    let (record, _) = record(&plan.record);
    assert_eq!(
        (record.correlation.as_deref(), record.causation.as_deref()),
        (Some("c"), Some("before"))
    );
}

#[test]
fn the_record_says_what_was_decided_and_why() {
    let rules = rules(vec![route("to-finance")]);
    let message = message(Head::default(), BILL);
    let plan = one(&rules, &message);
    let (record, canonical) = record(&plan.record);
    assert_eq!(plan.record.subject(), "out.cases.record.1");
    assert_eq!(
        (record.message, record.part, record.parts, record.sequence),
        (message.id, 0, 1, 7)
    );
    assert_eq!(record.rules, *rules.digest());
    assert_eq!(
        canonical,
        r#"{"number":"R-1","seller":{"name":"Beispiel GmbH","vatId":"DE1","country":"DE"},"totals":{"net":100.00,"payable":119.00}}"#
    );
    let planned = planned(&plan.record);
    assert_eq!(planned.mapping.0, "bill-json");
    assert_eq!(planned.filtered_by, None);
    let [intent] = planned.deliveries.as_slice() else {
        panic!()
    };
    assert_eq!(intent.delivery, *plan.deliveries[0].delivery());
    assert_eq!(
        (intent.purpose.as_str(), intent.legal_basis.as_str()),
        ("booking", "§ 77 GemHVO")
    );
    let [key] = planned.keys.as_slice() else { panic!() };
    assert_eq!(
        (key.system.as_str(), key.kind.as_str(), key.value.disclose().as_str()),
        ("DE1", "bill", "R-1")
    );
}

#[test]
fn conditions_choose_and_every_route_that_fits_delivers() {
    let rules = rules(vec![
        with("large", |r| r.when = Some(written("totals.payable > 100"))),
        with("small", |r| r.when = Some(written("totals.payable <= 100"))),
        with("to-archive", |r| r.to = Some(written("archive"))),
        with("other-source", |r| r.from = Some(texts(&["archive"]))),
    ]);
    let plan = one(&rules, &message(Head::default(), BILL));
    let routes: Vec<_> = planned(&plan.record).deliveries.into_iter().map(|d| d.route).collect();
    assert_eq!(routes, ["large", "to-archive"]);
}

#[test]
fn a_drop_route_filters_what_nobody_gets() {
    let drop = || {
        with("not-ours", |r| {
            r.to = None;
            r.drop = Some(written("true"));
            r.reason = Some(written("test bills"));
        })
    };
    let filtered = one(&rules(vec![drop()]), &message(Head::default(), BILL));
    assert_eq!(filtered.deliveries, []);
    assert_eq!(planned(&filtered.record).filtered_by.as_deref(), Some("not-ours"));
    let delivered = one(
        &rules(vec![drop(), route("to-finance")]),
        &message(Head::default(), BILL),
    );
    assert_eq!(delivered.deliveries.len(), 1);
    assert_eq!(planned(&delivered.record).filtered_by, None);
}

#[test]
fn no_recipient_is_a_rejection() {
    let unmet = rules(vec![with("never", |r| r.when = Some(written("number = 'x'")))]);
    check_rejected(
        run(&unmet, &message(Head::default(), BILL)),
        "AH-R110",
        "(`when`) of `never`",
    );
    let elsewhere = rules(vec![with("other", |r| r.from = Some(texts(&["archive"])))]);
    check_rejected(
        run(&elsewhere, &message(Head::default(), BILL)),
        "AH-R110",
        "no route takes `bill/1`",
    );
}

#[test]
fn envelopes_are_checked() {
    let rules = rules(vec![route("to-finance")]);
    let mut stranger = message(Head::default(), BILL);
    stranger.source = "stranger".parse().unwrap();
    check_rejected(run(&rules, &stranger), "AH-R101", "`stranger`");
    let mut unknown = message(Head::default(), BILL);
    unknown.kind = "bill.xml.1".parse().unwrap();
    check_rejected(run(&rules, &unknown), "AH-R102", "it knows `bill.json.1`");
    let mut unsent = message(Head::default(), BILL);
    unsent.source = "archive".parse().unwrap();
    check_rejected(run(&rules, &unsent), "AH-R102", "it knows nothing");
}

#[test]
fn more_documents_than_a_head_holds_are_rejected() {
    let head = Head {
        documents: (0..2_000_u32).map(|n| document(&n.to_be_bytes())).collect(),
        ..Head::default()
    };
    let rules = rules(vec![with("with", |r| r.documents = Some(written("all")))]);
    check_rejected(
        run(&rules, &message(head, BILL)),
        "AH-R120",
        "2000 documents are too many",
    );
}

#[test]
fn documents_are_valid_or_rejected() {
    let rules = rules(vec![route("to-finance")]);
    let long = format!(r#"{{"nr":"R-1","from":{{"name":"{}"}}}}"#, "Erika ".repeat(9));
    for (broken, code) in [
        ("{", "AH-J"),
        (r#"{"nr":"R-1","payable":"much"}"#, "AH-M"),
        (r#"{"nr":"R-1","nr":"R-2"}"#, "AH-J"),
        (&long, "AH-S107"),
    ] {
        let fault = run(&rules, &message(Head::default(), broken)).unwrap_err();
        assert!(fault.code.as_str().starts_with(code), "{fault:?}");
        assert!(!format!("{fault:?}").contains("Erika"), "{fault:?}");
    }
}

#[test]
fn documents_travel_only_where_the_route_says_so_with_a_right_for_the_recipient() {
    let head = Head {
        documents: vec![document(b"pdf")],
        ..Head::default()
    };
    let rules = rules(vec![
        route("without"),
        with("with", |r| r.documents = Some(written("all"))),
    ]);
    let plan = one(&rules, &message(head, BILL));
    let documents = |outbound: &Outbound| Body::decode(outbound.body()).unwrap().head.documents;
    assert_eq!(documents(&plan.deliveries[0]), []);
    let [travelling] = documents(&plan.deliveries[1]).try_into().unwrap();
    let finance = "finance".parse().unwrap();
    let right = travelling.capability.as_deref().unwrap();
    assert_eq!(
        capability::verify(
            b"capability",
            right,
            &Digest::of(b"pdf"),
            &finance,
            Timestamp::from_millis(0)
        ),
        Ok(())
    );
    assert_eq!(planned(&plan.record).documents[0].capability, None);
}

#[test]
fn hints_are_weak_keys_behind_those_of_the_document() {
    let hint = |kind: &str, value: &str| hub_message::body::CaseHint {
        system: "DE1".into(),
        kind: kind.into(),
        value: Sensitive::new(value.into()),
    };
    let head = Head {
        hints: vec![hint("bill", "R-1"), hint("order", "B-9")],
        ..Head::default()
    };
    let plan = one(&rules(vec![route("to-finance")]), &message(head, BILL));
    let keys: Vec<_> = planned(&plan.record)
        .keys
        .into_iter()
        .map(|k| (k.kind, k.strength))
        .collect();
    assert_eq!(
        keys,
        [
            ("bill".to_owned(), Strength::Exact),
            ("order".to_owned(), Strength::Weak)
        ]
    );
}

#[test]
fn order_follows_the_strongest_key_else_the_message() {
    let rules = rules(vec![route("to-finance")]);
    let order = |native: &str| {
        let plan = one(&rules, &message(Head::default(), native));
        plan.record.headers().get(Header::Order).unwrap().to_owned()
    };
    let again = BILL.replace("100.00", "101.00");
    assert_eq!(order(BILL), order(&again));
    assert_ne!(order(BILL), order(&BILL.replace("R-1", "R-2")));
    let (a, b) = (r#"{"payable":"1"}"#, r#"{"payable":"2"}"#);
    assert_ne!(order(a), order(b));
}

#[test]
fn a_clock_that_jumps_changes_neither_lane_nor_delivery() {
    let rules = rules(vec![route("to-finance")]);
    let mut message = message(Head::default(), BILL);
    let planned = |message: &hub_message::Message| {
        let deliveries = one(&rules, message).deliveries.into_iter();
        // The time of the event travels along as what it is: something that the source said.
        let told = |delivery: &Outbound| {
            let others = delivery
                .headers()
                .iter()
                .filter(|(header, _)| *header != Header::EventTime);
            others
                .map(|(header, value)| (header, value.to_owned()))
                .collect::<Vec<_>>()
        };
        deliveries
            .map(|delivery| (delivery.subject().clone(), told(&delivery), delivery.body().clone()))
            .collect::<Vec<_>>()
    };
    let before = planned(&message);
    let now = message.received.millis();
    for jump in [
        -315_360_000_000,
        -7_200_000,
        -1,
        7_200_000,
        315_360_000_000,
        i64::MIN - now.min(0),
        i64::MAX - now.max(0),
    ] {
        message.received = hub_message::Timestamp::from_millis(now + jump);
        message.headers.set(Header::EventTime, message.received.to_string());
        assert_eq!(planned(&message), before, "{jump}");
    }
}

#[test]
fn the_outbound_mapping_writes_from_the_released_copy_alone() {
    let rules = rules(vec![with("to-finance", |r| {
        r.mapping = Some(written("posting-json"));
        r.fields = Some((written("[...]"), texts(&["number", "totals.payable", "seller.name"])));
    })]);
    let plan = one(&rules, &message(Head::default(), BILL));
    let body = Body::decode(plan.deliveries[0].body()).unwrap();
    assert_eq!(
        &body.native.disclose()[..],
        br#"{"belegnummer":"R-1","betrag":119.00,"kreditor":"Beispiel GmbH"}"#
    );
    assert_eq!(planned(&plan.record).deliveries[0].mapping, "posting-json");
}
