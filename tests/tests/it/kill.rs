// SPDX-License-Identifier: EUPL-1.2
//! kill -9 of the hub, of a connector or of nats-server in the middle of 2 000 messages: each comes exactly once, in order,
//! and none is dead-lettered. The same tests notice a sabotaged hub.

use std::collections::{BTreeMap, BTreeSet};

use amtshub_tests::record;
use amtshub_tests::town::Town;
use rustix::process::Signal;

pub(crate) const MESSAGES: usize = 2000;
pub(crate) const CASES: usize = 20;

pub(crate) fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    town
}

/// Puts all messages into the hot folder; the running number is the order of the files' names.
pub(crate) fn drop_all(town: &Town) {
    for number in 0..MESSAGES {
        let xml = record::xml(number % CASES, number, 600);
        town.drop_file("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
}

/// What is wrong with what arrived: doubles, gaps, disorder within a case.
pub(crate) fn faults(town: &Town) -> Vec<String> {
    faults_among(town, MESSAGES)
}

/// The same when fewer were sent.
pub(crate) fn faults_among(town: &Town, messages: usize) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for file in town.files("ziel/out") {
        let xml = std::fs::read_to_string(&file).expect("a delivered file");
        let (case, number) = record::case_and_number(&xml);
        if !seen.insert(number) {
            found.push(format!("{number} came twice"));
        }
        if let Some(before) = last.insert(case, number)
            && before > number
        {
            found.push(format!("{number} came after {before}"));
        }
    }
    found.extend(
        (0..messages)
            .filter(|number| !seen.contains(number))
            .map(|number| format!("{number} is missing")),
    );
    found
}

/// Waits until everything has arrived, then looks at it.
pub(crate) fn check(town: &Town) {
    check_all(town, MESSAGES);
}

/// The same when fewer were sent.
pub(crate) fn check_all(town: &Town, messages: usize) {
    town.wait("everything is delivered", |town| {
        town.files("ziel/out").len() >= messages
    });
    town.wait("nothing waits any more", |town| {
        let source = town.connector_status("quelle");
        let target = town.connector_status("ziel");
        source["today"]["delivered"] == messages && target["waiting"] == 0
    });
    assert_eq!(faults_among(town, messages), Vec::<String>::new());
    assert_eq!(
        town.json(["deadletter", "list"])["items"].as_array().map(Vec::len),
        Some(0),
        "no dead letters"
    );
}

/// Waits until so many files have been delivered.
pub(crate) fn delivered(town: &Town, count: usize) {
    town.wait("the middle of the messages", |town| {
        town.files("ziel/out").len() >= count
    });
}

/// Whether the message with this number is among the delivered, and nothing waits for the target any more.
pub(crate) fn settled(town: &Town, number: usize) -> bool {
    let numbers = town.files("ziel/out").into_iter().rev().take(50);
    let mut numbers = numbers.filter_map(|file| std::fs::read_to_string(file).ok());
    numbers.any(|xml| record::case_and_number(&xml).1 == number) && town.connector_status("ziel")["waiting"] == 0
}

#[test]
fn the_hub_is_killed_three_times() {
    let mut town = town();
    drop_all(&town);
    for turn in 1..=3 {
        town.start();
        delivered(&town, turn * MESSAGES / 5);
        town.kill_hub();
    }
    town.start();
    check(&town);
}

#[test]
fn connectors_are_killed_three_times_each() {
    let mut town = town();
    drop_all(&town);
    town.start();
    for turn in 1..=3 {
        for name in ["quelle", "ziel"] {
            delivered(&town, turn * MESSAGES / 6);
            town.wait("the connector runs", |town| {
                town.child_pid(&format!("--name {name}")).is_some()
            });
            if let Some(pid) = town.child_pid(&format!("--name {name}")) {
                amtshub_tests::process::signal(pid, Signal::KILL);
            }
        }
    }
    check(&town);
}

#[test]
fn nats_server_is_killed_twice() {
    let mut town = town();
    drop_all(&town);
    town.start();
    for turn in 1..=2 {
        delivered(&town, turn * MESSAGES / 5);
        town.wait("nats-server runs", |town| town.child_pid("nats.conf").is_some());
        if let Some(pid) = town.child_pid("nats.conf") {
            amtshub_tests::process::signal(pid, Signal::KILL);
        }
    }
    check(&town);
}
