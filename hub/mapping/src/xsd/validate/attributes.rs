// SPDX-License-Identifier: EUPL-1.2
//! The attributes of an element.

use std::borrow::Cow;

use super::bindings::{Bindings, character};
use super::{Mode, Open, Validator};
use crate::xsd::builtin::Builtin;
use crate::xsd::model::{Process, Type};
use crate::xsd::simple::SimpleId;
use crate::xsd::{XML_NAMESPACE, XSI};

/// An attribute as the document has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'v> {
    name: &'v str,
    quoted: &'v str,
    /// Byte offset of its name.
    pub(super) at: usize,
    /// Byte offset of its value.
    pub(super) value_at: usize,
}

impl<'v> Raw<'v> {
    /// The prefix that it declares.
    pub(super) fn declares(&self) -> Option<&'v str> {
        match self.name.strip_prefix("xmlns")? {
            "" => Some(""),
            rest => rest.strip_prefix(':'),
        }
    }

    /// Its value, references resolved and white space normalised (XML 1.0, section 3.3.3).
    pub(super) fn value(&self) -> Cow<'v, str> {
        if !self.quoted.contains(['&', '\t', '\n', '\r']) {
            return Cow::Borrowed(self.quoted);
        }
        let spaces = self.quoted.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
        let mut pieces = spaces.split('&');
        let mut value = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once(';').unwrap_or((piece, ""));
            value.extend(character(name));
            value.push_str(rest);
        }
        Cow::Owned(value)
    }

    fn parts(&self) -> (&'v str, &'v str) {
        self.name.split_once(':').unwrap_or(("", self.name))
    }

    /// Its local name if it stands in this namespace.
    pub(super) fn local_in(&self, namespace: &str, bindings: &Bindings<'_>) -> Option<&'v str> {
        let (prefix, local) = self.parts();
        (!prefix.is_empty() && bindings.namespace(prefix) == Some(namespace)).then_some(local)
    }
}

/// Finds the attributes of a start tag, which is known to be well-formed.
pub(super) fn scan<'v>(text: &'v str, from: usize, to: usize, found: &mut Vec<Raw<'v>>) {
    found.clear();
    let space = [' ', '\t', '\n', '\r'];
    let mut at = from;
    loop {
        let rest = text.get(at..to).unwrap_or_default();
        let trimmed = rest.trim_start_matches(space);
        let start = at + rest.len() - trimmed.len();
        let scanned = trimmed.split_once('=').and_then(|(name, rest)| {
            let value = rest.trim_start_matches(space);
            let quote = value.chars().next()?;
            let value = value.get(1..)?;
            let raw = value.get(..value.find(quote)?)?;
            Some((name.trim_end_matches(space), raw, start + trimmed.len() - value.len()))
        });
        let Some((name, raw, value_at)) = scanned else {
            return;
        };
        found.push(Raw {
            name,
            quoted: raw,
            at: start,
            value_at,
        });
        at = value_at + raw.len() + 1;
    }
}

impl<'v> Validator<'v> {
    /// Holds the attributes of the element that was just opened against its type.
    pub(super) fn check_attributes(&mut self, at: usize, raw: &[Raw<'v>]) {
        let Some(Open {
            mode: Mode::Typed(kind),
            ..
        }) = self.open.last().copied()
        else {
            return;
        };
        let xsd = self.xsd;
        let declared = xsd.attributes(kind);
        let mut met = 0_usize;
        for attribute in raw {
            if attribute.declares().is_some() {
                continue;
            }
            let (prefix, local) = attribute.parts();
            let namespace = match prefix {
                "" => "",
                prefix => self.bindings.namespace(prefix).unwrap_or_default(),
            };
            if namespace == XSI {
                continue;
            }
            let name = xsd.names.find(namespace, local);
            let found = declared.iter().find(|known| Some(known.name) == name);
            let Some(found) = found else {
                let namespace = namespace.to_owned();
                self.wild_attribute(attribute, &namespace, kind);
                continue;
            };
            met += usize::from(found.required);
            self.check_value(found.kind, attribute);
            if let Some(fixed) = &found.fixed
                && !xsd.simples.same(found.kind, &attribute.value(), fixed)
            {
                let sentence = format!("`@{}` must have the value `{fixed}`", attribute.name);
                self.fault("AH-X130", attribute.value_at, sentence);
            }
        }
        if declared.iter().filter(|known| known.required).count() > met {
            self.missing_attributes(at, raw, kind);
        }
    }

    fn missing_attributes(&mut self, at: usize, raw: &[Raw<'v>], kind: Type) {
        let xsd = self.xsd;
        for wanted in xsd.attributes(kind).iter().filter(|known| known.required) {
            let (namespace, local) = xsd.names.parts(wanted.name);
            let is_there = raw.iter().any(|attribute| {
                let (prefix, own) = attribute.parts();
                let is_bound = if namespace.is_empty() {
                    prefix.is_empty()
                } else {
                    attribute.local_in(namespace, &self.bindings).is_some()
                };
                own == local && is_bound
            });
            if !is_there {
                let sentence = format!(
                    "`{}` needs the attribute `{}`",
                    self.here(),
                    xsd.names.label(wanted.name)
                );
                self.fault("AH-X125", at, sentence);
            }
        }
    }

    /// An attribute that the type does not name.
    fn wild_attribute(&mut self, attribute: &Raw<'v>, namespace: &str, kind: Type) {
        let xsd = self.xsd;
        let wildcards = match kind {
            Type::Complex(id) => xsd.complex(id).map_or(&[][..], |complex| &complex.any_attribute),
            Type::Simple(_) => &[],
        };
        let Some(wildcard) = wildcards.iter().find(|wildcard| wildcard.allows(namespace)) else {
            let known = xsd.attributes(kind).iter();
            let known: Vec<_> = known.map(|known| (xsd.names.parts(known.name).1, known.name)).collect();
            let close = hub_message::finding::closest(attribute.parts().1, known.iter().map(|(local, _)| *local));
            let found = close.and_then(|close| known.iter().find(|(local, _)| *local == close));
            let hint = found.map_or(String::new(), |(_, name)| {
                format!("; the schema has `{}`", xsd.names.label(*name))
            });
            let sentence = format!(
                "`{}` has no attribute `{}` in the schema{hint}",
                self.here(),
                attribute.name
            );
            return self.attribute_fault("AH-X124", attribute, sentence);
        };
        let declared = xsd
            .names
            .find(namespace, attribute.parts().1)
            .and_then(|name| xsd.global_attributes.get(&name));
        match (wildcard.process, declared) {
            (Process::Skip, _) | (Process::Lax, None) => {}
            (_, Some(kind)) => self.check_value(*kind, attribute),
            (Process::Strict, None) if namespace == XML_NAMESPACE => {}
            (Process::Strict, None) => {
                let sentence = format!("the attribute `{}` is not declared in the schema", attribute.name);
                self.attribute_fault("AH-X124", attribute, sentence);
            }
        }
    }

    fn check_value(&mut self, kind: SimpleId, attribute: &Raw<'v>) {
        let value = attribute.value();
        if let Err(expected) = self.xsd.simples.check(kind, &value) {
            let sentence = format!("the value of `@{}` is not {expected}", attribute.name);
            self.fault("AH-X126", attribute.value_at, sentence);
        }
        self.identify(kind, &value, attribute.value_at);
    }

    /// `xs:ID` is unique in the document, `xs:IDREF` names one of them.
    pub(super) fn identify(&mut self, kind: SimpleId, value: &str, at: usize) {
        match self.xsd.simples.builtin(kind) {
            Some(Builtin::Id) => {
                let is_new = self.ids.insert(value.trim().to_owned());
                if !is_new {
                    self.fault("AH-X131", at, "this identifier (`xs:ID`) stands twice in the document");
                }
            }
            Some(Builtin::Idref) => self.idrefs.push((at, value.trim().to_owned())),
            _ => {}
        }
    }

    /// References to identifiers that the document does not have.
    pub(super) fn dangling(&mut self) {
        if !self.is_done() {
            return;
        }
        for (at, name) in std::mem::take(&mut self.idrefs) {
            if !self.ids.contains(&name) {
                self.fault(
                    "AH-X131",
                    at,
                    "no element of the document has the identifier that this refers to",
                );
            }
        }
    }
}
