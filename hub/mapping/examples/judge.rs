// SPDX-License-Identifier: EUPL-1.2
//! `judge xml|json`: what the strict layers say about the documents that come on standard input, for `tests/strictness`,
//! which holds it against what other readers say.
//!
//! Each document comes as its length in bytes, four bytes with the highest first, and its bytes. The answer to each is a
//! line of JSON: `{"ok":…}` with what is in the document, or `{"code":…,"line":…,"column":…}`.
//!
//! An XML document is preceded by a JSON document with the expanded names that the other reader found in it,
//! `[["urn:x","a"],…]`. An element is `[number of its name, name as it is spelled, attributes, text, children]`.

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use hub_mapping::source::{Listener, Names, Piece, Symbol};
use hub_mapping::strict;
use hub_message::Rejection;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let is_xml = match std::env::args().nth(1).as_deref() {
        Some("xml") => true,
        Some("json") => false,
        _ => return Err("usage: judge xml|json".into()),
    };
    let mut input = BufReader::new(io::stdin().lock());
    let mut out = BufWriter::new(io::stdout().lock());
    while let Some(first) = frame(&mut input)? {
        let judged = if is_xml {
            let document = frame(&mut input)?.unwrap_or_default();
            let names: Vec<(String, String)> = serde_json::from_slice(&first)?;
            xml(&document, &names).map(|root| root.to_string())
        } else {
            hub_mapping::json::parse(&first).map(|tree| tree.to_json())
        };
        match judged {
            Ok(shown) => writeln!(out, "{{\"ok\":{shown}}}")?,
            Err(fault) => writeln!(out, "{}", refusal(&fault))?,
        }
        out.flush()?;
    }
    Ok(())
}

fn refusal(fault: &Rejection) -> Value {
    let place = fault.place.map(|place| (place.line, place.column));
    json!({ "code": fault.code.as_str(), "line": place.map(|p| p.0), "column": place.map(|p| p.1), "text": fault.text })
}

fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

fn xml(document: &[u8], names: &[(String, String)]) -> Result<Value, Rejection> {
    let text = strict::decode_xml(document)?;
    let mut tree = Tree {
        names: Names::of(names.iter().map(|(space, local)| (space.as_str(), local.as_str()))),
        text: &text,
        open: Vec::new(),
        root: Value::Null,
    };
    strict::walk_xml(&text, &mut tree)?;
    Ok(tree.root)
}

/// An element.
#[derive(Default)]
struct Element {
    number: u16,
    spelled: String,
    attributes: Vec<Value>,
    text: String,
    children: Vec<Value>,
}

impl Element {
    fn shown(self) -> Value {
        json!([self.number, self.spelled, self.attributes, self.text, self.children])
    }
}

/// Writes down what is told.
struct Tree<'t> {
    names: Names,
    text: &'t str,
    open: Vec<Element>,
    root: Value,
}

impl Tree<'_> {
    fn piece<'a>(&'a self, piece: Piece<'a>) -> &'a str {
        match piece {
            Piece::Span(start, end) => self.text.get(start..end).unwrap_or("\u{0}"),
            Piece::Made(made, _) => made,
        }
    }
}

impl Listener for Tree<'_> {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, _: usize) {
        self.open.push(Element::default());
    }

    fn end(&mut self, _: usize) {
        self.root = self.open.pop().unwrap_or_default().shown();
    }

    fn enter(&mut self, name: Symbol, spelled: &str, _: usize) -> bool {
        self.open.push(Element {
            number: name.number(),
            spelled: spelled.to_owned(),
            ..Element::default()
        });
        true
    }

    fn attribute(&mut self, name: Symbol, spelled: &str, value: Piece<'_>) {
        let shown = json!([name.number(), spelled, self.piece(value)]);
        if let Some(open) = self.open.last_mut() {
            open.attributes.push(shown);
        }
    }

    fn text(&mut self, piece: Piece<'_>) {
        let text = self.piece(piece).to_owned();
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(&text);
        }
    }

    fn leave(&mut self, _: usize) {
        let shown = self.open.pop().unwrap_or_default().shown();
        if let Some(open) = self.open.last_mut() {
            open.children.push(shown);
        }
    }
}
