// SPDX-License-Identifier: EUPL-1.2
//! The table of threats stays true: every row has a test or says why not, and every test that it names is there.

use std::path::Path;

/// Threats in the design's table.
const THREATS: usize = 29;

/// The rows of the table: threat, expected behaviour, what shows it.
fn rows(table: &str) -> Vec<[String; 3]> {
    let lines = table.lines().filter(|line| line.starts_with("| ")).skip(2);
    lines
        .map(|line| {
            let cells: Vec<String> = line
                .trim_matches('|')
                .split(" | ")
                .map(|cell| cell.trim().to_owned())
                .collect();
            cells
                .try_into()
                .unwrap_or_else(|cells| panic!("three cells are needed: {cells:?}"))
        })
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What is wrong with a test that is named.
fn fault(root: &Path, named: &str) -> Option<String> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    if let Some(id) = named.strip_prefix("kit:") {
        let is_there = read("hub/server/src/kit/checks.rs").contains(&format!("\n    \"{id}\" "));
        return (!is_there).then(|| format!("the kit has no check {id}"));
    }
    if let Some((path, function)) = named.split_once("::") {
        let text = read(path);
        let at = text.find(&format!("fn {function}("));
        // The attribute may have others between itself and the function; macros of proptest have it too.
        let before = at
            .and_then(|at| text.get(..at))
            .and_then(|before| before.rsplit("\n\n").next());
        return match before {
            None => Some(format!("{path} has no function {function}")),
            Some(before) if before.contains("#[test]") || before.contains("#[tokio::test") => None,
            Some(_) => Some(format!("{function} of {path} is no test")),
        };
    }
    (named.contains('/') && !root.join(named).exists()).then(|| format!("{named} is not there"))
}

#[test]
fn every_threat_has_its_test_or_says_why_not() {
    let root = amtshub_tests::root();
    let table = std::fs::read_to_string(root.join("tests/THREATS.md")).expect("the table of threats");
    let rows = rows(&table);
    assert_eq!(rows.len(), THREATS, "the design has so many threats");
    for [threat, expected, shown] in &rows {
        let faults: Vec<String> = quoted(shown).filter_map(|named| fault(&root, named)).collect();
        assert_eq!(faults, Vec::<String>::new(), "{threat}");
        let named = quoted(shown)
            .filter(|named| named.contains('/') || named.starts_with("kit:"))
            .count();
        let why_not = shown.split("Not yet: ").nth(1).unwrap_or_default();
        assert!(named > 0 || why_not.len() > 20, "{threat} has no test");
        assert!(expected.len() > 10, "{threat} says nothing of what is expected");
    }
}

#[test]
fn a_test_that_is_not_there_is_noticed() {
    let root = amtshub_tests::root();
    let here = "tests/tests/it/threats.rs";
    assert_eq!(
        fault(&root, &format!("{here}::a_test_that_is_not_there_is_noticed")),
        None
    );
    for bad in [
        &format!("{here}::no_such_test"),
        &format!("{here}::quoted"),
        "tests/no-such-file.rs::x",
        "tests/no-such-program",
        "kit:no-such-check",
    ] {
        assert!(fault(&root, bad).is_some(), "{bad}");
    }
}
