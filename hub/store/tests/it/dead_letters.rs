// SPDX-License-Identifier: EUPL-1.2
//! Dead letters: kept, replayed, settled, given up.

use hub_message::Recipient;
use hub_message::record::Stage;
use hub_store::{Content, DeadLetterFilter, DeadLetterState, MessageState, Page};

use crate::sample::{Change, DAY, Home, document, done, framed, home, id, receipt, record, refused, rejected};

async fn states(home: &Home) -> Vec<(String, DeadLetterState)> {
    let list = home
        .store
        .dead_letters(&DeadLetterFilter::default(), Page::default())
        .await
        .unwrap();
    let mut states: Vec<_> = list.items.into_iter().map(|line| (line.id, line.state)).collect();
    states.sort_by(|a, b| a.0.cmp(&b.0));
    states
}

fn letters(states: &[DeadLetterState]) -> Vec<(String, DeadLetterState)> {
    (1..)
        .zip(states)
        .map(|(number, state)| (format!("K-2026-{number:06}"), *state))
        .collect()
}

async fn balance(home: &Home) -> (u64, u64, u64, u64, i64) {
    let row = &home.store.balance(DAY).await.unwrap()[0];
    (
        row.received,
        row.delivered,
        row.dead_letter,
        row.discarded,
        row.difference(),
    )
}

use DeadLetterState::{Discarded, Open, Settled};

#[tokio::test]
async fn the_original_is_kept_with_code_place_and_remedy() {
    let home = home().await;
    let records = framed(&[rejected("a", 1)]);
    home.store.write_records(&records).await.unwrap();
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!(
        (letter.line.code.as_str(), letter.rejection.remedy.as_str()),
        ("AH-X101", "send it without")
    );
    assert_eq!((letter.stage, letter.line.state), (Some(Stage::Read), Open));
    let Content::Original { headers, body, claim } = letter.content else {
        panic!("an original");
    };
    assert_eq!(headers, [("content-type".to_owned(), "text/xml".to_owned())]);
    assert_eq!((body.disclose().as_slice(), claim), (&records[0].1[..], None));
    assert_eq!(home.store.dead_letter("K-2026-000002").await.unwrap(), None);
}

#[tokio::test]
async fn a_refused_delivery_is_a_dead_letter_with_the_canonical_document() {
    let home = home().await;
    let mut invoice = record("a", 1).to(&["finance"]);
    invoice.planned().claim = Some(document("a.json", "{ }"));
    let records = framed(std::slice::from_ref(&invoice));
    home.store.write_records(&records).await.unwrap();
    home.store
        .write_receipts(&[receipt(&invoice, "finance", refused())])
        .await
        .unwrap();
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!(
        (letter.line.code.as_str(), letter.rejection.path.as_deref()),
        ("AH-P201", Some("/account"))
    );
    assert!(letter.line.text.contains("E42") && letter.line.text.contains("the account is closed"));
    assert_eq!(letter.line.recipient.as_ref().map(Recipient::as_str), Some("finance"));
    let Content::Canonical { schema, json, claim } = letter.content else {
        panic!("a canonical document");
    };
    assert_eq!((schema.as_str(), claim.unwrap().size), ("invoice/1", 3));
    assert_eq!(json.disclose().as_slice(), &records[0].1[..]);
}

#[tokio::test]
async fn a_replay_that_succeeds_settles_the_dead_letter() {
    let home = home().await;
    home.store.write_records(&framed(&[rejected("a", 1)])).await.unwrap();
    assert_eq!(
        home.store.replayed("K-2026-000001", &id("a2"), "meier").await.unwrap(),
        Some(Open)
    );
    let again = record("a2", 2).caused_by("a").to(&["finance"]);
    home.store
        .write_records(&framed(std::slice::from_ref(&again)))
        .await
        .unwrap();
    assert_eq!(states(&home).await, letters(&[Open]));
    // The replay is no further message of the source.
    assert_eq!(balance(&home).await, (1, 0, 1, 0, 0));
    home.store
        .write_receipts(&[receipt(&again, "finance", done())])
        .await
        .unwrap();
    assert_eq!(states(&home).await, letters(&[Settled]));
    assert_eq!(balance(&home).await, (1, 1, 0, 0, 0));
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!(letter.settled.unwrap().by, Some(id("a2")));
    let replay = &letter.replay_list[0];
    assert_eq!(
        (&replay.message, replay.state, replay.by.as_deref()),
        (&id("a2"), Some(MessageState::Delivered), Some("meier"))
    );
    assert_eq!(
        home.store.message(id("a2").as_str()).await.unwrap()[0].replay_of,
        Some(id("a"))
    );
}

#[tokio::test]
async fn a_replay_may_run_through_before_its_mark_or_stay_without_one() {
    let home = home().await;
    home.store.write_records(&framed(&[rejected("a", 1)])).await.unwrap();
    home.store
        .write_records(&framed(&[record("a2", 2).caused_by("a")]))
        .await
        .unwrap();
    assert_eq!(states(&home).await, letters(&[Settled]));
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!((letter.line.replays, letter.replay_list[0].at), (1, None));
    assert_eq!(
        home.store.replayed("K-2026-000001", &id("a2"), "meier").await.unwrap(),
        Some(Settled)
    );
    let letter = home.store.dead_letter("K-2026-000001").await.unwrap().unwrap();
    assert_eq!((letter.line.replays, letter.replay_list.len()), (1, 1));
}

#[tokio::test]
async fn of_several_dead_letters_of_a_message_the_mark_says_which() {
    let home = home().await;
    let parts = [rejected("a", 1).part(0, 2), rejected("a", 1).part(1, 2)];
    home.store.write_records(&framed(&parts)).await.unwrap();
    // Nobody can say yet which of the two this is for.
    home.store
        .write_records(&framed(&[record("a2", 2).caused_by("a")]))
        .await
        .unwrap();
    assert_eq!(states(&home).await, letters(&[Open, Open]));
    assert_eq!(
        home.store.replayed("K-2026-000002", &id("a2"), "meier").await.unwrap(),
        Some(Settled)
    );
    assert_eq!(states(&home).await, letters(&[Open, Settled]));
    assert_eq!(balance(&home).await, (1, 0, 1, 0, 0));
    home.store.discard("K-2026-000001", "meier", "leer").await.unwrap();
    assert_eq!(balance(&home).await, (1, 0, 0, 1, 0));
}

#[tokio::test]
async fn a_failed_replay_is_closed_with_what_it_replays() {
    for from in ["a", "a2"] {
        let home = home().await;
        home.store.write_records(&framed(&[rejected("a", 1)])).await.unwrap();
        home.store
            .write_records(&framed(&[rejected("a2", 2).caused_by("a")]))
            .await
            .unwrap();
        assert_eq!(
            (states(&home).await, balance(&home).await),
            (letters(&[Open, Open]), (1, 0, 1, 0, 0))
        );
        let second = home.store.dead_letter("K-2026-000002").await.unwrap().unwrap();
        assert_eq!(second.replay_of.as_deref(), Some("K-2026-000001"));
        // The third attempt, of the first or of the second dead letter, settles both.
        home.store
            .write_records(&framed(&[record("a3", 3).caused_by(from)]))
            .await
            .unwrap();
        assert_eq!(
            (states(&home).await, balance(&home).await),
            (letters(&[Settled, Settled]), (1, 1, 0, 0, 0))
        );
    }
}

#[tokio::test]
async fn giving_up_needs_a_reason_and_closes_once() {
    let home = home().await;
    home.store
        .write_records(&framed(&[rejected("a", 1), rejected("b", 2)]))
        .await
        .unwrap();
    home.store
        .write_records(&framed(&[rejected("a2", 3).caused_by("a")]))
        .await
        .unwrap();
    let discarded = home.store.discard("K-2026-000001", "meier", "doppelt").await.unwrap();
    assert_eq!(discarded, Some(Discarded));
    assert_eq!(states(&home).await, letters(&[Discarded, Open, Discarded]));
    assert_eq!(
        home.store.discard("K-2026-000001", "schulze", "anders").await.unwrap(),
        Some(Discarded)
    );
    let decided = home
        .store
        .dead_letter("K-2026-000001")
        .await
        .unwrap()
        .unwrap()
        .discarded
        .unwrap();
    assert_eq!((decided.by.as_str(), decided.reason.as_str()), ("meier", "doppelt"));
    assert_eq!(home.store.discard("K-2026-000009", "meier", "x").await.unwrap(), None);
    assert_eq!(
        home.store.replayed("K-2026-000009", &id("x"), "meier").await.unwrap(),
        None
    );
    assert_eq!(balance(&home).await, (2, 0, 1, 1, 0));
    // What was settled cannot be given up any more.
    home.store
        .write_records(&framed(&[record("b2", 4).caused_by("b")]))
        .await
        .unwrap();
    assert_eq!(
        home.store.discard("K-2026-000002", "meier", "x").await.unwrap(),
        Some(Settled)
    );
    assert_eq!(balance(&home).await, (2, 1, 0, 1, 0));
}

#[tokio::test]
async fn only_the_same_source_replays_and_only_dead_letters_are_replayed() {
    let home = home().await;
    let records = [
        rejected("a", 1),
        record("fine", 2),
        record("x", 3).source("scan").caused_by("a"),
        record("y", 4).caused_by("fine"),
        record("z", 5).caused_by("z"),
    ];
    home.store.write_records(&framed(&records)).await.unwrap();
    assert_eq!(states(&home).await, letters(&[Open]));
    let rows = home.store.balance(DAY).await.unwrap();
    let received: Vec<_> = rows.iter().map(|row| (row.source.as_str(), row.received)).collect();
    assert_eq!(received, [("inbox", 4), ("scan", 1)]);
}
