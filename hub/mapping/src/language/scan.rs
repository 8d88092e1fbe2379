// SPDX-License-Identifier: EUPL-1.2
//! A cursor over one string of a mapping file, and strings that know where in the file they stand.

use std::ops::Range;

use toml::Spanned;

use super::spelling::Spelling;
use crate::report::Report;

/// A string of the file with its place, so that a finding points at the very characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text {
    /// The string.
    pub(crate) value: String,
    /// Byte range in the file, with quotation marks.
    pub(crate) span: Range<usize>,
    spelling: Spelling,
}

impl Text {
    /// The string at `span` of `source`.
    pub(crate) fn new(source: &str, value: &str, span: Range<usize>) -> Self {
        let raw = source.get(span.clone()).unwrap_or_default();
        Self {
            value: value.to_owned(),
            spelling: Spelling::of(raw, value, span.start),
            span,
        }
    }

    /// A text that the file leaves out; findings point at `other` instead.
    pub(crate) fn standing_for(value: &str, other: &Text) -> Self {
        Self {
            value: value.to_owned(),
            span: other.span.clone(),
            spelling: Spelling::Unknown,
        }
    }

    /// A key of the file.
    pub(crate) fn of_key(source: &str, key: &Spanned<std::borrow::Cow<'_, str>>) -> Self {
        Self::new(source, key.get_ref(), key.span())
    }

    /// The place in the file of a byte range of the string.
    pub(crate) fn place(&self, range: &Range<usize>) -> Range<usize> {
        self.spelling.place(range).unwrap_or_else(|| self.span.clone())
    }

    /// The place in the file of the string without its quotation marks.
    pub(crate) fn inside(&self) -> Range<usize> {
        self.place(&(0..self.value.len()))
    }

    /// The text in single quotation marks that stands at a byte range of this string, an argument for instance.
    pub(crate) fn literal(&self, range: &Range<usize>) -> Text {
        let raw = self.value.get(range.clone()).unwrap_or_default();
        let inside = raw
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .unwrap_or(raw);
        let start = range.start + usize::from(inside.len() < raw.len());
        let (mut value, mut offsets) = (String::new(), Vec::new());
        let mut chars = inside.char_indices();
        while let Some((at, c)) = chars.next() {
            value.push(c);
            offsets.resize(value.len(), start + at);
            if c == '\'' {
                // The second of two marks that stand for one.
                chars.next();
            }
        }
        offsets.push(start + inside.len());
        Text {
            value,
            span: self.place(range),
            spelling: Spelling::through(&offsets, |at| self.place(&(at..at)).start),
        }
    }

    /// Reports a fault in this string.
    pub(crate) fn report(&self, fault: Fault, report: &mut Report) {
        let span = self.place(&fault.range);
        match fault.help {
            Some(help) => report.error_help(fault.code, span, fault.text, help),
            None => report.error(fault.code, span, fault.text),
        }
    }
}

/// What is wrong at a byte range of a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
    pub(crate) help: Option<String>,
}

/// A cursor over a string.
#[derive(Debug, Clone)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
    code: &'static str,
}

impl<'a> Scan<'a> {
    /// At the beginning of `text`; faults get `code`.
    pub(crate) fn new(text: &'a str, code: &'static str) -> Self {
        Self { text, at: 0, code }
    }

    /// At byte offset `at` of `text`.
    pub(crate) fn from(text: &'a str, at: usize, code: &'static str) -> Self {
        Self { text, at, code }
    }

    /// Byte offset in the string.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The text from an earlier offset to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes the next character.
    pub(crate) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes `word` if it comes next.
    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes `word` if it comes next and no letter follows it.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let found = ahead.eat(word)
            && !ahead
                .peek()
                .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if found {
            *self = ahead;
        }
        found
    }

    /// Takes characters as long as they fit.
    pub(crate) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&fits) {
            self.next();
        }
        self.since(start)
    }

    /// Takes white space.
    pub(crate) fn space(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Takes `word` or fails with "`…` expected".
    pub(crate) fn expect(&mut self, word: &str) -> Result<(), Fault> {
        if self.eat(word) {
            return Ok(());
        }
        Err(self.fault(format!("`{word}` expected{}", self.instead())))
    }

    /// Takes a text in single quotation marks; `''` stands for one of them.
    pub(crate) fn literal(&mut self) -> Result<String, Fault> {
        let start = self.at;
        if !self.eat("'") {
            return Err(self.fault(format!("a text in single quotation marks expected{}", self.instead())));
        }
        let mut out = String::new();
        while let Some(c) = self.next() {
            if c != '\'' {
                out.push(c);
            } else if self.eat("'") {
                out.push('\'');
            } else {
                return Ok(out);
            }
        }
        Err(self.fault_at(start..self.at, "this text has no closing quotation mark"))
    }

    /// A fault at the next character.
    pub(crate) fn fault(&self, text: impl Into<String>) -> Fault {
        let width = self.peek().map_or(0, char::len_utf8);
        self.fault_at(self.at..self.at + width, text)
    }

    /// A fault at a range of the string.
    pub(crate) fn fault_at(&self, range: Range<usize>, text: impl Into<String>) -> Fault {
        Fault {
            code: self.code,
            range,
            text: text.into(),
            help: None,
        }
    }

    /// Fails unless everything was taken.
    pub(crate) fn end(&self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(c) => Err(self.fault(format!("`{c}` does not belong here"))),
        }
    }

    fn instead(&self) -> String {
        self.peek()
            .map_or_else(|| ", but the text ends".to_owned(), |c| format!(", not `{c}`"))
    }
}
