// SPDX-License-Identifier: EUPL-1.2
//! What both mappings make of a file, and what differs.

use std::collections::BTreeMap;
use std::sync::Arc;

use hub_mapping::comparison::{Difference, Effect, Outcome, Sameness, Structure};
use hub_mapping::{Mapping, Unmapped, Worker};
use hub_message::{Protection, Rejection, Shape, Tree};

use super::side::Side;
use crate::command::given::{self, Fault};

/// What is compared.
pub(super) enum Way {
    /// What the mappings read.
    Read,
    /// What another mapping writes out of what they read.
    Onward(Arc<Mapping>),
    /// What the mappings write out of canonical JSON.
    Back,
    /// What the mappings write out of what another mapping reads.
    Via(Arc<Mapping>),
}

impl Way {
    /// Whether the mappings can do what is asked of them.
    pub(super) fn fits(&self, old: &Side, new: &Side) -> Result<(), Fault> {
        for side in [old, new] {
            match self {
                Self::Read if !side.mapping.reads() => {
                    let id = side.mapping.id();
                    let text =
                        format!("mapping `{id}` does not read; compare what it writes with `--reverse` or `--via`");
                    return Err(Fault::Usage(text));
                }
                Self::Read | Self::Onward(_) => given::reads(&side.mapping)?,
                Self::Back | Self::Via(_) => given::writes(&side.mapping)?,
            }
            match self {
                Self::Onward(to) => {
                    given::writes(to)?;
                    given::fit(&side.mapping, to)?;
                }
                Self::Via(via) => {
                    given::reads(via)?;
                    given::fit(via, &side.mapping)?;
                }
                Self::Read | Self::Back => {}
            }
        }
        Ok(())
    }
}

/// What a mapping makes of a file.
struct Made {
    canonical: Vec<Tree>,
    /// What was written of each, if anything is.
    written: Vec<Vec<u8>>,
}

/// Both mappings over one file after the other.
pub(super) struct Compared<'s> {
    old: &'s Side,
    new: &'s Side,
    way: &'s Way,
    workers: [Worker; 2],
    unmapped: [Vec<Unmapped>; 2],
    /// Written places without indices, and whether their values may be shown.
    open: BTreeMap<String, bool>,
    time: String,
}

impl<'s> Compared<'s> {
    pub(super) fn new(old: &'s Side, new: &'s Side, way: &'s Way) -> Self {
        Self {
            old,
            new,
            way,
            workers: [Worker::default(), Worker::default()],
            unmapped: [Vec::new(), Vec::new()],
            open: BTreeMap::new(),
            time: given::now(),
        }
    }

    /// What becomes of a file.
    pub(super) fn file(&mut self, input: &[u8]) -> Result<Outcome, Fault> {
        let before = self.make(0, input)?;
        let after = self.make(1, input)?;
        Ok(match (before, after) {
            (Ok(before), Ok(after)) => {
                let differences = self.differences(&before, &after);
                if !differences.is_empty() {
                    self.learn(&before, 0);
                    self.learn(&after, 1);
                }
                let json = |made: &Made| made.canonical.iter().map(Tree::to_json).collect::<Vec<_>>();
                let same_bytes = if self.writer(0).is_some() {
                    before.written == after.written
                } else {
                    json(&before) == json(&after)
                };
                Outcome::Made {
                    differences,
                    same_bytes,
                }
            }
            (Ok(_), Err(rejection)) => Outcome::NowRejected(rejection),
            (Err(rejection), Ok(_)) => Outcome::NowAccepted(rejection),
            (Err(before), Err(after)) => Outcome::Rejected { before, after },
        })
    }

    fn side(&self, number: usize) -> &'s Side {
        if number == 0 { self.old } else { self.new }
    }

    /// The mapping whose written documents are compared.
    fn writer(&self, number: usize) -> Option<&'s Mapping> {
        match self.way {
            Way::Read => None,
            Way::Onward(to) => Some(to),
            Way::Back | Way::Via(_) => Some(&self.side(number).mapping),
        }
    }

    fn make(&mut self, number: usize, input: &[u8]) -> Result<Result<Made, Box<Rejection>>, Fault> {
        let side = self.side(number);
        let schema = side.schema()?;
        let writer = self.writer(number);
        let (Some(worker), Some(unmapped)) = (self.workers.get_mut(number), self.unmapped.get_mut(number)) else {
            return Err(Fault::Usage("there are two mappings".to_owned()));
        };
        let documents = match self.way {
            Way::Read | Way::Onward(_) => {
                let read = given::read(&side.mapping, schema, input, worker);
                unmapped.extend(worker.take_unmapped(&side.mapping));
                read
            }
            Way::Back => given::canonical(schema, input),
            Way::Via(via) => given::read(via, schema, input, worker),
        };
        let documents = match documents {
            Ok(documents) => documents,
            Err(rejection) => return Ok(Err(Box::new(rejection))),
        };
        let mut made = Made {
            canonical: documents.into_iter().map(|document| document.tree().clone()).collect(),
            written: Vec::new(),
        };
        if let Some(writer) = writer {
            for root in made.canonical.iter().filter_map(Tree::root) {
                match writer.write(root, &given::dry_facts(&self.time), worker) {
                    Ok(written) => made.written.push(written),
                    Err(rejection) => return Ok(Err(Box::new(rejection))),
                }
            }
        }
        Ok(Ok(made))
    }

    fn differences(&self, before: &Made, after: &Made) -> Vec<Difference> {
        let many = before.canonical.len().max(after.canonical.len());
        let mut found = Vec::new();
        for index in 0..many {
            let (one, other) = (self.structure(before, index, 0), self.structure(after, index, 1));
            let differences = one.differences(&other, Sameness::Exact).into_iter();
            found.extend(differences.map(|difference| Difference {
                path: if many > 1 {
                    format!("[{index}] {}", difference.path)
                } else {
                    difference.path
                },
                ..difference
            }));
        }
        found
    }

    /// One of the documents as a tree of places. What the format cannot read back is taken as it was told to it.
    fn structure<'m>(&self, made: &'m Made, index: usize, number: usize) -> Structure<'m> {
        let Some(writer) = self.writer(number) else {
            return made.canonical.get(index).map(Structure::of).unwrap_or_default();
        };
        let like = self.writer(0).unwrap_or(writer);
        let read = made.written.get(index).map(|written| writer.structure(written, like));
        match read {
            Some(Ok(structure)) => structure,
            Some(Err(_)) => self.told(made, index, number),
            None => Structure::nothing(like),
        }
    }

    fn told(&self, made: &Made, index: usize, number: usize) -> Structure<'static> {
        let explained = self.writer(number).zip(made.canonical.get(index).and_then(Tree::root));
        let explained = explained
            .zip(self.workers.get(number))
            .and_then(|((writer, root), worker)| {
                writer.explain_writing(root, &given::dry_facts(&self.time), worker).ok()
            });
        explained.map_or_else(Structure::default, |explained| Structure::of_places(&explained.places))
    }

    /// Learns which written places may be shown.
    fn learn(&mut self, made: &Made, number: usize) {
        let (Some(writer), Some(worker)) = (self.writer(number), self.workers.get(number)) else {
            return;
        };
        for root in made.canonical.iter().filter_map(Tree::root) {
            let Ok(explained) = writer.explain_writing(root, &given::dry_facts(&self.time), worker) else {
                continue;
            };
            for place in explained.places {
                let open = self.open.entry(without_indices(&place.path)).or_insert(true);
                *open &= place.open;
            }
        }
    }

    /// Whether the values of a field may be shown.
    pub(super) fn is_open(&self, field: &str) -> bool {
        if self.writer(0).is_some() {
            return self.open.get(field).copied().unwrap_or(false);
        }
        let plain = field.replace("[]", "");
        let open = |side: &Side| match side.schema().ok().and_then(|schema| schema.shape().at(&plain).cloned()) {
            Some(Shape::Leaf(leaf)) => Some(leaf.protection == Protection::Open),
            Some(Shape::List(item)) => match *item {
                Shape::Leaf(leaf) => Some(leaf.protection == Protection::Open),
                _ => None,
            },
            _ => None,
        };
        // A field that only one of the schemas knows is judged by that one.
        match (open(self.old), open(self.new)) {
            (None, None) => false,
            (one, other) => one.unwrap_or(true) && other.unwrap_or(true),
        }
    }

    /// Adds what no row names.
    pub(super) fn unmapped(&self, effect: &mut Effect) {
        let [before, after] = &self.unmapped;
        effect.add_unmapped(before, after);
    }
}

/// `/r/l/n` for `/r/l[2]/n`.
fn without_indices(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}
