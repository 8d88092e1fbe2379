// SPDX-License-Identifier: EUPL-1.2
//! Why a message was not processed: the message's fault, final, and settled by a person.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A stable code, `AH-M210`, with a page of its own in `hub/codes`. The letter names the area: `M` mapping files and mapping runs, `X` XML, `J` JSON, `C` CSV
/// and fixed width, `E` forms and e-mail, `S` canonical schema, `R` routes and release, `K` configuration, `B` bus and envelope, `D`
/// documents, `P` delivery, `F` records that a connector refused at their source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(std::borrow::Cow<'static, str>);

impl Code {
    /// A code of this program.
    pub const fn new(code: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where in a document: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
}

impl Place {
    /// The place of a byte offset in a document. Bytes that are not UTF-8 count as one character each.
    pub fn of(input: &[u8], offset: usize) -> Self {
        let before = input.get(..offset.min(input.len())).unwrap_or_default();
        let line = before.iter().filter(|&&b| b == b'\n').count() as u32 + 1;
        let start = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let on_line = before.get(start..).unwrap_or_default();
        let column = std::str::from_utf8(on_line).map_or(on_line.len(), |text| text.chars().count()) as u32 + 1;
        Self { line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The message's fault: it becomes a dead letter. No field of this type ever holds a value from the message, unless the
/// schema says that the field is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Stable code with a page of its own.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub text: String,
    /// What to do about it, in a sentence.
    pub remedy: String,
    /// Where in the source document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Path in the source document, with index where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Canonical field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The rule: `file:line:column` of the mapping row or route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Further findings in the same document; the first one is this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Rejection>,
}

impl Rejection {
    /// A rejection with code, sentence and remedy; places are added by the `at…` methods.
    pub fn new(code: Code, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            remedy: remedy.into(),
            place: None,
            path: None,
            field: None,
            rule: None,
            also: Vec::new(),
        }
    }

    /// With the place in the source document.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With the path in the source document.
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// With the canonical field.
    pub fn at_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With the rule that found it.
    pub fn by_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// One rejection out of all findings of a document; `None` if there were none.
    pub fn all(findings: Vec<Rejection>) -> Option<Self> {
        let mut findings = findings.into_iter();
        let mut first = findings.next()?;
        first.also.extend(findings);
        Some(first)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)?;
        if let Some(place) = self.place {
            write!(f, " (at {place})")?;
        }
        if let Some(field) = &self.field {
            write!(f, " [{field}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = "a\näö<".as_bytes();
        assert_eq!(Place::of(text, text.len() - 1), Place { line: 2, column: 3 });
        assert_eq!(Place::of(text, 999), Place { line: 2, column: 4 });
    }

    #[test]
    fn all_findings_hang_on_the_first() {
        let one = Rejection::new(Code::new("AH-M210"), "a", "b");
        let all = Rejection::all(vec![one.clone(), one.clone()]).unwrap();
        assert_eq!(all.also, vec![one]);
        assert!(Rejection::all(Vec::new()).is_none());
    }
}
