// SPDX-License-Identifier: EUPL-1.2
//! What a place in a file means: what hover tells about and where definitions are looked for.

use std::ops::Range;

use hub_message::keys::Says;

use super::outline::{Leaf, Outline};
use super::row::{self, In};
use super::scope::Scope;
use super::takes::Here;

/// What a place in a file means, with the characters that say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Aim {
    /// A canonical field, from the root.
    Field(Vec<String>),
    /// A function.
    Function(String),
    /// A code table.
    Table(String),
    /// A fragment.
    Fragment(String),
    /// A short name.
    Short(String),
    /// A step of a place, below another.
    Place { above: String, name: String },
    /// A file beside this one.
    File(String),
    /// An XML schema.
    Xsd(String),
    /// A canonical schema.
    Schema(String),
    /// Another mapping.
    Mapping(String),
    /// A code.
    Code(String),
    /// A key of the file, by its path.
    Key(Vec<String>),
}

/// What the byte at `offset` means.
pub(super) fn at(text: &str, outline: &Outline, offset: usize) -> Option<(Aim, Range<usize>)> {
    let holds = |span: &Range<usize>| span.start <= offset && offset <= span.end;
    if let Some(section) = outline.sections.iter().find(|section| holds(&section.span)) {
        return Some((Aim::Key(section.path.clone()), section.span.clone()));
    }
    let leaf = outline.at(offset)?;
    if holds(&leaf.key) {
        return key(outline, leaf, offset);
    }
    // The text as it is spelled: a backslash in it moves nothing then.
    let raw = text.get(leaf.span.clone())?;
    leaf.text.as_ref()?;
    let mark = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
        3
    } else {
        1
    };
    let start = leaf.span.start + mark;
    let inside = raw.get(mark..raw.len().checked_sub(mark)?)?;
    let whole = start..start + inside.len();
    let said = inside.to_owned();
    match Here::of(outline, &leaf.path).says()? {
        Says::Schema => Some((Aim::Schema(said), whole)),
        Says::Mapping => Some((Aim::Mapping(said), whole)),
        Says::Code => Some((Aim::Code(said), whole)),
        Says::File if leaf.path == ["format", "schema"] => Some((Aim::Xsd(said), whole)),
        Says::File => Some((Aim::File(said), whole)),
        Says::Words if leaf.path == ["format", "schema"] => Some((Aim::Xsd(said), whole)),
        says @ (Says::Row | Says::Place | Says::When | Says::Field | Says::Given) => {
            within(outline, leaf, (inside, start), offset, says)
        }
        _ => None,
    }
}

/// What a key means: as far as the cursor is in it, a canonical field, or a key of the file.
fn key(outline: &Outline, leaf: &Leaf, offset: usize) -> Option<(Aim, Range<usize>)> {
    let index = leaf.parts.iter().position(|part| offset <= part.span.end)?;
    let part = leaf.parts.get(index)?;
    let above = leaf.path.len() - leaf.parts.len();
    let path = leaf.path.get(..=above + index)?.to_vec();
    if matches!(path.as_slice(), [at, _] if at == "at") {
        return None;
    }
    let scope = Scope::of(outline, &path);
    if scope.rows && super::takes::key(outline, &path).is_none() && part.name != "*" {
        let mut field = scope.field;
        field.extend(scope.rest.iter().flat_map(|name| name.split('.')).map(str::to_owned));
        return Some((Aim::Field(field), part.span.clone()));
    }
    Some((Aim::Key(path), part.span.clone()))
}

fn within(
    outline: &Outline,
    leaf: &Leaf,
    (inside, start): (&str, usize),
    offset: usize,
    says: Says,
) -> Option<(Aim, Range<usize>)> {
    let at = offset.checked_sub(start).filter(|at| *at <= inside.len())?;
    let scope = Scope::of(outline, &leaf.path);
    let names = |word: &str| word.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (aim, word) = match row::at(inside, at) {
        In::Function(word) => (Aim::Function(inside.get(word.clone())?.to_owned()), word),
        In::Argument { function, word } => {
            let name = inside.get(word.clone())?.to_owned();
            match function.as_str() {
                "table" => (Aim::Table(name), word),
                "use" => (Aim::Fragment(name), word),
                _ => return None,
            }
        }
        In::Short(word) => (Aim::Short(inside.get(word.clone())?.to_owned()), word),
        In::Field(word) => (Aim::Field(names(inside.get(word.clone())?)), word),
        In::Step { word, .. } if says == Says::Field => (Aim::Field(names(inside.get(word.clone())?)), word),
        In::Step { above, word } => {
            let name = inside.get(word.clone())?.to_owned();
            let of_list = scope.rest.first().is_some_and(|key| key == "each");
            // The place of a list counts from what is around the list.
            let around = if of_list {
                around(outline, &leaf.path)
            } else {
                scope.place
            };
            (
                Aim::Place {
                    above: row::join(&[&around, &above]),
                    name,
                },
                word,
            )
        }
        In::Fact(_) | In::Literal => return None,
    };
    (!word.is_empty()).then(|| (aim, word.start + start..word.end + start))
}

/// The place that the place of a list counts from.
pub(super) fn around(outline: &Outline, path: &[String]) -> String {
    let list = path.iter().rposition(|name| name == "lists").unwrap_or_default();
    Scope::of(outline, path.get(..list).unwrap_or_default()).place
}
