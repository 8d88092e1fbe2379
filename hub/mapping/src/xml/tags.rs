// SPDX-License-Identifier: EUPL-1.2
//! Start tags: names, declarations of prefixes, attributes.

use super::attributes::{self, Attribute};
use super::characters;
use super::document::{Open, Phase, Walk};
use super::fault::{Breach, Checked, Fault};
use super::namespaces::{XML, XMLNS};
use super::runs;
use super::{BINDINGS_MAX, DEPTH_MAX, NAME_BYTES_MAX};
use crate::source::{Listener, Piece, Symbol};

impl<L: Listener> Walk<'_, L> {
    /// A start tag, or the tag of an empty element.
    pub(super) fn start(&mut self) -> Checked<()> {
        let at = self.at;
        if self.phase == Phase::Epilog {
            return Err(Fault::new(Breach::Root, at, "a second root element begins here"));
        }
        if self.state.open.len() >= DEPTH_MAX {
            return Err(Fault::new(Breach::Limit, at, "elements nest deeper than 64"));
        }
        let behind = self.rest().get(1..).unwrap_or_default();
        let length = runs::name(behind);
        if length > NAME_BYTES_MAX {
            return Err(Fault::new(Breach::Limit, at, "a name is longer than 1 KiB"));
        }
        let name = (at + 1, at + 1 + length);
        if behind.get(length) == Some(&b'>') {
            self.at = name.1 + 1;
            return self.element(at, name, &[]);
        }
        let mut attributes = std::mem::take(&mut self.state.attributes);
        let done = self.with_attributes(at, name, &mut attributes);
        self.state.attributes = attributes;
        done
    }

    fn with_attributes(&mut self, at: usize, name: (usize, usize), attributes: &mut Vec<Attribute>) -> Checked<()> {
        let end = attributes::parse(self.text, name.1, attributes)?;
        let rest = self.text.as_bytes().get(end..).unwrap_or_default();
        let (length, empty) = match rest {
            [b'>', ..] => (1, false),
            [b'/', b'>', ..] => (2, true),
            [b'/' | b'?', _, ..] => return Err(Fault::new(Breach::Syntax, end, "`>` is missing here")),
            _ => return Err(Fault::new(Breach::Syntax, at, "a tag is not closed")),
        };
        self.at = end + length;
        self.element(at, name, attributes)?;
        if empty {
            self.close(at);
        }
        Ok(())
    }

    /// An element begins. Most have no attributes.
    #[inline]
    fn element(&mut self, at: usize, name: (usize, usize), attributes: &[Attribute]) -> Checked<()> {
        let outside = self.state.namespaces.mark() as u32;
        for attribute in attributes {
            self.bind(attribute)?;
        }
        let is_root = self.phase == Phase::Prolog;
        if is_root {
            self.state.namespaces.root_is_bound();
        }
        let spelled = self.slice(name.0, name.1);
        let known = self.state.namespaces.look_up(spelled, false, self.to.names());
        let Some(known) = known else {
            return Err(bad_name(spelled, name.0));
        };
        let told = if is_root {
            self.check_root(spelled, at)?;
            self.phase = Phase::Inside;
            self.to.begin(at);
            true
        } else {
            let above = self.state.open.last_mut();
            let told = above.is_some_and(|above| {
                above.has_child = true;
                above.told
            });
            told && self.to.enter(known.symbol, spelled, at)
        };
        let mut open = Open {
            name: (name.0 as u32, name.1 as u32),
            outside,
            text: 0,
            told,
            has_text: false,
            has_child: false,
        };
        if !attributes.is_empty() {
            self.check_duplicates(attributes)?;
            for attribute in attributes {
                self.attribute(attribute, &mut open)?;
            }
        }
        self.state.open.push(open);
        Ok(())
    }

    /// Binds a prefix if the attribute is a declaration (Namespaces in XML 1.0, section 3).
    fn bind(&mut self, attribute: &Attribute) -> Checked<()> {
        let at = attribute.name.start;
        let name = self.slice(at, attribute.name.end);
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => "",
            Some(":") => return Err(Fault::new(Breach::Name, at, "`xmlns:` declares no prefix")),
            Some(rest) if rest.starts_with(':') => rest.get(1..).unwrap_or_default(),
            _ => return Ok(()),
        };
        attributes::normalised(self.text, &attribute.value, &mut self.state.value)?;
        let namespace = self.state.value.as_str();
        let fault = match (prefix, namespace) {
            ("xmlns", _) => Some("the prefix `xmlns` cannot be declared"),
            ("xml", XML) => None,
            ("xml", _) | (_, XML) => Some("the prefix `xml` and its namespace belong together"),
            (_, XMLNS) => Some("the namespace of `xmlns` cannot be bound"),
            ("", _) => None,
            (_, "") => Some("a prefix cannot be bound to nothing"),
            (prefix, _) if !characters::is_plain_name(prefix) => Some("this is no prefix"),
            _ => None,
        };
        if let Some(sentence) = fault {
            return Err(Fault::new(Breach::Namespace, at, sentence));
        }
        if self.state.namespaces.mark() >= BINDINGS_MAX {
            return Err(Fault::new(
                Breach::Limit,
                at,
                "more than 256 prefixes are declared here",
            ));
        }
        self.state.namespaces.bind(prefix, namespace);
        Ok(())
    }

    fn check_root(&self, spelled: &str, at: usize) -> Checked<()> {
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let namespace = self.state.namespaces.namespace(prefix).unwrap_or_default();
        let any = self.xml.spelled.is_empty();
        if any || (local == self.xml.local && namespace == self.xml.namespace) {
            return Ok(());
        }
        Err(Fault::new(Breach::WrongRoot, at, ""))
    }

    /// No two attributes with the same expanded name (Namespaces in XML 1.0, section 6.3).
    fn check_duplicates(&self, attributes: &[Attribute]) -> Checked<()> {
        for (index, attribute) in attributes.iter().enumerate() {
            let name = self.slice(attribute.name.start, attribute.name.end);
            for other in attributes.get(..index).unwrap_or_default() {
                if self.same_name(name, self.slice(other.name.start, other.name.end)) {
                    let at = attribute.name.start;
                    let sentence = "an attribute stands twice in an element";
                    return Err(Fault::new(Breach::DuplicateAttribute, at, sentence));
                }
            }
        }
        Ok(())
    }

    fn same_name(&self, one: &str, other: &str) -> bool {
        if one == other {
            return true;
        }
        let (Some((a, local_a)), Some((b, local_b))) = (one.split_once(':'), other.split_once(':')) else {
            return false;
        };
        local_a == local_b && self.state.namespaces.namespace(a) == self.state.namespaces.namespace(b)
    }

    fn attribute(&mut self, attribute: &Attribute, open: &mut Open) -> Checked<()> {
        let name = self.slice(attribute.name.start, attribute.name.end);
        if name.starts_with("xmlns") && (name.len() == 5 || name.as_bytes().get(5) == Some(&b':')) {
            return Ok(());
        }
        let Some(known) = self.state.namespaces.look_up(name, true, self.to.names()) else {
            return Err(bad_name(name, attribute.name.start));
        };
        if attribute.changes {
            attributes::normalised(self.text, &attribute.value, &mut self.state.value)?;
        }
        if !open.told || name.starts_with("xml:") {
            return Ok(());
        }
        if known.is_xsi && known.symbol == Symbol::UNKNOWN {
            let value = self.slice(attribute.value.start, attribute.value.end).trim();
            // What is nil is absent: its text is not told, and neither is that it is empty.
            open.has_child |= name.ends_with(":nil") && matches!(value, "true" | "1");
            return Ok(());
        }
        let piece = if attribute.changes {
            Piece::Made(&self.state.value, attribute.value.start)
        } else {
            Piece::Span(attribute.value.start, attribute.value.end)
        };
        self.to.attribute(known.symbol, name, piece);
        Ok(())
    }
}

/// A name that was not found: either it is none, or nobody declared its prefix.
#[cold]
fn bad_name(name: &str, at: usize) -> Fault {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let is_name = characters::is_plain_name(local) && (!name.contains(':') || characters::is_plain_name(prefix));
    if is_name {
        Fault::new(Breach::Namespace, at, "a prefix is not declared")
    } else {
        Fault::new(Breach::Name, at, "this is no name of XML")
    }
}
