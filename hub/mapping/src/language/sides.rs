// SPDX-License-Identifier: EUPL-1.2
//! A row and its two directions.

mod when;

use std::sync::Arc;

use hub_message::Protection;
use hub_message::keys::Keys;
use hub_message::shape::Leaf;

use super::calls::{self, Chain, Ways};
use super::expand::{Expander, Spot, ordered};
use super::place::Place;
use super::row::{self, Call};
use super::scan::Text;
use super::value::{Table, Value};
use crate::keys;
use crate::rows::{Composed, FieldRef, Path, ReadSide, Row, Rule, Scope, WriteSide};

/// The options of one direction of a row.
#[derive(Default, Clone)]
struct Options {
    path: Option<Text>,
    default: Option<String>,
    required: bool,
    when: Option<Text>,
    /// Whether rows of this field before it count first.
    otherwise: bool,
}

impl Options {
    fn of(value: &Value, known: &Keys, expander: &mut Expander<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self {
                path: Some(text.clone()),
                ..Self::default()
            }),
            Value::Table(table) => {
                table.only(known, expander.report);
                Some(Self {
                    path: table.text("path", expander.report),
                    default: default(table, expander),
                    required: table.flag("required", expander.report),
                    when: table.text("when", expander.report),
                    otherwise: false,
                })
            }
            other => {
                let sentence = "a row is a text, `place | function`, or a table with `path`";
                expander.report.error("AH-M105", other.span(), sentence);
                None
            }
        }
    }
}

fn default(table: &Table, expander: &mut Expander<'_>) -> Option<String> {
    match table.get("default")? {
        Value::Text(text) => Some(text.value.clone()),
        Value::Number(digits, _) => Some(digits.clone()),
        Value::Bool(value, _) => Some(value.to_string()),
        other => {
            expander
                .report
                .error("AH-M105", other.span(), "`default` is a text, a number, true or false");
            None
        }
    }
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
        match value {
            Value::Table(table) if table.get("read").is_some() || table.get("write").is_some() => {
                self.split_row(&keys, leaf, table, spot, scope);
            }
            Value::List(places, _) => self.places(&keys, leaf, places, spot, scope),
            _ => {
                if let Some(options) = Options::of(value, &keys::ROW, self) {
                    self.add(keys, leaf, &options, spot.ways, None, value.span(), spot, scope);
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
        let options = Options {
            path: Some(text.clone()),
            ..Options::default()
        };
        self.add(keys, leaf, &options, spot.ways, None, text.span.clone(), spot, scope);
    }

    /// `field.read = …`, `field.write = …`, each one place or a list of them.
    fn split_row(&mut self, keys: &[String], leaf: &'a Leaf, table: &'a Table, spot: &Spot<'a>, scope: &mut Scope) {
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
                self.add(keys.to_vec(), leaf, &options, ways, None, value.span(), spot, scope);
            }
        }
    }

    /// `[{ path = …, when = … }, …]`: one field that may stand in several places. Reading takes the first place where
    /// something is; writing takes every place whose condition holds, without conditions only the first.
    fn places(&mut self, keys: &[String], leaf: &'a Leaf, places: &'a [Value], spot: &Spot<'a>, scope: &mut Scope) {
        for (index, value) in places.iter().enumerate() {
            let Some(mut options) = Options::of(value, &keys::PLACE_OF_SEVERAL, self) else {
                continue;
            };
            let write = Ways {
                read: false,
                write: spot.ways.write && (index == 0 || options.when.is_some()),
            };
            if write.write {
                self.add(keys.to_vec(), leaf, &options, write, None, value.span(), spot, scope);
            }
            let read = Ways {
                read: spot.ways.read,
                write: false,
            };
            options.when = None;
            options.otherwise = index > 0;
            if read.read {
                self.add(keys.to_vec(), leaf, &options, read, None, value.span(), spot, scope);
            }
        }
    }

    /// `{ from = "case.number", path = … }`: another field, written to one more place.
    fn row_from(
        &mut self,
        from: &Text,
        keys: &[String],
        key: &Text,
        value: &'a Value,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let (root, field) = match from.value.strip_prefix('^') {
            Some(field) => (true, field),
            None => (spot.scope_name.is_empty(), from.value.as_str()),
        };
        let source: Vec<String> = field.split('.').map(str::to_owned).collect();
        let here = if root {
            Spot::root(self.shape, spot.ways)
        } else {
            spot.clone()
        };
        let Some(leaf) = self.leaf(&source, from.span.clone(), &here) else {
            return;
        };
        let Some(options) = Options::of(value, &keys::ROW, self) else {
            return;
        };
        let ways = Ways {
            read: false,
            write: spot.ways.write,
        };
        let source = FieldRef { root, keys: source };
        let _ = key;
        self.add(
            keys.to_vec(),
            leaf,
            &options,
            ways,
            Some(source),
            value.span(),
            spot,
            scope,
        );
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "one row has that many sides, and a struct would only rename them"
    )]
    fn add(
        &mut self,
        keys: Vec<String>,
        leaf: &'a Leaf,
        options: &Options,
        ways: Ways,
        source: Option<FieldRef>,
        span: std::ops::Range<usize>,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let Some(text) = &options.path else {
            let spans = span.clone();
            return self.row_without_place(keys, leaf, options, ways, spans, spot, scope);
        };
        let Some(parsed) = self.parsed(row::place_row(&text.value), text) else {
            return;
        };
        if let Some((last, before)) = parsed.calls.split_last()
            && last.name == "use"
        {
            if !before.is_empty() {
                self.report.error(
                    "AH-M114",
                    text.place(&last.range),
                    "`use` stands alone behind the place",
                );
            }
            return self.put_fragment(last, &parsed.place, keys, text, spot, scope);
        }
        let Some(below) = self.vocabulary.path(&parsed.place, text, self.report) else {
            return;
        };
        let path = spot.place.join(&below);
        if ways.write {
            self.refuse_negated(&path, text);
        }
        let rule = Rule {
            span: text.span.clone(),
            field: spot.full(&keys),
            place: spot.spelled(&path, &self.vocabulary),
            open: leaf.protection == Protection::Open,
            order: ordered(spot, span.start),
        };
        let mut chain = calls::chain(&parsed.calls, text, &self.tables, Some(leaf), ways, self.report);
        self.fit(&mut chain, leaf, &parsed.calls, text, ways);
        let template = match chain.template.take() {
            Some(template) => {
                let Some(composed) = self.composed(template, &path, text) else {
                    return;
                };
                Some(composed)
            }
            None => None,
        };
        if ways.read && ways.write && options.when.is_some() {
            let when = options.when.as_ref().map_or(0..0, |w| w.span.clone());
            self.report.error_help(
                "AH-M122",
                when,
                "`when` looks at places when reading and at canonical fields when writing",
                "split the row into `.read` and `.write`",
            );
            return;
        }
        let stages = Arc::new(chain.stages);
        let when = options.when.as_ref();
        let read = ways.read.then(|| ReadSide {
            path: path.clone(),
            gather: chain.gather.clone(),
            template: template.clone(),
            stages: Arc::clone(&stages),
            default: options.default.clone(),
            required: options.required,
            when: when.and_then(|text| self.when_read(text, spot)),
        });
        let write = ways.write.then(|| WriteSide {
            path,
            source: source.unwrap_or(FieldRef {
                root: false,
                keys: keys.clone(),
            }),
            template,
            stages,
            default: if ways.read { None } else { options.default.clone() },
            required: options.required,
            when: when.and_then(|text| self.when_write(text, spot)),
        });
        scope.rows.push(Row {
            field: keys,
            leaf: leaf.clone(),
            rule,
            otherwise: options.otherwise,
            read,
            write,
        });
    }

    /// `{ default = … }` without a place: the document does not say it, the canonical field always holds it.
    #[allow(clippy::too_many_arguments, reason = "see `add`")]
    fn row_without_place(
        &mut self,
        keys: Vec<String>,
        leaf: &'a Leaf,
        options: &Options,
        ways: Ways,
        span: std::ops::Range<usize>,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let Some(default) = &options.default else {
            self.report
                .error("AH-M105", span, "a row needs `path`, or at least a `default`");
            return;
        };
        if !ways.read {
            return;
        }
        let rule = Rule {
            span: span.clone(),
            field: spot.full(&keys),
            place: spot.scope_place.clone(),
            open: leaf.protection == Protection::Open,
            order: ordered(spot, span.start),
        };
        let when = options.when.as_ref().and_then(|text| self.when_read(text, spot));
        scope.rows.push(Row {
            field: keys,
            leaf: leaf.clone(),
            rule,
            otherwise: false,
            read: Some(ReadSide {
                path: Path::default(),
                gather: crate::rows::Gather::First,
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
                let range = calls.last().map_or(0..text.value.len(), |call| call.range.clone());
                let sentence = format!(
                    "this row makes {}, but the field holds {}",
                    calls::kind_in_words(made),
                    calls::kind_in_words(leaf.kind)
                );
                self.report.error("AH-M108", text.place(&range), sentence);
            }
        }
    }

    fn composed(&mut self, template: super::template::Template, path: &Path, text: &Text) -> Option<Composed> {
        let mut paths = Vec::new();
        for part in template.parts() {
            let place = self.parsed(Place::parse(&part.name), text)?;
            let below = self.vocabulary.path(&place, text, self.report)?;
            paths.push(path.join(&below));
        }
        Some(Composed { template, paths })
    }
}
