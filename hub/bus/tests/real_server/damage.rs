// SPDX-License-Identifier: EUPL-1.2
//! A bit that flips in a file of a stream is noticed, whether the server passes over the message or cuts the file off.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use hub_bus::{Bus, Damage, Embedded};

use crate::town::*;

const MESSAGES: usize = 100;

/// The message that is damaged. The first one has sequence 1.
const DAMAGED: usize = 50;
const SEQUENCE: u64 = DAMAGED as u64 + 1;

/// A server with messages in its stream `IN_scan` that was stopped, damaged and started again. Without the index it
/// reads its files anew, as it does after a crash.
async fn damaged(with_index: bool) -> (Embedded, Bus, tempfile::TempDir) {
    let Town { server, bus, folder } = filled().await;
    drop(bus);
    server.stop();
    let data = folder.path().join("nats");
    let files = files_below(&data);
    if !with_index {
        let index = files.iter().filter(|file| file.ends_with("IN_scan/msgs/index.db"));
        index.for_each(|index| fs::remove_file(index).unwrap());
    }
    flip(&files, format!("<n>{DAMAGED}</n>").as_bytes());
    let server = Embedded::start(settings(data)).unwrap();
    let bus = connect(&server).await;
    (server, bus, folder)
}

async fn filled() -> Town {
    let town = town().await;
    let scan = town.connector("scan").await;
    surely(&scan, emits(0..MESSAGES)).await;
    assert_eq!(look(&town.bus, &BTreeMap::new(), MESSAGES).await, None);
    town
}

async fn look(bus: &Bus, known: &BTreeMap<String, Vec<u64>>, most: usize) -> Option<Damage> {
    bus.damage(Some(&name("scan")), known, most).await.unwrap()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}

/// Flips a bit in the one place of a block that holds `text`.
fn flip(files: &[PathBuf], text: &[u8]) {
    let mut places = 0;
    for block in files.iter().filter(|file| file.extension().is_some_and(|e| e == "blk")) {
        let mut bytes = fs::read(block).unwrap();
        if let Some(at) = bytes.windows(text.len()).position(|part| part == text) {
            bytes[at] ^= 1;
            fs::write(block, bytes).unwrap();
            places += 1;
        }
    }
    assert_eq!(places, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_server_passes_over_is_found() {
    let (server, bus, _folder) = damaged(true).await;
    let found = Damage {
        stream: "IN_scan".to_owned(),
        unreadable: vec![SEQUENCE],
        cut_bytes: 0,
    };
    let known = BTreeMap::new();
    assert_eq!(look(&bus, &known, MESSAGES).await, Some(found.clone()));
    // Further back than is looked at: found again only where it is known, or when what stands before it is done.
    assert_eq!(look(&bus, &known, DAMAGED - 1).await, None);
    let known = BTreeMap::from([(found.stream.clone(), found.unreadable.clone())]);
    assert_eq!(look(&bus, &known, 1).await, Some(found.clone()));
    let mut inbound = bus.inbound(&name("scan"));
    let passed = numbers(&mut inbound, MESSAGES - 1, true).await;
    assert!(!passed.contains(&DAMAGED), "the server gave it after all");
    let alone = async {
        loop {
            let facts = bus.streams(&[name("scan")]).await.unwrap();
            if facts[1].messages == 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    in_time(alone).await;
    assert_eq!(look(&bus, &BTreeMap::new(), 1).await, Some(found));
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_the_server_cut_off_is_found() {
    let (server, bus, _folder) = damaged(false).await;
    let found = look(&bus, &BTreeMap::new(), 1).await.unwrap();
    assert!(found.cut_bytes > 0, "{found:?}");
    assert!(found.unreadable.is_empty(), "{found:?}");
    server.stop();
}
