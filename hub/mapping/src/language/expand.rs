// SPDX-License-Identifier: EUPL-1.2
//! The sections of a file become rows: fragments are put in, every row finds its canonical leaf and its place.

use std::collections::HashMap;
use std::sync::Arc;

use hub_message::shape::{Leaf, Member};
use hub_message::{LeafKind, Protection, Shape};

use super::calls::{self, Ways};
use super::file::{Block, File, ListBlock};
use super::resolve::Vocabulary;
use super::row;
use super::scan::Text;
use super::table::CodeTable;
use super::template::Template;
use super::value::{Table, Value};
use crate::facts::PLAIN_FACTS;
use crate::report::Report;
use crate::rows::{Extra, List, Path, Rule, Scope, TextField, Texts};

/// How deep fragments may use fragments.
const FRAGMENT_DEPTH: usize = 16;

/// Everything that rows may refer to.
pub(crate) struct Expander<'a> {
    pub(crate) file: &'a File,
    pub(crate) shape: &'a Shape,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) tables: HashMap<String, Arc<CodeTable>>,
    pub(crate) report: &'a mut Report,
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
    depth: usize,
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
            depth: 0,
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
        let name = match call.arguments.as_slice() {
            [crate::function::Argument::Name(name) | crate::function::Argument::Text(name)] => name,
            _ => {
                let span = text.place(&call.range);
                self.report
                    .error("AH-M114", span, "`use` takes one argument, the name of a fragment");
                return;
            }
        };
        let file: &'a File = self.file;
        let Some((_, block)) = file.fragments.iter().find(|(known, _)| known.value == *name) else {
            let known = file.fragments.iter().map(|(name, _)| name.value.as_str());
            let sentence = format!("there is no fragment `{name}`");
            self.report
                .unknown("AH-M114", text.place(&call.range), sentence, name, known);
            return;
        };
        if spot.depth >= FRAGMENT_DEPTH {
            self.report.error(
                "AH-M124",
                text.place(&call.range),
                "fragments use each other too deeply, or in a circle",
            );
            return;
        }
        if let Found::Unknown(index, members) = look_up(spot.scope, &keys) {
            self.unknown_field(&keys, index, members, text.span.clone(), spot);
            return;
        }
        let Some(below) = self.vocabulary.path(place, text, self.report) else {
            return;
        };
        let mut inner = spot.clone();
        inner.keys = keys;
        inner.place = spot.place.join(&below);
        inner.order.push(text.span.start);
        inner.depth += 1;
        self.block(block, &inner, scope);
    }

    /// `[lists.NAME]`
    fn list(&mut self, block: &'a ListBlock, spot: &Spot<'a>, scope: &mut Scope) {
        let mut keys = spot.keys.clone();
        keys.extend(block.name.value.split('.').map(str::to_owned));
        let span = block.name.span.clone();
        let item = match look_up(spot.scope, &keys) {
            Found::Shape(Shape::List(item)) => item.as_ref(),
            Found::Shape(_) => {
                let sentence = format!("`{}` is no list in the schema", spot.full(&keys));
                self.report.error("AH-M107", span, sentence);
                return;
            }
            Found::Unknown(index, members) => return self.unknown_field(&keys, index, members, span, spot),
            Found::ThroughList(index) => return self.through_list(&keys, index, span, spot),
        };
        let mut ways = spot.ways;
        let mut side = |text: &Option<Text>, way: bool| {
            let text = text.as_ref().filter(|_| way)?;
            let path = self.vocabulary.path_of_text(text, self.report)?;
            Some(spot.place.join(&path))
        };
        let read = side(&block.each_read, ways.read);
        let write = side(&block.each_write, ways.write);
        ways.read &= read.is_some();
        ways.write &= write.is_some();
        if let (Some(path), Some(each)) = (&write, &block.each_write) {
            self.refuse_negated(path, each);
        }
        let Some(path) = read.as_ref().or(write.as_ref()) else {
            return;
        };
        if path.steps.is_empty() || path.attribute.is_some() {
            self.report.error(
                "AH-M106",
                span,
                "`each` names a place below, not an attribute and not `.`",
            );
            return;
        }
        let rule = Rule {
            span,
            field: spot.full(&keys),
            place: spot.spelled(path, &self.vocabulary),
            open: false,
            order: ordered(spot, block.name.span.start),
        };
        let inner = Spot {
            scope: item,
            scope_name: rule.field.clone(),
            keys: Vec::new(),
            place: Path::default(),
            scope_place: rule.place.clone(),
            order: Vec::new(),
            depth: spot.depth,
            ways,
        };
        let mut item_scope = Scope::default();
        self.texts(block, &inner, &mut item_scope);
        self.item_row(block, &inner, &mut item_scope);
        self.block(&block.block, &inner, &mut item_scope);
        let when = block.when.as_ref().filter(|_| write.is_some());
        let when = when.and_then(|text| self.when_write(text, &inner));
        scope.lists.push(List {
            field: keys,
            rule,
            read,
            write,
            further: block.further,
            when,
            item: item_scope,
        });
    }

    /// The row of a list of plain values; without `item` the place itself is the value.
    fn item_row(&mut self, block: &'a ListBlock, spot: &Spot<'a>, scope: &mut Scope) {
        match (&block.item, spot.scope) {
            (Some(value), Shape::Leaf(_)) => self.row(Vec::new(), &block.name, value, spot, scope),
            (None, Shape::Leaf(leaf)) if block.templates.is_empty() => {
                let text = Text::standing_for(".", &block.name);
                self.simple_row(Vec::new(), leaf, &text, spot, scope);
            }
            (Some(value), _) => {
                self.report.error(
                    "AH-M107",
                    value.span(),
                    "`item` is for lists of plain values; this list has objects",
                );
            }
            (None, _) => {}
        }
    }

    /// `template = […]` of a list.
    fn texts(&mut self, block: &'a ListBlock, spot: &Spot<'a>, scope: &mut Scope) {
        if block.templates.is_empty() {
            return;
        }
        let mut texts = Texts {
            templates: Vec::new(),
            fields: Vec::new(),
            rule: Rule {
                span: block.templates.first().map_or(0..0, |t| t.span.clone()),
                field: spot.scope_name.clone(),
                place: spot.scope_place.clone(),
                ..Rule::default()
            },
        };
        for text in &block.templates {
            let Some(template) = self.parsed(Template::parse(&text.value, calls::scan_field), text) else {
                continue;
            };
            let mut indices = Vec::new();
            for part in template.parts() {
                let keys: Vec<String> = part.name.split('.').map(str::to_owned).collect();
                let Some(leaf) = self.text_leaf(&keys, text.place(&part.range), spot) else {
                    continue;
                };
                let index = texts.fields.iter().position(|f| f.field == keys).unwrap_or_else(|| {
                    texts.fields.push(TextField {
                        rule: Rule {
                            span: text.place(&part.range),
                            field: spot.full(&keys),
                            place: spot.scope_place.clone(),
                            open: leaf.protection == Protection::Open,
                            order: Vec::new(),
                        },
                        field: keys,
                        leaf,
                    });
                    texts.fields.len() - 1
                });
                indices.push(index);
            }
            if indices.len() == template.parts().len() {
                texts.templates.push((template, indices));
            }
        }
        scope.texts = Some(texts);
    }

    fn text_leaf(&mut self, keys: &[String], span: std::ops::Range<usize>, spot: &Spot<'a>) -> Option<Leaf> {
        let leaf = self.leaf(keys, span.clone(), spot)?;
        if leaf.kind != LeafKind::Text {
            self.report
                .error("AH-M108", span, "a template takes texts apart; this field is no text");
            return None;
        }
        Some(leaf.clone())
    }

    /// `[always]`
    fn always(&mut self, place: &'a Text, value: &'a Text, spot: &Spot<'a>, scope: &mut Scope) {
        let parsed = row::always_row(&value.value);
        self.extra(place, value, parsed, true, spot, scope);
    }

    /// A row whose key is a place: written where the places above it exist anyhow.
    fn accompanying(&mut self, place: &'a Text, value: &'a Value, spot: &Spot<'a>, scope: &mut Scope) {
        let given = match value {
            Value::Table(table) => {
                table.only(&["write"], self.report);
                table.needed_text("write", self.report)
            }
            other => {
                let sentence = "a row whose key is a place is only written";
                self.report.error_help(
                    "AH-M105",
                    other.span(),
                    sentence,
                    "{ write = \"^field\" } or { write = \"'text'\" }",
                );
                None
            }
        };
        if let Some(text) = given {
            let parsed = row::given_row(&text.value);
            self.extra(place, &text, parsed, false, spot, scope);
        }
    }

    fn extra(
        &mut self,
        place: &Text,
        value: &Text,
        parsed: Result<row::GivenRow, super::scan::Fault>,
        causes: bool,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let path = self.vocabulary.path_of_text(place, self.report);
        let (Some(path), Some(parsed)) = (path, self.parsed(parsed, value)) else {
            return;
        };
        self.refuse_negated(&path, place);
        let mut open = true;
        match &parsed.given {
            row::Given::Field(field) => {
                let keys: Vec<String> = field.split('.').map(str::to_owned).collect();
                let root = Spot::root(self.shape, spot.ways);
                match self.leaf(&keys, value.place(&parsed.range), &root) {
                    Some(leaf) => open = leaf.protection == Protection::Open,
                    None => return,
                }
            }
            row::Given::Fact(fact) => {
                let known = PLAIN_FACTS.contains(&fact.as_str());
                if !known && fact.strip_prefix("case.").is_none_or(str::is_empty) {
                    let known = PLAIN_FACTS.into_iter().chain(["case.id"]);
                    let sentence = format!("the hub gives no fact `${fact}`");
                    self.report
                        .unknown("AH-M125", value.place(&parsed.range), sentence, fact, known);
                }
            }
            row::Given::Text(_) => {}
        }
        let ways = Ways {
            read: false,
            write: true,
        };
        let chain = calls::chain(&parsed.calls, value, &self.tables, None, ways, self.report);
        let path = spot.place.join(&path);
        scope.extras.push(Extra {
            rule: Rule {
                span: place.span.clone(),
                field: match &parsed.given {
                    row::Given::Field(field) => field.clone(),
                    row::Given::Fact(_) | row::Given::Text(_) => String::new(),
                },
                place: spot.spelled(&path, &self.vocabulary),
                open,
                order: ordered(spot, place.span.start),
            },
            path,
            given: parsed.given,
            stages: Arc::new(chain.stages),
            causes,
            anchor: spot.place.steps.len(),
        });
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

    fn through_list(&mut self, keys: &[String], index: usize, span: std::ops::Range<usize>, spot: &Spot<'a>) {
        let list = spot.full(keys.get(..=index).unwrap_or_default());
        let sentence = format!("`{list}` is a list, so its fields are mapped item by item");
        self.report.error_help(
            "AH-M107",
            span,
            sentence,
            format!("put the row into `[lists.\"{list}\".fields]`"),
        );
    }

    fn unknown_field(
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
    pub(crate) fn refuse_negated(&mut self, path: &Path, text: &Text) {
        if path.negated() {
            let at = text.value.find("!=").map_or(0..text.value.len(), |at| at..at + 2);
            self.report.error_help(
                "AH-M116",
                text.place(&at),
                "a place with `!=` cannot be written",
                "split the row into `.read` and `.write`",
            );
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
    const KEYS: [&str; 7] = ["path", "read", "write", "from", "default", "required", "when"];
    !table.entries.is_empty() && table.entries.iter().all(|(key, _)| KEYS.contains(&key.value.as_str()))
}
