// SPDX-License-Identifier: EUPL-1.2
//! What holds for every message: planning is a function, and nothing travels that was not released.

use hub_message::Head;
use proptest::prelude::*;

use crate::fixture::{document, message, one, rules, run, texts, with, written};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn planning_again_gives_the_same_bytes(number in "[A-Z0-9]{1,8}", payable in 0u32..100_000, name in ".{0,20}", large: bool) {
        let rules = rules(vec![
            with("large", |r| r.when = Some(written("totals.payable > 100"))),
            with("all", |r| {
                r.to = Some(written("archive"));
                r.documents = Some(written("all"));
                r.fields = Some((written("[...]"), texts(&["number", "seller.name", "notes"])));
            }),
        ]);
        let native = serde_json::json!({
            "nr": number, "payable": format!("{payable}.50"), "from": { "name": name },
            "notes": vec!["x".repeat(if large { 300_000 } else { 3 })],
        });
        let head = Head { documents: vec![document(b"pdf")], ..Head::default() };
        let message = message(head, &native.to_string());
        prop_assert_eq!(run(&rules, &message), run(&rules, &message));
    }

    #[test]
    fn unreleased_values_are_nowhere_in_a_delivery(canary in "[a-z]{24}", listed: bool) {
        let fields: &[&str] = if listed { &["number", "notes"] } else { &["number"] };
        let rules = rules(vec![with("to-finance", |r| r.fields = Some((written("[...]"), texts(fields))))]);
        let native = format!(r#"{{"nr":"R-1","payable":"1","notes":["{canary}"],"from":{{"name":"{canary}-n"}}}}"#);
        let plan = one(&rules, &message(Head::default(), &native));
        let delivery = &plan.deliveries[0];
        let text = String::from_utf8(delivery.body().to_vec()).unwrap();
        prop_assert_eq!(text.contains(&canary), listed);
        let name = format!("{canary}-n");
        prop_assert!(!text.contains(&name));
        prop_assert!(delivery.headers().iter().all(|(_, value)| !value.contains(&canary)));
    }
}
