// SPDX-License-Identifier: EUPL-1.2
//! Texts with places to fill in, `Rechnung {number}`, as `x-case` uses them.

use hub_message::NodeRef;

/// A text with places: `{seller.name}` is a canonical field, `{name|company}` the first of these that is there, `{^name}` a field from the
/// top of the document inside `each`. What is absent leaves nothing behind; blanks around it become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The first path that leads to a value.
    Field(Vec<Path>),
}

/// A dotted path, from the item or from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) from_top: bool,
    pub(crate) steps: Vec<String>,
}

impl Path {
    fn parse(text: &str) -> Self {
        let rest = text.strip_prefix('^');
        Self {
            from_top: rest.is_some(),
            steps: rest.unwrap_or(text).split('.').map(str::to_owned).collect(),
        }
    }

    /// The path as it is written, without the `^`.
    pub(crate) fn dotted(&self) -> String {
        self.steps.join(".")
    }

    /// The first value there; lists are looked through.
    fn text<'a>(&self, top: NodeRef<'a>, item: NodeRef<'a>) -> Option<&'a str> {
        let start = if self.from_top { top } else { item };
        first(start, &self.steps)
    }
}

fn first<'a>(node: NodeRef<'a>, steps: &[String]) -> Option<&'a str> {
    if node.kind() == hub_message::Kind::List {
        return node.children().find_map(|item| first(item, steps));
    }
    match steps.split_first() {
        None => node.text().filter(|text| !text.trim().is_empty()),
        Some((step, rest)) => first(node.get(step)?, rest),
    }
}

impl Template {
    /// Parses a text; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if before.contains('}') {
                return Err("a `}` has no `{`".into());
            }
            let (field, behind) = after.split_once('}').ok_or("a `{` has no `}`")?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Field(field.split('|').map(|p| Path::parse(p.trim())).collect()));
            rest = behind;
        }
        if rest.contains('}') {
            return Err("a `}` has no `{`".into());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The text itself, where there is nothing to fill in.
    pub(crate) fn constant(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Every path in it.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().flat_map(|part| match part {
            Part::Text(_) => &[],
            Part::Field(paths) => paths.as_slice(),
        })
    }

    /// The text with its places filled in from a document and, inside `each`, from one of its items. `None` when
    /// nothing but blanks remains, or when it has places and none of them could be filled.
    pub fn render(&self, top: NodeRef<'_>, item: NodeRef<'_>) -> Option<String> {
        let mut out = String::new();
        let mut filled = self.paths().next().is_none();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(paths) => {
                    if let Some(text) = paths.iter().find_map(|path| path.text(top, item)) {
                        out.push_str(text);
                        filled = true;
                    }
                }
            }
        }
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        (filled && !out.is_empty()).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use hub_message::TreeBuilder;

    use super::*;

    #[track_caller]
    fn check(template: &str, expected: Option<&str>) {
        let mut b = TreeBuilder::default();
        b.open_map(None);
        b.text(Some("number"), "R-1");
        b.text(Some("empty"), " ");
        b.open_list(Some("lines"));
        b.open_map(None);
        b.text(Some("name"), "Stuhl");
        let tree = b.finish();
        let top = tree.root().unwrap();
        let item = tree.at("lines[0]").unwrap();
        let rendered = Template::parse(template).unwrap().render(top, item);
        assert_eq!(rendered.as_deref(), expected);
    }

    #[test]
    fn places_are_filled_in() {
        check("Rechnung", Some("Rechnung"));
        check("Rechnung {^number}", Some("Rechnung R-1"));
        check("{^number}: {name}", Some("R-1: Stuhl"));
        check("{title|name}", Some("Stuhl"));
        check("{^lines.name}", Some("Stuhl"));
        check("Rechnung {^missing} von {name}", Some("Rechnung von Stuhl"));
        check("Rechnung {^missing}", None);
        check("{^empty}", None);
    }

    #[test]
    fn braces_must_fit() {
        assert!(Template::parse("a {b").is_err());
        assert!(Template::parse("a } b").is_err());
        assert!(Template::parse("a } {b}").is_err());
    }
}
