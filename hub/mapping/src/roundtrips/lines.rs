// SPDX-License-Identifier: EUPL-1.2
//! The same for files of lines and for forms, which carry flatter documents.

use hub_message::{Tree, TreeBuilder};
use proptest::prelude::*;

use super::{number, text};
use crate::sample::load;
use crate::{Facts, Mapping, Worker};

const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n";

const SHAPE: &str = "number, net:number, day:date, paid:bool, lines[ id, text, net:number ]";

const ROWS: &str = "[always]\n'K/art' = 'K'\n[fields]\nnumber = 'K/nr'\nnet = \"K/net | decimal(',')\"\n\
    day = \"K/day | date('dd.MM.yyyy')\"\npaid = \"K/paid | bool('J','N')\"\n[lists.lines]\neach = 'P'\n\
    [lists.lines.fields]\nid = 'id'\ntext = 'text'\nnet = \"net | decimal(',')\"\n[lists.lines.always]\n'art' = 'P'\n";

fn csv(more: &str) -> Mapping {
    let format = format!(
        "[format]\nkind = 'csv'\nrecords = {{ by = 1 }}\n{more}[format.record.K]\nstarts = true\n\
         columns = ['art', 'nr', 'net', 'day', 'paid']\n[format.record.P]\ncolumns = ['art', 'id', 'text', 'net']\n"
    );
    load(SHAPE, &format!("{HEAD}{format}{ROWS}"))
}

fn fixed(more: &str) -> Mapping {
    let format = format!(
        "[format]\nkind = 'fixed'\nrecords = {{ by = '1' }}\n{more}[format.record.K]\nstarts = true\n\
         columns = {{ nr = '2-31', net = {{ at = '32-51', align = 'right' }}, day = '52-61', paid = '62' }}\n\
         [format.record.P]\ncolumns = {{ id = '2-31', text = '32-61', net = '62-81' }}\n"
    );
    // The kind of a record stands where `records` says, and is no column.
    let rows = ROWS
        .replace("[always]\n'K/art' = 'K'\n", "")
        .replace("[lists.lines.always]\n'art' = 'P'\n", "");
    load(SHAPE, &format!("{HEAD}{format}{rows}"))
}

/// A text that fits into a column: no white space at its ends, in letters that windows-1252 has too.
fn short() -> impl Strategy<Value = String> {
    "[!-~äßÖ€]([ -~äßÖ]{0,8}[!-~äß])?"
}

type Line = (String, Option<String>, Option<String>);

#[derive(Debug, Clone)]
struct Document {
    number: String,
    net: Option<String>,
    day: Option<u32>,
    paid: Option<bool>,
    lines: Vec<Line>,
}

fn document<S: Strategy<Value = String>>(text: impl Fn() -> S) -> impl Strategy<Value = Document> {
    let line = (text(), prop::option::of(text()), prop::option::of(number()));
    let parts = (
        text(),
        prop::option::of(number()),
        prop::option::of(1_u32..28),
        any::<Option<bool>>(),
        prop::collection::vec(line, 0..4),
    );
    parts.prop_map(|(number, net, day, paid, lines)| Document {
        number,
        net,
        day,
        paid,
        lines,
    })
}

impl Document {
    fn tree(&self) -> Tree {
        let mut b = TreeBuilder::default();
        b.open_map(None);
        b.text(Some("number"), &self.number);
        if let Some(net) = &self.net {
            b.number(Some("net"), net);
        }
        if let Some(day) = self.day {
            b.text(Some("day"), &format!("2026-02-{day:02}"));
        }
        if let Some(paid) = self.paid {
            b.bool(Some("paid"), paid);
        }
        b.open_list(Some("lines"));
        for (id, text, net) in &self.lines {
            b.open_map(None);
            b.text(Some("id"), id);
            if let Some(text) = text {
                b.text(Some("text"), text);
            }
            if let Some(net) = net {
                b.number(Some("net"), net);
            }
            b.close();
        }
        b.close_unless_empty();
        b.finish()
    }
}

/// Writes all documents one behind the other, which makes one file, and reads them again.
fn check(mapping: &Mapping, documents: &[Document]) -> Result<(), TestCaseError> {
    let mut worker = Worker::default();
    let mut file = Vec::new();
    let mut expected = Vec::new();
    for document in documents {
        let tree = document.tree();
        let written = mapping.write(tree.root().unwrap(), &Facts::default(), &mut worker);
        file.extend(written.map_err(|fault| TestCaseError::fail(fault.to_string()))?);
        expected.push(tree.to_json());
    }
    let read = mapping.read(&file, &mut worker);
    let read = read.map_err(|fault| TestCaseError::fail(format!("{fault}\n{}", String::from_utf8_lossy(&file))))?;
    let read: Vec<String> = read.iter().map(Tree::to_json).collect();
    prop_assert_eq!(read, expected, "{}", String::from_utf8_lossy(&file));
    Ok(())
}

proptest! {
    #[test]
    fn csv_is_read_as_it_was_written(documents in prop::collection::vec(document(text), 1..4)) {
        // What guards spreadsheets is written and not taken away again.
        check(&csv("formulas = 'keep'\n"), &documents)?;
        check(&csv("formulas = 'keep'\ndelimiter = \"\\t\"\n"), &documents)?;
    }

    #[test]
    fn columns_are_read_as_they_were_written(documents in prop::collection::vec(document(short), 1..4)) {
        check(&fixed(""), &documents)?;
        check(&fixed("encoding = 'windows-1252'\n"), &documents)?;
    }

    #[test]
    fn forms_are_read_as_they_were_written(number in text(), tags in prop::collection::vec(text(), 0..4)) {
        for kind in ["form", "multipart"] {
            // A part is a little file, whose byte order mark is none of its text.
            let has_mark = std::iter::once(&number).chain(&tags).any(|text| text.starts_with('\u{feff}'));
            prop_assume!(kind == "form" || !has_mark);
            let rows = "[fields]\nnumber = 'nr'\n[lists.tags]\neach = 'tag'\n";
            let mapping = load("number, tags[]", &format!("{HEAD}[format]\nkind = '{kind}'\n{rows}"));
            let mut b = TreeBuilder::default();
            b.open_map(None);
            b.text(Some("number"), &number);
            b.open_list(Some("tags"));
            for tag in &tags {
                b.text(None, tag);
            }
            b.close_unless_empty();
            let tree = b.finish();
            let mut worker = Worker::default();
            let written = mapping.write(tree.root().unwrap(), &Facts::default(), &mut worker).unwrap();
            let read = mapping.read(&written, &mut worker).unwrap();
            prop_assert_eq!(read[0].to_json(), tree.to_json(), "{}", String::from_utf8_lossy(&written));
        }
    }
}
