// SPDX-License-Identifier: EUPL-1.2
//! Brings expectations up to date, after it has shown what changes.

use std::collections::BTreeMap;

use hub_mapping::testing::{Update, rewrite};

use super::{Tested, place, render};
use crate::terminal;

/// Writes what the mappings make to where the tests expect it; whether anything was written.
pub(super) fn update(tested: &[Tested]) -> Result<bool, String> {
    let mut any = false;
    for tested in tested {
        let outcomes = tested.outcomes.iter().map(|(outcome, _)| outcome);
        let outcomes: Vec<_> = outcomes.filter(|outcome| !outcome.updates.is_empty()).collect();
        for outcome in &outcomes {
            terminal::message(&render::shown(&tested.file, outcome));
        }
        let updates: Vec<&Update> = outcomes.iter().flat_map(|outcome| &outcome.updates).collect();
        any |= !updates.is_empty();
        in_files(tested, &updates)?;
        in_mapping(tested, &updates)?;
    }
    Ok(any)
}

/// Files beside the mapping.
fn in_files(tested: &Tested, updates: &[&Update]) -> Result<(), String> {
    let mut files: BTreeMap<&str, &[u8]> = BTreeMap::new();
    for update in updates {
        if let Update::File { name, contents } = update
            && let Some(other) = files.insert(name, contents)
            && other != contents.as_slice()
        {
            return Err(format!(
                "{}: two tests expect `{name}`, and what they make differs: give each a file of its own",
                tested.file
            ));
        }
    }
    for (name, contents) in files {
        let path =
            place(&tested.folder, name).ok_or_else(|| format!("{}: `{name}` is no relative path", tested.file))?;
        write(&path, contents)?;
    }
    Ok(())
}

/// Values in the mapping file itself.
fn in_mapping(tested: &Tested, updates: &[&Update]) -> Result<(), String> {
    if !updates.iter().any(|update| matches!(update, Update::Text { .. })) {
        return Ok(());
    }
    let path = std::path::Path::new(&tested.file);
    // Nobody's work of the last second is overwritten.
    if std::fs::read_to_string(path).ok().as_deref() != Some(tested.text.as_str()) {
        return Err(format!(
            "{} has changed while the tests ran; run them again",
            tested.file
        ));
    }
    write(path, rewrite(&tested.text, updates.iter().copied()).as_bytes())
}

fn write(path: &std::path::Path, contents: &[u8]) -> Result<(), String> {
    std::fs::write(path, contents).map_err(|fault| format!("{}: {fault}", path.display()))?;
    terminal::message(&format!("updated {}", path.display()));
    Ok(())
}
