// SPDX-License-Identifier: EUPL-1.2
//! Puts a document together from the events of the parser.

use std::ops::Range;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::value::{Inside, Item, Value};
use super::{Document, Entry, Header, Line, Part};

/// Reads a text.
pub(super) fn document(text: &str) -> Document {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut faults: Vec<ParseError> = Vec::new();
    let mut builder = Builder::new(text);
    {
        let mut checked = ValidateWhitespace::new(&mut builder, source);
        parse_document(&tokens, &mut checked, &mut faults);
    }
    builder.finish(!faults.is_empty())
}

/// What is being put together.
struct Builder<'t> {
    text: &'t str,
    lines: Vec<Line>,
    /// Whether anything stands on the line so far.
    begun: bool,
    header: Option<Header>,
    key: Vec<Part>,
    /// Brackets that are open, the innermost last.
    open: Vec<Open>,
    /// Where the last thing ended that was no white space and no comment.
    end: usize,
}

/// An open bracket.
struct Open {
    /// The key of the value that it is.
    key: Vec<Part>,
    table: bool,
    inside: Inside,
    /// Comments since the last item.
    above: Vec<Range<usize>>,
    /// Whether there was a line end since the last item or the bracket.
    newline: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            lines: Vec::new(),
            begun: false,
            header: None,
            key: Vec::new(),
            open: Vec::new(),
            end: 0,
        }
    }

    fn finish(mut self, broken: bool) -> Document {
        self.lone_key();
        while let Some(open) = self.open.pop() {
            let end = self.end;
            self.close(open, end);
        }
        self.end_header();
        Document {
            lines: self.lines,
            broken,
        }
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'t> {
        let text = self.text.get(range(span)).unwrap_or_default();
        Raw::new_unchecked(text, encoding, span)
    }

    fn end_header(&mut self) {
        if let Some(mut header) = self.header.take() {
            header.key = std::mem::take(&mut self.key);
            self.lines.push(Line::Header(header));
        }
    }

    /// A key that got no value: somebody is typing.
    fn lone_key(&mut self) {
        if self.header.is_none()
            && let Some(end) = self.key.last().map(|part| part.span.end)
        {
            self.value(Value::Plain(end..end), end);
        }
    }

    fn value(&mut self, value: Value, end: usize) {
        self.end = end;
        let key = std::mem::take(&mut self.key);
        if let Some(open) = self.open.last_mut() {
            let begins = std::mem::take(&mut open.newline);
            open.inside.items.push(Item {
                above: std::mem::take(&mut open.above),
                begins,
                key,
                value,
                comment: None,
            });
            return;
        }
        self.lines.push(Line::Entry(Entry {
            key,
            value,
            comment: None,
        }));
    }

    fn close(&mut self, mut open: Open, end: usize) {
        open.inside.span.end = end;
        open.inside.below.append(&mut open.above);
        let value = if open.table {
            Value::Table(open.inside)
        } else {
            Value::List(open.inside)
        };
        self.key = open.key;
        self.value(value, end);
    }

    fn opens(&mut self, span: Span, table: bool) {
        self.begun = true;
        self.end = span.end();
        self.open.push(Open {
            key: std::mem::take(&mut self.key),
            table,
            inside: Inside {
                span: range(span),
                ..Inside::default()
            },
            above: Vec::new(),
            newline: false,
        });
    }

    fn closes(&mut self, span: Span) {
        self.lone_key();
        if let Some(open) = self.open.pop() {
            self.close(open, span.end());
        }
    }
}

impl EventReceiver for Builder<'_> {
    fn std_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.header = Some(header(span, false));
        self.begun = true;
    }

    fn std_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        if let Some(header) = &mut self.header {
            header.span.end = span.end();
        }
        self.end_header();
    }

    fn array_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.header = Some(header(span, true));
        self.begun = true;
    }

    fn array_table_close(&mut self, span: Span, error: &mut dyn ErrorSink) {
        self.std_table_close(span, error);
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.opens(span, true);
        true
    }

    fn inline_table_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.closes(span);
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.opens(span, false);
        true
    }

    fn array_close(&mut self, span: Span, _: &mut dyn ErrorSink) {
        self.closes(span);
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.begun = true;
        let mut name = String::new();
        self.raw(span, encoding).decode_key(&mut name, error);
        self.key.push(Part {
            name,
            span: range(span),
        });
        if let Some(header) = &mut self.header {
            header.span.end = span.end();
        }
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.begun = true;
        let mut text = String::new();
        let _ = self.raw(span, encoding).decode_scalar(&mut text, error);
        let value = if encoding.is_some() {
            Value::Text {
                text,
                span: range(span),
            }
        } else {
            Value::Plain(range(span))
        };
        self.value(value, span.end());
    }

    fn value_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.lone_key();
    }

    fn comment(&mut self, span: Span, error: &mut dyn ErrorSink) {
        self.raw(span, None).decode_comment(error);
        let comment = trimmed(self.text, range(span));
        if let Some(open) = self.open.last_mut() {
            if open.newline {
                open.above.push(comment);
            } else if let Some(last) = open.inside.items.last_mut() {
                last.comment = Some(comment);
            } else {
                open.inside.comment = Some(comment);
            }
            return;
        }
        let begun = std::mem::replace(&mut self.begun, true);
        match self.lines.last_mut().filter(|_| begun) {
            Some(Line::Header(header)) => header.comment = Some(comment),
            Some(Line::Entry(entry)) => entry.comment = Some(comment),
            _ => self.lines.push(Line::Comment(comment)),
        }
    }

    fn newline(&mut self, _: Span, _: &mut dyn ErrorSink) {
        if let Some(open) = self.open.last_mut() {
            open.newline = true;
            open.inside.spread = true;
            return;
        }
        self.end_header();
        self.lone_key();
        if !std::mem::take(&mut self.begun) {
            self.lines.push(Line::Blank);
        }
    }
}

fn header(span: Span, array: bool) -> Header {
    Header {
        key: Vec::new(),
        array,
        comment: None,
        span: range(span),
    }
}

fn range(span: Span) -> Range<usize> {
    span.start()..span.end()
}

/// A comment without white space at its end.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).map_or(0, |raw| raw.trim_end().len());
    span.start..span.start + length
}
