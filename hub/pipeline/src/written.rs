// SPDX-License-Identifier: EUPL-1.2
//! A text that somebody wrote in a file, with the place where it stands, so that findings can point at it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use hub_message::{Code, Finding, Place};

/// A text and its place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    text: String,
    file: Arc<str>,
    span: Range<usize>,
    /// Whether the text stands in the file letter by letter, so that parts of it have a place of their own.
    plain: bool,
    place: Place,
}

impl Written {
    /// The text `text`, whose value stands at `span` of a file with the content `source`. Quotation marks around it are
    /// not pointed at.
    pub fn new(file: Arc<str>, source: &str, span: Range<usize>, text: impl Into<String>) -> Self {
        let text = text.into();
        let raw = source.get(span.clone()).unwrap_or_default();
        let inner = ["\"\"\"\n", "\"\"\"", "'''\n", "'''", "\"", "'", ""]
            .into_iter()
            .find_map(|quote| {
                let start = span.start + raw.strip_prefix(quote).map(|_| quote.len())?;
                let range = start..start + text.len();
                (source.get(range.clone()) == Some(text.as_str())).then_some(range)
            });
        let plain = inner.is_some();
        let span = inner.unwrap_or(span);
        let place = Place::of(source.as_bytes(), span.start);
        Self {
            text,
            file,
            span,
            plain,
            place,
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where the text stands in the file, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where a part of the text stands in the file; all of it when the text is written with escapes.
    pub fn part(&self, range: Range<usize>) -> Range<usize> {
        if self.plain && range.end <= self.text.len() {
            self.span.start + range.start..self.span.start + range.end
        } else {
            self.span.clone()
        }
    }

    /// An error that points at the text.
    pub fn error(&self, code: Code, text: impl Into<String>) -> Finding {
        Finding::error(code, self.file.as_ref(), self.span.clone(), text)
    }

    /// A warning that points at the text.
    pub fn warning(&self, code: Code, text: impl Into<String>) -> Finding {
        Finding::warning(code, self.file.as_ref(), self.span.clone(), text)
    }
}

/// `file:line:column`.
impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, value: &str, text: &str, part: Range<usize>, expected: &str) {
        let start = source.find(value).unwrap();
        let written = Written::new("f".into(), source, start..start + value.len(), text);
        assert_eq!(source.get(written.part(part)), Some(expected));
    }

    #[test]
    fn parts_are_found_inside_the_quotation_marks() {
        check("a = \"b > c\"", "\"b > c\"", "b > c", 4..5, "c");
        check("a = 'b'", "'b'", "b", 0..1, "b");
        check("a = \"\"\"\nb c\"\"\"", "\"\"\"\nb c\"\"\"", "b c", 2..3, "c");
        // With escapes only the whole has a place.
        check(r#"a = "b\"c""#, r#""b\"c""#, "b\"c", 2..3, r#""b\"c""#);
    }
}
