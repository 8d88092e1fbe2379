// SPDX-License-Identifier: EUPL-1.2
//! CSV as a source of the mapping engine.

use std::borrow::Cow;

use hub_message::Rejection;

use super::lines::{Field, Lines};
use super::{CsvFormat, Record};
use crate::flat::{Documents, Fault, Finder, is_unnamed, unknown_record, without_dos_end};
use crate::source::{Listener, Piece, Source, Symbol};

/// Buffers that are used again from file to file.
#[derive(Debug, Default)]
pub(crate) struct CsvState {
    fields: Vec<Field>,
}

/// A kind of record, with symbols.
struct Known<'n> {
    symbol: Symbol,
    name: &'n str,
    starts: bool,
    columns: Vec<(Symbol, Cow<'n, str>)>,
}

impl Source for CsvFormat {
    type State = CsvState;

    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        self.file.decode(input)
    }

    fn read<L: Listener>(&self, text: &str, state: &mut CsvState, to: &mut L) -> Result<(), Rejection> {
        self.walk(text, state, to).map_err(|fault| fault.in_text(text))
    }

    fn paths_at(&self, text: &str, offsets: &[usize]) -> Vec<String> {
        Finder::find(offsets, |finder| {
            // Whatever is wrong further on, the path before it stands.
            let _ = self.walk(text, &mut CsvState::default(), finder);
        })
    }
}

impl CsvFormat {
    fn walk<L: Listener>(&self, text: &str, state: &mut CsvState, to: &mut L) -> Result<(), Fault> {
        let text = without_dos_end(text);
        let mut lines = Lines::new(text, self);
        let mut kinds: Vec<Known<'_>> = Vec::new();
        for record in &self.records {
            let columns = if self.header {
                match lines.next(&mut state.fields)? {
                    Some(at) => self.header(text, &state.fields, record, at)?,
                    None => break,
                }
            } else {
                record.columns.iter().map(|column| Cow::from(column.as_str())).collect()
            };
            kinds.push(Known {
                symbol: to.names().find(&record.name),
                name: &record.name,
                starts: record.starts,
                columns: columns
                    .into_iter()
                    .map(|column| (to.names().find(&column), column))
                    .collect(),
            });
        }
        let mut documents = Documents::new(self.records.iter().any(|record| record.starts));
        while let Some(at) = lines.next(&mut state.fields)? {
            let kind = self
                .kind(text, &state.fields, &kinds)
                .ok_or_else(|| unknown_record(at))?;
            if state.fields.len() != kind.columns.len() {
                let text = format!(
                    "the line has {} columns, {} are agreed",
                    state.fields.len(),
                    kind.columns.len()
                );
                return Err(Fault::new(at, "AH-C113", text));
            }
            documents.record(kind.starts, at, to)?;
            self.tell(text, at, kind, &state.fields, to);
        }
        documents.finish(text.len(), to)
    }

    /// The kind of record that a line is.
    fn kind<'k, 'n>(&self, text: &str, fields: &[Field], kinds: &'k [Known<'n>]) -> Option<&'k Known<'n>> {
        let Some(by) = self.by else {
            return kinds.first();
        };
        let field = fields.get(by)?;
        let name = text.get(field.start..field.end)?.trim();
        kinds.iter().find(|kind| kind.name == name)
    }

    /// The names in the first line; each that the mapping lists must be there.
    fn header<'t>(
        &self,
        text: &'t str,
        fields: &[Field],
        record: &Record,
        at: usize,
    ) -> Result<Vec<Cow<'t, str>>, Fault> {
        let mut names: Vec<Cow<'t, str>> = Vec::with_capacity(fields.len());
        for field in fields {
            let name = match self.value(text, field) {
                Cow::Borrowed(name) => Cow::Borrowed(name.trim()),
                Cow::Owned(made) => Cow::Owned(made),
            };
            if !is_unnamed(&name) && names.contains(&name) {
                return Err(Fault::new(
                    field.start,
                    "AH-C115",
                    "the first line names a column twice",
                ));
            }
            names.push(name);
        }
        let missing = |column: &&String| !is_unnamed(column) && !names.iter().any(|name| name == column.as_str());
        if let Some(column) = record.columns.iter().find(missing) {
            let text = format!("the first line does not name the column `{column}`");
            return Err(Fault::new(at, "AH-C116", text));
        }
        Ok(names)
    }

    /// The text of a column, with one quotation mark for every two.
    fn value<'t>(&self, text: &'t str, field: &Field) -> Cow<'t, str> {
        let raw = text.get(field.start..field.end).unwrap_or_default();
        match self.quote.map(char::from) {
            Some(quote) if field.doubled => Cow::Owned(raw.replace(&format!("{quote}{quote}"), &quote.to_string())),
            _ => Cow::Borrowed(raw),
        }
    }

    fn tell<L: Listener>(&self, text: &str, at: usize, kind: &Known<'_>, fields: &[Field], to: &mut L) {
        if !to.enter(kind.symbol, kind.name, at) {
            return;
        }
        let mut end = at;
        for (field, (symbol, column)) in fields.iter().zip(&kind.columns) {
            end = field.end;
            let absent = field.start == field.end && !field.quoted;
            if absent || is_unnamed(column) || !to.enter(*symbol, column, field.start) {
                continue;
            }
            match self.value(text, field) {
                Cow::Borrowed(_) => to.text(Piece::Span(field.start, field.end)),
                Cow::Owned(made) => to.text(Piece::Made(&made, field.start)),
            }
            to.leave(field.end);
        }
        to.leave(end);
    }
}
