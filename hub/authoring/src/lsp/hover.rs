// SPDX-License-Identifier: EUPL-1.2
//! What is told about the place under the pointer.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::aim::{self, Aim};
use super::text::Encoding;
use super::workspace::{Open, Workspace};
use super::{describe, place, scope, takes};

/// What is told about a byte of a file; findings there come behind, with their pages.
pub(super) fn hover(workspace: &Workspace<'_>, open: &Open, offset: usize, encoding: Encoding) -> Option<Hover> {
    let aimed = aim::at(&open.text, &open.outline, offset);
    let mut span = None;
    let mut parts: Vec<String> = Vec::new();
    if let Some((aim, here)) = aimed
        && let Some(told) = told(workspace, open, &aim)
    {
        span = Some(here);
        parts.push(told);
    }
    for finding in &open.findings {
        let holds = finding.span.start <= offset && offset <= finding.span.end && !finding.span.is_empty();
        let page = holds.then(|| describe::code(finding.code.as_str())).flatten();
        if let Some(page) = page.filter(|page| !parts.contains(page)) {
            span = span.or_else(|| Some(finding.span.clone()));
            parts.push(page);
        }
    }
    let value = parts.join("\n\n---\n\n");
    let kind = MarkupKind::Markdown;
    (!value.is_empty()).then(|| Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: span.map(|span| encoding.range(&open.text, &span)),
    })
}

fn told(workspace: &Workspace<'_>, open: &Open, aim: &Aim) -> Option<String> {
    match aim {
        Aim::Field(names) => {
            let schemas = workspace.around.schemas(&open.path);
            let shape = scope::down(schemas.get(&open.canonical()?)?.shape(), names)?;
            Some(describe::field(&names.join("."), shape))
        }
        Aim::Function(name) => hub_mapping::function::find(name).map(describe::function),
        Aim::Place { above, name } => place::at(workspace, open, above, name).map(|doc| describe::place(&doc)),
        Aim::Short(name) => open
            .outline
            .text(&["at", name])
            .map(|long| format!("`{{{name}}}` is `{long}`")),
        Aim::Table(name) => {
            let file = open.outline.text(&["tables", name, "file"]);
            let where_from = file.map_or_else(|| "in this file".to_owned(), |file| format!("from `{file}`"));
            open.outline.said("tables", name)?;
            Some(format!("Code table `{name}`, {where_from}"))
        }
        Aim::Fragment(name) => {
            open.outline.said("fragments", name)?;
            Some(format!("Fragment `{name}`"))
        }
        Aim::Code(code) => describe::code(code),
        Aim::Key(path) => takes::key(&open.outline, path).map(describe::key),
        Aim::File(_) | Aim::Xsd(_) | Aim::Schema(_) | Aim::Mapping(_) => None,
    }
}
