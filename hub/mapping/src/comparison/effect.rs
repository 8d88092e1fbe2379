// SPDX-License-Identifier: EUPL-1.2
//! What a change of a mapping does to many documents: field by field, with a few examples.

use std::collections::BTreeMap;

use hub_message::Rejection;
use serde::Serialize;

use super::Difference;
use crate::Unmapped;

/// Examples that are kept of a field.
const EXAMPLES_MAX: usize = 3;
/// Characters of a value that are shown.
const VALUE_MAX: usize = 60;

/// What became of a document under both mappings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Both made something; this is what differs.
    Made {
        /// The places that differ.
        differences: Vec<Difference>,
        /// Whether the outputs are the same byte by byte.
        same_bytes: bool,
    },
    /// The old mapping takes it, the new one does not.
    NowRejected(Box<Rejection>),
    /// The new mapping takes it, the old one did not.
    NowAccepted(Box<Rejection>),
    /// Neither takes it.
    Rejected {
        /// By the old mapping.
        before: Box<Rejection>,
        /// By the new one.
        after: Box<Rejection>,
    },
}

/// Which values may be shown.
pub enum Showing<'s> {
    /// Those of fields that this says are open; others are masked by their shape.
    Open(&'s dyn Fn(&str) -> bool),
    /// All.
    All,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Effect {
    /// Documents that were looked at.
    pub documents: usize,
    /// Documents for which some place differs.
    pub changed: usize,
    /// Documents whose places are the same, but not their bytes: order, white space, encoding.
    pub form_only: usize,
    /// Documents that are rejected before and after.
    pub rejected: usize,
    /// The places that differ, without indices.
    pub fields: Vec<FieldEffect>,
    /// Documents that are rejected now, or otherwise than before.
    pub now_rejected: Vec<Refused>,
    /// Documents that were rejected before.
    pub now_accepted: Vec<Refused>,
    /// Places that no row names, as far as that changed.
    pub unmapped: Vec<UnmappedChange>,
}

/// What a change does to a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldEffect {
    /// The place without indices.
    pub field: String,
    /// Documents in which it differs.
    pub documents: usize,
    /// How often another value stands there.
    pub changed: usize,
    /// How often something stands there where nothing stood.
    pub added: usize,
    /// How often nothing stands there any more.
    pub gone: usize,
    /// Whether values are masked.
    pub masked: bool,
    /// The first ones.
    pub examples: Vec<Example>,
}

/// A place that differs in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The document.
    pub document: String,
    /// The place with its indices.
    pub path: String,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
}

/// A document that one of the mappings rejects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The document.
    pub document: String,
    /// Why.
    pub rejection: Rejection,
    /// Why it was rejected before, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Rejection>,
}

/// A place that no row names, before or after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmappedChange {
    /// The place.
    pub path: String,
    /// How often it was met by the old mapping.
    pub before: u64,
    /// How often by the new one.
    pub after: u64,
}

impl Effect {
    /// Whether nothing differs.
    pub fn is_nothing(&self) -> bool {
        self.changed == 0
            && self.form_only == 0
            && self.now_rejected.is_empty()
            && self.now_accepted.is_empty()
            && self.unmapped.is_empty()
    }

    /// Adds what became of a document.
    pub fn add(&mut self, document: &str, outcome: Outcome, showing: &Showing<'_>) {
        self.documents += 1;
        let refused = |rejection: Box<Rejection>, before: Option<Box<Rejection>>| Refused {
            document: document.to_owned(),
            rejection: *rejection,
            before: before.map(|before| *before),
        };
        match outcome {
            Outcome::Made {
                differences,
                same_bytes,
            } => {
                if differences.is_empty() {
                    self.form_only += usize::from(!same_bytes);
                } else {
                    self.changed += 1;
                    self.add_differences(document, differences, showing);
                }
            }
            Outcome::NowRejected(rejection) => self.now_rejected.push(refused(rejection, None)),
            Outcome::NowAccepted(rejection) => self.now_accepted.push(refused(rejection, None)),
            Outcome::Rejected { before, after } => {
                self.rejected += 1;
                if before.code != after.code || before.field != after.field {
                    self.now_rejected.push(refused(after, Some(before)));
                }
            }
        }
    }

    fn add_differences(&mut self, document: &str, differences: Vec<Difference>, showing: &Showing<'_>) {
        let mut here = Vec::new();
        for difference in differences {
            let known = self.fields.iter().position(|field| field.field == difference.field);
            let index = known.unwrap_or_else(|| {
                self.fields.push(FieldEffect {
                    field: difference.field.clone(),
                    documents: 0,
                    changed: 0,
                    added: 0,
                    gone: 0,
                    masked: match showing {
                        Showing::All => false,
                        Showing::Open(is_open) => !is_open(&difference.field),
                    },
                    examples: Vec::new(),
                });
                self.fields.len() - 1
            });
            let Some(field) = self.fields.get_mut(index) else {
                continue;
            };
            if !here.contains(&index) {
                here.push(index);
                field.documents += 1;
            }
            field.add(document, difference);
        }
    }

    /// Adds what neither mapping names, over all documents.
    pub fn add_unmapped(&mut self, before: &[Unmapped], after: &[Unmapped]) {
        let mut places: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for place in before {
            places.entry(&place.path).or_default().0 += place.count;
        }
        for place in after {
            places.entry(&place.path).or_default().1 += place.count;
        }
        let changes = places.into_iter().filter(|(_, (before, after))| before != after);
        self.unmapped = changes
            .map(|(path, (before, after))| UnmappedChange {
                path: path.to_owned(),
                before,
                after,
            })
            .collect();
    }

    /// Brings the fields into order, those that differ most often first.
    pub fn finish(mut self) -> Self {
        let often = |field: &FieldEffect| (field.documents, field.changed + field.added + field.gone);
        self.fields.sort_by_key(|field| std::cmp::Reverse(often(field)));
        self
    }
}

impl FieldEffect {
    fn add(&mut self, document: &str, difference: Difference) {
        match (&difference.before, &difference.after) {
            (None, _) => self.added += 1,
            (_, None) => self.gone += 1,
            _ => self.changed += 1,
        }
        if self.examples.len() < EXAMPLES_MAX {
            let shown = |value: Option<String>| value.map(|value| shown(&value, self.masked));
            let (before, after) = (shown(difference.before), shown(difference.after));
            self.examples.push(Example {
                document: document.to_owned(),
                path: difference.path,
                before,
                after,
            });
        }
    }
}

/// A value as far as it may be shown: masked by its shape, letters as `x`, digits as `9`.
fn shown(value: &str, masked: bool) -> String {
    let shape = |c: char| match c {
        c if c.is_uppercase() => 'X',
        c if c.is_alphabetic() => 'x',
        c if c.is_numeric() => '9',
        c => c,
    };
    let mut out: String = value
        .chars()
        .take(VALUE_MAX)
        .map(|c| if masked { shape(c) } else { c })
        .collect();
    if value.chars().nth(VALUE_MAX).is_some() {
        out.push('…');
    }
    out
}
