// SPDX-License-Identifier: EUPL-1.2
//! A row and its two directions.

mod copied;
mod options;
mod when;

use std::ops::Range;
use std::sync::Arc;

use hub_message::Protection;
use hub_message::shape::Leaf;

use super::calls::{self, Chain, Ways};
use super::expand::{Expander, Spot, ordered};
use super::place::Place;
use super::row::{self, Call, PlaceRow};
use super::scan::{Scan, Text};
use super::value::{Table, Value};
use crate::function::Argument;
use crate::keys;
use crate::rows::{Composed, FieldRef, Gather, Path, ReadSide, Row, Rule, Scope, WriteSide};
use options::Options;

/// One direction of a row, or both, before its text is looked at.
struct Side<'a> {
    /// From the scope to the field.
    keys: Vec<String>,
    /// Where the key stands in the file.
    key: Range<usize>,
    leaf: &'a Leaf,
    options: Options,
    ways: Ways,
    /// The field that is written, where it is another one.
    source: Option<FieldRef>,
    /// Where what stands behind the key is in the file.
    span: Range<usize>,
}

impl<'a> Expander<'a> {
    /// A row with its options. `keys` lead from the scope to the field.
    pub(crate) fn row(
        &mut self,
        keys: Vec<String>,
        key: &'a Text,
        value: &'a Value,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let from = match value {
            Value::Table(table) => table.text("from", self.report),
            _ => None,
        };
        if let Some(from) = from {
            return self.row_from(&from, &keys, key, value, spot, scope);
        }
        let Some(leaf) = self.leaf(&keys, key.span.clone(), spot) else {
            return;
        };
        let (rows, errors) = (scope.rows.len(), self.report.errors());
        let field = keys.clone();
        self.leaf_row(keys, key, leaf, value, spot, scope);
        if scope.rows.len() == rows && self.report.errors() > errors {
            scope.faulty.push((field, key.span.clone()));
        }
    }

    fn leaf_row(
        &mut self,
        keys: Vec<String>,
        key: &'a Text,
        leaf: &'a Leaf,
        value: &'a Value,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        match value {
            Value::Table(table) if table.get("read").is_some() || table.get("write").is_some() => {
                self.split_row(&keys, key, leaf, table, spot, scope);
            }
            Value::List(places, _) => self.places(&keys, key, leaf, places, spot, scope),
            _ => {
                if let Some(options) = Options::of(value, &keys::ROW, self) {
                    let side = Side {
                        keys,
                        key: key.span.clone(),
                        leaf,
                        options,
                        ways: spot.ways,
                        source: None,
                        span: value.span(),
                    };
                    self.add(side, spot, scope);
                }
            }
        }
    }

    /// A row that is only a place and functions.
    pub(crate) fn simple_row(
        &mut self,
        keys: Vec<String>,
        leaf: &'a Leaf,
        text: &Text,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let side = Side {
            keys,
            key: text.span.clone(),
            leaf,
            options: Options::place(text.clone()),
            ways: spot.ways,
            source: None,
            span: text.span.clone(),
        };
        self.add(side, spot, scope);
    }

    /// `field.read = …`, `field.write = …`, each one place or a list of them.
    fn split_row(
        &mut self,
        keys: &[String],
        key: &Text,
        leaf: &'a Leaf,
        table: &'a Table,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        table.only(&keys::ROW_SPLIT, self.report);
        for (name, read) in [("read", true), ("write", false)] {
            let Some(value) = table.get(name) else {
                continue;
            };
            let ways = Ways {
                read: spot.ways.read && read,
                write: spot.ways.write && !read,
            };
            let (sides, known) = match value {
                // Reading takes the first place where something is, so a condition would have nothing to decide.
                Value::List(places, _) if read => (places.as_slice(), &keys::PLACE_ALONE),
                Value::List(places, _) => (places.as_slice(), &keys::ROW_SIDE),
                one => (std::slice::from_ref(one), &keys::ROW_SIDE),
            };
            for (index, value) in sides.iter().enumerate() {
                let Some(mut options) = Options::of(value, known, self) else {
                    continue;
                };
                options.otherwise = read && index > 0;
                let side = Side {
                    keys: keys.to_vec(),
                    key: key.span.clone(),
                    leaf,
                    options,
                    ways,
                    source: None,
                    span: value.span(),
                };
                self.add(side, spot, scope);
            }
        }
    }

    /// `[{ path = …, when = … }, …]`: one field that may stand in several places. Reading takes the first place where
    /// something is; writing takes every place whose condition holds, without conditions only the first.
    fn places(
        &mut self,
        keys: &[String],
        key: &Text,
        leaf: &'a Leaf,
        places: &'a [Value],
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        for (index, value) in places.iter().enumerate() {
            let Some(options) = Options::of(value, &keys::PLACE_OF_SEVERAL, self) else {
                continue;
            };
            let side = |options, read, write| Side {
                keys: keys.to_vec(),
                key: key.span.clone(),
                leaf,
                options,
                ways: Ways { read, write },
                source: None,
                span: value.span(),
            };
            if spot.ways.write && (index == 0 || options.when.is_some()) {
                self.add(side(options.clone(), false, true), spot, scope);
            }
            if spot.ways.read {
                let options = Options {
                    when: None,
                    otherwise: index > 0,
                    ..options
                };
                self.add(side(options, true, false), spot, scope);
            }
        }
    }

    fn add(&mut self, side: Side<'a>, spot: &Spot<'a>, scope: &mut Scope) {
        let Some(text) = side.options.path.clone() else {
            return self.row_without_place(side, spot, scope);
        };
        let Some(parsed) = self.parsed(row::place_row(&text.value), &text) else {
            return;
        };
        if let Some((last, before)) = parsed.calls.split_last()
            && last.name == "use"
        {
            if !before.is_empty() {
                let range = text.place(&last.range);
                self.report
                    .error("AH-M114", range, "`use` stands alone behind the place");
            }
            return self.put_fragment(last, &parsed.place, side.keys, &text, spot, scope);
        }
        let when = side.options.when.as_ref();
        if let (Some(when), true) = (when, side.ways.read && side.ways.write) {
            self.report.error_help(
                "AH-M122",
                when.inside(),
                "`when` looks at places when reading and at canonical fields when writing",
                "split the row into `.read` and `.write`",
            );
            return;
        }
        if let Some(row) = self.sides(side, &parsed, &text, spot) {
            scope.rows.push(row);
        }
    }

    /// A row with a place.
    fn sides(&mut self, side: Side<'a>, parsed: &PlaceRow, text: &Text, spot: &Spot<'a>) -> Option<Row> {
        let (ways, leaf) = (side.ways, side.leaf);
        let below = self.vocabulary.path(&parsed.place, text, self.report);
        // The functions are looked at whatever is wrong with the place.
        let mut chain = calls::chain(&parsed.calls, text, &self.tables, Some(leaf), ways, self.report);
        self.fit(&mut chain, leaf, &parsed.calls, text, ways);
        let path = spot.place.join(&below?);
        if ways.write {
            self.refuse_negated(&path);
        }
        let rule = Rule {
            span: text.span.clone(),
            key: side.key,
            at: text.place(&parsed.range),
            asks: Self::asks(parsed, text, side.options.when.as_ref()),
            field: spot.full(&side.keys),
            place: spot.spelled(&path, &self.vocabulary),
            open: leaf.protection == Protection::Open,
            order: ordered(spot, side.span.start),
        };
        let template = match chain.template.take() {
            Some((template, of)) => Some(self.composed(template, &path, &of)?),
            None => None,
        };
        let stages = Arc::new(chain.stages);
        let options = side.options;
        if ways.read {
            self.check_default(options.default.as_ref(), leaf, &rule.field);
        }
        let default = options.default.map(|(default, _)| default);
        let when = options.when.as_ref();
        let read = ways.read.then(|| ReadSide {
            path: path.clone(),
            gather: chain.gather.clone(),
            template: template.clone(),
            stages: Arc::clone(&stages),
            default: default.clone(),
            required: options.required,
            when: when.and_then(|text| self.when_read(text, spot)),
        });
        let write = ways.write.then(|| WriteSide {
            path,
            source: side.source.unwrap_or(FieldRef {
                root: false,
                keys: side.keys.clone(),
            }),
            template,
            stages,
            default: default.filter(|_| !ways.read),
            required: options.required,
            when: when.and_then(|text| self.when_write(text, spot)),
        });
        Some(Row {
            field: side.keys,
            leaf: leaf.clone(),
            rule,
            otherwise: options.otherwise,
            read,
            write,
        })
    }

    /// The fields that a row's functions and its condition ask for, and where they do.
    fn asks(parsed: &PlaceRow, text: &Text, when: Option<&Text>) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        for call in &parsed.calls {
            for (argument, range) in call.arguments.iter().zip(&call.argument_ranges) {
                if let Argument::Field(field) = argument {
                    found.push((field.clone(), text.place(range)));
                }
            }
        }
        found.extend(when.into_iter().flat_map(Self::asked_when));
        found
    }

    /// `{ default = … }` without a place: the document does not say it, the canonical field always holds it.
    fn row_without_place(&mut self, side: Side<'a>, spot: &Spot<'a>, scope: &mut Scope) {
        let rule = Rule {
            span: side.span.clone(),
            key: side.key.clone(),
            at: side.span.clone(),
            asks: Vec::new(),
            field: spot.full(&side.keys),
            place: spot.scope_place.clone(),
            open: side.leaf.protection == Protection::Open,
            order: ordered(spot, side.span.start),
        };
        let Some((default, _)) = &side.options.default else {
            let sentence = "a row needs `path`, or at least a `default`";
            self.report.error("AH-M105", side.key, sentence);
            return;
        };
        if !side.ways.read {
            return;
        }
        self.check_default(side.options.default.as_ref(), side.leaf, &rule.field);
        let when = side.options.when.as_ref();
        let when = when.and_then(|text| self.when_read(text, spot));
        scope.rows.push(Row {
            field: side.keys,
            leaf: side.leaf.clone(),
            rule,
            otherwise: side.options.otherwise,
            read: Some(ReadSide {
                path: Path::default(),
                gather: Gather::First,
                template: None,
                stages: Arc::new(Vec::new()),
                default: Some(default.clone()),
                required: false,
                when,
            }),
            write: None,
        });
    }

    /// Adds what the leaf's type implies, or finds that the row cannot make it.
    fn fit(&mut self, chain: &mut Chain, leaf: &Leaf, calls: &[Call], text: &Text, ways: Ways) {
        if !ways.read && chain.stages.is_empty() {
            return;
        }
        match calls::implied(chain.makes, leaf.kind) {
            Ok(Some(stage)) if ways.read => chain.stages.push(stage),
            Ok(_) => {}
            Err(made) => {
                let range = calls.last().map_or(0..text.value.len(), |call| call.name_range.clone());
                let sentence = format!(
                    "this row makes {}, but the field holds {}",
                    calls::kind_in_words(made),
                    calls::kind_in_words(leaf.kind)
                );
                self.report.error("AH-M108", text.place(&range), sentence);
            }
        }
    }

    /// The places of a template's parts; `of` is the template's own text.
    fn composed(&mut self, template: super::template::Template, path: &Path, of: &Text) -> Option<Composed> {
        let mut paths = Vec::new();
        for part in template.parts() {
            let place = Place::scan(&mut Scan::from(&of.value, part.range.start, "AH-M121"));
            let place = self.parsed(place, of)?;
            let below = self.vocabulary.path(&place, of, self.report)?;
            paths.push(path.join(&below));
        }
        Some(Composed { template, paths })
    }
}
