// SPDX-License-Identifier: EUPL-1.2
//! The sidecars of Munich's scanner input: each becomes a document or is rejected with a code.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use hub_message::Rejection;

use super::library::Library;

/// Reads every sidecar. A rejection is an answer, anything else is not.
pub(super) fn run(library: &Library, folder: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("{}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    paths.sort();
    let (mut mapped, mut fields, mut good) = (0, 0, !paths.is_empty());
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        let input = fs::read(path)?;
        match library.read_one("scan-sidecar", &input) {
            Ok(document) => {
                mapped += 1;
                let kept = document
                    .tree()
                    .at("indexFields")
                    .map_or(0, |list| list.children().count());
                fields += kept;
                if kept != index_fields(&input)? {
                    good = false;
                    writeln!(out, "    MISS {}: an index field was lost", path.display())?;
                }
            }
            Err(fault) => match fault.downcast_ref::<Rejection>() {
                Some(rejection) => *codes.entry(rejection.code.to_string()).or_default() += 1,
                None => return Err(fault.context(path.display().to_string())),
            },
        }
    }
    let rejected: Vec<String> = codes.iter().map(|(code, count)| format!("{count} × {code}")).collect();
    writeln!(
        out,
        "sidecars: {mapped} of {} mapped with {fields} index fields, rejected: {}",
        paths.len(),
        if rejected.is_empty() {
            "none".to_owned()
        } else {
            rejected.join(", ")
        }
    )?;
    Ok(good)
}

/// How many index fields a sidecar holds, counted without the mapping.
fn index_fields(input: &[u8]) -> anyhow::Result<usize> {
    let json: serde_json::Value = serde_json::from_slice(input)?;
    Ok(json
        .pointer("/Document/IndexFields")
        .and_then(|f| f.as_array())
        .map_or(0, Vec::len))
}
