// SPDX-License-Identifier: EUPL-1.2
//! The database file: what it is, who may read it, and that it stays.

use hub_store::{CaseFilter, MessageFilter, Page, Store, StoreError};

use crate::sample::{Change, framed, home, record};

#[tokio::test]
async fn what_was_written_is_there_after_a_new_start() {
    let home = home().await;
    home.store
        .write_records(&framed(&[record("a", 1).keyed(&["A"])]))
        .await
        .unwrap();
    home.store.close().await;
    let path = home.folder.path().join("cases.sqlite");
    let store = Store::open_existing(&path).await.unwrap();
    store
        .write_records(&framed(&[record("b", 2).keyed(&["B"])]))
        .await
        .unwrap();
    let list = store.cases(&CaseFilter::default(), Page::default()).await.unwrap();
    let ids: Vec<&str> = list.items.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["V-2026-000002", "V-2026-000001"]);
}

#[tokio::test]
async fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = home().await;
    home.store.write_records(&framed(&[record("a", 1)])).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(home.folder.path())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(files.len() >= 2, "the database and its write-ahead log");
    for file in files {
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.path()
        );
    }
}

#[tokio::test]
async fn what_is_no_case_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.sqlite");
    assert!(matches!(Store::open_existing(&path).await, Err(StoreError::Missing(_))));
    assert!(!path.exists(), "asking makes nothing");

    std::fs::write(
        &path,
        "this is a letter and not a database, however long it may be ".repeat(100),
    )
    .unwrap();
    let refused = Store::open(&path).await.unwrap_err();
    assert!(!refused.is_unavailable(), "{refused}");

    let nowhere = folder.path().join("missing").join("cases.sqlite");
    assert!(Store::open(&nowhere).await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn a_locked_database_is_unavailable_and_readers_go_on() {
    let home = home().await;
    home.store.write_records(&framed(&[record("a", 1)])).await.unwrap();
    home.store.writable().await.unwrap();
    // Two stores on one file: the command line beside the hub. Writers take turns, readers do not wait.
    let beside = Store::open_existing(&home.folder.path().join("cases.sqlite"))
        .await
        .unwrap();
    let (b, c) = (framed(&[record("b", 2)]), framed(&[record("c", 3)]));
    let (one, other) = tokio::join!(home.store.write_records(&b), beside.write_records(&c));
    assert_eq!((one.unwrap().new, other.unwrap().new), (1, 1));
    for store in [&home.store, &beside] {
        let list = store.cases(&CaseFilter::default(), Page::default()).await.unwrap();
        assert_eq!(list.items.len(), 3);
    }
    home.store.close().await;
    assert!(home.store.writable().await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn a_batch_that_is_broken_off_is_written_whole_or_not_at_all() {
    let home = home().await;
    let records: Vec<_> = (0..50).map(|n| record(&format!("m{n}"), n).keyed(&["A"])).collect();
    let records = framed(&records);
    let count = async || {
        let page = Page { limit: 99, offset: 0 };
        let list = home.store.messages(&MessageFilter::default(), page).await.unwrap();
        list.items.len()
    };
    for turns in (0..14).map(|power| 1 << power) {
        let mut writing = Box::pin(home.store.write_records(&records));
        // As if the process had been told to stop between any two steps. Broken off while it commits, a batch is
        // there a moment later, although nobody was told.
        for _ in 0..turns {
            let ended =
                tokio::select! { biased; done = &mut writing => Some(done), () = tokio::task::yield_now() => None };
            if let Some(written) = ended {
                assert!([0, 50].contains(&written.unwrap().new));
                break;
            }
        }
        drop(writing);
        let found = count().await;
        assert!(found == 0 || found == 50, "{found} after {turns} turns");
        if found == 50 {
            break;
        }
    }
    // However slow the machine is: a batch that is left alone ends.
    let written = home.store.write_records(&records).await.unwrap();
    assert!([0, 50].contains(&written.new), "{written:?}");
    assert_eq!((written.new + written.repeated, count().await), (50, 50));
}
