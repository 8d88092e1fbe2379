// SPDX-License-Identifier: EUPL-1.2
//! A bit flips in a file of a stream while the hub is down: the status says which stream is damaged and what to do.

use std::fs;
use std::path::{Path, PathBuf};

use amtshub_tests::process;
use amtshub_tests::record;
use rustix::process::Signal;
use serde_json::Value;

use crate::kill;

const MESSAGES: usize = 20;
const DAMAGED: usize = 7;

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    entries
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}

/// Flips a bit of the message with this number in the stream of the source.
fn flip(streams: &Path, number: usize) {
    let text = format!("Anfrage {number} zur");
    let mut places = 0;
    for block in files_below(streams).into_iter().filter(|file| {
        file.to_string_lossy().contains("IN_quelle/msgs/") && file.extension().is_some_and(|e| e == "blk")
    }) {
        let mut bytes = fs::read(&block).expect("a block");
        if let Some(at) = bytes.windows(text.len()).position(|part| part == text.as_bytes()) {
            bytes[at] ^= 1;
            fs::write(&block, bytes).expect("a block");
            places += 1;
        }
    }
    assert_eq!(places, 1, "the message stands in one place");
}

#[test]
fn a_damaged_stream_file_is_reported_after_the_start() {
    let mut town = kill::town();
    town.start();
    town.wait("the hot folder is there", |town| town.data().join("quelle/in").exists());
    // The hub stands still, so that the stream keeps what the source hands over.
    process::signal(town.hub_pid(), Signal::STOP);
    for number in 0..MESSAGES {
        let xml = record::xml(number, number, 600);
        town.drop_file("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
    town.wait("the stream has taken everything", |town| {
        town.files("quelle/archive").len() == MESSAGES
    });
    town.kill_hub();
    flip(&town.data().join("nats"), DAMAGED);
    town.start_red();
    let mut status = Value::Null;
    town.wait("the damage is reported", |town| {
        status = town.json(["status"]);
        let sentence = status["sentence"].as_str().unwrap_or_default();
        status["status"] != "pass" && sentence.contains("Strom") && sentence.contains("IN_quelle")
    });
    let sentence = status["sentence"].as_str().unwrap_or_default();
    assert!(sentence.contains("erneut senden"), "{sentence}");
    let streams = status["nats"]["streams"].as_array().cloned().unwrap_or_default();
    let damaged = streams.iter().find(|stream| stream["name"] == "IN_quelle");
    // Whether the server cuts the file off or passes over the message depends on how much of its index it had written.
    assert!(
        damaged.is_some_and(|stream| stream["cut_bytes"].as_u64() > Some(0) || stream["unreadable"].is_array()),
        "{streams:?}"
    );
    town.wait("what can be read is delivered all the same", |town| {
        let delivered = town.files("ziel/out").len();
        delivered > 0 && town.connector_status("quelle")["today"]["delivered"] == delivered
    });
    let delivered: Vec<usize> = town.files("ziel/out").iter().map(|file| number(file)).collect();
    assert!(!delivered.contains(&DAMAGED), "it is damaged: {delivered:?}");
}

fn number(file: &Path) -> usize {
    let xml = fs::read_to_string(file).expect("a delivered file");
    record::case_and_number(&xml).1
}
