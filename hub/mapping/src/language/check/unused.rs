// SPDX-License-Identifier: EUPL-1.2
//! What a mapping defines and never mentions: mostly what a row was to name, and names otherwise.

use std::sync::Arc;

use crate::language::expand::Expander;
use crate::language::file::pairs;
use crate::language::scan::Text;
use crate::report::Report;

/// Finds tables, fragments, short names and, where nothing is written, prefixes. Writing declares every prefix, so there
/// one may be meant for whoever reads the document.
pub(crate) fn check(expander: &mut Expander<'_>) {
    let file = expander.file;
    for (name, _) in &file.tables {
        // Each function `table` holds the table that it looks up in.
        if expander
            .tables
            .get(&name.value)
            .is_some_and(|table| Arc::strong_count(table) == 1)
        {
            tell(name, "table", "`| table(…)`", expander.report);
        }
    }
    for (name, _) in &file.fragments {
        if !expander.put_in.contains(name.value.as_str()) {
            tell(name, "fragment", "`| use(…)`", expander.report);
        }
    }
    for (name, _) in &file.at {
        if !expander.vocabulary.mentioned.contains(&format!("{{{}}}", name.value)) {
            tell(name, "short name", "`{…}/`", expander.report);
        }
    }
    if file.writes {
        return;
    }
    let mut silent = Report::new("");
    for (prefix, _) in pairs(file.format.table("ns", &mut silent), &mut silent) {
        if !expander.vocabulary.mentioned.contains(&prefix.value) {
            tell(&prefix, "prefix", "a place", expander.report);
        }
    }
}

fn tell(name: &Text, what: &str, where_used: &str, report: &mut Report) {
    let sentence = format!("the {what} `{}` is used nowhere", name.value);
    let help = format!("name it in {where_used}, or take it out");
    report.warning_help("AH-M128", name.span.clone(), sentence, &help);
}
