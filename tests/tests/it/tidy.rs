// SPDX-License-Identifier: EUPL-1.2
//! House rules that no compiler checks: sizes, headers, names.

use std::path::PathBuf;

/// The longest source file, in lines; tables of data are listed below.
const LINES_MAX: usize = 400;

/// Files that are tables of data.
const TABLES: &[&str] = &[];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "mod.rs",
    "utils.rs",
    "util.rs",
    "helpers.rs",
    "helper.rs",
    "common.rs",
    "misc.rs",
    "manager.rs",
];

fn sources() -> Vec<PathBuf> {
    let root = amtshub_tests::root();
    ["hub", "connectors", "tests"]
        .iter()
        .flat_map(|folder| amtshub_tests::sources(&root.join(folder)))
        .collect()
}

#[test]
fn files_are_short_enough_to_hold_one_subject() {
    let too_long: Vec<String> = sources()
        .into_iter()
        .filter(|file| !TABLES.iter().any(|table| file.ends_with(table)))
        .filter_map(|file| {
            let lines = std::fs::read_to_string(&file).expect("a source file").lines().count();
            (lines > LINES_MAX).then(|| format!("{} has {lines} lines", file.display()))
        })
        .collect();
    assert_eq!(too_long, Vec::<String>::new());
}

#[test]
fn every_source_file_names_its_licence() {
    let bare: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|file| {
            let text = std::fs::read_to_string(file).expect("a source file");
            !text.starts_with("// SPDX-License-Identifier: EUPL-1.2\n")
        })
        .collect();
    assert_eq!(bare, Vec::<PathBuf>::new());
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let vague: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|file| EMPTY_NAMES.iter().any(|name| file.ends_with(name)))
        .collect();
    assert_eq!(vague, Vec::<PathBuf>::new());
}
