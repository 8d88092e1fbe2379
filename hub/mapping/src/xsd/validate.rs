// SPDX-License-Identifier: EUPL-1.2
//! A document held against a schema: one walk, no tree, every finding with its place.
//!
//! The order of children is looked at as they come, so that a finding stands at the child which is wrong and not at its
//! parent. A finding says what the schema expects and never what the document holds: a native document has no protection
//! classes. The document was found well-formed before.

mod attributes;
mod bindings;
mod children;
mod content;

use std::borrow::Cow;
use std::collections::HashSet;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::automaton::State;
use super::model::{ElementId, Process, Type};
use super::names::NameId;
use super::{XSI, Xsd};
use bindings::{Bindings, Named};

/// So many findings are enough to know what is wrong.
const FINDINGS_MAX: usize = 20;
/// Comparisons for each byte of a document, and some to begin with. A schema with sane models needs less than one.
const WORK_PER_BYTE: u64 = 100;
const WORK_LEAST: u64 = 10_000_000;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte offset.
    pub(crate) at: usize,
    /// Byte offset of what the path should lead to: an attribute's value, where `at` is its name.
    pub(crate) of: usize,
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

/// What is checked of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Typed(Type),
    /// What is declared is checked.
    Lax,
    Skip,
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    mode: Mode,
    element: Option<ElementId>,
    /// As the document spells it.
    name: (usize, usize),
    /// Where its states, its children's names and its text begin in the stacks.
    states: usize,
    siblings: usize,
    text: usize,
    /// Bindings in force outside.
    outside: usize,
    is_nil: bool,
    /// Whether a text was found where there must be none.
    has_stray: bool,
    /// The finding that something is missing, and which of the findings it is.
    missing: Option<(NameId, usize)>,
}

/// A walk over a document.
pub(crate) struct Validator<'v> {
    xsd: &'v Xsd,
    text: &'v str,
    bindings: Bindings<'v>,
    open: Vec<Open>,
    states: Vec<State>,
    scratch: Vec<State>,
    /// Names of the children so far, how often in a row.
    siblings: Vec<(NameId, u32)>,
    buffer: String,
    attributes: Vec<attributes::Raw<'v>>,
    ids: HashSet<String>,
    idrefs: Vec<(usize, String)>,
    work: u64,
    faults: Vec<Fault>,
}

impl<'v> Validator<'v> {
    /// Holds a well-formed document against a schema.
    pub(crate) fn faults(xsd: &'v Xsd, text: &'v str) -> Vec<Fault> {
        let mut validator = Self {
            xsd,
            text,
            bindings: Bindings::default(),
            open: Vec::new(),
            states: Vec::new(),
            scratch: Vec::new(),
            siblings: Vec::new(),
            buffer: String::new(),
            attributes: Vec::new(),
            ids: HashSet::new(),
            idrefs: Vec::new(),
            work: 0,
            faults: Vec::new(),
        };
        validator.walk();
        validator.dangling();
        validator.faults.sort_by_key(|fault| fault.at);
        validator.faults
    }

    fn walk(&mut self) {
        let text = self.text;
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        let limit = WORK_LEAST + WORK_PER_BYTE * text.len() as u64;
        loop {
            let from = reader.buffer_position() as usize;
            // The strict reader has refused what is not well-formed.
            let Ok(event) = reader.read_event() else {
                return;
            };
            match event {
                Event::Start(tag) => self.start(from, tag.name().0.len(), tag.len()),
                Event::Empty(tag) => {
                    self.start(from, tag.name().0.len(), tag.len());
                    self.end(from);
                }
                Event::End(_) => self.end(from),
                Event::Text(piece) => self.characters(from, &piece),
                Event::CData(piece) => self.characters(from + "<![CDATA[".len(), &piece),
                Event::GeneralRef(reference) => {
                    if let Some(c) = bindings::character(&reference) {
                        self.characters(from, c.encode_utf8(&mut [0; 4]));
                    }
                }
                Event::Eof => return,
                _ => {}
            }
            if self.faults.len() >= FINDINGS_MAX {
                return;
            }
            if self.work > limit {
                let sentence = "the document takes more time to be checked than this hub gives it";
                return self.fault("AH-X132", from, sentence);
            }
        }
    }

    fn fault(&mut self, code: &'static str, at: usize, text: impl Into<String>) {
        self.faults.push(Fault {
            at,
            of: at,
            code,
            text: text.into(),
        });
    }

    /// A finding about an attribute, at its name.
    fn attribute_fault(&mut self, code: &'static str, attribute: &attributes::Raw<'_>, text: impl Into<String>) {
        self.faults.push(Fault {
            at: attribute.at,
            of: attribute.value_at,
            code,
            text: text.into(),
        });
    }

    fn slice(&self, range: (usize, usize)) -> &'v str {
        self.text.get(range.0..range.1).unwrap_or_default()
    }

    /// The name of the innermost open element as the document spells it.
    fn here(&self) -> &'v str {
        self.open.last().map_or("", |open| self.slice(open.name))
    }

    /// A start tag: its name, then everything in it so many bytes long.
    fn start(&mut self, at: usize, name_length: usize, length: usize) {
        let text = self.text;
        let name = (at + 1, at + 1 + name_length);
        let outside = self.bindings.mark();
        let mut raw = std::mem::take(&mut self.attributes);
        attributes::scan(text, name.1, at + 1 + length, &mut raw);
        for attribute in &raw {
            if let Some(prefix) = attribute.declares() {
                self.bindings.bind(prefix, attribute.value());
            }
        }
        if self.open.is_empty() {
            self.bindings.root_is_bound();
        }
        let named = self.bindings.element(self.slice(name), self.xsd);
        let (mode, element) = self.admit(at, name, &named);
        self.open.push(Open {
            mode,
            element,
            name,
            states: self.states.len(),
            siblings: self.siblings.len(),
            text: self.buffer.len(),
            outside,
            is_nil: false,
            has_stray: false,
            missing: None,
        });
        self.states.push(State::START);
        self.typed_by_itself(at, &raw);
        self.check_attributes(at, &raw);
        self.attributes = raw;
    }

    /// What is checked of an element: its parent's model decides.
    fn admit(&mut self, at: usize, name: (usize, usize), named: &Named<'v>) -> (Mode, Option<ElementId>) {
        let Some(parent) = self.open.last().copied() else {
            let found = named.name.and_then(|name| self.xsd.globals.get(&name).copied());
            let Some(element) = found else {
                let sentence = format!(
                    "the {} schema has no root element `{}` in this namespace",
                    self.xsd.title,
                    self.slice(name)
                );
                self.fault("AH-X128", at, sentence);
                return (Mode::Skip, None);
            };
            return self.declared(at, element);
        };
        match parent.mode {
            Mode::Skip => (Mode::Skip, None),
            Mode::Lax => self.wild(at, name, named, Process::Lax),
            Mode::Typed(kind) => self.child(at, name, named, kind, parent),
        }
    }

    /// An element that a wildcard let in.
    fn wild(
        &mut self,
        at: usize,
        name: (usize, usize),
        named: &Named<'v>,
        process: Process,
    ) -> (Mode, Option<ElementId>) {
        let found = named.name.and_then(|name| self.xsd.globals.get(&name).copied());
        match (process, found) {
            (Process::Skip, _) => (Mode::Skip, None),
            (_, Some(element)) => self.declared(at, element),
            (Process::Lax, None) => (Mode::Lax, None),
            (Process::Strict, None) => {
                let sentence = format!(
                    "`{}` is not declared in the {} schema",
                    self.slice(name),
                    self.xsd.title
                );
                self.fault("AH-X120", at, sentence);
                (Mode::Skip, None)
            }
        }
    }

    fn declared(&mut self, at: usize, id: ElementId) -> (Mode, Option<ElementId>) {
        let Some(element) = self.xsd.element(id) else {
            return (Mode::Skip, None);
        };
        if element.is_abstract {
            let label = self.xsd.label(id);
            self.fault(
                "AH-X129",
                at,
                format!("`{label}` is abstract, so another element must stand for it"),
            );
            return (Mode::Skip, None);
        }
        (Mode::Typed(element.kind), Some(id))
    }

    /// `xsi:type` and `xsi:nil`.
    fn typed_by_itself(&mut self, at: usize, raw: &[attributes::Raw<'v>]) {
        let Some(Open {
            mode: Mode::Typed(declared),
            element,
            ..
        }) = self.open.last().copied()
        else {
            return;
        };
        let mut kind = declared;
        for attribute in raw {
            let Some(local) = attribute.local_in(XSI, &self.bindings) else {
                continue;
            };
            match local {
                "type" => {
                    let value = attribute.value();
                    match self.type_named(value.trim()) {
                        Some(given) if self.xsd.derives(given, declared) => kind = given,
                        Some(_) => {
                            let sentence =
                                "the type in `xsi:type` is not derived from the one that the schema declares";
                            self.attribute_fault("AH-X129", attribute, sentence);
                        }
                        None => self.attribute_fault(
                            "AH-X129",
                            attribute,
                            "the schema has no type of the name in `xsi:type`",
                        ),
                    }
                }
                "nil" if matches!(attribute.value().trim(), "true" | "1") => {
                    let nillable = element.and_then(|id| self.xsd.element(id)).is_some_and(|e| e.nillable);
                    if !nillable {
                        let sentence = format!("`{}` must not be nil", self.here());
                        self.attribute_fault("AH-X129", attribute, sentence);
                    }
                    if let Some(open) = self.open.last_mut() {
                        open.is_nil = true;
                    }
                }
                _ => {}
            }
        }
        if let Type::Complex(id) = kind
            && self.xsd.complex(id).is_some_and(|complex| complex.is_abstract)
        {
            let sentence = format!(
                "the type of `{}` is abstract, so `xsi:type` must name another",
                self.here()
            );
            self.fault("AH-X129", at, sentence);
        }
        if let Some(open) = self.open.last_mut() {
            open.mode = Mode::Typed(kind);
        }
    }

    /// The type that a text of the document names.
    fn type_named(&mut self, spelled: &str) -> Option<Type> {
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let namespace: Cow<'_, str> = self.bindings.namespace(prefix)?.to_owned().into();
        if namespace == super::XS {
            return self.xsd.standard(local);
        }
        self.xsd.types.get(&(namespace.into_owned(), local.to_owned())).copied()
    }
}
