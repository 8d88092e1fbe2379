// SPDX-License-Identifier: EUPL-1.2
//! Values as they are spelled.

use std::ops::Range;

use super::Part;

/// A value.
#[derive(Debug)]
pub(crate) enum Value {
    /// A text, with what it means. `span` holds the quotation marks.
    Text { text: String, span: Range<usize> },
    /// A number, a date, `true` or `false`, or what is none of them.
    Plain(Range<usize>),
    /// `[…]`
    List(Inside),
    /// `{…}`
    Table(Inside),
}

/// What stands between two brackets.
#[derive(Debug, Default)]
pub(crate) struct Inside {
    /// With the brackets.
    pub(crate) span: Range<usize>,
    /// The comment behind the opening bracket.
    pub(crate) comment: Option<Range<usize>>,
    /// What stands in it.
    pub(crate) items: Vec<Item>,
    /// Comments below the last item.
    pub(crate) below: Vec<Range<usize>>,
    /// Whether it takes several lines.
    pub(crate) spread: bool,
}

/// An item of a list, or an entry of an inline table.
#[derive(Debug)]
pub(crate) struct Item {
    /// Comments above it.
    pub(crate) above: Vec<Range<usize>>,
    /// Whether it begins a line.
    pub(crate) begins: bool,
    /// Its key, in an inline table.
    pub(crate) key: Vec<Part>,
    /// Its value.
    pub(crate) value: Value,
    /// The comment behind it.
    pub(crate) comment: Option<Range<usize>>,
}

impl Value {
    /// Whether it takes several lines.
    pub(crate) fn is_spread(&self, source: &str) -> bool {
        match self {
            Self::Text { span, .. } => source.get(span.clone()).is_some_and(|raw| raw.contains('\n')),
            Self::Plain(_) => false,
            Self::List(inside) | Self::Table(inside) => {
                inside.spread || inside.items.iter().any(|item| item.value.is_spread(source))
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn shown(&self, source: &str) -> String {
        let (inside, open, close) = match self {
            Self::Text { text, .. } => return text.clone(),
            Self::Plain(span) => return source.get(span.clone()).unwrap_or_default().to_owned(),
            Self::List(inside) => (inside, "[", "]"),
            Self::Table(inside) => (inside, "{", "}"),
        };
        let at = |span: &Range<usize>| source.get(span.clone()).unwrap_or_default().to_owned();
        let mut parts: Vec<String> = inside.comment.iter().map(at).collect();
        for item in &inside.items {
            parts.extend(item.above.iter().map(at));
            let key = if item.key.is_empty() {
                String::new()
            } else {
                format!("{} = ", super::names(&item.key).join("/"))
            };
            let begins = if item.begins { "\n" } else { "" };
            let comment = item.comment.as_ref().map(|c| format!(" {}", at(c))).unwrap_or_default();
            parts.push(format!("{begins}{key}{}{comment}", item.value.shown(source)));
        }
        parts.extend(inside.below.iter().map(at));
        format!("{open}{}{close}", parts.join("|"))
    }
}
