// SPDX-License-Identifier: EUPL-1.2
//! Shapes and mappings for tests.

use hub_message::shape::{Leaf, Member};
use hub_message::{LeafKind, Protection, Shape, Tree};

use crate::{Beside, Facts, Mapping, Worker, json};

/// A shape in short: `number!, issueDate:date, totals{ net:number }, lines[ id, tags[] ], kind='a'|'b'`. `!` is
/// required, `~` is personal instead of open.
pub(crate) fn shape(text: &str) -> Shape {
    let mut rest = text;
    Shape::Map(members(&mut rest))
}

fn members(rest: &mut &str) -> Vec<Member> {
    let mut found = Vec::new();
    loop {
        *rest = rest.trim_start_matches([' ', '\n', ',']);
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        *rest = after;
        if name.is_empty() {
            return found;
        }
        let (mut required, mut protection) = (false, Protection::Open);
        loop {
            match rest.chars().next() {
                Some('!') => required = true,
                Some('~') => protection = Protection::Personal,
                _ => break,
            }
            *rest = rest.get(1..).unwrap();
        }
        found.push(Member {
            name: name.to_owned(),
            required,
            shape: one(rest, protection),
        });
    }
}

fn one(rest: &mut &str, protection: Protection) -> Shape {
    let leaf = |kind, allowed| {
        Shape::Leaf(Leaf {
            kind,
            protection,
            allowed,
            title: String::new(),
            description: String::new(),
        })
    };
    let first = rest.chars().next();
    if matches!(first, Some('{' | '[')) {
        *rest = rest.get(1..).unwrap();
        let inner = members(rest);
        *rest = rest.trim_start_matches(' ');
        *rest = rest.get(1..).unwrap();
        let map = if inner.is_empty() {
            leaf(LeafKind::Text, None)
        } else {
            Shape::Map(inner)
        };
        return if first == Some('{') {
            map
        } else {
            Shape::List(Box::new(map))
        };
    }
    let end = rest.find([',', ' ', '\n', '}', ']']).unwrap_or(rest.len());
    let (spec, after) = rest.split_at(end);
    *rest = after;
    match spec {
        "" => leaf(LeafKind::Text, None),
        ":date" => leaf(LeafKind::Date, None),
        ":time" => leaf(LeafKind::DateTime, None),
        ":number" => leaf(LeafKind::Number, None),
        ":integer" => leaf(LeafKind::Integer, None),
        ":bool" => leaf(LeafKind::Bool, None),
        other => {
            let values = other.trim_start_matches('=').split('|');
            leaf(
                LeafKind::Text,
                Some(values.map(|v| v.trim_matches('\'').to_owned()).collect()),
            )
        }
    }
}

/// The head of an XML mapping.
pub(crate) const XML_HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n\
    [format]\nkind = 'xml'\nroot = 'r'\n[format.ns]\np = 'urn:p'\n";

/// Loads a mapping that must load.
#[track_caller]
pub(crate) fn load(shape_text: &str, text: &str) -> Mapping {
    let loaded = Mapping::load("x.map.toml", text, &shape(shape_text), Beside::NOTHING);
    let shown: Vec<String> = loaded.findings.iter().map(|f| f.render(Some(text))).collect();
    loaded.mapping.unwrap_or_else(|| panic!("{}", shown.join("\n")))
}

/// Loads an XML mapping from its rows.
#[track_caller]
pub(crate) fn load_xml(shape_text: &str, rows: &str) -> Mapping {
    load(shape_text, &format!("{XML_HEAD}{rows}"))
}

/// What a mapping reads: the canonical documents as JSON, or the code of the rejection with its place and path.
pub(crate) fn read(mapping: &Mapping, input: &[u8]) -> String {
    match mapping.read(input, &mut Worker::default()) {
        Ok(documents) => documents.iter().map(Tree::to_json).collect::<Vec<_>>().join("\n"),
        Err(fault) => {
            let place = fault.place.map(|place| format!(" {place}")).unwrap_or_default();
            let path = fault.path.map(|path| format!(" {path}")).unwrap_or_default();
            format!("{}{place}{path}", fault.code)
        }
    }
}

/// What a mapping writes of a canonical document, or the code of the rejection.
pub(crate) fn text_of(mapping: &Mapping, document: &str) -> Result<String, String> {
    let document = json::parse(document.as_bytes()).unwrap();
    let facts = Facts {
        message_id: "0123456789abcdef0123456789abcdef",
        message_time: "2026-06-01T08:00:00Z",
        site_name: "Musterstadt",
        case: None,
    };
    let written = mapping.write(document.root().unwrap(), &facts, &mut Worker::default());
    let written = written.map_err(|fault| fault.code.to_string())?;
    Ok(String::from_utf8(written).unwrap())
}

/// The findings about a mapping that does not load, or has warnings: code, place and what is pointed at.
pub(crate) fn findings(shape_text: &str, text: &str) -> Vec<String> {
    let loaded = Mapping::load("x.map.toml", text, &shape(shape_text), Beside::NOTHING);
    let shown = loaded.findings.iter().map(|finding| {
        let pointed = text.get(finding.span.clone()).unwrap_or_default();
        let help = finding
            .help
            .as_deref()
            .map(|help| format!(" ({help})"))
            .unwrap_or_default();
        format!("{} {pointed}: {}{help}", finding.code, finding.text)
    });
    shown.collect()
}
