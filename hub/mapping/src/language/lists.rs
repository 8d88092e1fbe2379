// SPDX-License-Identifier: EUPL-1.2
//! `[lists.NAME]`: lists become rows of their items.

use hub_message::shape::Leaf;
use hub_message::{LeafKind, Protection, Shape};

use super::calls;
use super::expand::{Expander, Found, Spot, look_up, ordered};
use super::file::ListBlock;
use super::scan::Text;
use super::template::Template;
use crate::rows::{List, Path, Rule, Scope, TextField, Texts};

impl<'a> Expander<'a> {
    /// `[lists.NAME]`
    pub(super) fn list(&mut self, block: &'a ListBlock, spot: &Spot<'a>, scope: &mut Scope) {
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
        if let Some(path) = &write {
            self.refuse_negated(path);
        }
        let Some(path) = read.as_ref().or(write.as_ref()) else {
            if block.each_read.is_some() || block.each_write.is_some() {
                self.faulty_list(block, keys, item, spot, scope);
            }
            return;
        };
        let sides = [(&read, &block.each_read), (&write, &block.each_write)];
        let mut names_items = true;
        for (path, each) in sides {
            if path
                .as_ref()
                .is_some_and(|path| path.steps.is_empty() || path.attribute.is_some())
            {
                let at = each.as_ref().map_or(span.clone(), Text::inside);
                let sentence = "`each` names a place below, not an attribute and not `.`";
                self.report.error("AH-M106", at, sentence);
                names_items = false;
            }
        }
        if !names_items {
            return;
        }
        let each = sides
            .into_iter()
            .find_map(|(path, each)| path.as_ref().and(each.as_ref()));
        let rule = Rule {
            key: span.clone(),
            at: each.map_or(span.clone(), Text::inside),
            asks: Vec::new(),
            // Of several places each is a row of its own.
            span: match (&block.each_read, block.further) {
                (Some(each), true) => each.span.clone(),
                _ => span,
            },
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
            fragments: spot.fragments.clone(),
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

    /// A list whose place is faulty: its rows are looked at all the same, and go nowhere.
    fn faulty_list(
        &mut self,
        block: &'a ListBlock,
        keys: Vec<String>,
        item: &'a Shape,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let inner = Spot {
            scope: item,
            scope_name: spot.full(&keys),
            keys: Vec::new(),
            place: Path::default(),
            order: Vec::new(),
            ..spot.clone()
        };
        let mut nowhere = Scope::default();
        self.item_row(block, &inner, &mut nowhere);
        self.block(&block.block, &inner, &mut nowhere);
        scope.faulty.push((keys, block.name.span.clone()));
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
            spans: Vec::new(),
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
                            key: text.place(&part.range),
                            at: text.place(&part.range),
                            asks: Vec::new(),
                            field: spot.full(&keys),
                            place: spot.scope_place.clone(),
                            open: leaf.protection == Protection::Open,
                            order: Vec::new(),
                        },
                        field: keys,
                    });
                    texts.fields.len() - 1
                });
                indices.push(index);
            }
            if indices.len() == template.parts().len() {
                texts.templates.push((template, indices));
                texts.spans.push(text.span.clone());
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
}
