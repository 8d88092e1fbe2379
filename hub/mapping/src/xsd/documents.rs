// SPDX-License-Identifier: EUPL-1.2
//! The files of a schema: the one that a mapping names, and all that it includes, redefines and imports.
//!
//! Every reference must resolve. A validator that passes over an import which it cannot find judges documents by half a
//! schema and says nothing; here it is a finding at the very reference.

use std::collections::{HashSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use hub_message::{Code, Finding};

use super::{XML_NAMESPACE, XS};
use crate::beside::{Wanted, XsdFile, XsdLookup, XsdMissing};
use crate::tree::{self, Node};

/// Files of one schema.
const FILES_MAX: usize = 500;
/// Bytes of all files of one schema.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// A file of a schema.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) file: String,
    pub(super) root: Node,
    /// The namespace of what it declares; that of the including file where it has none itself.
    pub(super) namespace: String,
    /// Whether its names without prefix mean the including file's namespace.
    pub(super) chameleon: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Documents {
    pub(super) list: Vec<Document>,
    pub(super) findings: Vec<Finding>,
}

/// A reference that is still to be followed.
struct Reference {
    location: String,
    from: Option<String>,
    /// Where it stands in the file that refers.
    at: Range<usize>,
    kind: Kind,
    /// The namespace that the import names, or that of the including file.
    namespace: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Named,
    Include,
    Import,
}

/// Reads the schema that a mapping names. The error is what the finding at the name should say, and its help.
pub(super) fn read(name: &str, lookup: &XsdLookup<'_>) -> Result<Documents, (String, String)> {
    let first = lookup(Wanted {
        reference: name,
        from: None,
    });
    let first = first.map_err(|missing| {
        let sentence = match missing.several.len() {
            0 => format!("there is no schema file `{name}`"),
            count => format!("there are {count} schema files `{name}`"),
        };
        (sentence, why(&missing))
    })?;
    let mut reading = Reading {
        lookup,
        made: Documents::default(),
        seen: HashSet::new(),
        waiting: VecDeque::new(),
        bytes: 0,
        missing: Vec::new(),
    };
    let reference = Reference {
        location: name.to_owned(),
        from: None,
        at: 0..0,
        kind: Kind::Named,
        namespace: String::new(),
    };
    reading.take(&reference, first);
    while let Some(reference) = reading.waiting.pop_front() {
        reading.follow(&reference);
    }
    reading.report_missing();
    Ok(reading.made)
}

fn why(missing: &XsdMissing) -> String {
    match (missing.several.as_slice(), missing.looked_in.as_slice()) {
        ([], []) => "nothing is known of where schema files are".to_owned(),
        ([], places) => format!("looked for it in {}", places.join(", ")),
        (several, _) => format!("name its folder as well: {}", several.join(", ")),
    }
}

struct Reading<'l> {
    lookup: &'l XsdLookup<'l>,
    made: Documents,
    /// File and namespace.
    seen: HashSet<(String, String)>,
    waiting: VecDeque<Reference>,
    bytes: usize,
    /// References that led nowhere.
    missing: Vec<(Reference, XsdMissing)>,
}

impl Reading<'_> {
    fn follow(&mut self, reference: &Reference) {
        let wanted = Wanted {
            reference: &reference.location,
            from: reference.from.as_deref(),
        };
        match (self.lookup)(wanted) {
            Ok(found) => self.take(reference, found),
            Err(missing) => self.missing.push((
                Reference {
                    location: reference.location.clone(),
                    from: reference.from.clone(),
                    at: reference.at.clone(),
                    kind: reference.kind,
                    namespace: reference.namespace.clone(),
                },
                missing,
            )),
        }
    }

    fn error(&mut self, code: &'static str, file: &str, at: Range<usize>, text: impl Into<String>) {
        self.made.findings.push(Finding::error(Code::new(code), file, at, text));
    }

    /// Reads a file and notes what it refers to.
    fn take(&mut self, reference: &Reference, found: XsdFile) {
        let seen = (found.file.clone(), reference.namespace.clone());
        if self.seen.contains(&seen) {
            return;
        }
        self.bytes += found.bytes.len();
        if self.bytes > BYTES_MAX || self.made.list.len() >= FILES_MAX {
            if self.seen.insert(seen) {
                let sentence = "a schema has at most 500 files and 64 MiB; this one is larger";
                self.error("AH-M151", &found.file, 0..0, sentence);
            }
            return;
        }
        self.seen.insert(seen);
        let Some(root) = self.parsed(&found) else {
            return;
        };
        let own = root.get("targetNamespace").unwrap_or_default().to_owned();
        let chameleon = reference.kind == Kind::Include && own.is_empty() && !reference.namespace.is_empty();
        if reference.kind != Kind::Named && !chameleon && own != reference.namespace {
            let sentence = format!(
                "`{}` declares the namespace `{own}`, not `{}`",
                reference.location, reference.namespace
            );
            let file = reference.from.clone().unwrap_or_default();
            self.error("AH-M141", &file, reference.at.clone(), sentence);
            return;
        }
        let namespace = if chameleon { reference.namespace.clone() } else { own };
        self.note(&root, &found.file, &namespace);
        self.made.list.push(Document {
            file: found.file,
            root,
            namespace,
            chameleon,
        });
    }

    fn parsed(&mut self, found: &XsdFile) -> Option<Node> {
        let text = match crate::xml::decoded(&found.bytes) {
            Ok(text) => text,
            Err(rejection) => {
                self.error("AH-M141", &found.file, 0..0, rejection.text);
                return None;
            }
        };
        match tree::parse(&text) {
            Ok(root) if root.name == "schema" && &*root.namespace == XS => Some(root),
            Ok(root) => {
                self.error("AH-M141", &found.file, root.at, "this is no XML Schema");
                None
            }
            Err(flaw) => {
                self.error("AH-M141", &found.file, flaw.at..flaw.at + 1, flaw.text);
                None
            }
        }
    }

    /// Notes the references of a file.
    fn note(&mut self, root: &Node, file: &str, namespace: &str) {
        for child in root.children.iter().filter(|child| &*child.namespace == XS) {
            let (kind, wanted) = match child.name.as_str() {
                "include" | "redefine" | "override" => (Kind::Include, namespace),
                "import" => (Kind::Import, child.get("namespace").unwrap_or_default()),
                _ => continue,
            };
            let Some(location) = child.attribute("schemaLocation") else {
                if kind == Kind::Include {
                    let sentence = format!("`xs:{}` needs `schemaLocation`", child.name);
                    self.error("AH-M141", file, child.at.clone(), sentence);
                }
                continue;
            };
            self.waiting.push_back(Reference {
                location: location.value.clone(),
                from: Some(file.to_owned()),
                at: location.at.clone(),
                kind,
                namespace: wanted.to_owned(),
            });
        }
    }

    /// What led nowhere is a finding, unless another file declares the namespace.
    fn report_missing(&mut self) {
        let declared: HashSet<Arc<str>> = self.made.list.iter().map(|d| d.namespace.as_str().into()).collect();
        for (reference, missing) in std::mem::take(&mut self.missing) {
            let elsewhere = reference.kind == Kind::Import
                && (declared.contains(reference.namespace.as_str()) || reference.namespace == XML_NAMESPACE);
            if elsewhere {
                continue;
            }
            let what = if reference.kind == Kind::Import {
                "imports"
            } else {
                "includes"
            };
            let sentence = format!("the schema {what} `{}`, which is not there", reference.location);
            let file = reference.from.unwrap_or_default();
            let finding = Finding::error(Code::new("AH-M142"), file, reference.at, sentence);
            self.made.findings.push(finding.help(why(&missing)));
        }
    }
}
