// SPDX-License-Identifier: EUPL-1.2
//! Mapping files, the small languages in them, and the encodings.

use hub_message::TreeBuilder;
use unicode_normalization::UnicodeNormalization;

use super::run;
use super::seeds::{LANGUAGE, MAPPING};
use crate::beside::Beside;
use crate::encoding::{Encoding, Lossy};
use crate::language::condition;
use crate::language::place::Place;
use crate::language::row::{always_row, dotted, given_row, place_row};
use crate::language::scan::Fault;
use crate::language::template::Template;
use crate::sample::shape;
use crate::{Facts, Mapping, Worker};

const SHAPE: &str = "number, day:date, net:number, paid:bool, seller{ name, contact{ mail } }, vat, fc, \
                     notes[ subject, text ], tags[], lines[ id, net:number, kind='a'|'b' ]";

#[test]
fn mapping_files() {
    let shape = std::panic::AssertUnwindSafe(shape(SHAPE));
    run(MAPPING, move |document| {
        let text = String::from_utf8_lossy(document);
        let _ = crate::header("x.map.toml", &text);
        let loaded = Mapping::load("x.map.toml", &text, &shape, Beside::NOTHING);
        for finding in &loaded.findings {
            assert!(text.get(finding.span.clone()).is_some(), "{finding:?} in {text:?}");
            assert!(finding.render(Some(&text)).contains(finding.code.as_str()));
        }
        if let Some(mapping) = loaded.mapping {
            use_it(&mapping);
        }
    });
}

/// A file that loads works: it reads or refuses, and what it writes it can read.
fn use_it(mapping: &Mapping) {
    let mut worker = Worker::default();
    for document in [
        "<r><n>1</n><note>#ABC#x</note></r>",
        "{\"a\":{\"b\":{\"n\":1}}}",
        "a,b,c\n1,2,A\n",
        "01abc\n",
    ] {
        let _ = mapping.read(document.as_bytes(), &mut worker);
    }
    let mut builder = TreeBuilder::default();
    builder.open_map(None);
    builder.text(Some("number"), "R-1");
    builder.number(Some("net"), "12.50");
    builder.text(Some("vat"), "ä");
    builder.close();
    let tree = builder.finish();
    let written = mapping.write(tree.root().unwrap(), &Facts::default(), &mut worker);
    if let (Ok(written), true) = (written, mapping.reads()) {
        let _ = mapping.read(&written, &mut worker);
    }
}

#[test]
fn places_rows_conditions_and_templates() {
    run(LANGUAGE, |document| {
        let text = String::from_utf8_lossy(document);
        match Place::parse(&text) {
            Ok(place) => {
                let again = Place::parse(&place.to_string());
                assert_eq!(again.as_ref().ok(), Some(&place), "{place}");
            }
            Err(fault) => within(&fault, &text),
        }
        for fault in [place_row(&text).err(), given_row(&text).err(), always_row(&text).err()]
            .into_iter()
            .flatten()
        {
            within(&fault, &text);
        }
        match condition::over_fields(&text) {
            Ok(condition) => {
                let held = condition.holds(&mut |_| Some("1"));
                assert_eq!(held, condition.holds(&mut |_| Some("1")));
            }
            Err(fault) => assert!(text.get(fault.range).is_some() && !fault.text.is_empty()),
        }
        match Template::parse(&text, dotted) {
            Ok(template) => apart_and_together(&template),
            Err(fault) => within(&fault, &text),
        }
    });
}

fn within(fault: &Fault, text: &str) {
    assert!(text.get(fault.range.clone()).is_some(), "{fault:?}");
    assert!(!fault.text.is_empty());
}

/// What a template takes apart it puts together to the same.
fn apart_and_together(template: &Template) {
    for text in ["", "a", "#ABC#text", "12a", "a, b", "{x}", "ä ö"] {
        let mut parts: Vec<Option<&str>> = vec![None; template.parts().len()];
        if !template.take(text, &mut |index, part| parts[index] = Some(part)) {
            continue;
        }
        let mut out = String::new();
        if template.make(&mut |index| parts[index], &mut out) {
            assert_eq!(out, text, "{template:?}");
        }
    }
}

#[test]
fn encodings() {
    let all = [
        "UTF-8",
        "UTF-16",
        "UTF-16LE",
        "UTF-16BE",
        "US-ASCII",
        "ISO-8859-1",
        "ISO-8859-15",
        "windows-1252",
        "CP850",
    ];
    run(LANGUAGE, move |document| {
        for name in all {
            let encoding = Encoding::named(name).unwrap();
            match encoding.decode(document) {
                Err(bad) => assert!(bad.offset < document.len()),
                Ok(text) => there_and_back(encoding, &text),
            }
        }
    });
}

fn there_and_back(encoding: Encoding, text: &str) {
    let mut out = Vec::new();
    encoding.begin(&mut out);
    if encoding.encode(text, Lossy::Reject, &mut out).is_ok() {
        let back = encoding.decode(&out).expect("what is written is read");
        // A text that itself begins with U+FEFF loses it: there it is a byte order mark.
        let plain = |text: &str| text.trim_start_matches('\u{feff}').nfc().collect::<String>();
        assert_eq!(plain(&back), plain(text));
    }
    let mut folded = Vec::new();
    if let Err(fault) = Encoding::Ascii.encode(text, Lossy::Transliterate, &mut folded) {
        assert!(fault.position < text.nfc().count());
        return;
    }
    assert!(folded.is_ascii() && folded.len() >= usize::from(!text.is_empty()));
}
