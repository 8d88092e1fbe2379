// SPDX-License-Identifier: EUPL-1.2
//! Bad input never stops the line: each bad document becomes a dead letter, or is refused at the source, with code, place
//! and remedy, while the good ones around it flow.

use std::collections::BTreeMap;
use std::io::Write;

use amtshub_tests::record;
use amtshub_tests::town::Town;
use serde_json::Value;

/// What comes after a good record's beginning, by name of the file.
fn bad_documents() -> BTreeMap<&'static str, Vec<u8>> {
    let good = record::xml(1, 1, 600);
    let declared_otherwise = good.replace("UTF-8", "US-ASCII-FOUR-BITS");
    let doctype = good.replace(
        "<record ",
        "<!DOCTYPE record [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n<record ",
    );
    let mut latin = good.clone().into_bytes();
    let at = good.find("Straße").expect("an umlaut") + 4;
    latin.splice(at..at + 2, [0xdf]);
    BTreeMap::from([
        ("truncated.xml", good.as_bytes()[..good.len() / 2].to_vec()),
        ("doctype.xml", doctype.into_bytes()),
        ("encoding.xml", latin),
        ("declared.xml", declared_otherwise.into_bytes()),
        (
            "schema.xml",
            good.replace("<direction>in<", "<direction>sideways<").into_bytes(),
        ),
        ("required.xml", good.replace("<case>c1</case>", "").into_bytes()),
        ("root.xml", b"<other xmlns=\"urn:other\"/>".to_vec()),
        ("nul.xml", good.replace("Dorf", "Do\0rf").into_bytes()),
        ("no.xml", b"Sehr geehrte Damen und Herren".to_vec()),
    ])
}

fn town() -> Town {
    let town = Town::new();
    town.configure("hub.toml", &record::hub(&[]));
    let unknown =
        "[[settings.in.files]]\npattern = \"*.dat\"\ntype = \"record.unknown.1\"\nmedia_type = \"text/plain\"\n";
    town.connector("quelle", &format!("{}{unknown}", record::source("quelle")));
    town.connector("ziel", &record::target("ziel"));
    town.route("alle", &record::route("quelle", "ziel"));
    town
}

fn items(town: &Town, listing: &str) -> Vec<Value> {
    town.json([listing, "list"])["items"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

#[test]
fn bad_documents_become_dead_letters_while_good_ones_flow() {
    let mut town = town();
    town.start();
    let bad = bad_documents();
    for (n, (name, content)) in bad.iter().enumerate() {
        town.drop_file("quelle/in", &format!("{n:02}-{name}"), content);
        town.drop_file(
            "quelle/in",
            &format!("{n:02}-good.xml"),
            record::xml(2, n, 600).as_bytes(),
        );
    }
    town.drop_file("quelle/in", "unknown.dat", b"what is this");
    town.drop_file("quelle/in", "zz-good.xml", record::xml(2, bad.len(), 600).as_bytes());
    town.wait("all good ones are delivered", |town| {
        town.files("ziel/out").len() == bad.len() + 1
    });
    town.wait("all bad ones are dead letters", |town| {
        items(town, "deadletter").len() == bad.len() + 1
    });
    for letter in items(&town, "deadletter") {
        for said in ["code", "text", "remedy"] {
            assert!(
                letter[said].as_str().is_some_and(|text| text.len() > 3),
                "a dead letter says its {said}: {letter}"
            );
        }
    }
    town.wait("the status balances", |town| {
        let row = town.connector_status("quelle")["today"].clone();
        row["dead_letter"] == bad.len() + 1 && row["received"] == 2 * bad.len() + 2
    });
}

#[test]
fn no_error_holds_what_the_document_held() {
    let mut town = town();
    town.start();
    for (name, content) in bad_documents() {
        town.drop_file("quelle/in", name, &content);
    }
    town.wait("all are dead letters", |town| {
        items(town, "deadletter").len() == bad_documents().len()
    });
    let said = format!("{}{}", town.json(["deadletter", "list"]), town.whole_log());
    for canary in [
        "Beispiel",
        "Erika",
        "Straßenbeleuchtung",
        "Musterstadt\"",
        "Sehr geehrte",
    ] {
        assert!(!said.contains(canary), "{canary} stands in an error or a log");
    }
}

#[test]
fn what_the_source_must_not_take_goes_to_the_error_folder() {
    let mut town = town();
    town.start();
    town.drop_file("quelle/in", "empty.xml", b"");
    let huge = town.data().join("quelle/in/huge.xml.part");
    let mut file = std::fs::File::create(&huge).expect("a file");
    file.write_all(b"<record>").expect("a file");
    file.set_len(200 << 20).expect("a sparse file");
    std::fs::rename(&huge, town.data().join("quelle/in/huge.xml")).expect("a file");
    town.drop_file("quelle/in", "good.xml", record::xml(1, 1, 600).as_bytes());
    town.wait("the good one is delivered", |town| town.files("ziel/out").len() == 1);
    town.wait("both bad ones are settled", |town| {
        town.files("quelle/error")
            .iter()
            .filter(|f| f.extension().is_some_and(|e| e == "txt"))
            .count()
            + items(town, "deadletter").len()
            == 2
    });
    assert!(town.files("quelle/in").is_empty(), "nothing is left in the hot folder");
}

#[test]
fn a_dead_letter_is_replayed_after_the_mapping_was_mended() {
    let mut town = town();
    let broken = "kind = \"folder\"\ntitle = \"Prüfquelle\"\n[types]\n\"record.xml.1\" = { mapping = \"strict\" }\n";
    let mappings = town.config().join("mappings/strict");
    std::fs::create_dir_all(&mappings).expect("a folder");
    let shipped = std::fs::read_to_string(amtshub_tests::root().join("tests/mappings/record/record.map.toml"))
        .expect("a mapping");
    let strict = shipped.replace("= \"record\"", "= \"strict\"");
    let needs_more = strict.replace("= \"r:subject\"", "= { path = \"r:betreff\", required = true }");
    assert_ne!(needs_more, strict, "the row of the subject is spelled otherwise");
    let rest = strict.split("[[test]]").next().unwrap_or_default().to_owned();
    let needs_more = needs_more.split("[[test]]").next().unwrap_or_default().to_owned();
    std::fs::write(mappings.join("strict.map.toml"), &needs_more).expect("a mapping");
    town.configure(
        "hub.toml",
        &record::hub(&[]).replace(
            &format!("{:?}", amtshub_tests::root().join("tests/mappings")),
            "\"mappings\"",
        ),
    );
    let source = record::source("quelle");
    let settings = source.split("[settings.in]").nth(1).unwrap_or_default();
    town.connector("quelle", &format!("{broken}[settings.in]{settings}"));
    town.route(
        "alle",
        &record::route("quelle", "ziel").replace("mapping = \"record\"", "mapping = \"strict\""),
    );
    town.start();
    town.drop_file("quelle/in", "1.xml", record::xml(1, 1, 600).as_bytes());
    town.wait("it is a dead letter", |town| items(town, "deadletter").len() == 1);
    std::fs::write(mappings.join("strict.map.toml"), rest).expect("a mapping");
    assert!(town.amtshub(["reload"]).status.success(), "{}", town.log());
    let id = items(&town, "deadletter")[0]["id"]
        .to_string()
        .trim_matches('"')
        .to_owned();
    for turn in 0..2 {
        let replayed = town.amtshub(["deadletter", "replay", &id]);
        assert!(
            turn > 0 || replayed.status.success(),
            "{}",
            String::from_utf8_lossy(&replayed.stderr)
        );
    }
    town.wait("it is delivered", |town| town.files("ziel/out").len() == 1);
    town.wait("the dead letter is settled", |town| {
        town.connector_status("quelle")["today"]["dead_letter"] == 0
    });
    assert_eq!(town.files("ziel/out").len(), 1, "replaying twice has one effect");
}
