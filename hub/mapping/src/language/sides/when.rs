// SPDX-License-Identifier: EUPL-1.2
//! `when`: conditions over places when reading, over canonical fields when writing.

use std::ops::Range;

use hub_message::{LeafKind, Shape};

use super::super::calls::kind_in_words;
use super::super::condition::{self, Condition, LiteralValue};
use super::super::expand::{Expander, Found, Spot, look_up};
use super::super::place::Place;
use super::super::row;
use super::super::scan::{Fault, Scan, Text};
use crate::rows::{FieldRef, ReadOperand};

/// A canonical field in a condition.
#[derive(Debug, Clone)]
struct Field {
    /// `^field`: from the root of the document.
    root: bool,
    keys: Vec<String>,
    /// Byte range in the condition.
    range: Range<usize>,
}

/// An operand of a condition on reading.
enum Operand {
    Place(Place),
    Field(Field),
}

impl<'a> Expander<'a> {
    pub(super) fn when_read(&mut self, text: &Text, spot: &Spot<'a>) -> Option<Condition<ReadOperand>> {
        let parsed = self.parsed(condition::parse(&text.value, &mut operand), text)?;
        let mut sound = true;
        let made = parsed.map(&mut |operand| match operand {
            Operand::Place(place) => {
                let path = self.vocabulary.path(place, text, self.report)?;
                Some(ReadOperand::Place(spot.place.join(&path)))
            }
            Operand::Field(field) => {
                let root = Spot::root(self.shape, spot.ways);
                sound &= self.leaf(&field.keys, text.place(&field.range), &root).is_some();
                Some(ReadOperand::Field(field.keys.join(".")))
            }
        });
        let mut comparisons = Vec::new();
        parsed.comparisons(&mut comparisons);
        for (operand, literals, ordered) in comparisons {
            if let Operand::Field(field) = operand {
                self.check_literals(field, literals, ordered, text, spot);
            }
        }
        made.filter(|_| sound)
    }

    pub(crate) fn when_write(&mut self, text: &Text, spot: &Spot<'a>) -> Option<Condition<FieldRef>> {
        let parsed = self.parsed(condition::parse(&text.value, &mut field_operand), text)?;
        let mut operands = Vec::new();
        parsed.operands(&mut operands);
        let mut sound = true;
        for field in operands {
            let (shape, full) = if field.root {
                (self.shape, field.keys.join("."))
            } else {
                (spot.scope, spot.full(&field.keys))
            };
            if let Found::Unknown(index, members) = look_up(shape, &field.keys) {
                let key = field.keys.get(index).map_or("", String::as_str);
                let sentence = format!("the schema {} has no field `{full}`", self.file.header.canonical);
                let known = members.iter().map(|m| m.name.as_str());
                let at = text.place(&field.key_range(index));
                self.report.unknown("AH-M102", at, sentence, key, known);
                sound = false;
            }
        }
        let mut comparisons = Vec::new();
        parsed.comparisons(&mut comparisons);
        for (field, literals, ordered) in comparisons {
            self.check_literals(field, literals, ordered, text, spot);
        }
        let at_root = spot.scope_name.is_empty() && matches!(spot.scope, Shape::Map(_));
        let made = parsed.map(&mut |field| {
            Some(FieldRef {
                root: field.root && !at_root,
                keys: field.keys.clone(),
            })
        });
        made.filter(|_| sound)
    }

    /// The fields that a condition on reading asks for, and where.
    pub(super) fn asked_when(text: &Text) -> Vec<(String, Range<usize>)> {
        let Ok(parsed) = condition::parse(&text.value, &mut operand) else {
            return Vec::new();
        };
        let mut operands = Vec::new();
        parsed.operands(&mut operands);
        let fields = operands.into_iter().filter_map(|operand| match operand {
            Operand::Field(field) => Some((field.keys.join("."), text.place(&field.range))),
            Operand::Place(_) => None,
        });
        fields.collect()
    }

    /// A comparison that can never hold is a mistake.
    fn check_literals(
        &mut self,
        field: &Field,
        literals: &[condition::Literal],
        ordered: bool,
        text: &Text,
        spot: &Spot<'a>,
    ) {
        let shape = if field.root { self.shape } else { spot.scope };
        let leaf = match look_up(shape, &field.keys) {
            Found::Shape(Shape::Leaf(leaf)) => leaf,
            Found::Shape(_) | Found::ThroughList(_) => {
                let sentence = format!("`{}` is no single field, so it equals nothing", field.keys.join("."));
                let help = "ask `is present` or `is absent`";
                self.report
                    .error_help("AH-M108", text.place(&field.range), sentence, help);
                return;
            }
            Found::Unknown(..) => return,
        };
        for literal in literals {
            let at = text.place(&literal.range);
            if let Some((sentence, help)) = misfit(leaf.kind, &literal.value) {
                let sentence = format!(
                    "`{}` holds {}, {sentence}",
                    field.keys.join("."),
                    kind_in_words(leaf.kind)
                );
                self.report.error_help("AH-M108", at, sentence, help);
                continue;
            }
            let (Some(allowed), LiteralValue::Text(given)) = (&leaf.allowed, &literal.value) else {
                continue;
            };
            if !ordered && !allowed.contains(given) {
                let sentence = format!("the schema never has this value for `{}`", field.keys.join("."));
                let known = allowed.iter().map(String::as_str);
                self.report.unknown("AH-M127", at, sentence, given, known);
            }
        }
    }
}

/// Why a literal can never equal what a field holds, and what to write instead.
fn misfit(kind: LeafKind, literal: &LiteralValue) -> Option<(&'static str, &'static str)> {
    match (kind, literal) {
        (LeafKind::Number | LeafKind::Integer, LiteralValue::Text(_)) => Some((
            "and is compared with a text",
            "write the number without quotation marks",
        )),
        (LeafKind::Number | LeafKind::Integer, LiteralValue::Bool(_)) => {
            Some(("and is compared with true or false", "write a number"))
        }
        (LeafKind::Bool, LiteralValue::Text(text)) if text != "true" && text != "false" => {
            Some(("and is compared with a text", "write `true` or `false`"))
        }
        (LeafKind::Bool, LiteralValue::Number(_)) => Some(("and is compared with a number", "write `true` or `false`")),
        (LeafKind::Date | LeafKind::DateTime, LiteralValue::Number(_) | LiteralValue::Bool(_)) => Some((
            "and is compared with something else",
            "write it as a text: '2026-12-31'",
        )),
        (LeafKind::Date, LiteralValue::Text(text)) if !is_date(text) => {
            Some(("and this is none", "write it as '2026-12-31'"))
        }
        (LeafKind::DateTime, LiteralValue::Text(text)) if !text.get(..10).is_some_and(is_date) => {
            Some(("and this is none", "write it as '2026-12-31T23:59:59+01:00'"))
        }
        _ => None,
    }
}

/// Whether a text has the form of a date.
fn is_date(text: &str) -> bool {
    let fits = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

impl Field {
    /// The byte range of the key at this index.
    fn key_range(&self, index: usize) -> Range<usize> {
        let start = self.range.start + usize::from(self.root);
        let before: usize = self.keys.iter().take(index).map(|key| key.len() + 1).sum();
        let length = self.keys.get(index).map_or(0, String::len);
        start + before..start + before + length
    }
}

fn operand(scan: &mut Scan<'_>) -> Result<Operand, Fault> {
    if scan.peek() == Some('^') {
        return field_operand(scan).map(Operand::Field);
    }
    Place::scan(scan).map(Operand::Place)
}

fn field_operand(scan: &mut Scan<'_>) -> Result<Field, Fault> {
    let start = scan.at();
    let root = scan.eat("^");
    let field = row::dotted(scan)?;
    Ok(Field {
        root,
        keys: field.split('.').map(str::to_owned).collect(),
        range: start..scan.at(),
    })
}
