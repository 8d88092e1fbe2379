// SPDX-License-Identifier: EUPL-1.2
//! Mapping files that do not load.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use hub_mapping::{Loaded, Mapping};
use hub_message::Finding;

use crate::golden::{beside, code_of, codes_in_sources, compare, files, fixtures, name, sample, schema, settle};

const ENDING: &str = ".map.toml";

/// Every fixture: its name, its text, what is found in it.
static LOADED: LazyLock<Vec<(String, String, Vec<Finding>)>> = LazyLock::new(loaded);

fn loaded() -> Vec<(String, String, Vec<Finding>)> {
    let folder = fixtures().join("load");
    let schemas = schema();
    let mappings = files(&folder).into_iter().filter(|file| name(file).ends_with(ENDING));
    let load = |file: std::path::PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        let Loaded { mapping, findings } = beside(&folder, |beside| {
            Mapping::load(&name(&file), &text, sample(&schemas).shape(), beside)
        });
        let errors = findings.iter().any(|f| f.severity == hub_message::Severity::Error);
        assert_eq!(mapping.is_none(), errors, "{}", name(&file));
        (name(&file), text, findings)
    };
    mappings.map(load).collect()
}

#[test]
fn what_is_found_is_said_at_the_very_characters() {
    let mut failures = Vec::new();
    for (name, text, findings) in &*LOADED {
        // What is wrong in an XML schema is shown in the schema.
        let other = |finding: &Finding| fs::read_to_string(fixtures().join("load").join(&finding.file)).ok();
        let shown = findings.iter().map(|finding| {
            if finding.file == *name {
                finding.render(Some(text))
            } else {
                finding.render(other(finding).as_deref())
            }
        });
        let shown: Vec<String> = shown.collect();
        let golden = fixtures().join("load").join(name.replace(ENDING, ".txt"));
        compare(&golden, &shown.join("\n"), &mut failures);
        if let Some(code) = code_of(name).filter(|code| !findings.iter().any(|f| f.code.as_str() == code)) {
            failures.push(format!("{name}: {code} is not found in it"));
        }
    }
    settle(&failures);
}

#[test]
fn every_finding_points_at_something_in_one_line() {
    let mut failures = Vec::new();
    for (name, text, findings) in &*LOADED {
        for finding in findings.iter().filter(|finding| finding.file == *name) {
            let at = text.get(finding.span.clone()).unwrap_or_default();
            // At the end of a text that stops too early there is nothing to point at but the place itself.
            let nothing = finding.span == (0..0) && !text.is_empty();
            if nothing || at.contains('\n') {
                failures.push(format!("{name}: {} points at {:?} {at:?}", finding.code, finding.span));
            }
        }
    }
    assert_eq!(failures, Vec::<String>::new());
}

#[test]
fn every_code_of_loading_has_a_fixture() {
    let shown: BTreeSet<String> = LOADED.iter().filter_map(|(name, ..)| code_of(name)).collect();
    // What `amtshub table import` finds in a code list is held by the tests of the importer.
    let imported = |code: &str| ("AH-M154"..="AH-M157").contains(&code);
    let made = codes_in_sources(|code| code.starts_with("AH-M1") && !imported(code));
    let without: Vec<&String> = made.difference(&shown).collect();
    assert_eq!(without, Vec::<&String>::new());
    let idle: Vec<&String> = shown.difference(&made).collect();
    assert_eq!(idle, Vec::<&String>::new());
}
