// SPDX-License-Identifier: EUPL-1.2
//! The rows of a mapping, checked and expanded: short names and fragments are gone, names are symbols, every row knows its
//! canonical leaf and its place. Reading and writing are compiled from this.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use hub_message::shape::Leaf;

use crate::convert::Stage;
use crate::function::{Fold, Pick};
use crate::language::condition::Condition;
pub(crate) use crate::language::place::Against;
use crate::language::row::Given;
use crate::language::template::Template;
use crate::source::{Names, Symbol};

/// A place relative to a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
    pub(crate) attribute: Option<Symbol>,
    /// Where the attribute stands in the mapping file.
    pub(crate) attribute_at: At,
}

/// A step down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) name: Symbol,
    pub(crate) predicates: Vec<Predicate>,
    /// Where its name stands in the mapping file.
    pub(crate) at: At,
}

/// A byte range in the mapping file. Paths are the same wherever they stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct At(pub(crate) Range<usize>);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for At {}

impl Hash for At {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A condition on the occurrences of a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Predicate {
    pub(crate) path: Path,
    pub(crate) negated: bool,
    pub(crate) against: Against,
    /// Where what stands between the brackets is in the mapping file.
    pub(crate) at: At,
    /// Where it is that says what the place is compared with.
    pub(crate) against_at: At,
}

impl Path {
    /// This place and `below` it.
    pub(crate) fn join(&self, below: &Path) -> Path {
        let mut steps = self.steps.clone();
        steps.extend(below.steps.iter().cloned());
        Path {
            steps,
            attribute: below.attribute,
            attribute_at: below.attribute_at.clone(),
        }
    }

    /// Where the file spells attributes in it, those of predicates among them.
    pub(crate) fn attributes_at(&self) -> Vec<Range<usize>> {
        let predicates = self.steps.iter().flat_map(|step| &step.predicates);
        let mut found: Vec<_> = predicates
            .flat_map(|predicate| predicate.path.attributes_at())
            .collect();
        found.extend(self.attribute.map(|_| self.attribute_at.0.clone()));
        found
    }

    /// The first predicate with `!=` or `is absent` in it.
    pub(crate) fn first_negated(&self) -> Option<&Predicate> {
        let mut predicates = self.steps.iter().flat_map(|step| &step.predicates);
        predicates.find_map(|predicate| {
            if predicate.negated {
                Some(predicate)
            } else {
                predicate.path.first_negated()
            }
        })
    }

    /// The path in the mapping's spelling, predicates left out.
    pub(crate) fn spelled(&self, names: &Names) -> String {
        let mut out = String::new();
        for step in &self.steps {
            if !out.is_empty() {
                out.push('/');
            }
            out.push_str(names.spelled(step.name));
        }
        if let Some(attribute) = self.attribute {
            out.push_str(if out.is_empty() { "@" } else { "/@" });
            out.push_str(names.spelled(attribute));
        }
        if out.is_empty() { ".".to_owned() } else { out }
    }
}

/// Where a row stands and what it is about, for findings and rejections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rule {
    /// Byte range in the mapping file: the text of the row.
    pub(crate) span: Range<usize>,
    /// Byte range of its key, the canonical field.
    pub(crate) key: Range<usize>,
    /// Byte range of its place, without functions.
    pub(crate) at: Range<usize>,
    /// The fields that its functions and its condition ask for, `^field`, and where they do.
    pub(crate) asks: Vec<(String, Range<usize>)>,
    /// Dotted canonical path from the root of the document.
    pub(crate) field: String,
    /// Its place as the mapping spells it, without predicates, from the root of the document.
    pub(crate) place: String,
    /// Whether the schema says that its value may be shown.
    pub(crate) open: bool,
    /// Position among the rows when writing: that of the row, behind that of the row which used its fragment.
    pub(crate) order: Vec<usize>,
}

impl Rule {
    /// Where in the file the rows begin that used the fragments in which this one stands.
    pub(crate) fn used_at(&self) -> &[usize] {
        self.order.split_last().map_or(&[], |(_, used)| used)
    }
}

/// The rows of the document, or of a list's item.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) rows: Vec<Row>,
    pub(crate) lists: Vec<List>,
    pub(crate) extras: Vec<Extra>,
    /// Fields, relative to the scope, whose rows are faulty and which are not missing beside that; and where they stand.
    pub(crate) faulty: Vec<(Vec<String>, Range<usize>)>,
    /// How the text of the item's place holds several fields.
    pub(crate) texts: Option<Texts>,
}

/// A canonical leaf and its places.
#[derive(Debug)]
pub(crate) struct Row {
    /// Relative to the scope; empty for the item of a list of plain values.
    pub(crate) field: Vec<String>,
    pub(crate) leaf: Leaf,
    pub(crate) rule: Rule,
    /// Whether it only counts where the rows of this field before it found nothing.
    pub(crate) otherwise: bool,
    pub(crate) read: Option<ReadSide>,
    pub(crate) write: Option<WriteSide>,
}

/// How a leaf is read.
#[derive(Debug)]
pub(crate) struct ReadSide {
    pub(crate) path: Path,
    pub(crate) gather: Gather,
    /// A text made from several places below `path`.
    pub(crate) template: Option<Composed>,
    pub(crate) stages: Arc<Vec<Stage>>,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) when: Option<Condition<ReadOperand>>,
}

/// Which of the matches of a place count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gather {
    /// The first match, wherever it stands.
    First,
    /// One chosen among all.
    Pick(Pick),
    /// All of them, made into one value.
    Fold(Fold),
}

/// A template over places.
#[derive(Debug, Clone)]
pub(crate) struct Composed {
    pub(crate) template: Template,
    /// Places of its parts, relative to the scope.
    pub(crate) paths: Vec<Path>,
}

/// What a condition on reading looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadOperand {
    /// A place, relative to the scope.
    Place(Path),
    /// `^field`: a canonical leaf of the document.
    Field(String),
}

/// How a leaf is written.
#[derive(Debug)]
pub(crate) struct WriteSide {
    pub(crate) path: Path,
    pub(crate) source: FieldRef,
    pub(crate) template: Option<Composed>,
    pub(crate) stages: Arc<Vec<Stage>>,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) when: Option<Condition<FieldRef>>,
}

/// A canonical field as writing finds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FieldRef {
    /// From the root of the document, not from the item.
    pub(crate) root: bool,
    /// Keys down.
    pub(crate) keys: Vec<String>,
}

/// A canonical list and the places of its items.
#[derive(Debug)]
pub(crate) struct List {
    /// Relative to the scope.
    pub(crate) field: Vec<String>,
    pub(crate) rule: Rule,
    pub(crate) read: Option<Path>,
    pub(crate) write: Option<Path>,
    /// Whether it adds to a list before it: its items come behind those of that one.
    pub(crate) further: bool,
    /// Which items are written here.
    pub(crate) when: Option<Condition<FieldRef>>,
    pub(crate) item: Scope,
}

/// What is written without being read: constants, facts, a field of the document.
#[derive(Debug)]
pub(crate) struct Extra {
    pub(crate) path: Path,
    pub(crate) given: Given,
    pub(crate) stages: Arc<Vec<Stage>>,
    /// Whether it makes the places above it exist (`[always]`), or is only written where they exist anyhow.
    pub(crate) causes: bool,
    /// How many steps of the path lead to the place that it accompanies.
    pub(crate) anchor: usize,
    pub(crate) rule: Rule,
}

/// Templates by which the text of a place holds several fields; the first that fits counts.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    /// Each with the index in `fields` of each of its parts.
    pub(crate) templates: Vec<(Template, Vec<usize>)>,
    /// Where each of them stands in the mapping file.
    pub(crate) spans: Vec<Range<usize>>,
    /// The fields that they name.
    pub(crate) fields: Vec<TextField>,
    pub(crate) rule: Rule,
}

/// A field that stands in a template.
#[derive(Debug, Clone)]
pub(crate) struct TextField {
    pub(crate) field: Vec<String>,
    pub(crate) rule: Rule,
}
