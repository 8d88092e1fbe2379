// SPDX-License-Identifier: EUPL-1.2
//! Lists with filters and pages, and the numbers of the status.

use hub_store::{CaseFilter, DeadLetterFilter, DeadLetterState, DeliveryState, MessageFilter, MessageState, Page};

use crate::sample::{Change, DAY, Home, at, done, framed, home, id, name, receipt, record, rejected};

async fn town() -> Home {
    let home = home().await;
    let mut records: Vec<_> = (0..7)
        .map(|n| {
            record(&format!("m{n}"), n)
                .keyed(&[&format!("R-{}", n / 2)])
                .to(&["finance"])
        })
        .collect();
    records.push(rejected("bad", 7).source("scan"));
    home.store.write_records(&framed(&records)).await.unwrap();
    home.store
        .write_receipts(&[receipt(&records[3], "finance", done())])
        .await
        .unwrap();
    home
}

#[tokio::test]
async fn messages_are_listed_newest_first_by_page_and_filter() {
    let home = town().await;
    let list = async |filter: MessageFilter, limit, offset| {
        let list = home.store.messages(&filter, Page { limit, offset }).await.unwrap();
        let names: Vec<String> = list.items.iter().map(|m| m.message.to_string()).collect();
        (names, list.more)
    };
    let ids = |names: &[&str]| names.iter().map(|name| id(name).to_string()).collect::<Vec<_>>();
    let all = MessageFilter::default;
    assert_eq!(list(all(), 3, 0).await, (ids(&["bad", "m6", "m5"]), true));
    assert_eq!(list(all(), 3, 6).await, (ids(&["m1", "m0"]), false));
    assert_eq!(
        list(
            MessageFilter {
                source: Some(name("scan")),
                ..all()
            },
            9,
            0
        )
        .await
        .0,
        ids(&["bad"])
    );
    assert_eq!(
        list(
            MessageFilter {
                state: Some(MessageState::Delivered),
                ..all()
            },
            9,
            0
        )
        .await
        .0,
        ids(&["m3"])
    );
    let recipient = Some("finance".to_owned().try_into().unwrap());
    assert_eq!(list(MessageFilter { recipient, ..all() }, 9, 0).await.0.len(), 7);
    assert_eq!(
        list(
            MessageFilter {
                case: Some("V-2026-000002".into()),
                ..all()
            },
            9,
            0
        )
        .await
        .0,
        ids(&["m3", "m2"])
    );
    assert_eq!(
        list(
            MessageFilter {
                since: Some(at(2)),
                until: Some(at(4)),
                ..all()
            },
            9,
            0
        )
        .await
        .0,
        ids(&["m3", "m2"])
    );
    let kind = Some("other.1".parse().unwrap());
    assert_eq!(list(MessageFilter { kind, ..all() }, 9, 0).await.0, ids(&[]));

    let line = &home
        .store
        .messages(&all(), Page { limit: 9, offset: 4 })
        .await
        .unwrap()
        .items[0];
    assert_eq!((line.message.clone(), line.state), (id("m3"), MessageState::Delivered));
    assert_eq!(
        (line.targets[0].state, line.cases.as_slice()),
        (DeliveryState::Done, &["V-2026-000002".to_owned()][..])
    );
}

#[tokio::test]
async fn a_message_is_found_by_the_beginning_of_its_id() {
    let home = town().await;
    let whole = id("m3").to_string();
    let (six, five) = (whole.get(..6).unwrap(), whole.get(..5).unwrap());
    for beginning in [whole.as_str(), six] {
        let found = home.store.message(beginning).await.unwrap();
        assert!(found.iter().any(|view| view.line.message == id("m3")), "{beginning}");
    }
    for nothing in ["", "%", five, "'; DROP TABLE messages; --", &"f".repeat(33)] {
        assert_eq!(home.store.message(nothing).await.unwrap(), [], "{nothing}");
    }
}

#[tokio::test]
async fn cases_are_listed_by_filter() {
    let home = town().await;
    let list = async |filter: CaseFilter| {
        let list = home.store.cases(&filter, Page::default()).await.unwrap();
        list.items.into_iter().map(|case| case.id).collect::<Vec<_>>()
    };
    let all = CaseFilter::default;
    assert_eq!(
        list(all()).await,
        ["V-2026-000004", "V-2026-000003", "V-2026-000002", "V-2026-000001"]
    );
    assert_eq!(
        list(CaseFilter {
            reference: Some("R-2".into()),
            ..all()
        })
        .await,
        ["V-2026-000003"]
    );
    assert_eq!(
        list(CaseFilter {
            subject: Some("rechnung M2".into()),
            ..all()
        })
        .await,
        ["V-2026-000002"]
    );
    for nothing in ["%", "_", "' OR 1=1 --", "\\"] {
        assert_eq!(
            list(CaseFilter {
                subject: Some(nothing.into()),
                ..all()
            })
            .await,
            Vec::<String>::new(),
            "{nothing}"
        );
        assert_eq!(
            list(CaseFilter {
                reference: Some(nothing.into()),
                ..all()
            })
            .await,
            Vec::<String>::new()
        );
    }
    assert_eq!(
        list(CaseFilter {
            case_type: Some("permit".into()),
            ..all()
        })
        .await,
        Vec::<String>::new()
    );
    assert_eq!(
        list(CaseFilter {
            until: Some(at(2)),
            ..all()
        })
        .await,
        ["V-2026-000001"]
    );
}

#[tokio::test]
async fn dead_letters_are_listed_by_filter() {
    let home = town().await;
    let list = async |filter: DeadLetterFilter| home.store.dead_letters(&filter, Page::default()).await.unwrap().items;
    let all = DeadLetterFilter::default;
    let found = list(DeadLetterFilter {
        code: Some("AH-X101".into()),
        state: Some(DeadLetterState::Open),
        ..all()
    })
    .await;
    assert_eq!(
        (found.len(), found[0].source.as_str(), found[0].replays),
        (1, "scan", 0)
    );
    assert_eq!(
        list(DeadLetterFilter {
            state: Some(DeadLetterState::Settled),
            ..all()
        })
        .await,
        []
    );
    assert_eq!(
        list(DeadLetterFilter {
            message: Some(id("bad")),
            ..all()
        })
        .await
        .len(),
        1
    );
    assert_eq!(
        list(DeadLetterFilter {
            source: Some(name("inbox")),
            ..all()
        })
        .await,
        []
    );
}

#[tokio::test]
async fn the_status_has_its_numbers() {
    let home = town().await;
    let facts = home.store.facts().await.unwrap();
    assert_eq!((facts.version, facts.cases, facts.dead_letters.len()), (1, 4, 1));
    assert_eq!(
        (facts.dead_letters[0].source.as_str(), facts.dead_letters[0].oldest),
        ("scan", at(7))
    );
    assert!(facts.bytes > 10_000);
    let outgoing = &home.store.outgoing(DAY).await.unwrap()[0];
    assert_eq!(
        (outgoing.recipient.as_str(), outgoing.delivered, outgoing.waiting),
        ("finance", 1, 6)
    );
    assert_eq!(outgoing.last_success, Some(at(5000)));
    // Another day, nothing of it; what a target last took is known all the same.
    let other = &home.store.outgoing("2026-09-22").await.unwrap()[0];
    assert_eq!(
        (other.delivered, other.waiting, other.last_success),
        (0, 0, Some(at(5000)))
    );
    assert_eq!(home.store.balance("2026-09-22").await.unwrap(), []);
}
