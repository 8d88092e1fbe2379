// SPDX-License-Identifier: EUPL-1.2
//! The readers.

use std::cell::RefCell;
use std::fmt::Write;
use std::panic::AssertUnwindSafe;

use super::seeds::{CSV, FIXED, FORM, JSON, MAIL, MULTIPART, XML};
use super::watching::{Node, sound, told, told_raw};
use super::{Maker, run};
use crate::csv::CsvFormat;
use crate::fixed::FixedFormat;
use crate::form::FormFormat;
use crate::json::{self, JsonSource};
use crate::language::calls::Ways;
use crate::language::value::{self, Table};
use crate::mail::MailFormat;
use crate::multipart::MultipartFormat;
use crate::report::Report;
use crate::source::{RawSource, Source};
use crate::xml::{State, Xml};

/// Runs a reader on documents, each with the state that the one before left.
fn read<S: Source>(maker: Maker, source: S, accepted: impl Fn(&S, &[u8], &[Node])) {
    let state = AssertUnwindSafe(RefCell::new(S::State::default()));
    let source = AssertUnwindSafe(source);
    let accepted = AssertUnwindSafe(accepted);
    run(maker, move |document| {
        let (state, source, accepted) = (&state, &source, &accepted);
        if let Ok(documents) = told(&**source, document, &mut state.borrow_mut(), 0) {
            (**accepted)(source, document, &documents);
        }
        let _ = told(&**source, document, &mut state.borrow_mut(), 3);
    });
}

#[test]
fn xml() {
    read(XML, Xml::default(), |source, _, documents| {
        assert_eq!(documents.len(), 1);
        let mut again = String::from("<r");
        for prefix in prefixes(&documents[0]) {
            let _ = write!(again, " xmlns:{prefix}='urn:{prefix}'");
        }
        spell(&documents[0], "r", &mut again);
        let understood = told(source, again.as_bytes(), &mut State::default(), 0);
        assert_eq!(understood.as_deref(), Ok(documents), "{again}");
    });
}

/// The prefixes in a document, each once.
fn prefixes(node: &Node) -> Vec<String> {
    let names = node.attributes.iter().map(|(name, _)| name).chain([&node.spelled]);
    let mut found: Vec<String> = names
        .filter_map(|name| Some(name.split_once(':')?.0.to_owned()))
        .chain(node.children.iter().flat_map(prefixes))
        .filter(|prefix| prefix != "xml")
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Spells what follows the name in the start tag, the content and the end tag.
fn spell(node: &Node, name: &str, out: &mut String) {
    let escape = |text: &str, out: &mut String| {
        for c in text.chars() {
            match c {
                '<' | '>' | '&' | '\'' | '\t' | '\n' | '\r' | ' ' => {
                    let _ = write!(out, "&#{};", u32::from(c));
                }
                c => out.push(c),
            }
        }
    };
    for (name, value) in &node.attributes {
        let _ = write!(out, " {name}='");
        escape(value, out);
        out.push('\'');
    }
    out.push('>');
    escape(&node.text, out);
    for child in &node.children {
        let _ = write!(out, "<{}", child.spelled);
        spell(child, &child.spelled, out);
    }
    let _ = write!(out, "</{name}>");
}

#[test]
fn json_documents() {
    run(JSON, |document| match json::parse(document) {
        Err(fault) => sound(&fault, document),
        Ok(tree) => {
            let written = tree.to_json();
            let again = json::parse(written.as_bytes()).expect("what is written is read");
            assert_eq!(again.to_json(), written);
            assert!(again == tree);
            let serde = serde_json::from_slice::<serde_json::Value>(written.as_bytes());
            assert!(serde.is_ok(), "{written}");
        }
    });
}

#[test]
fn json_as_a_format() {
    read(JSON, JsonSource, |_, document, documents| {
        assert_eq!(documents.len(), 1);
        assert!(json::parse(document).is_ok());
    });
}

/// Settings that must be right.
fn settings<F>(text: &str, of: impl Fn(&Table, &mut Report) -> Option<F>) -> F {
    let mut report = Report::new("x");
    let format = of(&value::parse(text, &mut report), &mut report);
    assert!(!report.failed(), "{:?}", report.finish());
    format.unwrap()
}

fn csv(text: &str) -> CsvFormat {
    let ways = Ways {
        read: true,
        write: true,
    };
    settings(text, |table, report| CsvFormat::of(table, ways, report))
}

fn fixed(text: &str) -> FixedFormat {
    settings(text, |table, report| FixedFormat::of(table, true, report))
}

#[test]
fn csv_with_a_header() {
    let format = csv("header = true\ncolumns = ['a', 'b']\nstarts = true");
    read(CSV, format, |_, _, documents| {
        assert!(documents.iter().all(|document| document.children.len() == 1));
    });
}

#[test]
fn csv_with_kinds_of_records() {
    let settings = "encoding = 'windows-1252'\nquote = ''\nrecords = { by = 1 }\n[record.K]\nstarts = true\n\
                    columns = ['k', 'a', 'b']\n[record.P]\ncolumns = ['k', 'c', 'd']";
    read(CSV, csv(settings), |_, _, documents| {
        assert!(documents.iter().all(|document| document.children[0].spelled == "K"));
    });
}

#[test]
fn fixed_width_in_one_byte_a_character() {
    let settings = "encoding = 'windows-1252'\nrecords = { by = '1-2' }\n[record.01]\nstarts = true\n\
                    columns = { number = '3-8', subject = '9-18', open = '19' }\n[record.02]\nlength = 21\n\
                    columns = { title = '3-12', amount = { at = '13-20', align = 'right', fill = '0' } }";
    read(FIXED, fixed(settings), |_, _, documents| {
        assert!(documents.iter().all(|document| document.children[0].spelled == "01"));
    });
}

#[test]
fn fixed_width_in_utf_8() {
    let settings =
        "short = 'reject'\nlength = 12\ncolumns = { a = '1-3', b = { at = '4-9', align = 'right' }, c = '10-12' }";
    read(FIXED, fixed(settings), |_, _, _| {});
}

/// Runs a reader of bytes on documents, which are one each.
fn read_raw<S: RawSource>(maker: Maker, source: S) {
    let source = AssertUnwindSafe(source);
    run(maker, move |document| {
        let source = &source;
        if let Ok(documents) = told_raw(&**source, document, 0) {
            assert_eq!(documents.len(), 1);
        }
        let _ = told_raw(&**source, document, 3);
    });
}

#[test]
fn forms() {
    read_raw(FORM, FormFormat::default());
}

#[test]
fn forms_of_parts() {
    read_raw(MULTIPART, MultipartFormat::default());
}

#[test]
fn mails() {
    read_raw(MAIL, MailFormat::default());
}
