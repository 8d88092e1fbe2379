// SPDX-License-Identifier: EUPL-1.2
//! Rows become the output program.

use std::sync::Arc;

use super::draft::Draft;
use super::order::{Order, Spot};
use super::plan::NOWHERE;
use super::{
    Bond, FieldNode, ListWrite, NONE, SlotRef, Split, TextTemplate, Value, ValueSource, WriteProgram, WriteScope,
};
use crate::convert::Stage;
use crate::language::condition::Condition;
use crate::language::row::Given;
use crate::rows::{Against, Extra, FieldRef, List, Path, Row, Rule, Scope, Texts};
use crate::source::Symbol;

/// Compiles the rows that write. `root` is the root element's name.
pub(crate) fn compile(scope: &Scope, root: Symbol, order: &Order<'_>) -> WriteProgram {
    let mut of_root = Fields::default();
    let mut document = compile_scope(scope, root, order, true, &mut of_root);
    // Lists may have asked the document for more fields than its own rows.
    document.fields = of_root.nodes;
    document.slots = of_root.slots;
    WriteProgram { document }
}

/// The canonical fields of a scope that are of interest.
#[derive(Debug)]
struct Fields {
    nodes: Vec<FieldNode>,
    slots: u16,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            nodes: vec![FieldNode {
                children: Vec::new(),
                slot: NONE,
            }],
            slots: 0,
        }
    }
}

impl Fields {
    /// The slot of a field.
    fn slot(&mut self, keys: &[String]) -> u16 {
        let mut at = 0;
        for key in keys {
            at = self.child(at, key);
        }
        let next = self.slots;
        let Some(node) = self.nodes.get_mut(at) else {
            return NONE;
        };
        if node.slot == NONE {
            node.slot = next;
            self.slots += 1;
        }
        node.slot
    }

    /// The slot of a field of the document, by its dotted path.
    fn of_document(&mut self, field: &str) -> SlotRef {
        let keys: Vec<String> = field.split('.').map(str::to_owned).collect();
        SlotRef {
            root: true,
            slot: self.slot(&keys),
        }
    }

    fn child(&mut self, at: usize, key: &str) -> usize {
        let known = self
            .nodes
            .get(at)
            .and_then(|node| node.children.iter().find(|(name, _)| name == key));
        if let Some((_, child)) = known {
            return *child as usize;
        }
        let child = self.nodes.len();
        self.nodes.push(FieldNode {
            children: Vec::new(),
            slot: NONE,
        });
        if let Some(node) = self.nodes.get_mut(at) {
            node.children.push((key.to_owned(), child as u16));
        }
        child
    }
}

/// A scope that is compiled.
struct Compiling<'c> {
    own: Fields,
    root: &'c mut Fields,
    is_root: bool,
    values: Vec<Value>,
    splits: Vec<Split>,
    order: &'c Order<'c>,
    /// The place of the scope.
    spot: Spot,
}

/// What stands in a scope, in the order of the file.
enum Part<'p> {
    Row(&'p Row),
    List(&'p List),
    Extra(&'p Extra),
}

fn compile_scope(scope: &Scope, name: Symbol, order: &Order<'_>, is_root: bool, root: &mut Fields) -> WriteScope {
    let mut compiling = Compiling {
        own: Fields::default(),
        root,
        is_root,
        values: Vec::new(),
        splits: Vec::new(),
        order,
        spot: order.root(name),
    };
    let mut draft = Draft::default().named(name);
    compiling.fill(scope, &mut draft);
    draft.arrange(order, order.root(name));
    let fields = (compiling.own.nodes, compiling.own.slots);
    WriteScope::new(fields, compiling.values, compiling.splits, draft.flatten(name))
}

/// The value that a predicate in the place of `rule` asks for.
fn constant(values: &mut Vec<Value>, root: &mut Fields, against: &Against, rule: &Rule) -> u16 {
    values.push(Value {
        source: match against {
            Against::Text(text) => ValueSource::Text(text.clone()),
            // Presence asks for nothing.
            Against::Presence => ValueSource::Part,
            Against::Field(field) => ValueSource::Slot(root.of_document(field)),
        },
        stages: Arc::new(Vec::new()),
        default: None,
        required: false,
        when: None,
        bond: Bond::Demanded,
        leaf: NOWHERE,
        // Its place in the file; the field is none of its own.
        rule: Rule {
            span: rule.span.clone(),
            place: rule.place.clone(),
            ..Rule::default()
        },
    });
    values.len() as u16 - 1
}

impl Compiling<'_> {
    fn fill(&mut self, scope: &Scope, draft: &mut Draft) {
        let rows = scope.rows.iter().map(|row| (&row.rule.order, Part::Row(row)));
        let lists = scope.lists.iter().map(|list| (&list.rule.order, Part::List(list)));
        let extras = scope.extras.iter().map(|extra| (&extra.rule.order, Part::Extra(extra)));
        let mut parts: Vec<_> = rows.chain(lists).chain(extras).collect();
        parts.sort_by_key(|(order, _)| *order);
        if let Some(texts) = &scope.texts {
            self.texts(texts, draft);
        }
        for (_, part) in parts {
            match part {
                Part::Row(row) => self.row(row, draft),
                Part::List(list) => self.list(list, draft),
                Part::Extra(extra) => self.extra(extra, draft),
            }
        }
    }

    fn slot(&mut self, field: &FieldRef) -> SlotRef {
        let root = field.root || self.is_root;
        let fields = if root { &mut *self.root } else { &mut self.own };
        SlotRef {
            root,
            slot: fields.slot(&field.keys),
        }
    }

    fn value(&mut self, value: Value) -> u16 {
        // Functions ask the document for fields by path; they are not slots.
        self.values.push(value);
        self.values.len() as u16 - 1
    }

    fn put(&mut self, path: &Path, value: u16, rule: &Rule, draft: &mut Draft) {
        let (values, root) = (&mut self.values, &mut *self.root);
        if let Some(place) = draft.descend(&path.steps, &mut |against| constant(values, root, against, rule)) {
            place.put(path.attribute, value);
        }
    }

    fn row(&mut self, row: &Row, draft: &mut Draft) {
        let Some(side) = &row.write else {
            return;
        };
        let source = self.slot(&side.source);
        let when = side.when.as_ref().and_then(|when| self.condition(when));
        let value = Value {
            source: ValueSource::Slot(source),
            stages: Arc::clone(&side.stages),
            default: side.default.clone(),
            required: side.required,
            when,
            bond: Bond::Causes,
            leaf: NOWHERE,
            rule: row.rule.clone(),
        };
        let value = self.value(value);
        let Some(composed) = &side.template else {
            return self.put(&side.path, value, &row.rule, draft);
        };
        let mut parts = Vec::new();
        for path in &composed.paths {
            let part = self.value(Value {
                source: ValueSource::Part,
                stages: Arc::new(Vec::new()),
                default: None,
                required: false,
                when: None,
                bond: Bond::Causes,
                leaf: NOWHERE,
                rule: row.rule.clone(),
            });
            parts.push(part);
            self.put(path, part, &row.rule, draft);
        }
        self.splits.push(Split {
            value,
            template: composed.template.clone(),
            parts,
        });
    }

    fn condition(&mut self, when: &Condition<FieldRef>) -> Option<Condition<SlotRef>> {
        when.map(&mut |field| Some(self.slot(field)))
    }

    fn extra(&mut self, extra: &Extra, draft: &mut Draft) {
        let source = match &extra.given {
            Given::Text(text) => ValueSource::Text(text.clone()),
            Given::Fact(fact) => ValueSource::Fact(fact.clone()),
            Given::Field(field) => ValueSource::Slot(self.root.of_document(field)),
        };
        let value = self.value(Value {
            source,
            stages: Arc::clone(&extra.stages),
            default: None,
            required: false,
            when: None,
            bond: if extra.causes { Bond::Causes } else { Bond::Accompanies },
            leaf: NOWHERE,
            rule: extra.rule.clone(),
        });
        if extra.causes {
            return self.put(&extra.path, value, &extra.rule, draft);
        }
        let (anchor, below) = extra.path.steps.split_at(extra.anchor.min(extra.path.steps.len()));
        let (values, root) = (&mut self.values, &mut *self.root);
        let mut constant = |against: &Against| constant(values, root, against, &extra.rule);
        let place = draft
            .descend(anchor, &mut constant)
            .and_then(|anchor| anchor.follow(below, Bond::Accompanies, &mut constant));
        if let Some(place) = place {
            place.put(extra.path.attribute, value);
        }
    }

    fn list(&mut self, list: &List, draft: &mut Draft) {
        let Some((last, above)) = list.write.as_ref().and_then(|path| path.steps.split_last()) else {
            return;
        };
        let slot = self.slot(&FieldRef {
            root: false,
            keys: list.field.clone(),
        });
        let mut inner = Compiling {
            own: Fields::default(),
            root: self.root,
            is_root: false,
            values: Vec::new(),
            splits: Vec::new(),
            order: self.order,
            spot: above
                .iter()
                .chain(std::iter::once(last))
                .fold(self.spot, |spot, step| self.order.below(spot, step.name)),
        };
        let mut item = Draft::default().named(last.name);
        let (values, root) = (&mut inner.values, &mut *inner.root);
        item.put_constants(&last.predicates, &mut |against| {
            constant(values, root, against, &list.rule)
        });
        inner.fill(&list.item, &mut item);
        let when = list.when.as_ref().and_then(|when| inner.condition(when));
        item.arrange(self.order, inner.spot);
        let fields = (inner.own.nodes, inner.own.slots);
        let scope = WriteScope::new(fields, inner.values, inner.splits, item.flatten(last.name));
        let (values, root) = (&mut self.values, &mut *self.root);
        let list = ListWrite {
            slot: slot.slot,
            of_root: slot.root,
            item: scope,
            when,
            rule: list.rule.clone(),
        };
        let rule = list.rule.clone();
        if let Some(place) = draft.descend(above, &mut |against| constant(values, root, against, &rule)) {
            place.put_list(last.name, list);
        }
    }

    fn texts(&mut self, texts: &Texts, draft: &mut Draft) {
        let slots: Vec<u16> = texts.fields.iter().map(|field| self.own.slot(&field.field)).collect();
        let templates = texts.templates.iter().zip(&texts.spans);
        let templates = templates.map(|((template, fields), span)| TextTemplate {
            template: template.clone(),
            slots: fields
                .iter()
                .map(|index| slots.get(*index).copied().unwrap_or(NONE))
                .collect(),
            span: span.clone(),
        });
        let stages: Arc<Vec<Stage>> = Arc::new(Vec::new());
        let value = Value {
            source: ValueSource::Texts(templates.collect()),
            stages,
            default: None,
            required: false,
            when: None,
            bond: Bond::Causes,
            leaf: NOWHERE,
            rule: texts.rule.clone(),
        };
        let value = self.value(value);
        draft.put(None, value);
    }
}
