// SPDX-License-Identifier: EUPL-1.2
//! What could stand at the cursor.

mod keys;
mod texts;

use std::ops::Range;

use hub_message::Shape;
use hub_schema::Schemas;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind,
    TextEdit,
};

use super::describe;
use super::scope::Scope;
use super::spot::{At, spot};
use super::takes::Here;
use super::text::Encoding;
use super::workspace::{Open, Workspace};

/// What could stand at a byte of a file.
pub(super) fn items(
    workspace: &Workspace<'_>,
    open: &Open,
    offset: usize,
    encoding: Encoding,
    snippets: bool,
) -> Vec<CompletionItem> {
    let schemas = workspace.around.schemas(&open.path);
    let asked = Asked {
        workspace,
        open,
        schemas: &schemas,
        offset,
        encoding,
        snippets,
    };
    let spot = spot(&open.text, offset);
    match spot.at {
        At::Header(span) => keys::headers(&asked, &span),
        At::Key(span) => keys::keys(&asked, &spot.path, &span),
        At::Text(span) => texts::texts(&asked, &spot.path, &span),
        At::Plain(span) => keys::plain(&asked, &spot.path, &span),
        At::Nowhere => Vec::new(),
    }
}

/// What is asked, and what answers are made of.
struct Asked<'a> {
    workspace: &'a Workspace<'a>,
    open: &'a Open,
    schemas: &'a Schemas,
    offset: usize,
    encoding: Encoding,
    /// Whether the editor understands snippets.
    snippets: bool,
}

/// Something that could stand there.
struct Could<'c> {
    label: &'c str,
    kind: CompletionItemKind,
    detail: String,
    documentation: String,
    /// What is written, where that is not the label.
    insert: Option<String>,
}

impl<'a> Asked<'a> {
    /// The shape of the canonical document.
    fn shape(&self) -> Option<&'a Shape> {
        self.schemas.get(&self.open.canonical()?).map(hub_schema::Schema::shape)
    }

    /// An item that replaces the word; the order is that in which they are made.
    fn item(&self, could: Could<'_>, word: &Range<usize>, order: usize) -> CompletionItem {
        let snippet = self.snippets && could.insert.as_deref().is_some_and(|insert| insert.contains("${"));
        let insert = could.insert.unwrap_or_else(|| could.label.to_owned());
        let insert = if insert.contains("${") && !snippet {
            could.label.to_owned()
        } else {
            insert
        };
        let typed = self.open.text.get(word.clone()).unwrap_or_default();
        CompletionItem {
            label: could.label.to_owned(),
            kind: Some(could.kind),
            detail: Some(could.detail).filter(|text| !text.is_empty()),
            documentation: Some(could.documentation).filter(|text| !text.is_empty()).map(|value| {
                let kind = MarkupKind::Markdown;
                Documentation::MarkupContent(MarkupContent { kind, value })
            }),
            sort_text: Some(format!("{order:04}")),
            // Editors compare with what the range holds, quotation marks of a key included.
            filter_text: Some(if typed.starts_with(['"', '\'']) {
                insert.clone()
            } else {
                could.label.to_owned()
            }),
            insert_text_format: snippet.then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(
                self.encoding.range(&self.open.text, word),
                insert,
            ))),
            ..CompletionItem::default()
        }
    }

    /// Names of one kind.
    fn names<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
        kind: CompletionItemKind,
        detail: &str,
        word: &Range<usize>,
    ) -> Vec<CompletionItem> {
        let names = names.into_iter().enumerate();
        let items = names.map(|(order, label)| {
            let detail = detail.to_owned();
            let (documentation, insert) = (String::new(), None);
            self.item(
                Could {
                    label,
                    kind,
                    detail,
                    documentation,
                    insert,
                },
                word,
                order,
            )
        });
        items.collect()
    }

    /// The canonical fields below a part of the document; `lists` says whether those of items count as well.
    fn fields(&self, shape: &Shape, above: &[String], lists: bool, word: &Range<usize>) -> Vec<CompletionItem> {
        let mut found = Vec::new();
        let shape = match shape {
            Shape::List(item) => item,
            other => other,
        };
        collect(shape, &mut String::new(), lists, &mut found);
        let items = found.iter().enumerate().map(|(order, (path, shape))| {
            let whole: Vec<&str> = above.iter().map(String::as_str).chain([path.as_str()]).collect();
            let title = match shape {
                Shape::Leaf(leaf) => leaf.title.clone(),
                _ => String::new(),
            };
            let could = Could {
                label: path,
                kind: CompletionItemKind::FIELD,
                detail: title,
                documentation: describe::field(&whole.join("."), shape),
                insert: None,
            };
            self.item(could, word, order)
        });
        items.collect()
    }

    /// What the keys of a path are about.
    fn scope(&self, path: &[String]) -> Scope {
        Scope::of(&self.open.outline, path)
    }

    fn here(&self, path: &[String]) -> Here {
        Here::of(&self.open.outline, path)
    }
}

/// The leaves below a shape with their dotted paths, in the order of the schema.
fn collect<'s>(shape: &'s Shape, path: &mut String, lists: bool, found: &mut Vec<(String, &'s Shape)>) {
    match shape {
        Shape::Leaf(_) => {
            if !path.is_empty() {
                found.push((path.clone(), shape));
            }
        }
        Shape::List(item) => {
            if lists {
                match item.as_ref() {
                    Shape::Leaf(_) => found.push((path.clone(), item)),
                    other => collect(other, path, lists, found),
                }
            }
        }
        Shape::Map(members) => {
            for member in members {
                let before = path.len();
                if before > 0 {
                    path.push('.');
                }
                path.push_str(&member.name);
                collect(&member.shape, path, lists, found);
                path.truncate(before);
            }
        }
    }
}
