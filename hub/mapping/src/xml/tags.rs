// SPDX-License-Identifier: EUPL-1.2
//! Start tags: names, declarations of prefixes, attributes.

use hub_message::Rejection;

use super::attributes::{self, Attribute};
use super::characters;
use super::document::{Open, Phase, Walk};
use super::fault::{Breach, refuse};
use super::namespaces::{XML, XMLNS};
use super::{BINDINGS_MAX, DEPTH_MAX, NAME_BYTES_MAX};
use crate::source::{Listener, Piece, Symbol};

impl<L: Listener> Walk<'_, L> {
    pub(super) fn start(&mut self, at: usize, length: usize, name_length: usize, empty: bool) -> Result<(), Rejection> {
        if self.phase == Phase::Epilog {
            return Err(self.refuse(Breach::Root, at, "a second root element begins here"));
        }
        if self.state.open.len() >= DEPTH_MAX {
            return Err(self.refuse(Breach::Limit, at, "elements nest deeper than 64"));
        }
        if name_length > NAME_BYTES_MAX {
            return Err(self.refuse(Breach::Limit, at, "a name is longer than 1 KiB"));
        }
        let name = (at + 1, at + 1 + name_length);
        let mut attributes = std::mem::take(&mut self.state.attributes);
        let done = self.element(at, name, at + 1 + length, &mut attributes);
        self.state.attributes = attributes;
        done?;
        if empty {
            self.close(at);
        }
        Ok(())
    }

    fn element(
        &mut self,
        at: usize,
        name: (usize, usize),
        end: usize,
        attributes: &mut Vec<Attribute>,
    ) -> Result<(), Rejection> {
        let outside = self.state.namespaces.mark();
        if name.1 < end {
            attributes::parse(self.text, name.1, end, attributes)?;
        } else {
            attributes.clear();
        }
        for attribute in attributes.iter() {
            self.bind(attribute)?;
        }
        let is_root = self.phase == Phase::Prolog;
        if is_root {
            self.state.namespaces.root_is_bound();
        }
        let text = self.text;
        let spelled = text.get(name.0..name.1).unwrap_or_default();
        let known = self.state.namespaces.look_up(spelled, false, self.to.names());
        let Some(known) = known else {
            return Err(self.bad_name(spelled, name.0));
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
            name,
            outside,
            told,
            has_text: false,
            has_child: false,
            text: 0,
        };
        if !attributes.is_empty() {
            self.check_duplicates(attributes)?;
            for attribute in attributes.iter() {
                self.attribute(attribute, &mut open)?;
            }
        }
        self.state.open.push(open);
        Ok(())
    }

    /// Binds a prefix if the attribute is a declaration (Namespaces in XML 1.0, section 3).
    fn bind(&mut self, attribute: &Attribute) -> Result<(), Rejection> {
        let text = self.text;
        let name = text.get(attribute.name.clone()).unwrap_or_default();
        let prefix = match name.strip_prefix("xmlns") {
            Some("") => "",
            Some(":") => return Err(self.refuse(Breach::Name, attribute.name.start, "`xmlns:` declares no prefix")),
            Some(rest) if rest.starts_with(':') => rest.get(1..).unwrap_or_default(),
            _ => return Ok(()),
        };
        let at = attribute.name.start;
        attributes::normalised(text, &attribute.value, &mut self.state.value)?;
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
            return Err(self.refuse(Breach::Namespace, at, sentence));
        }
        if self.state.namespaces.mark() >= BINDINGS_MAX {
            return Err(self.refuse(Breach::Limit, at, "more than 256 prefixes are declared here"));
        }
        let value = std::mem::take(&mut self.state.value);
        self.state.namespaces.bind(prefix, &value);
        self.state.value = value;
        Ok(())
    }

    fn bad_name(&self, name: &str, at: usize) -> Rejection {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let is_name = characters::is_plain_name(local) && (!name.contains(':') || characters::is_plain_name(prefix));
        if is_name {
            self.refuse(Breach::Namespace, at, "a prefix is not declared")
        } else {
            self.refuse(Breach::Name, at, "this is no name of XML")
        }
    }

    fn check_root(&self, spelled: &str, at: usize) -> Result<(), Rejection> {
        let (prefix, local) = spelled.split_once(':').unwrap_or(("", spelled));
        let namespace = self.state.namespaces.namespace(prefix).unwrap_or_default();
        let any = self.xml.spelled.is_empty();
        if any || (local == self.xml.local && namespace == self.xml.namespace) {
            return Ok(());
        }
        let sentence = format!(
            "the root element is not `{}`, which this mapping reads",
            self.xml.spelled
        );
        Err(refuse(Breach::WrongRoot, self.text, at, sentence))
    }

    /// No two attributes with the same expanded name (Namespaces in XML 1.0, section 6.3).
    fn check_duplicates(&self, attributes: &[Attribute]) -> Result<(), Rejection> {
        for (index, attribute) in attributes.iter().enumerate() {
            let name = self.slice(attribute.name.clone());
            for other in attributes.get(..index).unwrap_or_default() {
                if self.same_name(name, self.slice(other.name.clone())) {
                    let at = attribute.name.start;
                    return Err(self.refuse(
                        Breach::DuplicateAttribute,
                        at,
                        "an attribute stands twice in an element",
                    ));
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

    fn attribute(&mut self, attribute: &Attribute, open: &mut Open) -> Result<(), Rejection> {
        let text = self.text;
        let name = text.get(attribute.name.clone()).unwrap_or_default();
        if name.starts_with("xmlns") && (name.len() == 5 || name.as_bytes().get(5) == Some(&b':')) {
            return Ok(());
        }
        let Some(known) = self.state.namespaces.look_up(name, true, self.to.names()) else {
            return Err(self.bad_name(name, attribute.name.start));
        };
        if attribute.changes {
            attributes::normalised(text, &attribute.value, &mut self.state.value)?;
        }
        if !open.told || name.starts_with("xml:") {
            return Ok(());
        }
        if known.is_xsi && known.symbol == Symbol::UNKNOWN {
            let value = text.get(attribute.value.clone()).unwrap_or_default().trim();
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
