// SPDX-License-Identifier: EUPL-1.2
//! The sections of a file, each with the comments above it, in the order of the grammar.

use crate::syntax::{Document, Entry, Header, Line};

/// A file in sections.
#[derive(Debug)]
pub(super) struct Sections<'t> {
    /// Comments at the very top, up to the first blank line or the first entry.
    pub(super) top: Vec<Line>,
    /// What stands above the first header.
    pub(super) head: Section,
    /// The other sections.
    pub(super) others: Vec<Section>,
    source: &'t str,
}

/// A header and what stands below it.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Comments above the header.
    pub(super) above: Vec<Line>,
    /// The header; the head of a file has none.
    pub(super) header: Option<Header>,
    /// What stands below.
    pub(super) lines: Vec<Line>,
}

impl Section {
    /// The names of its header.
    pub(super) fn names(&self) -> Vec<&str> {
        let key = self.header.as_ref().map(|header| header.key.as_slice());
        crate::syntax::names(key.unwrap_or_default())
    }
}

/// A file as it stands.
pub(super) fn as_it_is(document: Document, source: &str) -> Sections<'_> {
    let mut made = Sections {
        top: Vec::new(),
        head: Section::default(),
        others: Vec::new(),
        source,
    };
    for line in document.lines {
        match line {
            Line::Header(header) => {
                let above = made.split();
                made.others.push(Section {
                    above,
                    header: Some(header),
                    lines: Vec::new(),
                });
            }
            line => made.last().push(line),
        }
    }
    made.take_top();
    made
}

/// A mapping with its sections in the order of the grammar.
pub(super) fn mapping(document: Document, source: &str) -> Sections<'_> {
    let mut made = as_it_is(document, source);
    made.others
        .sort_by_key(|section| rank(section.names().first().copied()));
    sort_head(&mut made.head.lines);
    made
}

impl Sections<'_> {
    fn last(&mut self) -> &mut Vec<Line> {
        match self.others.last_mut() {
            Some(section) => &mut section.lines,
            None => &mut self.head.lines,
        }
    }

    /// Takes away what belongs to the header that comes: comments after a blank line, or all of them when there is none.
    fn split(&mut self) -> Vec<Line> {
        let lines = self.last();
        let entries = lines
            .iter()
            .rposition(|line| matches!(line, Line::Entry(_)))
            .map_or(0, |at| at + 1);
        let tail = lines.get(entries..).unwrap_or_default();
        let blank = tail.iter().position(|line| matches!(line, Line::Blank)).unwrap_or(0);
        lines.split_off(entries + blank)
    }

    /// Comments at the very top speak of the file (`#:schema`), not of its first key.
    fn take_top(&mut self) {
        let in_head = !self.head.lines.is_empty();
        let first = if in_head {
            Some(&mut self.head.lines)
        } else {
            self.others.first_mut().map(|section| &mut section.above)
        };
        let Some(lines) = first else { return };
        let leading = lines.iter().position(|line| !matches!(line, Line::Blank)).unwrap_or(0);
        lines.drain(..leading);
        let comments = lines
            .iter()
            .position(|line| !matches!(line, Line::Comment(_)))
            .unwrap_or(lines.len());
        // Below a blank line there may be comments about the first key.
        let is_separate = lines.get(comments).map_or(in_head, |next| matches!(next, Line::Blank));
        let directives = lines.iter().take_while(|line| is_directive(self.source, line));
        let count = if is_separate { comments } else { directives.count() };
        self.top = lines.drain(..count).collect();
    }
}

/// Whether a comment is one for tools: `#:schema …`.
pub(super) fn is_directive(source: &str, line: &Line) -> bool {
    matches!(line, Line::Comment(span) if source.get(span.clone()).is_some_and(|text| text.starts_with("#:")))
}

/// The place of a section or a key in the grammar. Rows, lists and what is always written share one, because their
/// order decides in which order a document is written.
fn rank(name: Option<&str>) -> usize {
    let names = || hub_mapping::keys::MAPPING.names();
    let rows = names().position(|known| known == "fields").unwrap_or(0);
    match name {
        Some("lists" | "always") => rows,
        Some(name) => names().position(|known| known == name).unwrap_or(usize::MAX),
        None => 0,
    }
}

/// Puts the keys of the head into their order, each with the comments above it. When they are in order already, the
/// blank lines between them stay.
fn sort_head(lines: &mut Vec<Line>) {
    let ranks: Vec<usize> = lines.iter().filter_map(entry_rank).collect();
    if ranks.is_sorted() {
        return;
    }
    let mut groups: Vec<(usize, Vec<Line>)> = Vec::new();
    let mut waiting = Vec::new();
    for line in lines.drain(..).filter(|line| !matches!(line, Line::Blank)) {
        let rank = entry_rank(&line);
        waiting.push(line);
        if let Some(rank) = rank {
            groups.push((rank, std::mem::take(&mut waiting)));
        }
    }
    groups.sort_by_key(|(rank, _)| *rank);
    lines.extend(groups.into_iter().flat_map(|(_, group)| group));
    lines.append(&mut waiting);
}

fn entry_rank(line: &Line) -> Option<usize> {
    match line {
        Line::Entry(Entry { key, .. }) => Some(rank(key.first().map(|part| part.name.as_str()))),
        _ => None,
    }
}
