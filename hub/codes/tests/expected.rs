// SPDX-License-Identifier: EUPL-1.2
//! Every code of what people write, mappings, schemas, configuration and documents, is expected by a test, or it is said
//! here why none can bring it about.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Codes that no test brings about, with the reason.
const NEVER: &[(&str, &str)] = &[
    (
        "AH-M215",
        "it takes four million items, which the tests of reading make fewer",
    ),
    ("AH-R104", "each format finds a file without documents by itself"),
    ("AH-R105", "rules that load name no schema that is not there"),
    (
        "AH-R121",
        "the parts of a record have limits of their own, which are found first",
    ),
    ("AH-S199", "every keyword that a schema may use has a code of its own"),
];

/// Areas whose codes are about the world: servers, disks, what recipients say. They are tested where they are guarded
/// against, and not all can be brought about.
const WORLD: [&str; 4] = ["AH-B", "AH-D", "AH-F", "AH-P"];

/// What is a test by its name.
const TESTS: [&str; 6] = [
    "/tests/",
    "/tests.rs",
    "/trials.rs",
    "/trials/",
    "/corpus.rs",
    "/corpus/",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All files below a folder, without what is built or fetched.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    found
}

/// The files of the modules that a program has for tests alone: `#[cfg(test)] mod written;`
fn test_modules(file: &Path, text: &str) -> Vec<PathBuf> {
    let mut folder = file.with_extension("");
    if matches!(file.file_stem().and_then(|stem| stem.to_str()), Some("lib" | "main")) {
        folder.pop();
    }
    let declared = text.split("#[cfg(test)]\n").skip(1).filter_map(|rest| {
        let line = rest.lines().next()?;
        let name = line
            .trim_start_matches("pub(crate) ")
            .strip_prefix("mod ")?
            .strip_suffix(';')?;
        Some(folder.join(format!("{name}.rs")))
    });
    declared.collect()
}

/// The names and the text of all tests.
fn tests() -> String {
    let folders = ["hub", "connectors", "tests"].map(|folder| root().join(folder));
    let files: Vec<PathBuf> = folders.into_iter().flat_map(files).collect();
    let is_source = |path: &Path| path.extension().is_some_and(|ending| ending == "rs");
    let read = |path: &Path| {
        std::fs::read(path).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let modules: BTreeSet<PathBuf> = files
        .iter()
        .filter(|path| is_source(path))
        .flat_map(|path| test_modules(path, &read(path)))
        .collect();
    let mut found = String::new();
    for path in &files {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        if name.starts_with("hub/codes/") {
            continue;
        }
        let text = read(path);
        let is_test = TESTS.iter().any(|part| format!("/{name}").contains(part)) || modules.contains(path);
        let tests = match is_test {
            true => text.as_str(),
            false if is_source(path) => text
                .split_once("#[cfg(test)]\nmod tests {")
                .map_or("", |(_, tests)| tests),
            false => "",
        };
        if !tests.is_empty() {
            found.push_str(&name);
            found.push_str(tests);
        }
    }
    found
}

#[test]
fn every_code_is_expected_by_a_test() {
    let tests = tests();
    let is_expected = |code: &str| {
        // Some tests leave `AH-` out where they show findings in one line.
        let short = format!("\"{} ", code.trim_start_matches("AH-"));
        tests.contains(code) || tests.contains(&short)
    };
    let without: Vec<&str> = hub_codes::all()
        .map(|page| page.code)
        .filter(|code| !WORLD.iter().any(|area| code.starts_with(area)))
        .filter(|code| !is_expected(code) && !NEVER.iter().any(|(never, _)| never == code))
        .collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn what_is_never_expected_is_a_code() {
    let codes: BTreeSet<&str> = hub_codes::all().map(|page| page.code).collect();
    for (code, reason) in NEVER {
        assert!(codes.contains(code) && !reason.is_empty(), "{code}");
    }
}
