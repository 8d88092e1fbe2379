// SPDX-License-Identifier: EUPL-1.2
//! What operators do with connectors: add one, pause it, replace its key.

use amtshub_tests::record;
use amtshub_tests::town::Town;

fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    town.connector("quelle", &record::source("quelle"));
    town.connector("ziel", &record::target("ziel"));
    town.route("a", &record::route("quelle", "ziel"));
    town
}

/// The town once its target runs.
fn running() -> Town {
    let mut town = town();
    town.start();
    town.wait("the target runs", |town| {
        town.connector_status("ziel")["state"] == "running"
    });
    town
}

fn drop_record(town: &Town, number: usize) {
    town.drop_file(
        "quelle/in",
        &format!("{number:06}.xml"),
        record::xml(1, number, 600).as_bytes(),
    );
}

fn arrived(town: &Town, count: usize) -> bool {
    town.files("ziel/out").len() == count
}

#[test]
fn a_pause_has_a_reason_and_an_end_and_outlives_the_hub() {
    let mut town = running();
    let said = town.amtshub(["connector", "pause", "ziel", "--reason", "Umzug der Finanzen"]);
    assert!(said.status.success(), "{said:?}");
    drop_record(&town, 1);
    let sentence = |town: &Town| {
        town.connector_status("ziel")["sentence"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    town.wait("the status says who is paused and why", |town| {
        sentence(town).contains("Umzug der Finanzen") && town.connector_status("ziel")["waiting"] == 1
    });
    town.stop();
    town.start();
    town.wait("it is paused still", |town| {
        sentence(town).contains("Umzug der Finanzen")
    });
    assert!(arrived(&town, 0));
    assert!(town.amtshub(["connector", "resume", "ziel"]).status.success());
    town.wait("it goes on", |town| arrived(town, 1));
    let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(3);
    let soon = soon.duration_since(std::time::UNIX_EPOCH).expect("a time").as_millis() as i64;
    let until = hub_message::Timestamp::from_millis(soon).to_string();
    let pause = ["connector", "pause", "ziel", "--reason", "kurz", "--until", &until];
    assert!(town.amtshub(pause).status.success());
    drop_record(&town, 2);
    town.wait("the pause ends by itself", |town| arrived(town, 2));
    let checked = town.amtshub(["connector", "check", "ziel"]);
    assert!(
        String::from_utf8_lossy(&checked.stdout).contains("Arbeitet ohne Störung"),
        "{checked:?}"
    );
    assert_eq!(
        town.amtshub(["connector", "pause", "nobody", "--reason", "x"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_connector_that_was_drained_stays_ended_until_it_is_resumed() {
    let town = running();
    let steer = |town: &Town, verb: &str| {
        let said = town.amtshub(["connector", verb, "ziel"]);
        assert!(said.status.success(), "{said:?}");
    };
    steer(&town, "drain");
    town.wait("it has ended, and the status says by whom", |town| {
        let status = town.connector_status("ziel");
        status["state"] == "paused" && status["sentence"].as_str().is_some_and(|said| said.contains("resume"))
    });
    drop_record(&town, 1);
    town.wait("a message waits for it", |town| {
        town.connector_status("ziel")["waiting"] == 1
    });
    // Saying it twice must not wake it.
    steer(&town, "drain");
    assert_eq!(town.connector_status("ziel")["state"], "paused");
    assert!(arrived(&town, 0));
    steer(&town, "resume");
    town.wait("it goes on", |town| arrived(town, 1));
}

#[test]
fn a_connector_is_added_and_its_key_replaced_while_the_others_work() {
    let mut town = town();
    town.start();
    let config = town.config().display().to_string();
    let add = [
        "connector",
        "add",
        "neu",
        "--kind",
        "folder",
        "--title",
        "Neuer Ordner",
        "--config",
        &config,
    ];
    let added = town.amtshub(add);
    assert!(added.status.success(), "{added:?}");
    let file = town.config().join("connectors/neu.toml");
    let text = std::fs::read_to_string(&file).expect("the file");
    assert!(text.contains("# path = \"\"") && text.contains("Hot folder"), "{text}");
    assert_eq!(town.amtshub(add).status.code(), Some(2), "it is never overwritten");
    assert_eq!(
        town.amtshub(["reload"]).status.code(),
        Some(3),
        "what is not filled in is told"
    );
    std::fs::write(
        &file,
        text.replace(
            "[settings]\n",
            "[settings.out]\npath = \"neu/out\"\nfile_name = \"{delivery}.xml\"\n",
        ),
    )
    .expect("the file");
    town.route("b", &record::route("quelle", "neu"));
    let reloaded = town.amtshub(["reload"]);
    assert!(reloaded.status.success(), "{reloaded:?}");
    drop_record(&town, 1);
    town.wait("both get it", |town| {
        arrived(town, 1) && town.files("neu/out").len() == 1
    });
    let rotated = town.amtshub(["connector", "rotate", "quelle"]);
    assert!(rotated.status.success(), "{rotated:?}");
    drop_record(&town, 2);
    town.wait("with the new key it goes on", |town| {
        arrived(town, 2) && town.files("neu/out").len() == 2
    });
}

#[test]
fn the_accounts_for_a_foreign_cluster_are_printed() {
    let town = town();
    let folder = tempfile::tempdir().expect("a folder");
    let seeds = folder.path().join("seeds");
    let printed = std::process::Command::new(amtshub_tests::town::program("amtshub"))
        .args(["nats-config", "--config"])
        .arg(town.config())
        .arg("--seeds")
        .arg(&seeds)
        .output()
        .expect("amtshub runs");
    let text = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(
        text.contains("C_quelle {") && text.contains("sync_interval: always"),
        "{text}"
    );
    for file in std::fs::read_dir(&seeds).expect("the seeds") {
        let seed = std::fs::read_to_string(file.expect("a seed").path()).expect("a seed");
        assert!(!text.contains(seed.trim()), "a seed is printed");
    }
    // The server itself reads it.
    let file = folder.path().join("nats.conf");
    std::fs::write(&file, format!("jetstream {{ sync_interval: always }}\n{text}")).expect("a file");
    let tried = std::process::Command::new(amtshub_tests::nats_server())
        .args(["-t", "-c"])
        .arg(&file)
        .output()
        .expect("nats-server runs");
    assert!(tried.status.success(), "{}", String::from_utf8_lossy(&tried.stderr));
    assert!(seeds.join("connector-ziel.seed").exists() && seeds.join("hub.seed").exists());
}
