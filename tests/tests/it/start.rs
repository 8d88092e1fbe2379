// SPDX-License-Identifier: EUPL-1.2
//! Start and end of a town.

use std::time::{Duration, Instant};

use amtshub_tests::town::Town;
use amtshub_tests::{process, record};

fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    town
}

#[test]
fn a_stopped_town_goes_on_with_the_same_data() {
    let mut town = town();
    town.start();
    town.drop_file("quelle/in", "1.xml", record::xml(1, 1, 600).as_bytes());
    town.wait("the first is delivered", |town| town.files("ziel/out").len() == 1);
    assert!(town.stop().success(), "{}", town.log());
    town.start();
    town.drop_file("quelle/in", "2.xml", record::xml(1, 2, 600).as_bytes());
    town.wait("the second is delivered", |town| town.files("ziel/out").len() == 2);
    town.wait("both are in the case", |town| {
        town.json(["case", "list"])["items"]
            .as_array()
            .is_some_and(|cases| cases.len() == 1)
            && town.json(["message", "list"])["items"]
                .as_array()
                .is_some_and(|messages| messages.len() == 2)
    });
}

#[test]
fn nothing_of_a_killed_hub_lives_on() {
    let mut town = town();
    town.start();
    let children: Vec<u32> = process::children(town.hub_pid())
        .into_iter()
        .map(|(pid, _)| pid)
        .collect();
    assert!(children.len() >= 3, "nats-server and two connectors run: {children:?}");
    town.kill_hub();
    let end = Instant::now() + Duration::from_secs(30);
    while children.iter().any(|pid| process::resident_mib(*pid).is_ok()) {
        assert!(Instant::now() < end, "a child outlives the hub by 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_second_hub_on_the_same_data_is_refused() {
    let mut town = town();
    town.start();
    let second = town.amtshub(["run", "--config", &town.config().to_string_lossy()]);
    assert_eq!(
        second.status.code(),
        Some(4),
        "{}",
        String::from_utf8_lossy(&second.stderr)
    );
}

#[test]
fn a_wrong_configuration_does_not_start() {
    let town = town();
    town.connector(
        "quelle",
        &record::source("quelle").replace("mapping = \"record\"", "mapping = \"recrod\""),
    );
    let run = town.amtshub(["run", "--config", &town.config().to_string_lossy()]);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(said.contains("did you mean `record`?"), "{said}");
}

#[test]
fn the_rules_are_taken_anew_whole_or_not_at_all() {
    let mut town = town();
    town.start();
    town.drop_file("quelle/in", "1.xml", record::xml(1, 1, 600).as_bytes());
    town.wait("the first is delivered", |town| town.files("ziel/out").len() == 1);
    let before = town.json(["status"])["rules"].clone();
    town.route("alle", &record::route("quelle", "zeil"));
    assert_eq!(
        town.amtshub(["reload"]).status.code(),
        Some(3),
        "a wrong configuration is refused"
    );
    assert_eq!(town.json(["status"])["rules"], before, "the old rules stay");
    town.route(
        "alle",
        &record::route("quelle", "ziel").replace("\"partner.email\", ", ""),
    );
    assert!(
        !town.amtshub(["reload"]).status.success(),
        "the mapping reads more than the route releases"
    );
    town.route(
        "alle",
        &record::route("quelle", "ziel").replace("Prüfung", "Andere Prüfung"),
    );
    assert!(town.amtshub(["reload"]).status.success(), "{}", town.log());
    town.wait("the new rules are in force", |town| {
        town.json(["status"])["rules"] != before
    });
    town.drop_file("quelle/in", "2.xml", record::xml(1, 2, 600).as_bytes());
    town.wait("the second is delivered", |town| town.files("ziel/out").len() == 2);
}
