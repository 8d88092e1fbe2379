// SPDX-License-Identifier: EUPL-1.2
//! Golden tests: each mistake in a configuration is found, by its code, at the very characters.

use std::fs;
use std::path::{Path, PathBuf};

use hub_message::Severity;
use tempfile::TempDir;

use super::*;

mod mistakes;
mod settings;

/// A copy of the configuration in `tests/town`, in which nothing is wrong.
struct Town(TempDir);

impl Town {
    fn new() -> Self {
        let town = Self(tempfile::tempdir().unwrap());
        copy(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/town")),
            town.path(),
        );
        town
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Replaces `from`, which must be there, by `to`.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The findings about a town, save that its connectors' programs are not there.
fn found(town: &Town) -> (Findings, Vec<Finding>) {
    let findings = check(town.path(), &[]);
    let list = findings
        .sorted()
        .into_iter()
        .filter(|f| f.code.as_str() != "AH-K016")
        .cloned()
        .collect();
    (findings, list)
}

/// The characters over the caret of a rendered finding; empty when there is no caret.
fn over_the_caret(rendered: &str) -> String {
    let lines: Vec<&str> = rendered.lines().collect();
    let Some((at, carets)) = lines
        .iter()
        .enumerate()
        .find(|(_, line)| line.contains(" | ") && line.contains('^'))
    else {
        return String::new();
    };
    let start = carets.chars().position(|c| c == '^').unwrap();
    let width = carets.chars().skip(start).take_while(|c| *c == '^').count();
    lines[at - 1].chars().skip(start).take(width).collect()
}

/// One mistake gives one finding: its code, the characters over its caret, and a part of what it says.
#[track_caller]
fn expect(town: &Town, code: &str, pointed: &str, says: &str) {
    let (findings, list) = found(town);
    let [finding] = list.as_slice() else {
        panic!("{}", findings.render())
    };
    let rendered = finding.render(findings.text(&finding.file).as_deref());
    assert_eq!(
        (finding.code.as_str(), over_the_caret(&rendered).as_str()),
        (code, pointed),
        "{rendered}"
    );
    assert!(rendered.contains(says), "{rendered}");
    assert_eq!(
        load(town.path(), b"k").is_ok(),
        finding.severity == Severity::Warning,
        "{rendered}"
    );
}

/// A mistake made by replacing a text in a file.
#[track_caller]
fn mistake(file: &str, from: &str, to: &str, code: &str, pointed: &str, says: &str) {
    let town = Town::new();
    town.edit(file, from, to);
    expect(&town, code, pointed, says);
}

#[test]
fn in_the_town_nothing_is_wrong() {
    let town = Town::new();
    let (findings, list) = found(&town);
    assert!(list.is_empty(), "{}", findings.render());
    let configuration = load(town.path(), b"key").unwrap_or_else(|found| panic!("{}", found.render()));
    assert_eq!(configuration.site, "Musterstadt");
    assert_eq!(configuration.status.to_string(), "127.0.0.1:8480");
    assert_eq!(configuration.nats, Nats::default());
    assert_eq!(
        (configuration.limits.recipient_quota, configuration.limits.body_bytes),
        (1000, 10 << 20)
    );
    assert_eq!(
        (configuration.store, configuration.documents),
        (plain("sqlite"), plain("file"))
    );
    let inbox = &configuration.connectors[&"inbox".parse().unwrap()];
    assert_eq!(
        (inbox.kind.as_str(), inbox.title.as_str()),
        ("folder", "Rechnungseingang")
    );
    assert_eq!((inbox.managed, inbox.quota, &inbox.command), (true, 1000, &None));
    assert_eq!(inbox.settings["in"]["path"], "in");
    assert_eq!(inbox.settings["in"]["files"][0]["pattern"], "*.json");
    assert_eq!(configuration.rules.routes().len(), 2);
}

fn plain(text: &str) -> MaybeSecret {
    MaybeSecret::Plain(text.to_owned())
}

#[test]
fn everything_that_decides_is_in_the_digest_and_nothing_else() {
    let digest = |town: &Town, key: &[u8]| load(town.path(), key).unwrap().rules.digest().clone();
    let (town, other) = (Town::new(), Town::new());
    assert_eq!(digest(&town, b"a"), digest(&other, b"b"));
    let before = digest(&town, b"a");
    for (file, from, to) in [
        ("hub.toml", "Musterstadt", "Neustadt"),
        ("connectors/inbox.toml", "Rechnungseingang", "Post"),
        ("routes/bills.toml", "> 0", "> 1"),
        ("schemas/bill/1.schema.json", "\"maxLength\": 40", "\"maxLength\": 41"),
        ("mappings/bill-json/bill-json.map.toml", "\"nr\"", "\"no\""),
    ] {
        let changed = Town::new();
        changed.edit(file, from, to);
        assert_ne!(digest(&changed, b"a"), before, "{file}");
    }
    town.write("routes/notes.txt", "not a route");
    assert_eq!(digest(&town, b"a"), before);
}

#[test]
fn all_mistakes_of_all_files_come_at_once() {
    let town = Town::new();
    town.edit("hub.toml", "name", "nam");
    town.edit("connectors/inbox.toml", "kind", "knd");
    town.edit("routes/bills.toml", "\"P10Y\"", "\"10Y\"");
    town.edit("routes/bills.toml", "to-finance", "To Finance");
    let (_, list) = found(&town);
    let codes: Vec<&str> = list.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(
        codes,
        ["AH-K003", "AH-K005", "AH-K005", "AH-K003", "AH-R010", "AH-R014"]
    );
}

#[test]
fn a_foreign_server_is_named_with_its_keys() {
    let town = Town::new();
    town.edit(
        "hub.toml",
        "[status]",
        "[nats]\nurl = \"nats://nats.example:4222\"\nseed = { file = \"hub.seed\" }\nsystem_seed = { credential = \"sys\" }\n[status]",
    );
    let configuration = load(town.path(), b"k").unwrap_or_else(|found| panic!("{}", found.render()));
    let expected = Nats::Foreign {
        tls: super::tls::Tls::default(),
        url: plain("nats://nats.example:4222"),
        seed: Secret::File(town.path().join("hub.seed")),
        system_seed: Some(Secret::Credential("sys".into())),
        dangerously_allow_unsynced: false,
    };
    assert_eq!(configuration.nats, expected);
}

#[test]
fn schemas_and_mappings_may_lie_elsewhere() {
    let town = Town::new();
    let inner = town.path().join("etc/amtshub");
    for part in ["hub.toml", "connectors", "routes"] {
        fs::create_dir_all(&inner).unwrap();
        fs::rename(town.path().join(part), inner.join(part)).unwrap();
    }
    assert!(load(&inner, b"k").is_ok(), "found above");
    fs::rename(town.path().join("schemas"), town.path().join("model")).unwrap();
    let hub = inner.join("hub.toml");
    let text = fs::read_to_string(&hub).unwrap();
    fs::write(&hub, format!("{text}\n[paths]\nschemas = \"../../model\"\n")).unwrap();
    assert!(load(&inner, b"k").is_ok(), "named");
}

#[test]
fn schemas_of_standards_may_lie_elsewhere() {
    let town = Town::new();
    let hub = town.path().join("hub.toml");
    let text = fs::read_to_string(&hub).unwrap();
    fs::write(
        &hub,
        format!("{text}\n[paths]\nstandards = [\"../xsd\", \"/srv/xsd\"]\n"),
    )
    .unwrap();
    let mut findings = Findings::default();
    let places = super::places(town.path(), &mut findings);
    assert_eq!(
        places.standards,
        [town.path().join("../xsd"), PathBuf::from("/srv/xsd")]
    );
    assert!(findings.is_empty());
}

#[test]
fn a_half_finished_mapping_that_nobody_names_is_a_warning() {
    let town = Town::new();
    town.write("mappings/new/new.map.toml", "mapping = 1\nid = ");
    assert!(load(town.path(), b"k").is_ok());
    let (_, list) = found(&town);
    assert!(
        !list.is_empty() && list.iter().all(|finding| finding.severity == Severity::Warning),
        "{list:?}"
    );
}

/// A folder with a file of this name that has this text.
fn folder(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}
