// SPDX-License-Identifier: EUPL-1.2
//! A schema file with the place of every value in its text, so that findings can point at it.

use std::collections::HashMap;
use std::ops::Range;

use hub_message::{Code, Finding};
use serde_json::Value;

const NOT_JSON: Code = Code::new("AH-S001");
const KEY_TWICE: Code = Code::new("AH-S002");
const DEPTH_MAX: usize = 128;

/// A parsed schema file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path as the caller named it.
    pub(crate) file: String,
    /// The parsed text.
    pub(crate) root: Value,
    spans: HashMap<String, Range<usize>>,
}

impl Source {
    /// Parses a text. Keys that stand twice in an object are findings: JSON parsers would keep the last one silently.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let root: Value = serde_json::from_str(text).map_err(|fault| {
            let at = offset_of(text, fault.line(), fault.column());
            vec![Finding::error(NOT_JSON, file, at..at, format!("not JSON: {fault}"))]
        })?;
        let mut scan = Scan {
            text: text.as_bytes(),
            at: 0,
            spans: HashMap::new(),
            twice: Vec::new(),
        };
        scan.value(String::new(), 0);
        if scan.twice.is_empty() {
            return Ok(Self {
                file: file.to_owned(),
                root,
                spans: scan.spans,
            });
        }
        let twice = scan.twice.into_iter();
        Err(twice
            .map(|span| Finding::error(KEY_TWICE, file, span, "this key stands twice in the same object"))
            .collect())
    }

    /// The place of a value, by JSON pointer; the nearest place around it when it is not there.
    pub(crate) fn span(&self, pointer: &str) -> Range<usize> {
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.spans.get(pointer) {
                return span.clone();
            }
            match pointer.rsplit_once('/') {
                Some((parent, _)) => pointer = parent,
                None => return 0..0,
            }
        }
    }
}

/// Escapes a key for use in a JSON pointer (RFC 6901, section 3).
pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// Walks over JSON that a parser has already accepted and notes where things stand.
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    spans: HashMap<String, Range<usize>>,
    twice: Vec<Range<usize>>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// A container's place is its key, or its opening bracket where it has none; a leaf's is the whole leaf.
    fn value(&mut self, pointer: String, depth: usize) {
        self.blank();
        let start = self.at;
        let close = match self.peek() {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            Some(b'"') => {
                self.string();
                self.spans.insert(pointer, start..self.at);
                return;
            }
            _ => {
                while self
                    .peek()
                    .is_some_and(|b| !b",]}".contains(&b) && !b.is_ascii_whitespace())
                {
                    self.at += 1;
                }
                self.spans.insert(pointer, start..self.at);
                return;
            }
        };
        self.at += 1;
        self.spans.insert(pointer.clone(), start..self.at);
        if depth < DEPTH_MAX {
            self.members(&pointer, close, depth + 1);
        }
    }

    fn members(&mut self, pointer: &str, close: u8, depth: usize) {
        let mut index = 0;
        loop {
            self.blank();
            match self.peek() {
                None => return,
                Some(b) if b == close => {
                    self.at += 1;
                    return;
                }
                Some(b',') => self.at += 1,
                Some(b'"') if close == b'}' => self.member(pointer, depth),
                Some(_) => {
                    self.value(format!("{pointer}/{index}"), depth);
                    index += 1;
                }
            }
        }
    }

    fn member(&mut self, pointer: &str, depth: usize) {
        let start = self.at;
        self.string();
        let span = start..self.at;
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let key: String = serde_json::from_slice(raw).unwrap_or_default();
        let below = format!("{pointer}/{}", escape(&key));
        self.blank();
        self.at += 1; // the colon
        if self.spans.contains_key(&below) {
            self.twice.push(span.clone());
        }
        self.blank();
        let container = self.peek().is_some_and(|b| b == b'{' || b == b'[');
        self.value(below.clone(), depth);
        if container {
            self.spans.insert(below, span);
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n \"a\": {\"b/c\": [1, \"x\\\"y\"]},\n \"d\": true }";

    #[track_caller]
    fn check(pointer: &str, expected: &str) {
        let source = Source::parse("x.json", TEXT).unwrap();
        assert_eq!(TEXT.get(source.span(pointer)), Some(expected), "{pointer}");
    }

    #[test]
    fn pointers_lead_to_text() {
        check("/a/b~1c/1", "\"x\\\"y\"");
        check("/a/b~1c/0", "1");
        check("/d", "true");
        check("/a/missing/deep", "\"a\"");
    }

    #[test]
    fn a_key_that_stands_twice_is_found() {
        let findings = Source::parse("x.json", "{\"a\":1,\"b\":{},\"a\":2}").unwrap_err();
        let starts: Vec<usize> = findings.iter().map(|f| f.span.start).collect();
        assert_eq!(starts, [14]);
    }

    #[test]
    fn broken_json_is_found_with_its_line() {
        let findings = Source::parse("x.json", "{\n\"a\" 1}").unwrap_err();
        assert!(findings.iter().all(|f| f.span.start > 2), "{findings:?}");
    }
}
