// SPDX-License-Identifier: EUPL-1.2
//! What one mapping writes it reads back as the same canonical document, in every format that can carry it.

mod lines;

use hub_message::{Tree, TreeBuilder};
use proptest::prelude::*;

use crate::sample::{XML_HEAD, load};
use crate::{Facts, Mapping, Worker};

const SHAPE: &str = "number, day:date, net:number, paid:bool, seller{ name, contact{ mail } }, vat, fc, notes[ subject, text ], \
                     tags[], lines[ id, net:number, kind='a'|'b', parts[ id, codes[] ] ]";

const ROWS: &str = "[fields]\nnumber = 'n'\nday = \"d/e[f = '102'] | date('yyyyMMdd')\"\nnet = 't/net'\npaid = \"t/paid | bool('J','N')\"\n\
    seller.'*' = 's | use(party)'\nvat = \"s/tax[k/l = 'VAT']/c\"\nfc = \"s/tax[k/l = 'FC']/c\"\n\
    [lists.notes]\neach = 'note'\ntemplate = ['#{subject:[A-Z]{3}}#{text}', '{text}']\n\
    [lists.tags]\neach = 'tags/tag'\n\
    [lists.lines]\neach = 'line'\n[lists.lines.fields]\nid = 'id'\nnet = 'amount/net'\nkind = 'kind | table(t)'\n\
    [lists.lines.lists.parts]\neach = 'parts/part'\n[lists.lines.lists.parts.fields]\nid = 'x/id'\n\
    [lists.lines.lists.parts.lists.codes]\neach = 'code'\n\
    [fragments.party]\nname = 'name'\ncontact.mail = 'c/mail'\n\
    [tables.t]\ninline = { A = 'a', B = 'b' }\n";

fn xml() -> Mapping {
    load(SHAPE, &format!("{XML_HEAD}{ROWS}"))
}

fn json() -> Mapping {
    let head = XML_HEAD.replace(
        "kind = 'xml'\nroot = 'r'\n[format.ns]\np = 'urn:p'\n",
        "kind = 'json'\n",
    );
    // A value with something below it is for XML only.
    load(SHAPE, &format!("{head}{}", ROWS.replace("e[f = '102']", "e")))
}

/// A text of characters that XML can carry, that is no blank and does not look like a note with a subject.
fn text() -> impl Strategy<Value = String> {
    "[ -\"$-~\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\n\t]{0,12}x"
}

#[derive(Debug, Clone)]
struct Line {
    id: Option<String>,
    net: Option<String>,
    kind: Option<bool>,
    parts: Vec<(String, Vec<String>)>,
}

#[derive(Debug, Clone)]
struct Document {
    texts: [Option<String>; 5],
    day: Option<u32>,
    net: Option<String>,
    paid: Option<bool>,
    notes: Vec<(Option<String>, String)>,
    tags: Vec<String>,
    lines: Vec<Line>,
}

fn number() -> impl Strategy<Value = String> {
    "(0|-?[1-9][0-9]{0,8})(\\.[0-9]{1,4})?"
}

fn line() -> impl Strategy<Value = Line> {
    let parts = prop::collection::vec((text(), prop::collection::vec(text(), 0..3)), 0..3);
    (prop::option::of(text()), number(), any::<Option<bool>>(), parts).prop_map(|(id, net, kind, parts)| Line {
        id,
        net: Some(net),
        kind,
        parts,
    })
}

fn document() -> impl Strategy<Value = Document> {
    let texts = prop::array::uniform5(prop::option::of(text()));
    let notes = prop::collection::vec((prop::option::of("[A-Z]{3}"), text()), 0..3);
    (
        texts,
        prop::option::of(1u32..28),
        prop::option::of(number()),
        any::<Option<bool>>(),
        notes,
        prop::collection::vec(text(), 0..3),
        prop::collection::vec(line(), 0..4),
    )
        .prop_map(|(texts, day, net, paid, notes, tags, lines)| Document {
            texts,
            day,
            net,
            paid,
            notes,
            tags,
            lines,
        })
}

impl Document {
    fn tree(&self) -> Tree {
        let mut b = TreeBuilder::default();
        b.open_map(None);
        let [number, name, mail, vat, fc] = &self.texts;
        let put = |b: &mut TreeBuilder, key: &str, text: &Option<String>| {
            if let Some(text) = text {
                b.text(Some(key), text);
            }
        };
        put(&mut b, "number", number);
        put(&mut b, "day", &self.day.map(|day| format!("2026-02-{day:02}")));
        if let Some(net) = &self.net {
            b.number(Some("net"), net);
        }
        if let Some(paid) = self.paid {
            b.bool(Some("paid"), paid);
        }
        b.open_map(Some("seller"));
        put(&mut b, "name", name);
        b.open_map(Some("contact"));
        put(&mut b, "mail", mail);
        b.close_unless_empty();
        b.close_unless_empty();
        put(&mut b, "vat", vat);
        put(&mut b, "fc", fc);
        b.open_list(Some("notes"));
        for (subject, text) in &self.notes {
            b.open_map(None);
            put(&mut b, "subject", subject);
            b.text(Some("text"), text);
            b.close();
        }
        b.close_unless_empty();
        b.open_list(Some("tags"));
        for tag in &self.tags {
            b.text(None, tag);
        }
        b.close_unless_empty();
        b.open_list(Some("lines"));
        for line in &self.lines {
            line.put(&mut b);
        }
        b.close_unless_empty();
        b.finish()
    }
}

impl Line {
    fn put(&self, b: &mut TreeBuilder) {
        b.open_map(None);
        if let Some(id) = &self.id {
            b.text(Some("id"), id);
        }
        if let Some(net) = &self.net {
            b.number(Some("net"), net);
        }
        if let Some(kind) = self.kind {
            b.text(Some("kind"), if kind { "a" } else { "b" });
        }
        b.open_list(Some("parts"));
        for (id, codes) in &self.parts {
            b.open_map(None);
            b.text(Some("id"), id);
            b.open_list(Some("codes"));
            for code in codes {
                b.text(None, code);
            }
            b.close_unless_empty();
            b.close();
        }
        b.close_unless_empty();
        b.close();
    }
}

proptest! {
    #[test]
    fn written_and_read_again(documents in prop::collection::vec(document(), 1..3)) {
        for mapping in [xml(), json()] {
            // One worker for all: nothing of one document may be left over for the next.
            let mut worker = Worker::default();
            for document in &documents {
                let tree = document.tree();
                let written = mapping.write(tree.root().unwrap(), &Facts::default(), &mut worker).unwrap();
                let read = mapping.read(&written, &mut worker).unwrap();
                prop_assert_eq!(read.len(), 1);
                prop_assert_eq!(read[0].to_json(), tree.to_json(), "{}", String::from_utf8_lossy(&written));
            }
            prop_assert_eq!(worker.take_unmapped(&mapping), vec![]);
        }
    }
}
