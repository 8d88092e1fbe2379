// SPDX-License-Identifier: EUPL-1.2
//! What stands between quotation marks: rows, places, fields, names of files and mappings.

use std::ops::Range;

use hub_mapping::function::FUNCTIONS;
use hub_message::SchemaId;
use hub_message::keys::Says;
use lsp_types::{CompletionItem, CompletionItemKind};

use super::{Asked, Could};
use crate::lsp::row::{self, In};
use crate::lsp::{aim, describe, place};

/// Facts that the hub gives.
const FACTS: [&str; 5] = ["message.id", "message.uuid", "message.time", "site.name", "case.id"];

/// What could stand in a text; `span` is what stands between its quotation marks.
pub(super) fn texts(asked: &Asked<'_>, path: &[String], span: &Range<usize>) -> Vec<CompletionItem> {
    let here = asked.here(path);
    let words = here.words();
    if !words.is_empty() {
        return asked.names(words, CompletionItemKind::VALUE, "", span);
    }
    match here.says() {
        Some(Says::Schema) => {
            let ids: Vec<&str> = asked.schemas.ids().map(SchemaId::as_str).collect();
            asked.names(ids, CompletionItemKind::STRUCT, "", span)
        }
        Some(Says::File) => files(asked, span),
        Some(Says::Code) => codes(asked, span),
        Some(says @ (Says::Row | Says::Place | Says::When | Says::Field | Says::Given)) => {
            of_row(asked, path, span, says)
        }
        _ => Vec::new(),
    }
}

fn of_row(asked: &Asked<'_>, path: &[String], span: &Range<usize>, says: Says) -> Vec<CompletionItem> {
    let inside = asked.open.text.get(span.clone()).unwrap_or_default();
    let at = asked.offset - span.start;
    let whole = |word: Range<usize>| word.start + span.start..word.end + span.start;
    let scope = asked.scope(path);
    let outline = &asked.open.outline;
    match row::at(inside, at) {
        In::Function(word) => functions(asked, &whole(word)),
        In::Argument { function, word } => {
            let (names, detail) = match function.as_str() {
                "table" => (outline.names("tables"), "[tables]"),
                "use" => (outline.names("fragments"), "[fragments]"),
                _ => (Vec::new(), ""),
            };
            asked.names(names, CompletionItemKind::MODULE, detail, &whole(word))
        }
        In::Short(word) => short_names(asked, &whole(word)),
        In::Field(word) => fields(asked, &[], &whole(word)),
        In::Fact(word) => asked.names(FACTS, CompletionItemKind::CONSTANT, "", &whole(word)),
        In::Literal => Vec::new(),
        In::Step { word, .. } if says == Says::Field => fields(asked, &[], &whole(word)),
        In::Step { .. } if says == Says::Given => Vec::new(),
        In::Step { above, word } => {
            let of_list = scope.rest.first().is_some_and(|key| key == "each");
            let around = if of_list {
                aim::around(outline, path)
            } else {
                scope.place.clone()
            };
            let mut found = places(asked, &row::join(&[&around, &above]), &whole(word.clone()));
            // Conditions are about places when reading and about fields when writing.
            if says == Says::When {
                found.extend(fields(asked, &scope.field, &whole(word)));
            }
            found
        }
    }
}

fn functions(asked: &Asked<'_>, word: &Range<usize>) -> Vec<CompletionItem> {
    let mut found: Vec<CompletionItem> = FUNCTIONS
        .iter()
        .enumerate()
        .map(|(order, function)| {
            // What needs no argument gets none; an example shows what an argument looks like.
            let needs = function
                .arguments
                .split(',')
                .any(|one| !one.trim().is_empty() && !one.trim().ends_with('?'));
            let example = function
                .example
                .arguments
                .first()
                .copied()
                .unwrap_or_default()
                .replace(['$', '}'], "");
            let could = Could {
                label: function.name,
                kind: CompletionItemKind::FUNCTION,
                detail: describe::signature(function),
                documentation: describe::function(function),
                insert: needs.then(|| format!("{}(${{1:{example}}})", function.name)),
            };
            asked.item(could, word, order)
        })
        .collect();
    let own = [
        (
            "table",
            "table(name)",
            "Über eine Schlüsseltabelle dieser Datei.\n\nThrough a code table of this file.",
        ),
        (
            "use",
            "use(name)",
            "Mit den Zeilen eines Fragments.\n\nWith the rows of a fragment.",
        ),
        (
            "template",
            "template('{a}, {b}')",
            "Aus mehreren Stellen zusammengesetzt.\n\nPut together from several places.",
        ),
    ];
    found.extend(own.iter().enumerate().map(|(order, (label, detail, documentation))| {
        let insert = if *label == "template" {
            "template('${1}')".to_owned()
        } else {
            format!("{label}(${{1}})")
        };
        let could = Could {
            label,
            kind: CompletionItemKind::FUNCTION,
            detail: (*detail).to_owned(),
            documentation: (*documentation).to_owned(),
            insert: Some(insert),
        };
        asked.item(could, word, FUNCTIONS.len() + order)
    }));
    found
}

fn short_names(asked: &Asked<'_>, word: &Range<usize>) -> Vec<CompletionItem> {
    let outline = &asked.open.outline;
    let closed = asked
        .open
        .text
        .get(word.end..)
        .is_some_and(|rest| rest.starts_with('}'));
    let names = outline.names("at").into_iter().enumerate();
    names
        .map(|(order, label)| {
            let could = Could {
                label,
                kind: CompletionItemKind::VARIABLE,
                detail: outline.text(&["at", label]).unwrap_or_default().to_owned(),
                documentation: String::new(),
                insert: (!closed).then(|| format!("{label}}}")),
            };
            asked.item(could, word, order)
        })
        .collect()
}

/// Canonical fields below a part of the document.
fn fields(asked: &Asked<'_>, above: &[String], word: &Range<usize>) -> Vec<CompletionItem> {
    let shape = asked.shape().and_then(|root| crate::lsp::scope::down(root, above));
    shape.map_or_else(Vec::new, |shape| asked.fields(shape, above, true, word))
}

fn places(asked: &Asked<'_>, above: &str, word: &Range<usize>) -> Vec<CompletionItem> {
    let docs = place::below(asked.workspace, asked.open, above).into_iter().enumerate();
    docs.map(|(order, doc)| {
        let known = !doc.kind.is_empty() || doc.has_more || doc.min > 0 || doc.max.is_some();
        let detail = if known {
            format!("{} {}", describe::occurs(&doc), doc.kind)
        } else {
            String::new()
        };
        let attribute = doc.name.starts_with('@');
        let could = Could {
            label: &doc.name,
            kind: if attribute {
                CompletionItemKind::PROPERTY
            } else {
                CompletionItemKind::CLASS
            },
            detail: detail.trim().to_owned(),
            documentation: if known { describe::place(&doc) } else { String::new() },
            insert: None,
        };
        asked.item(could, word, order)
    })
    .collect()
}

/// Files beside the mapping.
fn files(asked: &Asked<'_>, span: &Range<usize>) -> Vec<CompletionItem> {
    let folder = asked.open.folder();
    let files = asked.workspace.around.files(folder);
    let names: Vec<String> = files
        .iter()
        .filter(|path| **path != asked.open.path)
        .filter_map(|path| Some(path.strip_prefix(folder).ok()?.to_str()?.replace('\\', "/")))
        .collect();
    asked.names(names.iter().map(String::as_str), CompletionItemKind::FILE, "", span)
}

fn codes(asked: &Asked<'_>, span: &Range<usize>) -> Vec<CompletionItem> {
    let pages = hub_codes::all().enumerate();
    pages
        .map(|(order, page)| {
            let could = Could {
                label: page.code,
                kind: CompletionItemKind::CONSTANT,
                detail: page.german.title.to_owned(),
                documentation: describe::code(page.code).unwrap_or_default(),
                insert: None,
            };
            asked.item(could, span, order)
        })
        .collect()
}
