// SPDX-License-Identifier: EUPL-1.2
//! What may stand in a row beside its place: `default`, `required`, `when`.

use std::ops::Range;

use hub_message::LeafKind;
use hub_message::canonical::is_number;
use hub_message::keys::Keys;
use hub_message::shape::Leaf;

use super::super::calls::kind_in_words;
use super::super::expand::Expander;
use super::super::scan::Text;
use super::super::value::{Table, Value};

/// The options of one direction of a row.
#[derive(Default, Clone)]
pub(super) struct Options {
    pub(super) path: Option<Text>,
    /// And where it stands in the file.
    pub(super) default: Option<(String, Range<usize>)>,
    pub(super) required: bool,
    pub(super) when: Option<Text>,
    /// Whether rows of this field before it count first.
    pub(super) otherwise: bool,
}

impl Options {
    /// A row that is only a text.
    pub(super) fn place(text: Text) -> Self {
        Self {
            path: Some(text),
            ..Self::default()
        }
    }

    pub(super) fn of(value: &Value, known: &Keys, expander: &mut Expander<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self::place(text.clone())),
            Value::Table(table) => {
                table.only(known, expander.report);
                Some(Self {
                    path: table.text("path", expander.report),
                    default: default(table, expander),
                    required: table.flag("required", expander.report),
                    when: table.text("when", expander.report),
                    otherwise: false,
                })
            }
            other => {
                let sentence = "a row is a text, `place | function`, or a table with `path`";
                expander.report.error("AH-M105", other.span(), sentence);
                None
            }
        }
    }
}

fn default(table: &Table, expander: &mut Expander<'_>) -> Option<(String, Range<usize>)> {
    match table.get("default")? {
        Value::Text(text) => Some((text.value.clone(), text.inside())),
        Value::Number(digits, span) => Some((digits.clone(), span.clone())),
        Value::Bool(value, span) => Some((value.to_string(), span.clone())),
        other => {
            let sentence = "`default` is a text, a number, true or false";
            expander.report.error("AH-M105", other.span(), sentence);
            None
        }
    }
}

impl Expander<'_> {
    /// A default is a canonical value, so it must be what the field holds.
    pub(super) fn check_default(&mut self, default: Option<&(String, Range<usize>)>, leaf: &Leaf, field: &str) {
        let Some((default, at)) = default else {
            return;
        };
        let fits = match leaf.kind {
            LeafKind::Number | LeafKind::Integer => is_number(default),
            LeafKind::Bool => default == "true" || default == "false",
            LeafKind::Text | LeafKind::Date | LeafKind::DateTime => true,
        };
        if !fits {
            let sentence = format!("`{field}` holds {}, and the default is none", kind_in_words(leaf.kind));
            self.report.error("AH-M108", at.clone(), sentence);
        } else if let Some(allowed) = leaf.allowed.as_ref().filter(|allowed| !allowed.contains(default)) {
            let sentence = format!("the schema does not allow this value for `{field}`");
            let known = allowed.iter().map(String::as_str);
            self.report.unknown("AH-M108", at.clone(), sentence, default, known);
        }
    }
}
