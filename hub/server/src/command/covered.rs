// SPDX-License-Identifier: EUPL-1.2
//! How far a mapping and its documents cover each other, for people and for programs.

use hub_mapping::provenance::{Corpus, Coverage, OutsideCode};
use serde_json::{Value, json};

use super::listing::{Listing, indented};

/// Codes of a table that stand in a listing.
const CODES_MAX: usize = 50;

/// One way through a mapping, as a table.
pub(crate) fn table(coverage: &Coverage, written: bool) -> String {
    let mut out = head(coverage, written);
    let mut unmapped = Listing::new(&["unmapped place", "count"]);
    for place in &coverage.unmapped {
        unmapped.row([place.path.clone(), place.count.to_string()]);
    }
    section(&mut out, &unmapped, !written);
    rest(&mut out, coverage, written);
    out
}

/// Many files through a mapping, as a table.
pub(crate) fn corpus_table(corpus: &Corpus, coverage: &Coverage, written: bool) -> String {
    let accepted = corpus.files - corpus.rejected;
    let mut out = format!(
        "{} files, {accepted} accepted with {} documents, {} rejected\n",
        corpus.files, corpus.documents, corpus.rejected
    );
    let mut rejected = Listing::new(&["rejected by", "files", "findings", "example"]);
    for found in &corpus.findings {
        let place = found.finding.place.map(|place| format!(":{place}")).unwrap_or_default();
        let field = found.finding.field.as_deref().or(found.finding.path.as_deref());
        let field = field.map(|field| format!(" {field}")).unwrap_or_default();
        rejected.row([
            found.code.clone(),
            found.files.to_string(),
            found.count.to_string(),
            format!("{}{place}{field}: {}", found.example, found.finding.text),
        ]);
    }
    section(&mut out, &rejected, !corpus.findings.is_empty());
    out.push('\n');
    out.push_str(&head(coverage, written));
    let mut unmapped = Listing::new(&["unmapped place", "count", "files"]);
    for place in &corpus.unmapped {
        unmapped.row([place.path.clone(), place.count.to_string(), place.files.to_string()]);
    }
    section(&mut out, &unmapped, !written);
    rest(&mut out, coverage, written);
    out
}

fn head(coverage: &Coverage, written: bool) -> String {
    let (tally, word) = if written {
        (coverage.written(), "wrote")
    } else {
        (coverage.read(), "read")
    };
    format!(
        "{}, {}: {} of {} rows {word} something ({} %)\n",
        coverage.mapping,
        coverage.file,
        tally.used,
        tally.all,
        tally.percent()
    )
}

/// Rows without effect, codes outside of tables, places that are left out on purpose.
fn rest(out: &mut String, coverage: &Coverage, written: bool) {
    let mut idle = Listing::new(&["row without effect", "field", "row"]);
    for row in coverage.idle(written) {
        let place = format!("{}:{}", coverage.file, row.place);
        idle.row([place, row.field.clone(), row.text.clone()]);
    }
    section(out, &idle, true);
    let mut codes = Listing::new(&["code outside its table", "table", "field", "count"]);
    for outside in outside(coverage, written).take(CODES_MAX) {
        let code = outside
            .code
            .as_deref()
            .map_or("(not shown)".to_owned(), |code| format!("`{code}`"));
        codes.row([
            code,
            outside.table.clone(),
            outside.field.clone(),
            outside.count.to_string(),
        ]);
    }
    section(out, &codes, true);
    let mut left_out = Listing::new(&["left out on purpose", "count", "reason"]);
    for place in &coverage.left_out {
        let reason = place.reason.clone().unwrap_or_else(|| "must not be mapped".to_owned());
        left_out.row([place.path.clone(), place.count.to_string(), reason]);
    }
    section(out, &left_out, !written);
}

fn outside(coverage: &Coverage, written: bool) -> impl Iterator<Item = &OutsideCode> {
    coverage
        .outside
        .iter()
        .filter(move |outside| outside.written == written)
}

/// A table set in below the head; without rows it is left out.
fn section(out: &mut String, listing: &Listing, wanted: bool) {
    if wanted && !listing.is_empty() {
        out.push('\n');
        out.push_str(&indented(&listing.render(), 2));
    }
}

/// One way through a mapping, for programs.
pub(crate) fn json(coverage: &Coverage, written: bool) -> Value {
    let idle = coverage.idle(written).map(|row| {
        json!({
            "line": row.place.line,
            "column": row.place.column,
            "field": row.field,
            "row": row.text,
        })
    });
    let tally = if written { coverage.written() } else { coverage.read() };
    json!({
        "mapping": coverage.mapping,
        "file": coverage.file,
        "direction": if written { "write" } else { "read" },
        "rows": tally,
        "without_effect": idle.collect::<Vec<_>>(),
        "outside_tables": outside(coverage, written).collect::<Vec<_>>(),
        "unmapped": coverage.unmapped,
        "left_out": coverage.left_out,
    })
}

/// Many files through a mapping, for programs.
pub(crate) fn corpus_json(corpus: &Corpus, coverage: &Coverage, written: bool) -> Value {
    let mut whole = json(coverage, written);
    if let Value::Object(whole) = &mut whole {
        whole.insert("unmapped".to_owned(), json!(corpus.unmapped));
        whole.insert("files".to_owned(), json!(corpus.files));
        whole.insert("documents".to_owned(), json!(corpus.documents));
        whole.insert("rejected".to_owned(), json!(corpus.rejected));
        whole.insert("findings".to_owned(), json!(corpus.findings));
    }
    whole
}
