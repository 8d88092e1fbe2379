// SPDX-License-Identifier: EUPL-1.2
//! Every code in the sources has a page, and every page is about a code in the sources.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Parts of the paths of what is no program: tests name codes to expect them.
const TESTS: [&str; 8] = [
    "/tests/",
    "/tests.rs",
    "/trials.rs",
    "/corpus/",
    "/corpus.rs",
    "/examples/",
    "/benches/",
    "/fuzz/",
];

/// All Rust sources below a folder.
fn sources(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The codes that a program text makes, `"AH-M103"`, apart from those in its tests.
fn codes_of(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let literals = code.split("\"AH-").skip(1);
    literals
        .filter_map(|rest| rest.split_once('"'))
        .map(|(number, _)| number)
        .filter(|number| number.len() > 1 && number.chars().all(|c| c.is_ascii_alphanumeric()))
        .map(|number| format!("AH-{number}"))
        .collect()
}

/// Every code in the sources, with the file where it is first.
fn made() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeMap::new();
    for file in ["hub", "connectors"]
        .iter()
        .flat_map(|folder| sources(root.join(folder)))
    {
        let inside = file.strip_prefix(&root).unwrap().display().to_string();
        if inside.starts_with("hub/codes/") || TESTS.iter().any(|part| inside.contains(part)) {
            continue;
        }
        for code in codes_of(&std::fs::read_to_string(&file).unwrap()) {
            found.entry(code).or_insert_with(|| inside.clone());
        }
    }
    found
}

#[test]
fn codes_are_found_where_programs_make_them() {
    let text = "error(\"AH-M103\", x); // AH-M104\n#[cfg(test)]\nmod tests;\nconst A: &str = \"AH-X1\"; \"AH-\"; \"AH-…\"\n\
                #[cfg(test)]\nmod tests {\n\"AH-M105\" }";
    assert_eq!(codes_of(text), ["AH-M103", "AH-X1"]);
}

#[test]
fn every_code_has_a_page() {
    let without: Vec<String> = made()
        .into_iter()
        .filter(|(code, _)| hub_codes::page(code).is_none())
        .map(|(code, file)| format!("{code} of {file} has no section in hub/codes/*.md"))
        .collect();
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn every_page_is_about_a_code_that_there_is() {
    let made = made();
    assert!(made.len() > 200, "only {} codes found", made.len());
    let idle: Vec<&str> = hub_codes::all()
        .map(|page| page.code)
        .filter(|code| !made.contains_key(*code))
        .collect();
    assert_eq!(idle, Vec::<&str>::new());
}
