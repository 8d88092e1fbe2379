// SPDX-License-Identifier: EUPL-1.2
//! Where everything in an output comes from, for people and for programs.

use std::fmt::Write;

use hub_mapping::Worker;
use hub_mapping::provenance::{Explained, ExplainedField, ExplainedWriting, Origin, RowPlace, SourcePlace};
use hub_message::Rejection;
use hub_schema::Valid;
use serde_json::{Map, Value, json};

use super::Ends;
use crate::command::given;
use crate::command::listing::Listing;

/// Characters of a value that stand in a table.
const VALUE_MAX: usize = 40;

/// Where everything comes from, on the way in and on the way out.
#[derive(Default)]
pub(super) struct Explanation {
    reading: Option<Explained>,
    writing: Vec<ExplainedWriting>,
}

/// Explains what was mapped.
pub(super) fn of(ends: &Ends, input: &[u8], documents: &[Valid], worker: &Worker) -> Result<Explanation, Rejection> {
    let reading = match &ends.from {
        Some(from) => Some(from.explain(input, worker)?),
        None => None,
    };
    let mut writing = Vec::new();
    if let Some(to) = &ends.to {
        let time = given::now();
        for root in documents.iter().filter_map(|document| document.tree().root()) {
            writing.push(to.explain_writing(root, &given::dry_facts(&time), worker)?);
        }
    }
    Ok(Explanation { reading, writing })
}

impl Explanation {
    /// For people: a table for each document that was read, and one for each that was written.
    pub(super) fn table(&self) -> String {
        let mut out = String::new();
        if let Some(reading) = &self.reading {
            let many = reading.documents.len();
            for (number, document) in reading.documents.iter().enumerate() {
                heading(&mut out, &reading.mapping, &reading.file, "read", number, many);
                let mut listing = Listing::new(&["field", "value", "source", "row", "functions"]);
                for field in &document.fields {
                    listing.row([
                        field.field.clone(),
                        shown(&field.value),
                        sources(&field.sources),
                        row(&field.row),
                        field.row.functions.join(" | "),
                    ]);
                }
                out.push_str(&listing.render());
            }
        }
        for (number, writing) in self.writing.iter().enumerate() {
            heading(
                &mut out,
                &writing.mapping,
                &writing.file,
                "written",
                number,
                self.writing.len(),
            );
            let mut listing = Listing::new(&["place", "value", "from", "row", "functions"]);
            for place in &writing.places {
                listing.row([
                    place.path.clone(),
                    shown(&place.value),
                    self.origin(number, &place.origin),
                    row(&place.row),
                    place.row.functions.join(" | "),
                ]);
            }
            out.push_str(&listing.render());
        }
        out
    }

    /// What a written value is made from; where the field itself comes from, if that is known.
    fn origin(&self, document: usize, origin: &Origin) -> String {
        match origin {
            Origin::Default => "(default)".to_owned(),
            Origin::Constant => "(constant)".to_owned(),
            Origin::Fact(fact) => format!("${fact}"),
            Origin::Fields(fields) => {
                let fields = fields.iter().map(|path| match self.field(document, path) {
                    Some(field) => format!("{path} < {}", sources(&field.sources)),
                    None => path.clone(),
                });
                fields.collect::<Vec<_>>().join(" + ")
            }
        }
    }

    fn field(&self, document: usize, path: &str) -> Option<&ExplainedField> {
        let fields = &self.reading.as_ref()?.documents.get(document)?.fields;
        fields.iter().find(|field| field.field == path)
    }

    /// For programs.
    pub(super) fn json(&self) -> Map<String, Value> {
        let mut whole = Map::new();
        if let Some(reading) = &self.reading {
            whole.insert("read".to_owned(), json!(reading));
        }
        if !self.writing.is_empty() {
            whole.insert("written".to_owned(), json!(self.writing));
        }
        whole
    }
}

fn heading(out: &mut String, mapping: &str, file: &str, what: &str, number: usize, many: usize) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = write!(out, "{what} by {mapping}, {file}");
    if many > 1 {
        let _ = write!(out, ", document {} of {many}", number + 1);
    }
    out.push('\n');
}

fn sources(sources: &[SourcePlace]) -> String {
    if sources.is_empty() {
        return "(default)".to_owned();
    }
    let shown = sources.iter().map(|source| format!("{} {}", source.path, source.place));
    shown.collect::<Vec<_>>().join(" + ")
}

/// Line of the row in the heading's file, and where its fragments are used.
fn row(row: &RowPlace) -> String {
    let mut out = row.place.to_string();
    for used in row.used_at.iter().rev() {
        let _ = write!(out, " < {used}");
    }
    out
}

fn shown(value: &str) -> String {
    if value.chars().nth(VALUE_MAX).is_none() {
        return value.to_owned();
    }
    value.chars().take(VALUE_MAX).chain(['…']).collect()
}
