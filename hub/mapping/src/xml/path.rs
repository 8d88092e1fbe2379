// SPDX-License-Identifier: EUPL-1.2
//! The paths of offsets in a document, for people: `/ubl:Invoice/cac:InvoiceLine[3]/cbc:ID`. Only for refusals and for
//! provenance, so it walks the document again.

use std::collections::HashMap;

use super::attributes;
use super::runs;

/// The paths of what stands at offsets that grow, names as the document spells them; an index where a name stands
/// repeatedly.
pub(super) fn paths_at(text: &str, offsets: &[usize]) -> Vec<String> {
    let mut paths = Paths::default();
    let mut offsets = offsets.iter().copied().peekable();
    let mut found = Vec::with_capacity(offsets.len());
    let mut at = 0;
    while offsets.peek().is_some()
        && let Some(tag) = next_tag(text, at)
    {
        while offsets.next_if(|offset| *offset < tag).is_some() {
            found.push(paths.shown());
        }
        let to = behind(text, tag);
        let is_empty = text.get(..to).is_some_and(|before| before.ends_with("/>"));
        let is_end = text.get(tag..).is_some_and(|rest| rest.starts_with("</"));
        let name = name(text, tag);
        if !is_end {
            paths.enter(name);
        }
        while let Some(offset) = offsets.next_if(|offset| *offset < to) {
            found.push(if is_end {
                paths.shown()
            } else {
                with_attribute(&paths.shown(), text, tag + 1 + name.len(), offset)
            });
        }
        if is_end || is_empty {
            paths.leave();
        }
        at = to;
    }
    found.extend(offsets.map(|_| paths.shown()));
    found
}

/// The elements that are open, and how often each name stood in each.
#[derive(Debug, Default)]
struct Paths<'t> {
    steps: Vec<String>,
    counts: Vec<HashMap<&'t str, u32>>,
    outermost: HashMap<&'t str, u32>,
}

impl<'t> Paths<'t> {
    fn enter(&mut self, name: &'t str) {
        let count = self
            .counts
            .last_mut()
            .unwrap_or(&mut self.outermost)
            .entry(name)
            .or_default();
        *count += 1;
        self.steps.push(if *count > 1 {
            format!("{name}[{count}]")
        } else {
            name.to_owned()
        });
        self.counts.push(HashMap::new());
    }

    fn leave(&mut self) {
        self.steps.pop();
        self.counts.pop();
    }

    fn shown(&self) -> String {
        format!("/{}", self.steps.join("/"))
    }
}

/// Where the next start or end tag begins, from `at` on.
fn next_tag(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let from = rest.find('<')?;
        let markup = rest.get(from..)?;
        let end = match markup.as_bytes() {
            [b'<', b'!', b'-', ..] => "-->",
            [b'<', b'!', ..] => "]]>",
            [b'<', b'?', ..] => "?>",
            _ => return Some(at + from),
        };
        at += from + markup.find(end)? + end.len();
    }
}

/// The offset behind a tag.
fn behind(text: &str, tag: usize) -> usize {
    let end = attributes::parse(text, tag + 1 + name(text, tag).len(), &mut Vec::new());
    let from = end.unwrap_or(tag + 1);
    let rest = text.get(from..).unwrap_or_default();
    rest.find('>').map_or(text.len(), |length| from + length + 1)
}

fn name(text: &str, tag: usize) -> &str {
    let rest = text.get(tag + 1..).unwrap_or_default();
    rest.get(..runs::name(rest.as_bytes())).unwrap_or_default()
}

/// The path of an element with the attribute at an offset of its tag, if one stands there.
fn with_attribute(path: &str, text: &str, from: usize, offset: usize) -> String {
    let mut found = Vec::new();
    // The document was read before; what is no attribute is none here either.
    let _ = attributes::parse(text, from, &mut found);
    let attribute = found
        .iter()
        .find(|attribute| attribute.value.contains(&offset) || attribute.value.end == offset);
    match attribute.and_then(|attribute| text.get(attribute.name.clone())) {
        Some(name) => format!("{path}/@{name}"),
        None => path.to_owned(),
    }
}
