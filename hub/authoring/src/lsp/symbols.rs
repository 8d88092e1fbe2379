// SPDX-License-Identifier: EUPL-1.2
//! The sections of a file, for the outline that editors show.

use std::ops::Range;

use lsp_types::{DocumentSymbol, SymbolKind};

use super::text::Encoding;
use super::workspace::Open;

/// The sections, and the rows in them.
pub(super) fn symbols(open: &Open, encoding: Encoding) -> Vec<DocumentSymbol> {
    let sections = open.outline.sections.iter().enumerate().map(|(index, section)| {
        let rows: Vec<DocumentSymbol> = open
            .outline
            .leaves
            .iter()
            .filter(|leaf| leaf.section == Some(index) && leaf.path.len() == section.path.len() + leaf.parts.len())
            .map(|leaf| {
                let name = leaf.path.get(section.path.len()..).unwrap_or_default().join(".");
                let detail = open.text.get(leaf.span.clone()).unwrap_or_default();
                let first = detail.lines().next().unwrap_or_default().to_owned();
                let whole = leaf.key.start..leaf.span.end.max(leaf.key.end);
                symbol(
                    open,
                    (name, Some(first)),
                    SymbolKind::FIELD,
                    (&whole, &leaf.key),
                    encoding,
                )
            })
            .filter(|symbol| !symbol.name.is_empty())
            .collect();
        let first = section.path.first().map(String::as_str);
        let kind = match first {
            Some("lists") => SymbolKind::ARRAY,
            Some("test") => SymbolKind::METHOD,
            Some("tables") => SymbolKind::ENUM,
            Some("fragments") => SymbolKind::CLASS,
            _ => SymbolKind::NAMESPACE,
        };
        // Tests, routes and the like have one header; what they are called tells them apart.
        let own = rows
            .iter()
            .find(|row| row.name == "name")
            .and_then(|row| row.detail.clone());
        let whole = section.span.start..section.end;
        let name = (section.path.join("."), own.filter(|_| section.array));
        let mut shown = symbol(open, name, kind, (&whole, &section.span), encoding);
        shown.children = Some(rows);
        shown
    });
    sections.filter(|symbol| !symbol.name.is_empty()).collect()
}

#[expect(deprecated, reason = "the protocol's type has a field that nobody may fill")]
fn symbol(
    open: &Open,
    (name, detail): (String, Option<String>),
    kind: SymbolKind,
    (whole, own): (&Range<usize>, &Range<usize>),
    encoding: Encoding,
) -> DocumentSymbol {
    DocumentSymbol {
        name,
        detail,
        kind,
        tags: None,
        deprecated: None,
        range: encoding.range(&open.text, whole),
        selection_range: encoding.range(&open.text, own),
        children: None,
    }
}
