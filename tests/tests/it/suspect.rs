// SPDX-License-Identifier: EUPL-1.2
//! A message that ends the hub's process does not end it for ever: after the marker has named it twice it becomes a dead
//! letter, and everything else flows.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use amtshub_tests::record;
use amtshub_tests::town::{Town, program};
use rustix::process::Signal;

const HUB: &str = "amtshub-sabotaged";
const FAULT: [&str; 2] = ["--sabotage", "die-on-poison"];

/// One life of the hub, to its end.
fn life(town: &Town) -> ExitStatus {
    let mut hub = Command::new(program(HUB))
        .args(["run", "--config"])
        .arg(town.config())
        .arg("--data")
        .arg(town.data())
        .args(FAULT)
        .env("AMTSHUB_NATS_SERVER", amtshub_tests::nats_server())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the sabotaged hub");
    let mut ended = None;
    town.wait("the hub ends over the poison", |_| {
        ended = hub.try_wait().expect("a child");
        ended.is_some()
    });
    ended.expect("an exit status")
}

#[test]
fn a_message_that_ends_the_process_twice_becomes_a_dead_letter() {
    let mut town = Town::new().run_by(HUB, &FAULT);
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    for number in 0..20 {
        let mut xml = record::xml(number, number, 600);
        if number == 7 {
            xml = xml.replace("Straßenbeleuchtung", "amtshub-poison");
        }
        town.drop_file("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
    }
    // Once while nobody suspects anything, then twice named by the marker.
    for _ in 0..3 {
        assert_eq!(life(&town).signal(), Some(Signal::ABORT.as_raw()));
    }
    town.start();
    town.wait("the others are delivered", |town| town.files("ziel/out").len() == 19);
    town.wait("the poison is set aside", |town| {
        town.json(["deadletter", "list"])["items"]
            .as_array()
            .is_some_and(|letters| letters.len() == 1)
    });
    let letters = town.json(["deadletter", "list"]);
    assert_eq!(letters["items"][0]["code"], "AH-P301");
    assert!(town.stop().success());
}
