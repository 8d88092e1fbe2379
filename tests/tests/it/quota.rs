// SPDX-License-Identifier: EUPL-1.2
//! A dead recipient whose quota is full stops the sources that are routed to it, and nobody else.

use amtshub_tests::record;
use amtshub_tests::town::Town;

const QUOTA: usize = 100;

/// A recipient that counted as full stays so until less than nine tenths of its quota wait. While its messages are on
/// their way the count may run ahead of what the stream holds, so the source may stop a little before the quota.
const NEARLY: usize = QUOTA * 9 / 10;

#[test]
fn a_dead_recipient_leaves_other_routes_untouched() {
    let mut town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    for name in ["a", "b"] {
        town.connector(&format!("quelle-{name}"), &record::source(&format!("quelle-{name}")));
    }
    town.connector(
        "tot",
        &format!("managed = false\nquota = {QUOTA}\n{}", record::target("tot")),
    );
    town.connector("ziel", &record::target("ziel"));
    town.route("a", &record::route("quelle-a", "tot"));
    town.route("b", &record::route("quelle-b", "ziel"));
    town.start();
    for number in 0..5 * QUOTA {
        town.drop_file(
            "quelle-a/in",
            &format!("{number:06}.xml"),
            record::xml(1, number, 600).as_bytes(),
        );
    }
    town.wait("the dead recipient's quota is full and its source stopped", |town| {
        let waiting = town.connector_status("tot")["waiting"].as_u64().unwrap_or(0);
        let source = town.connector_status("quelle-a");
        waiting >= NEARLY as u64
            && source["sentence"]
                .as_str()
                .is_some_and(|sentence| sentence.contains("tot"))
    });
    for number in 0..QUOTA {
        town.drop_file(
            "quelle-b/in",
            &format!("{number:06}.xml"),
            record::xml(2, number, 600).as_bytes(),
        );
    }
    town.wait("the other route delivers everything", |town| {
        town.files("ziel/out").len() == QUOTA
    });
    let waiting = town.connector_status("tot")["waiting"].as_u64().expect("a number");
    assert!(
        (NEARLY as u64..2 * QUOTA as u64).contains(&waiting),
        "the quota holds: {waiting} wait"
    );
}
