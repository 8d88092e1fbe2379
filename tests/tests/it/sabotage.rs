// SPDX-License-Identifier: EUPL-1.2
//! The kill tests notice a hub that breaks the rules they are there for: one that acknowledges first, one that gives a
//! delivery a new id each time it is planned. What becomes of the order without the reset at take-over is shown by the tests
//! of hub-bus (feature `sabotage`).

use amtshub_tests::record;
use amtshub_tests::town::Town;

use crate::kill;

/// Number of a last message. When it is through, everything before it was planned.
const LAST: usize = 999_999;

/// What the kill test finds when it kills a hub with this fault.
fn found(fault: &str) -> Vec<String> {
    let mut town = kill::town().run_by("amtshub-sabotaged", &["--sabotage", fault]);
    kill::drop_all(&town);
    for delivered in [150, 400, 650] {
        town.start();
        kill::delivered(&town, delivered);
        town.kill_hub();
    }
    town.start();
    town.drop_file("quelle/in", "999999.xml", record::xml(999, LAST, 600).as_bytes());
    town.wait("the last one is delivered", |town| kill::settled(town, LAST));
    kill::faults(&town)
}

/// A kill meets its moment by chance, so there are a few tries.
#[track_caller]
fn check(fault: &str, sign: &str) {
    for _ in 0..4 {
        if found(fault).iter().any(|found| found.contains(sign)) {
            return;
        }
    }
    panic!("a hub with the fault {fault} went unnoticed");
}

#[test]
fn a_hub_that_acknowledges_first_is_noticed() {
    check("ack-first", "is missing");
}

#[test]
fn a_hub_that_does_not_deduplicate_is_noticed() {
    check("no-dedup", "came twice");
}

/// The fault is in the hub, not in the way it is started.
#[test]
fn the_same_program_without_a_fault_is_sound() {
    let mut town: Town = kill::town().run_by("amtshub-sabotaged", &[]);
    kill::drop_all(&town);
    town.start();
    kill::delivered(&town, 300);
    town.kill_hub();
    town.start();
    kill::check(&town);
}
