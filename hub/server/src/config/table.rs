// SPDX-License-Identifier: EUPL-1.2
//! Reads TOML tables key by key and collects what is wrong, so that one look at a file finds everything.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::Arc;

use hub_message::keys::{Keys, Takes};
use hub_message::{Code, Finding};
use hub_pipeline::Written;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const SYNTAX: Code = Code::new("AH-K002");
const UNKNOWN_KEY: Code = Code::new("AH-K003");
const WRONG_TYPE: Code = Code::new("AH-K004");
const MISSING_KEY: Code = Code::new("AH-K005");
const RANGE: Code = Code::new("AH-K006");

/// Keys of what is no table.
static NOTHING: Keys = Keys::of(&[]);

/// A file and what was found in it.
pub(crate) struct Source {
    /// Its path as the user named it.
    pub(crate) file: Arc<str>,
    /// Its text.
    pub(crate) text: String,
    /// What was found.
    pub(crate) findings: RefCell<Vec<Finding>>,
    /// Whether the syntax is broken: then what is missing may only not have been understood.
    broken: Cell<bool>,
}

impl Source {
    /// A file with this text.
    pub(crate) fn new(file: &str, text: String) -> Self {
        Self {
            file: file.into(),
            text,
            findings: RefCell::default(),
            broken: Cell::new(false),
        }
    }

    /// The whole file as a table. Faults of the syntax are findings; what can be read is read all the same.
    pub(crate) fn parse(&self) -> Spanned<DeTable<'_>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        for error in errors {
            self.broken.set(true);
            let span = error.span().unwrap_or(0..0);
            self.error(SYNTAX, span, error.message().to_owned());
        }
        table
    }

    /// Adds a finding.
    pub(crate) fn find(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    fn error(&self, code: Code, span: Range<usize>, text: String) {
        self.find(Finding::error(code, self.file.as_ref(), span, text));
    }

    /// A text at a place of this file.
    pub(crate) fn written(&self, span: Range<usize>, text: impl Into<String>) -> Written {
        Written::new(Arc::clone(&self.file), &self.text, span, text)
    }
}

/// A table of a file, what it may hold, and which of that was asked for.
pub(crate) struct Section<'a> {
    source: &'a Source,
    table: &'a DeTable<'a>,
    at: Range<usize>,
    keys: &'static Keys,
    asked: Vec<&'static str>,
}

/// An entry of a table: key and value with their places.
pub(crate) type Entry<'a> = (&'a Spanned<std::borrow::Cow<'a, str>>, &'a Spanned<DeValue<'a>>);

impl<'a> Section<'a> {
    /// The table `table`, which may hold `keys`; findings about the whole of it point at `at`.
    pub(crate) fn new(source: &'a Source, table: &'a DeTable<'a>, at: Range<usize>, keys: &'static Keys) -> Self {
        Self {
            source,
            table,
            at,
            keys,
            asked: Vec::new(),
        }
    }

    /// The file that it stands in.
    pub(crate) fn source(&self) -> &'a Source {
        self.source
    }

    /// Where it stands, for findings about what it lacks.
    pub(crate) fn at(&self) -> Written {
        let text = self.source.text.get(self.at.clone()).unwrap_or_default();
        self.source.written(self.at.clone(), text)
    }

    /// Every entry, known or not.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'a>> {
        self.table.iter()
    }

    /// The entry of a key.
    pub(crate) fn entry(&mut self, key: &'static str) -> Option<Entry<'a>> {
        debug_assert!(
            self.keys.get(key).is_some(),
            "`{key}` is not described in config/keys.rs"
        );
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key)
    }

    /// A string.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Written> {
        let (_, value) = self.entry(key)?;
        self.string(key, value)
    }

    /// A string that says something where it is there.
    pub(crate) fn filled(&mut self, key: &'static str) -> Option<Written> {
        let text = self.text(key)?;
        if text.as_str().trim().is_empty() {
            self.source.find(text.error(MISSING_KEY, format!("`{key}` is empty")));
            return None;
        }
        Some(text)
    }

    /// A string that must be there.
    pub(crate) fn need(&mut self, key: &'static str) -> Option<Written> {
        if self.entry(key).is_none() {
            self.missing(key);
        }
        self.text(key)
    }

    /// Says that a key is missing.
    pub(crate) fn missing(&self, key: &str) {
        if !self.source.broken.get() {
            let text = format!("`{key}` is missing");
            self.source.error(MISSING_KEY, self.at.clone(), text);
        }
    }

    /// A whole number within the range that is described.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<u64> {
        let range = match self.keys.get(key).map(|key| &key.takes) {
            Some(Takes::Number(first, last)) => *first..=*last,
            _ => 0..=u64::MAX,
        };
        let (_, value) = self.entry(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong(key, value, "a whole number");
            return None;
        };
        let number = i128::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i128::MAX);
        let found = u64::try_from(number).ok().filter(|number| range.contains(number));
        if found.is_none() {
            let text = format!("`{key}` must be between {} and {}", range.start(), range.end());
            self.source.error(RANGE, value.span(), text);
        }
        found
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<(bool, Written)> {
        let (_, value) = self.entry(key)?;
        let Some(flag) = value.get_ref().as_bool() else {
            self.wrong(key, value, "true or false");
            return None;
        };
        Some((flag, self.source.written(value.span(), flag.to_string())))
    }

    /// A list of strings, and the place of the whole list.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<(Written, Vec<Written>)> {
        let (_, value) = self.entry(key)?;
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of strings");
            return None;
        };
        let texts = items.iter().filter_map(|item| self.string(key, item)).collect();
        let raw = self.source.text.get(value.span()).unwrap_or_default();
        Some((self.source.written(value.span(), raw), texts))
    }

    /// The keys of the table, or of each of the tables, under a key.
    fn below(&self, key: &str) -> &'static Keys {
        match self.keys.get(key).map(|key| &key.takes) {
            Some(Takes::Table(keys) | Takes::List(Takes::Table(keys))) => keys,
            _ => &NOTHING,
        }
    }

    /// A table below.
    pub(crate) fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let (name, value) = self.entry(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(key, value, "a table");
            return None;
        };
        Some(Section::new(self.source, table, name.span(), self.below(key)))
    }

    /// The tables `[[key]]`.
    pub(crate) fn sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some((name, value)) = self.entry(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(key, value, &format!("written as `[[{key}]]`"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            match item.get_ref().as_table() {
                // The item's own span is that of its header, `[[key]]`.
                Some(table) => {
                    let at = self.header(item.span(), name.span());
                    sections.push(Section::new(self.source, table, at, self.below(key)));
                }
                None => self.wrong(key, item, "a table"),
            }
        }
        sections
    }

    /// The part of an item's span that is worth pointing at: its first line.
    fn header(&self, item: Range<usize>, name: Range<usize>) -> Range<usize> {
        let text = self.source.text.get(item.clone()).unwrap_or_default();
        match text.lines().next().filter(|line| !line.is_empty()) {
            Some(line) => item.start..item.start + line.trim_end().len(),
            None => name,
        }
    }

    /// A string; a finding when it is something else.
    pub(crate) fn string(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Written> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(key, value, "a string");
            return None;
        };
        Some(self.source.written(value.span(), text))
    }

    /// Says that a value is of another type than it must be.
    pub(crate) fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let text = format!("`{key}` must be {wanted}, this is {found}");
        self.source.error(WRONG_TYPE, value.span(), text);
    }

    /// Says which keys are not known here.
    pub(crate) fn finish(self) {
        debug_assert!(
            self.keys.names().all(|key| self.asked.contains(&key)),
            "config/keys.rs describes what nobody reads: only {:?} were asked for",
            self.asked
        );
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.keys.get(name).is_some() {
                continue;
            }
            let finding = Finding::error(
                UNKNOWN_KEY,
                self.source.file.as_ref(),
                key.span(),
                format!("`{name}` is not known here"),
            );
            let known = self.keys.names().collect::<Vec<_>>().join("`, `");
            let finding = finding.help(format!("known are `{known}`"));
            self.source.find(finding.did_you_mean(name, self.keys.names()));
        }
    }
}
