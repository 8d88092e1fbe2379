// SPDX-License-Identifier: EUPL-1.2
//! Reloads again and again while messages come: each message is decided by one set of rules, the one that its record names,
//! and comes exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, sync_channel};

use amtshub_tests::record;
use amtshub_tests::town::Town;
use serde_json::Value;

/// Reloads in the ordinary run; `tests/run --full` asks for a thousand.
const RELOADS: usize = 100;
const TOLD: &str = "AMTSHUB_TEST_RELOADS";

/// Messages that come beside each reload.
const BESIDE: usize = 4;

/// What only one of the two sets of rules releases.
const RELEASED: &str = "Beispiel, Erika";

fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    rules(&town, true);
    town
}

/// Writes the route, with or without the partner's name among what it releases. The target gets the canonical document.
fn rules(town: &Town, with_name: bool) {
    let route = record::route("quelle", "ziel").replace("mapping = \"record\"\n", "");
    let without = route.replace("\"partner.name\", ", "");
    assert_ne!(route, without);
    town.route("alle", if with_name { &route } else { &without });
}

fn reload(town: &Town) -> String {
    let reloaded = town.amtshub(["reload"]);
    let said = String::from_utf8_lossy(&reloaded.stderr).into_owned();
    assert!(reloaded.status.success(), "{said}");
    let status = town.json(["status"]);
    status["rules"]["digest"].as_str().expect("a digest").to_owned()
}

/// For every delivery the digests of the rules that the records of its message name.
fn rules_of_deliveries(town: &Town, messages: usize) -> BTreeMap<String, BTreeSet<String>> {
    let limit = messages.to_string();
    let listed = town.json(["message", "list", "--limit", &limit]);
    let ids = listed["items"].as_array().expect("messages").iter();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for id in ids.map(|item| item["message"].as_str().expect("an id")) {
        let shown = town.json(["message", "show", id]);
        for part in shown["records"].as_array().expect("records") {
            let digest = part["rules"].as_str().expect("a digest");
            for delivery in part["deliveries"].as_array().into_iter().flatten() {
                let id = delivery["delivery"].as_str().expect("a delivery");
                found.entry(id.to_owned()).or_default().insert(digest.to_owned());
            }
        }
    }
    found
}

/// Puts down a record for each one that is allowed.
fn send_all(town: &Town, allowed: Receiver<()>) {
    for (number, ()) in allowed.into_iter().enumerate() {
        let xml = record::xml(number % 7, number, 600);
        town.drop_file("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
}

/// The running number in the subject of a delivered document.
fn number(document: &str) -> usize {
    let document: Value = serde_json::from_str(document).expect("a canonical document");
    let subject = document["subject"].as_str().expect("a subject");
    let word = subject.split(' ').nth(1).expect("a number");
    word.parse().expect("a number")
}

#[test]
fn every_message_is_decided_by_one_set_of_rules() {
    let told = std::env::var_os(TOLD).map(|told| told.to_string_lossy().parse().expect("a number of reloads"));
    let reloads: usize = told.unwrap_or(RELOADS);
    let mut town = town();
    town.start();
    let with_name = reload(&town);
    let mut digests = BTreeSet::new();
    // Messages come from a thread of their own, a few for each reload, so that a slow machine does not drown in them.
    let (allow, allowed) = sync_channel(BESIDE);
    std::thread::scope(|scope| {
        scope.spawn(|| send_all(&town, allowed));
        for turn in 0..reloads {
            (0..BESIDE).for_each(|_| allow.send(()).expect("the source"));
            rules(&town, turn % 2 == 1);
            digests.insert(reload(&town));
        }
        drop(allow);
    });
    let messages = reloads * BESIDE;
    assert_eq!(digests.len(), 2, "two sets of rules took turns");
    town.wait("everything is delivered", |town| {
        let target = town.connector_status("ziel");
        town.files("ziel/out").len() >= messages && target["waiting"] == 0
    });
    town.wait("everything is in the case store", |town| {
        town.connector_status("quelle")["today"]["delivered"] == messages
    });
    let decided = rules_of_deliveries(&town, messages);
    assert_eq!(decided.len(), messages);
    let mut numbers = BTreeSet::new();
    let mut used = BTreeSet::new();
    for file in town.files("ziel/out") {
        let document = std::fs::read_to_string(&file).expect("a delivered file");
        let number = number(&document);
        assert!(numbers.insert(number), "{number} came twice");
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let (_, delivery) = name.split_once('-').expect("sequence and delivery");
        let rules: Vec<&String> = decided.get(delivery).into_iter().flatten().collect();
        let [rules] = rules.as_slice() else {
            panic!("{number} was decided by {} sets of rules", rules.len());
        };
        assert_eq!(
            document.contains(RELEASED),
            **rules == with_name,
            "{number} is not what the rules in its record release"
        );
        used.insert((*rules).clone());
    }
    assert_eq!(numbers.len(), messages, "none is lost");
    assert_eq!(used, digests, "both sets of rules decided messages");
}
