// SPDX-License-Identifier: EUPL-1.2
//! Reload: whole or not at all; a new connector gets its messages while the others go on; one for which messages wait is
//! not taken away.

use amtshub_tests::record;
use amtshub_tests::town::Town;

fn drop_one(town: &Town, number: usize) {
    let xml = record::xml(number, number, 600);
    town.drop_file("quelle/in", &format!("{number:06}.xml"), xml.as_bytes());
}

fn digest(town: &Town) -> String {
    town.json(["status"])["rules"]["digest"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    town
}

#[test]
fn a_configuration_that_is_wrong_changes_nothing() {
    let mut town = town();
    town.start();
    let before = digest(&town);
    town.route("neu", &record::route("quelle", "zeil"));
    let refused = town.amtshub(["reload"]);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("zeil") && said.contains("did you mean `ziel`"), "{said}");
    assert_eq!(digest(&town), before);
    drop_one(&town, 1);
    town.wait("the old rules still deliver", |town| town.files("ziel/out").len() == 1);
}

#[test]
fn connectors_come_and_go_while_the_others_go_on() {
    let mut town = town();
    town.start();
    drop_one(&town, 1);
    town.wait("the first delivery", |town| town.files("ziel/out").len() == 1);
    let (before, source) = (digest(&town), town.child_pid("quelle"));

    town.connector("archiv", &record::target("archiv"));
    town.route("archiv", &record::route("quelle", "archiv"));
    let reloaded = town.amtshub(["reload"]);
    assert!(
        reloaded.status.success(),
        "{}",
        String::from_utf8_lossy(&reloaded.stderr)
    );
    assert_ne!(digest(&town), before);
    drop_one(&town, 2);
    town.wait("both get the second message", |town| {
        town.files("ziel/out").len() == 2 && town.files("archiv/out").len() == 1
    });
    assert_eq!(town.child_pid("quelle"), source, "the source was left alone");

    let gone = ["connectors/archiv.toml", "routes/archiv.toml"].map(|file| town.config().join(file));
    town.connector("archiv", &format!("managed = false\n{}", record::target("archiv")));
    assert!(town.amtshub(["reload"]).status.success());
    town.wait("the connector has ended", |town| town.child_pid("archiv").is_none());
    drop_one(&town, 3);
    town.wait("a message waits for it", |town| {
        town.connector_status("archiv")["waiting"] == 1
    });
    for file in &gone {
        std::fs::remove_file(file).expect("a configuration file");
    }
    let refused = town.amtshub(["reload"]);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("archiv"), "{said}");
    assert!(!town.connector_status("archiv").is_null(), "nothing was changed");
}
