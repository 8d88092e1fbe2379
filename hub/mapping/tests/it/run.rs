// SPDX-License-Identifier: EUPL-1.2
//! Documents that are rejected, when they are read or written.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use hub_mapping::{Facts, Mapping, Worker};
use hub_message::Rejection;

use crate::golden::{beside, code_of, codes_in_sources, compare, files, fixtures, name, sample, schema, settle};

/// The ending of canonical documents, which are written.
const CANONICAL: &str = "canonical.json";

/// Documents that are too large to be kept: code and name, the ending of their mapping, and what makes them.
type Made = (&'static str, &'static str, fn() -> Vec<u8>);
const MADE: [Made; 2] = [
    ("AH-J104-too-many-values", "json", || {
        format!("{{\"a\": [{}0]}}", "0,".repeat(100_000)).into_bytes()
    }),
    ("AH-J113-long-text", "json", || {
        format!("{{\"nr\": \"{}\"}}", "x".repeat(10 * 1024 * 1024 + 1)).into_bytes()
    }),
];

/// Codes that no document of a test can bring about, with the reason.
const NEVER: [(&str, &str); 8] = [
    (
        "AH-C105",
        "it takes a million records, which unit tests of CSV make fewer",
    ),
    (
        "AH-M215",
        "it takes four million items, which unit tests of reading make fewer",
    ),
    ("AH-C133", "loading finds it first, as AH-M103"),
    ("AH-J115", "it takes a document of 1 GiB"),
    ("AH-J120", "loading finds it first, as AH-M103"),
    (
        "AH-M211",
        "loading adds what the leaf's type implies, or refuses the row",
    ),
    ("AH-X128", "loading finds it first, as AH-M144, and reading as AH-X113"),
    ("AH-X132", "it takes a document that is checked for seconds"),
];

/// The documents that are to be rejected.
fn documents() -> Vec<PathBuf> {
    let is_document = |file: &PathBuf| {
        let name = name(file);
        let is_golden = file.extension().is_some_and(|ending| ending == "txt");
        code_of(&name).is_some() && !name.ends_with(".map.toml") && !is_golden
    };
    files(&fixtures().join("run")).into_iter().filter(is_document).collect()
}

/// The mapping of a document: that of its name, else that of its ending.
fn mapping(stem: &str, ending: &str) -> Mapping {
    let folder = fixtures().join("run");
    let own = folder.join(format!("{stem}.map.toml"));
    let ending = ending.strip_suffix(CANONICAL).unwrap_or(ending).trim_end_matches('.');
    let path = if own.is_file() {
        own
    } else {
        folder.join(format!("{ending}.map.toml"))
    };
    let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{stem}.{ending} has no mapping"));
    let schemas = schema();
    let loaded = beside(&folder, |beside| {
        Mapping::load(&name(&path), &text, sample(&schemas).shape(), beside)
    });
    let shown: Vec<String> = loaded.findings.iter().map(|f| f.render(Some(&text))).collect();
    loaded.mapping.unwrap_or_else(|| panic!("{}", shown.join("\n")))
}

fn rejected(stem: &str, ending: &str, bytes: &[u8]) -> Option<Rejection> {
    let mapping = mapping(stem, ending);
    let mut worker = Worker::default();
    if !ending.ends_with(CANONICAL) {
        return mapping.read(bytes, &mut worker).err();
    }
    let tree = hub_mapping::json::parse(bytes).unwrap();
    mapping
        .write(tree.root().unwrap(), &Facts::default(), &mut worker)
        .err()
}

/// Why it was rejected, with the line of the document and a caret.
fn shown(document: &[u8], rejection: &Rejection) -> String {
    let mut out = format!("error[{}]: {}\n", rejection.code, rejection.text);
    if let Some(place) = rejection.place {
        let _ = writeln!(out, "  --> {place}");
        let text = String::from_utf8_lossy(document).replace('\0', "␀").replace('\r', "␍");
        let line = text.split('\n').nth(place.line as usize - 1).unwrap_or_default();
        // A line of millions of characters is not worth looking at.
        let line: String = line.chars().take(200).collect();
        let before: String = line.chars().take(place.column as usize - 1).map(|_| ' ').collect();
        let _ = writeln!(out, "   | {line}\n   | {before}^");
    }
    let parts = [
        ("path", &rejection.path),
        ("field", &rejection.field),
        ("rule", &rejection.rule),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            let _ = writeln!(out, "   = {name}: {value}");
        }
    }
    let _ = writeln!(out, "   = {}", rejection.remedy);
    out
}

/// Holds a document against what is to be said of it.
fn check(stem: &str, ending: &str, bytes: &[u8], failures: &mut Vec<String>) {
    let Some(rejection) = rejected(stem, ending, bytes) else {
        failures.push(format!("{stem} is not rejected"));
        return;
    };
    let all: Vec<&Rejection> = std::iter::once(&rejection).chain(&rejection.also).collect();
    let text: Vec<String> = all.iter().map(|one| shown(bytes, one)).collect();
    compare(
        &fixtures().join("run").join(format!("{stem}.txt")),
        &text.join("\n"),
        failures,
    );
    let code = code_of(stem).unwrap();
    if !all.iter().any(|one| one.code.as_str() == code) {
        failures.push(format!("{stem}: {code} is not found in it"));
    }
}

#[test]
fn rejections_say_where_and_what_to_do() {
    let mut failures = Vec::new();
    for file in documents() {
        let name = name(&file);
        let (stem, ending) = name.split_once('.').unwrap();
        check(stem, ending, &fs::read(&file).unwrap(), &mut failures);
    }
    settle(&failures);
}

#[test]
fn the_value_of_a_protected_field_is_never_told() {
    let bytes = fs::read(fixtures().join("run/AH-M210-protected.xml")).unwrap();
    let rejection = rejected("AH-M210-protected", "xml", &bytes).unwrap();
    let said = serde_json::to_string(&rejection).unwrap();
    assert!(
        String::from_utf8(bytes).unwrap().contains("erika") && !said.contains("erika"),
        "{said}"
    );
}

#[test]
fn documents_that_are_too_large_are_rejected() {
    let mut failures = Vec::new();
    for (stem, ending, make) in MADE {
        check(stem, ending, &make(), &mut failures);
    }
    settle(&failures);
}

#[test]
fn every_code_of_running_has_a_fixture() {
    let files = documents().into_iter().map(|file| name(&file));
    let names = files.chain(MADE.map(|(stem, ..)| stem.to_owned()));
    let shown: BTreeSet<String> = names.filter_map(|name| code_of(&name)).collect();
    let made = codes_in_sources(|code| !code.starts_with("AH-M1") && !code.starts_with("AH-E"));
    let never = |code: &str| NEVER.iter().any(|(other, _)| *other == code);
    let without: Vec<&String> = made.difference(&shown).filter(|code| !never(code)).collect();
    assert_eq!(without, Vec::<&String>::new());
    let idle: Vec<&str> = NEVER
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| !made.contains(*code))
        .collect();
    assert_eq!(idle, Vec::<&str>::new());
}

/// Forms and mails bring their codes about in tests beside their code, since most of these documents are not text.
#[test]
fn every_code_of_forms_and_mails_is_brought_about_by_a_test() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let beside = ["mail/trials.rs", "mail/written.rs", "multipart/trials.rs"];
    let at_the_end = [
        "form/source.rs",
        "mime/block.rs",
        "mime/boundary.rs",
        "mime/charset.rs",
        "mime/params.rs",
    ];
    let mut tests: String = beside
        .map(|file| fs::read_to_string(source.join(file)).unwrap())
        .concat();
    for file in at_the_end {
        let text = fs::read_to_string(source.join(file)).unwrap();
        tests.extend(text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()));
    }
    let untried: Vec<String> = codes_in_sources(|code| code.starts_with("AH-E"))
        .into_iter()
        .filter(|code| !tests.contains(code.as_str()))
        .collect();
    assert_eq!(untried, Vec::<String>::new());
}
