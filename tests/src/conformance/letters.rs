// SPDX-License-Identifier: EUPL-1.2
//! The letters and sequences of DIN 91379, which every register and every specialist system must keep: each survives
//! every format that can carry it, and what a format cannot carry triggers its policy, never a silent change.
//!
//! The list is String-Latin/DIN-91379-Characters-and-Sequences, CC BY 4.0, read from the data folder.

mod carrier;
mod list;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use unicode_normalization::UnicodeNormalization;

use carrier::{Carrier, Outcome};
use list::Entry;

/// The formats that are tried: name, settings of `[format]`, row of the only field.
const CARRIERS: [(&str, &str, &str); 15] = [
    ("XML text", "kind = 'xml'\nroot = 'r'", "text = 't'"),
    ("XML attribute", "kind = 'xml'\nroot = 'r'", "text = 't/@a'"),
    ("JSON", "kind = 'json'", "text = 't'"),
    ("CSV UTF-8", "kind = 'csv'\ncolumns = ['t', '-']", "text = 'row/t'"),
    (
        "CSV UTF-16",
        "kind = 'csv'\nencoding = 'UTF-16'\ncolumns = ['t', '-']",
        "text = 'row/t'",
    ),
    (
        "fixed UTF-8",
        "kind = 'fixed'\ncolumns = { t = '1-40' }",
        "text = 'row/t'",
    ),
    ("form", "kind = 'form'", "text = 't'"),
    ("multipart", "kind = 'multipart'", "text = 't'"),
    ("mail body", MAIL, "text = 'body:text'"),
    ("mail subject", MAIL, "text = 'header:Subject'"),
    ("windows-1252", SINGLE[0], "text = 'row/t'"),
    ("ISO-8859-1", SINGLE[1], "text = 'row/t'"),
    ("ISO-8859-15", SINGLE[2], "text = 'row/t'"),
    ("CP850", SINGLE[3], "text = 'row/t'"),
    ("US-ASCII", SINGLE[4], "text = 'row/t'"),
];

/// Fixed width in the encodings with one byte a character.
const SINGLE: [&str; 5] = [
    "kind = 'fixed'\nencoding = 'windows-1252'\ncolumns = { t = '1-40' }",
    "kind = 'fixed'\nencoding = 'ISO-8859-1'\ncolumns = { t = '1-40' }",
    "kind = 'fixed'\nencoding = 'ISO-8859-15'\ncolumns = { t = '1-40' }",
    "kind = 'fixed'\nencoding = 'CP850'\ncolumns = { t = '1-40' }",
    "kind = 'fixed'\nencoding = 'US-ASCII'\ncolumns = { t = '1-40' }",
];

/// A mail, with what every mail needs.
const MAIL: &str = "kind = 'mail'\ndomain = 'x.example'\n[always]\n'header:From' = 'a@x.example'\n\
                    'header:Date' = '2026-06-01T08:00:00Z'\n'header:Message-ID' = 'a'";

/// Carriers that have every character, line ends in fixed width and in header fields aside.
const UNICODE: usize = 10;

/// The entries of the list, as the standard counts them.
const ENTRIES: usize = 930;

/// Sends every entry through every carrier, prints a table and tells whether all is as it must be.
pub(super) fn run(folder: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let entries = list::read(folder).with_context(|| format!("{}", folder.display()))?;
    writeln!(
        out,
        "DIN 91379 (String-Latin/DIN-91379-Characters-and-Sequences, CC BY 4.0): {} entries",
        entries.len()
    )?;
    let mut good = entries.len() == ENTRIES;
    for (number, (name, format, row)) in CARRIERS.into_iter().enumerate() {
        let mut tally = Tally::default();
        let strict = Carrier::load(format, row)?;
        let folding = match number >= UNICODE {
            true => Some(Carrier::load(&format!("{format}\nlossy = 'transliterate'"), row)?),
            false => None,
        };
        for entry in &entries {
            tally.entry(entry, &strict, folding.as_ref())?;
        }
        good &= tally.verdict(name, number < UNICODE, out)?;
    }
    Ok(good)
}

/// What came of the entries in one carrier.
#[derive(Default)]
struct Tally {
    carried: usize,
    refused: BTreeMap<String, usize>,
    /// Letters that became the official search form.
    official: usize,
    /// What is no letter of the search form's list and became something else, by group.
    replaced: BTreeMap<String, usize>,
    /// What `transliterate` refuses, by group.
    unfolded: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Tally {
    /// Tries an entry alone and inside of a word, composed and decomposed.
    fn entry(&mut self, entry: &Entry, strict: &Carrier, folding: Option<&Carrier>) -> anyhow::Result<()> {
        let inside: String = format!("Ab{}cd", entry.text).nfc().collect();
        let decomposed: String = inside.nfd().collect();
        let word = strict.there_and_back(&inside)?;
        match &word {
            Outcome::Same => self.carried += 1,
            Outcome::Refused { code, position } => {
                *self.refused.entry(code.clone()).or_default() += 1;
                // Before it stand two letters, of which a mark takes the second; behind it two more.
                let first = if entry.group == "dc" { 1 } else { 2 };
                let places = first..inside.chars().count() - 2;
                if code == "AH-C130" && position.is_none_or(|position| !places.contains(&position)) {
                    self.wrong(entry, "the place of the character is wrong");
                }
            }
            Outcome::Other(_) => self.wrong(entry, "it was changed"),
        }
        match (strict.there_and_back(&entry.text)?, &word) {
            (Outcome::Same, Outcome::Same) | (Outcome::Refused { .. }, Outcome::Refused { .. }) => {}
            // A blank column is an absent one, and a line of white space no record; a mail of white space has no text.
            (Outcome::Other(None), Outcome::Same) if strict.drops_blanks() && entry.text.trim().is_empty() => {}
            _ => self.wrong(entry, "alone it fares differently than in a word"),
        }
        let apart = match strict.there_and_back(&decomposed)? {
            Outcome::Other(Some(text)) if strict.composes() && text == inside => Outcome::Same,
            other => other,
        };
        if apart.is_refused() != word.is_refused() || matches!(apart, Outcome::Other(_)) {
            self.wrong(entry, "decomposed it fares differently");
        }
        match folding {
            Some(folding) if word.is_refused() => self.folded(entry, folding),
            _ => Ok(()),
        }
    }

    fn folded(&mut self, entry: &Entry, folding: &Carrier) -> anyhow::Result<()> {
        match (folding.there_and_back(&entry.text)?, &entry.search_form) {
            (Outcome::Other(Some(text)), Some(official)) if text.to_uppercase() == *official => self.official += 1,
            (Outcome::Other(text), Some(official)) => {
                self.wrong(entry, &format!("it became {text:?}, not {official}"));
            }
            (Outcome::Other(_), None) => *self.replaced.entry(entry.group.clone()).or_default() += 1,
            (Outcome::Refused { .. }, None) => *self.unfolded.entry(entry.group.clone()).or_default() += 1,
            _ => self.wrong(entry, "it was not transliterated"),
        }
        Ok(())
    }

    fn wrong(&mut self, entry: &Entry, what: &str) {
        self.wrong.push(format!("{} {} ({what})", entry.group, entry.name));
    }

    fn verdict(&self, name: &str, has_all: bool, out: &mut impl Write) -> anyhow::Result<bool> {
        write!(out, "    {name:<14} {:>3} carried", self.carried)?;
        for (code, count) in &self.refused {
            write!(out, ", {count} refused with {code}")?;
        }
        if !has_all {
            write!(
                out,
                "; transliterated: {} as the official search form, replaced {:?}, refused {:?}",
                self.official, self.replaced, self.unfolded
            )?;
        }
        writeln!(out)?;
        for wrong in &self.wrong {
            writeln!(out, "        WRONG {wrong}")?;
        }
        // Fixed width has no place for the two line ends, a header field none for the tab either; everything else must
        // get through.
        let spared: usize = self.refused.values().sum();
        Ok(self.wrong.is_empty() && (!has_all || spared <= 3))
    }
}
