// SPDX-License-Identifier: EUPL-1.2
//! Texts that somebody made to be taken for SQL: they are stored and found as what they are, and nothing else changes.

use hub_message::Sensitive;
use hub_message::record::EntryKind::Document;
use hub_store::{CaseFilter, MessageFilter, Page};

use crate::sample::{Change, document, entry, framed, home, record};

/// What may stand before, so that the text leaves the place that it stands in.
const LEAVING: [&str; 8] = ["", "'", "\"", "`", "')", "'))", "\\'", "\u{2019}"];

/// What may stand there.
const ORDERS: [&str; 27] = [
    "; DROP TABLE message; --",
    " OR 1=1 --",
    " OR '1'='1",
    " OR \"\"=\"",
    " UNION SELECT * FROM sqlite_master --",
    " UNION ALL SELECT NULL, NULL, NULL --",
    "; DELETE FROM message WHERE 1=1; --",
    "; UPDATE message SET source = 'x'; --",
    "; INSERT INTO message VALUES (1); --",
    "; PRAGMA writable_schema = 1; --",
    "; ATTACH DATABASE '/tmp/x' AS x; --",
    "; VACUUM; --",
    "; COMMIT; --",
    "; ROLLBACK; BEGIN; --",
    "/*",
    "*/ --",
    "--",
    "#",
    ";",
    "%",
    "_",
    "\\",
    "?1",
    ":name",
    "$1",
    "\0",
    "\n\r\t\u{1b}\u{7f}",
];

fn texts() -> Vec<String> {
    let with = |leaving: &'static str| ORDERS.iter().map(move |order| format!("x{leaving}{order}"));
    LEAVING.into_iter().flat_map(with).collect()
}

#[tokio::test]
async fn hostile_texts_are_kept_and_found_as_they_are() {
    let (home, texts) = (home().await, texts());
    assert!(texts.len() >= 200);
    let records: Vec<_> = (0..)
        .zip(&texts)
        .map(|(number, text)| {
            let mut titled = entry(Document, "invoice", None, vec![document(text, text)]);
            titled.title = Sensitive::new(text.clone());
            let mut record = record(&format!("m{number}"), number)
                .keyed(&[text])
                .participant("seller", text, Some(text))
                .entry(titled);
            record.planned().filing.subject = Sensitive::new(text.clone());
            record
        })
        .collect();
    for chunk in framed(&records).chunks(50) {
        home.store.write_records(chunk).await.unwrap();
    }
    for text in &texts {
        let filter = CaseFilter {
            reference: Some(text.clone()),
            ..CaseFilter::default()
        };
        let found = home.store.cases(&filter, Page::default()).await.unwrap().items;
        assert_eq!(found.len(), 1, "{text:?}");
        let case = home.store.case(&found[0].id).await.unwrap().unwrap().revealed();
        let case = serde_json::to_value(case).unwrap();
        for (at, value) in [
            ("subject", &case["subject"]),
            ("participant", &case["participants"][0]["name"]),
            ("identifier", &case["participants"][0]["identifier"]),
            ("reference", &case["references"][0]["value"]),
            ("title", &case["timeline"][0]["title"]),
        ] {
            assert_eq!(value, text, "{at}");
        }
    }
    assert_eq!(rows(&home.store).await, texts.len());
}

#[tokio::test]
async fn hostile_questions_find_nothing_and_change_nothing() {
    let home = home().await;
    let records: Vec<_> = (0..20)
        .map(|number| record(&format!("m{number}"), number).keyed(&[&format!("R-{number}")]))
        .collect();
    home.store.write_records(&framed(&records)).await.unwrap();
    for text in texts() {
        for filter in [
            CaseFilter {
                reference: Some(text.clone()),
                ..CaseFilter::default()
            },
            CaseFilter {
                subject: Some(text.clone()),
                ..CaseFilter::default()
            },
            CaseFilter {
                case_type: Some(text.clone()),
                ..CaseFilter::default()
            },
        ] {
            assert!(
                home.store
                    .cases(&filter, Page::default())
                    .await
                    .unwrap()
                    .items
                    .is_empty(),
                "{text:?}"
            );
        }
        let in_case = MessageFilter {
            case: Some(text.clone()),
            ..MessageFilter::default()
        };
        assert!(
            home.store
                .messages(&in_case, Page::default())
                .await
                .unwrap()
                .items
                .is_empty(),
            "{text:?}"
        );
        assert!(home.store.case(&text).await.unwrap().is_none(), "{text:?}");
        assert!(home.store.message(&text).await.unwrap().is_empty(), "{text:?}");
        assert!(home.store.dead_letter(&text).await.unwrap().is_none(), "{text:?}");
        assert!(
            home.store.discard(&text, &text, &text).await.unwrap().is_none(),
            "{text:?}"
        );
    }
    assert_eq!(rows(&home.store).await, 20);
}

/// All messages, which are as many as cases here.
async fn rows(store: &hub_store::Store) -> usize {
    let all = Page { limit: 1000, offset: 0 };
    let messages = store
        .messages(&MessageFilter::default(), all)
        .await
        .unwrap()
        .items
        .len();
    assert_eq!(store.facts().await.unwrap().cases, messages as u64);
    messages
}
