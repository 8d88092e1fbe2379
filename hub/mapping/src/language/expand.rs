// SPDX-License-Identifier: EUPL-1.2
//! The sections of a file become rows: fragments are put in, every row finds its canonical leaf and its place.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hub_message::Shape;
use hub_message::shape::{Leaf, Member};

use super::calls::Ways;
use super::file::{Block, File};
use super::resolve::Vocabulary;
use super::row;
use super::scan::Text;
use super::table::CodeTable;
use super::value::{Table, Value};
use crate::function::Argument;
use crate::keys;
use crate::provenance::Used;
use crate::report::Report;
use crate::rows::{Against, Path, Scope};

/// How often fragments may be put in, all in all.
const FRAGMENT_USES: usize = 4_000;

/// Everything that rows may refer to.
pub(crate) struct Expander<'a> {
    pub(crate) file: &'a File,
    pub(crate) shape: &'a Shape,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) tables: HashMap<String, Arc<CodeTable>>,
    pub(crate) report: &'a mut Report,
    /// How often fragments were put in.
    pub(crate) uses: usize,
    /// Where they were put in.
    pub(crate) used: Vec<Used>,
    /// Their names.
    pub(crate) put_in: HashSet<&'a str>,
}

/// Where a block of rows is put in.
#[derive(Clone)]
pub(crate) struct Spot<'s> {
    /// Shape of the scope: of the document, or of a list's item.
    pub(crate) scope: &'s Shape,
    /// Dotted canonical path of the scope from the root, empty for the document.
    pub(crate) scope_name: String,
    /// Canonical keys from the scope to here.
    pub(crate) keys: Vec<String>,
    /// Place from the scope to here.
    pub(crate) place: Path,
    /// Place of the scope from the root, spelled.
    pub(crate) scope_place: String,
    /// Position of the row that used this fragment.
    pub(crate) order: Vec<usize>,
    /// Fragments that are being put in, each in the one before.
    pub(super) fragments: Vec<&'s str>,
    /// Whether rows here are read and written.
    pub(crate) ways: Ways,
}

impl<'s> Spot<'s> {
    /// The whole document.
    pub(crate) fn root(shape: &'s Shape, ways: Ways) -> Self {
        Self {
            scope: shape,
            scope_name: String::new(),
            keys: Vec::new(),
            place: Path::default(),
            scope_place: String::new(),
            order: Vec::new(),
            fragments: Vec::new(),
            ways,
        }
    }

    /// Dotted canonical path from the root of keys below the scope.
    pub(crate) fn full(&self, keys: &[String]) -> String {
        let below = keys.join(".");
        match (self.scope_name.is_empty(), below.is_empty()) {
            (true, _) => below,
            (_, true) => self.scope_name.clone(),
            _ => format!("{}.{below}", self.scope_name),
        }
    }

    /// A path below the scope, spelled from the root.
    pub(crate) fn spelled(&self, path: &Path, vocabulary: &Vocabulary) -> String {
        let below = path.spelled(&vocabulary.names);
        match (self.scope_place.is_empty(), below.as_str()) {
            (true, _) => below,
            (_, ".") => self.scope_place.clone(),
            _ => format!("{}/{below}", self.scope_place),
        }
    }
}

/// What stands at a canonical path.
pub(crate) enum Found<'s> {
    Shape(&'s Shape),
    /// The key at this index is unknown; these are the known ones.
    Unknown(usize, &'s [Member]),
    /// What the key at this index names is a list, and the path goes through it.
    ThroughList(usize),
}

/// Looks a canonical path up in the shape of a scope. The scope's own list was passed already.
pub(crate) fn look_up<'s>(scope: &'s Shape, keys: &[String]) -> Found<'s> {
    let mut shape = scope;
    for (index, key) in keys.iter().enumerate() {
        match shape {
            Shape::Map(members) => match members.iter().find(|m| m.name == *key) {
                Some(member) => shape = &member.shape,
                None => return Found::Unknown(index, members),
            },
            Shape::List(_) => return Found::ThroughList(index.saturating_sub(1)),
            Shape::Leaf(_) => return Found::Unknown(index, &[]),
        }
    }
    Found::Shape(shape)
}

impl<'a> Expander<'a> {
    /// Expands the rows of a block into `scope`.
    pub(crate) fn block(&mut self, block: &'a Block, spot: &Spot<'a>, scope: &mut Scope) {
        for (key, value) in &block.fields {
            self.entry(vec![], key, value, spot, scope);
        }
        for list in &block.lists {
            self.list(list, spot, scope);
        }
        for (place, value) in &block.always {
            self.always(place, value, spot, scope);
        }
    }

    /// A key of `[fields]`, or of a group in it.
    fn entry(&mut self, mut group: Vec<String>, key: &'a Text, value: &'a Value, spot: &Spot<'a>, scope: &mut Scope) {
        if group.is_empty() && key.value.contains(['@', ':', '/']) {
            return self.accompanying(key, value, spot, scope);
        }
        if key.value == "*" {
            return self.use_below(&group, value, spot, scope);
        }
        // A leaf's fragment calls the leaf itself `value`.
        let mut keys = spot.keys.clone();
        keys.extend(group.iter().cloned());
        let on_leaf = group.is_empty()
            && key.value == "value"
            && matches!(look_up(spot.scope, &keys), Found::Shape(Shape::Leaf(_)));
        if !on_leaf {
            group.push(key.value.clone());
            keys.push(key.value.clone());
        }
        let is_group = match (value, look_up(spot.scope, &keys)) {
            (Value::Table(_), Found::Shape(Shape::Map(_))) => true,
            // The unknown word is this one, whatever stands below it.
            (Value::Table(table), Found::Unknown(index, members)) if !is_row(table) && !has_label(table) => {
                return self.unknown_field(&keys, index, members, key.span.clone(), spot);
            }
            (Value::Table(table), Found::Unknown(..)) => !is_row(table),
            _ => false,
        };
        match value {
            Value::Table(table) if is_group => {
                for (key, value) in &table.entries {
                    self.entry(group.clone(), key, value, spot, scope);
                }
            }
            _ => self.row(keys, key, value, spot, scope),
        }
    }

    /// `group."*" = place | use(fragment)`.
    fn use_below(&mut self, group: &[String], value: &'a Value, spot: &Spot<'a>, scope: &mut Scope) {
        let Value::Text(text) = value else {
            self.report
                .error("AH-M105", value.span(), "`*` takes a text: place | use(fragment)");
            return;
        };
        let Some(parsed) = self.parsed(row::place_row(&text.value), text) else {
            return;
        };
        match parsed.calls.as_slice() {
            [call] if call.name == "use" => {
                let mut keys = spot.keys.clone();
                keys.extend(group.iter().cloned());
                self.put_fragment(call, &parsed.place, keys, text, spot, scope);
            }
            _ => text.report(
                super::scan::Fault {
                    code: "AH-M114",
                    range: 0..text.value.len(),
                    text: "`*` stands for all fields of a fragment".to_owned(),
                    help: Some("place | use(fragment)".to_owned()),
                },
                self.report,
            ),
        }
    }

    /// Puts a fragment in at `place`, its rows below `keys`.
    pub(crate) fn put_fragment(
        &mut self,
        call: &row::Call,
        place: &super::place::Place,
        keys: Vec<String>,
        text: &Text,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let [Argument::Name(name) | Argument::Text(name)] = call.arguments.as_slice() else {
            let span = text.place(&call.arguments_range());
            self.report
                .error("AH-M114", span, "`use` takes one argument, the name of a fragment");
            return;
        };
        let file: &'a File = self.file;
        let Some((known_name, block)) = file.fragments.iter().find(|(known, _)| known.value == *name) else {
            let known = file.fragments.iter().map(|(name, _)| name.value.as_str());
            let sentence = format!("there is no fragment `{name}`");
            self.report
                .unknown("AH-M114", text.place(&call.argument_range()), sentence, name, known);
            return;
        };
        self.uses += 1;
        self.put_in.insert(&known_name.value);
        if spot.fragments.contains(&known_name.value.as_str()) {
            let sentence = format!("the fragment `{name}` uses itself");
            self.report
                .error("AH-M124", text.place(&call.argument_range()), sentence);
            return;
        }
        if self.uses > FRAGMENT_USES {
            if self.uses == FRAGMENT_USES + 1 {
                let sentence = format!("fragments are put in more than {FRAGMENT_USES} times");
                self.report
                    .error("AH-M124", text.place(&call.argument_range()), sentence);
            }
            return;
        }
        if let Found::Unknown(index, members) = look_up(spot.scope, &keys) {
            self.unknown_field(&keys, index, members, text.span.clone(), spot);
            return;
        }
        let Some(below) = self.vocabulary.path(place, text, self.report) else {
            return;
        };
        self.used.push(Used {
            span: text.span.clone(),
            field: spot.full(&keys),
            place: spot.spelled(&spot.place.join(&below), &self.vocabulary),
        });
        let mut inner = spot.clone();
        inner.keys = keys;
        inner.place = spot.place.join(&below);
        inner.order.push(text.span.start);
        inner.fragments.push(&known_name.value);
        self.block(block, &inner, scope);
    }

    /// The leaf at a canonical path, or a finding.
    pub(crate) fn leaf(&mut self, keys: &[String], span: std::ops::Range<usize>, spot: &Spot<'a>) -> Option<&'a Leaf> {
        match look_up(spot.scope, keys) {
            Found::Shape(Shape::Leaf(leaf)) => return Some(leaf),
            Found::Shape(Shape::List(_)) => {
                let full = spot.full(keys);
                let sentence = format!("`{full}` is a list in the schema");
                self.report
                    .error_help("AH-M107", span, sentence, format!("write `[lists.\"{full}\"]`"));
            }
            Found::Shape(Shape::Map(members)) => {
                let full = spot.full(keys);
                let sentence = format!("`{full}` is a group of fields in the schema");
                let known: Vec<&str> = members.iter().take(4).map(|m| m.name.as_str()).collect();
                self.report.error_help(
                    "AH-M102",
                    span,
                    sentence,
                    format!("its fields are {}, …", known.join(", ")),
                );
            }
            Found::Unknown(index, members) => self.unknown_field(keys, index, members, span, spot),
            Found::ThroughList(index) => self.through_list(keys, index, span, spot),
        }
        None
    }

    pub(super) fn through_list(
        &mut self,
        keys: &[String],
        index: usize,
        span: std::ops::Range<usize>,
        spot: &Spot<'a>,
    ) {
        let list = spot.full(keys.get(..=index).unwrap_or_default());
        let sentence = format!("`{list}` is a list, so its fields are mapped item by item");
        self.report.error_help(
            "AH-M107",
            span,
            sentence,
            format!("put the row into `[lists.\"{list}\".fields]`"),
        );
    }

    pub(super) fn unknown_field(
        &mut self,
        keys: &[String],
        index: usize,
        members: &[Member],
        span: std::ops::Range<usize>,
        spot: &Spot<'a>,
    ) {
        let full = spot.full(keys);
        let sentence = format!("the schema {} has no field `{full}`", self.file.header.canonical);
        let key = keys.get(index).map_or("", String::as_str);
        self.report
            .unknown("AH-M102", span, sentence, key, members.iter().map(|m| m.name.as_str()));
    }

    /// A place that is written has no `!=`: nothing could be made from it.
    pub(crate) fn refuse_negated(&mut self, path: &Path) {
        if let Some(predicate) = path.first_negated() {
            let sentence = match predicate.against {
                Against::Presence => "a place with `is absent` cannot be written",
                Against::Text(_) | Against::Field(_) => "a place with `!=` cannot be written",
            };
            let help = "split the row into `.read` and `.write`";
            self.report
                .error_help("AH-M116", predicate.at.0.clone(), sentence, help);
        }
    }

    /// The result of a parser, or a finding.
    pub(crate) fn parsed<T>(&mut self, result: Result<T, super::scan::Fault>, text: &Text) -> Option<T> {
        result.map_err(|fault| text.report(fault, self.report)).ok()
    }
}

/// The position of a row among the rows of a scope.
pub(crate) fn ordered(spot: &Spot<'_>, at: usize) -> Vec<usize> {
    let mut order = spot.order.clone();
    order.push(at);
    order
}

/// Whether a table is a row with options rather than a group of fields.
fn is_row(table: &Table) -> bool {
    let of_row = |key: &str| keys::ROW.get(key).is_some() || keys::ROW_SPLIT.get(key).is_some();
    !table.entries.is_empty() && table.entries.iter().all(|(key, _)| of_row(&key.value))
}

/// Whether a row below is written from another field: then its key is a label and need not be a field.
fn has_label(table: &Table) -> bool {
    table.entries.iter().any(|(_, value)| match value {
        Value::Table(below) => below.get("from").is_some() || has_label(below),
        _ => false,
    })
}
