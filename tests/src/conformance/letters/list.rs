// SPDX-License-Identifier: EUPL-1.2
//! The list as it is published: `group; char|seq; code points; name; …`.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::Context;

/// A letter, a sequence or a sign.
pub(super) struct Entry {
    /// `bll` Latin letters, `bnl…` and `enl` signs, `dc` marks, `gl` Greek, `cl` Cyrillic.
    pub(super) group: String,
    pub(super) name: String,
    pub(super) text: String,
    /// Basic letters that stand for it in searches; only Latin letters have them.
    pub(super) search_form: Option<String>,
}

/// Reads the list and the list of search forms.
pub(super) fn read(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let forms = fs::read_to_string(folder.join("latin_list_search_form_1.3.txt"))?;
    let mut search_forms = HashMap::new();
    for line in forms.lines() {
        let columns: Vec<&str> = line.split("; ").collect();
        let [_, _, points, _, _, form, ..] = columns[..] else {
            anyhow::bail!("a search form has too few columns: {line}");
        };
        search_forms.insert(characters(points)?, characters(form)?);
    }
    let list = fs::read_to_string(folder.join("latin_list_1.3.txt"))?;
    let entries = list.lines().map(|line| {
        let mut columns = line.splitn(4, "; ");
        let mut column = || columns.next().context("a line has too few columns");
        let (group, _, points, name) = (column()?, column()?, column()?, column()?);
        let text = characters(points)?;
        Ok(Entry {
            group: group.to_owned(),
            name: name.split("; ").next().unwrap_or_default().to_owned(),
            search_form: search_forms.get(&text).cloned(),
            text,
        })
    });
    entries.collect()
}

/// `004B 035F 0048` as text.
fn characters(points: &str) -> anyhow::Result<String> {
    points
        .split_whitespace()
        .map(|point| {
            let code = u32::from_str_radix(point, 16)?;
            char::from_u32(code).with_context(|| format!("{point} is no character"))
        })
        .collect()
}
