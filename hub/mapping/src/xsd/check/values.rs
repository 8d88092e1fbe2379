// SPDX-License-Identifier: EUPL-1.2
//! What rows make of texts, and what the schema says of the texts.
//!
//! Whether functions fit a type is tried out: a row that refuses every sample of the type can never read it, and a row
//! of which no output is of the type can never write it.

use std::ops::Range;

use hub_message::LeafKind;

use super::{Check, End};
use crate::convert::{Asked, Buffers, Stage, Way};
use crate::function::Made;
use crate::language::row::Given;
use crate::language::table::{CodeTable, Otherwise};
use crate::rows::{Extra, ReadSide, Row, WriteSide};
use crate::xsd::SimpleId;
use crate::xsd::builtin::{Builtin, White};
use crate::xsd::simple::worked_off;

/// Codes that a finding lists.
const CODES_SHOWN: usize = 5;
/// Values of an enumeration that are tried.
const SAMPLES_MAX: usize = 200;

/// Texts of a built-in type, enough to tell which functions never take it; none where every text is possible.
fn samples(made: Builtin) -> &'static [&'static str] {
    match made {
        Builtin::Boolean => &["true", "false", "1", "0"],
        Builtin::Date => &["2024-02-29", "2024-02-29+01:00", "2024-02-29Z"],
        Builtin::DateTime => &[
            "2024-02-29T12:30:00",
            "2024-02-29T12:30:00.5+01:00",
            "2024-02-29T12:30:00Z",
        ],
        Builtin::Time => &["12:30:00", "12:30:00.5Z"],
        Builtin::Float | Builtin::Double => &["1", "1.5", "-20240229", "1.5E3"],
        Builtin::Decimal => &[
            "1",
            "1.5",
            "-1.50",
            "20240229",
            "20240229123000",
            "2024",
            "202402",
            "12",
        ],
        Builtin::GYear => &["2024"],
        Builtin::GYearMonth => &["2024-02"],
        Builtin::Duration => &["P1D", "PT1H"],
        made if made.is_decimal() => &["1", "0", "-1", "20240229", "20240229123000", "2024", "202402", "12"],
        _ => &[],
    }
}

/// Canonical values of a leaf; none where every text is possible.
fn canonical(kind: LeafKind) -> &'static [&'static str] {
    match kind {
        LeafKind::Text => &[],
        LeafKind::Date => &["2024-02-29"],
        LeafKind::DateTime => &["2024-02-29T12:30:00Z", "2024-02-29T12:30:00+01:00"],
        LeafKind::Number => &["1", "1.5", "0"],
        LeafKind::Integer => &["1", "0"],
        LeafKind::Bool => &["true", "false"],
    }
}

/// A document without fields and a hub without secrets.
struct Nothing;

impl Asked for Nothing {
    fn field(&mut self, _path: &str) -> Option<String> {
        None
    }

    fn secret(&self, _name: &str) -> Option<&[u8]> {
        None
    }
}

impl Check<'_> {
    /// A row reads the text at the end of a path.
    pub(super) fn reads(&mut self, row: &Row, side: &ReadSide, end: &End) {
        let Some(simple) = self.text(end, row.rule.at.clone()) else {
            return;
        };
        if let Some(Stage::Table(table)) = side.stages.first() {
            return self.table_reads(table, simple, end, row.rule.at.clone());
        }
        let Some(functions) = names_of(&side.stages) else {
            return;
        };
        let samples = self.samples_of(simple);
        if samples.is_empty() || side.stages.is_empty() {
            return;
        }
        let mut buffers = Buffers::default();
        let mut takes = |text: &str| buffers.apply(&side.stages, Way::Read, text, &mut Nothing).is_ok();
        if !samples.iter().any(|sample| takes(sample)) {
            let sentence = format!(
                "`{}` is of the type `{}`, which {functions} never takes",
                end.label,
                self.xsd.simples.label(simple)
            );
            self.error(
                "AH-M147",
                row.rule.at.clone(),
                sentence,
                "choose a function that fits the type",
            );
        }
    }

    /// A row writes the text at the end of a path.
    pub(super) fn writes(&mut self, row: &Row, side: &WriteSide, end: &End) {
        let Some(simple) = self.text(end, row.rule.at.clone()) else {
            return;
        };
        if let Some(Stage::Table(table)) = side.stages.first() {
            return self.table_writes(table, simple, end, row.rule.at.clone());
        }
        if names_of(&side.stages).is_none() {
            return;
        }
        let Some(made) = self.xsd.simples.builtin(simple) else {
            return;
        };
        let mut buffers = Buffers::default();
        let mut fits = |value: &str| {
            let result = buffers.apply(&side.stages, Way::Write, value, &mut Nothing);
            let text = worked_off(&buffers.out, made.white().max(White::Preserve));
            !matches!(result, Ok(Made::Absent) | Err(_)) && made.accepts(&text)
        };
        let values = canonical(row.leaf.kind);
        if !values.is_empty() && !values.iter().any(|value| fits(value)) {
            let sentence = format!(
                "`{}` is of the type `{}`, and what this row writes never is",
                end.label,
                self.xsd.simples.label(simple)
            );
            let help = format!(
                "`{}` holds {}",
                row.rule.field,
                crate::language::calls::kind_in_words(row.leaf.kind)
            );
            self.error("AH-M147", row.rule.at.clone(), sentence, &help);
        }
    }

    /// A constant that is written.
    pub(super) fn constant(&mut self, extra: &Extra, end: &End) {
        let Given::Text(text) = &extra.given else {
            return;
        };
        if extra.stages.is_empty() && !text.is_empty() && self.text(end, extra.rule.at.clone()).is_some() {
            self.literal(text, end, extra.rule.at.clone());
        }
    }

    /// A text that a mapping compares with or writes.
    pub(super) fn literal(&mut self, text: &str, end: &End, at: Range<usize>) {
        let Some(simple) = end.text else {
            return;
        };
        if let Err(expected) = self.xsd.simples.check(simple, text) {
            let sentence = format!("the schema does not allow `{text}` at `{}`", end.label);
            let help = format!("the value there is {expected}");
            self.error("AH-M147", at, sentence, &help);
        }
    }

    /// The text at the end of a path; an element that holds elements only is a finding.
    fn text(&mut self, end: &End, at: Range<usize>) -> Option<SimpleId> {
        if end.text.is_none() && !self.xsd.is_mixed(end.spot.kind) {
            let sentence = format!("`{}` holds elements and no text of its own", end.spot.label);
            self.error("AH-M147", at, sentence, "name one of the places below it");
        }
        end.text
    }

    /// Texts to try a row with.
    fn samples_of(&self, simple: SimpleId) -> Vec<String> {
        let allowed = self.xsd.simples.allowed(simple);
        if let Some(allowed) = allowed.filter(|allowed| allowed.len() <= SAMPLES_MAX) {
            return allowed.into_iter().map(str::to_owned).collect();
        }
        let made = self.xsd.simples.builtin(simple);
        let texts = made.map_or(&[][..], samples);
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn table_reads(&mut self, table: &CodeTable, simple: SimpleId, end: &End, at: Range<usize>) {
        let allowed = self.xsd.simples.allowed(simple).unwrap_or_default();
        let uncovered: Vec<&str> = allowed.into_iter().filter(|code| table.value(code).is_none()).collect();
        if uncovered.is_empty() || table.otherwise != Otherwise::Error {
            return;
        }
        let sentence = format!(
            "the table `{}` does not cover {} that the schema allows at `{}`: {}",
            table.name,
            counted(uncovered.len()),
            end.label,
            listed(&uncovered)
        );
        self.warning("AH-M148", at, sentence, "add them, or say `otherwise`");
    }

    fn table_writes(&mut self, table: &CodeTable, simple: SimpleId, end: &End, at: Range<usize>) {
        let mut codes: Vec<&str> = table.codes().collect();
        codes.sort_unstable();
        let bad: Vec<&str> = codes
            .into_iter()
            .filter(|code| self.xsd.simples.check(simple, code).is_err())
            .collect();
        if bad.is_empty() {
            return;
        }
        let sentence = format!(
            "the table `{}` writes {} that the schema does not allow at `{}`: {}",
            table.name,
            counted(bad.len()),
            end.label,
            listed(&bad)
        );
        self.error("AH-M148", at, sentence, "");
    }
}

/// The functions of a row in words; `None` where they need more than a text to be tried.
fn names_of(stages: &[Stage]) -> Option<String> {
    let mut names = Vec::new();
    for stage in stages {
        match stage {
            Stage::Call { name, conversion } if conversion.fields.is_empty() && conversion.secret.is_none() => {
                names.push(format!("`{name}`"));
            }
            Stage::Call { .. } | Stage::Table(_) => return None,
        }
    }
    Some(names.join(" | "))
}

fn counted(count: usize) -> String {
    match count {
        1 => "a code".to_owned(),
        count => format!("{count} codes"),
    }
}

fn listed(codes: &[&str]) -> String {
    let mut shown: Vec<String> = codes.iter().take(CODES_SHOWN).map(|code| format!("`{code}`")).collect();
    if codes.len() > CODES_SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}
