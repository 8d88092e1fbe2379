// SPDX-License-Identifier: EUPL-1.2
//! Messages come in, answers go out.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{self as told, Notification as _};
use lsp_types::request::{self as asked, Request as _};
use lsp_types::{
    CodeActionParams, CompletionParams, CompletionResponse, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentFormattingParams, DocumentSymbolParams,
    DocumentSymbolResponse, GotoDefinitionParams, HoverParams, InitializeParams, PublishDiagnosticsParams,
    TextDocumentPositionParams, TextEdit, Uri,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::text::Encoding;
use super::workspace::{Open, Workspace};
use super::{Surroundings, ability, complete, diagnose, fix, goto, hover, symbols, uri};
use crate::format::Kind;

/// How far the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was agreed on yet.
    Before,
    /// At work.
    Working,
    /// `shutdown` was said.
    After,
}

/// What is known while an editor is served.
pub(super) struct Server<'s> {
    workspace: Workspace<'s>,
    encoding: Encoding,
    /// Whether the editor understands snippets.
    snippets: bool,
    stage: Stage,
    /// Files to look at when nothing else is to be done, and whether they lie on the disk as they are.
    stale: BTreeMap<PathBuf, bool>,
    /// File → the files about which something is shown because of it.
    shown: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

/// What a request came to: the answer, or why there is none.
type Answer = Result<Value, (ErrorCode, String)>;

impl<'s> Server<'s> {
    /// Before the first message.
    pub(super) fn new(around: &'s dyn Surroundings) -> Self {
        Self {
            workspace: Workspace {
                around,
                open: BTreeMap::new(),
            },
            encoding: Encoding::default(),
            snippets: false,
            stage: Stage::Before,
            stale: BTreeMap::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Serves until the other side says `exit` or is gone; whether it said `shutdown` before.
    pub(super) fn run(mut self, connection: &Connection) -> bool {
        loop {
            // Who types fast does not wait for texts that are old already.
            if connection.receiver.is_empty() && !self.look(connection) {
                return false;
            }
            let Ok(message) = connection.receiver.recv() else {
                return false;
            };
            match message {
                Message::Request(request) => {
                    let answer = self.request(request);
                    if connection.sender.send(Message::Response(answer)).is_err() {
                        return false;
                    }
                }
                Message::Notification(told) if told.method == told::Exit::METHOD => {
                    return self.stage == Stage::After;
                }
                Message::Notification(told) => {
                    // A fault of ours in one file must not take the editor's help away from all others.
                    let _ = catch_unwind(AssertUnwindSafe(|| self.notification(told)));
                }
                Message::Response(_) => {}
            }
        }
    }

    /// Looks at what has changed and says what is wrong with it. `false`: nobody listens any more.
    fn look(&mut self, connection: &Connection) -> bool {
        while let Some((path, saved)) = self.stale.pop_first() {
            let all = catch_unwind(AssertUnwindSafe(|| self.diagnose(&path, saved))).unwrap_or_default();
            for params in all {
                let told = Notification::new(told::PublishDiagnostics::METHOD.to_owned(), params);
                if connection.sender.send(Message::Notification(told)).is_err() {
                    return false;
                }
            }
        }
        true
    }

    fn diagnose(&mut self, path: &Path, saved: bool) -> Vec<PublishDiagnosticsParams> {
        let Some(open) = self.workspace.open.get(path) else {
            return self.cleared(path, &BTreeSet::new());
        };
        let (findings, mapping) = diagnose::findings(&self.workspace, open, saved);
        let Some(open) = self.workspace.open.get_mut(path) else {
            return Vec::new();
        };
        open.findings = findings;
        open.mapping = mapping.or_else(|| open.mapping.take());
        let Some(open) = self.workspace.open.get(path) else {
            return Vec::new();
        };
        let shown = diagnose::published(&self.workspace, open, self.encoding);
        let now: BTreeSet<PathBuf> = shown.keys().cloned().collect();
        let mut all = self.cleared(path, &now);
        self.shown.insert(path.to_path_buf(), now);
        all.extend(shown.into_values());
        all
    }

    /// Takes back what was shown because of a file and is not shown now.
    fn cleared(&mut self, path: &Path, now: &BTreeSet<PathBuf>) -> Vec<PublishDiagnosticsParams> {
        let before = self.shown.remove(path).unwrap_or_default();
        let gone = before.difference(now);
        gone.filter_map(|path| Some(PublishDiagnosticsParams::new(uri::of(path)?, Vec::new(), None)))
            .collect()
    }

    fn request(&mut self, request: Request) -> Response {
        let id = request.id.clone();
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(request)))
            .unwrap_or_else(|_| Err((ErrorCode::InternalError, "a fault of the language server".to_owned())));
        match answer {
            Ok(value) => Response::new_ok(id, value),
            Err((code, text)) => Response::new_err(id, code as i32, text),
        }
    }

    fn answer(&mut self, request: Request) -> Answer {
        match (self.stage, request.method.as_str()) {
            (Stage::Before, asked::Initialize::METHOD) => return self.initialize(&params(request)?),
            (Stage::Before, _) => {
                return Err((ErrorCode::ServerNotInitialized, "`initialize` comes first".to_owned()));
            }
            (Stage::After, _) => return Err((ErrorCode::InvalidRequest, "`exit` comes now".to_owned())),
            (Stage::Working, asked::Initialize::METHOD) => {
                return Err((ErrorCode::InvalidRequest, "`initialize` came already".to_owned()));
            }
            (Stage::Working, asked::Shutdown::METHOD) => {
                self.stage = Stage::After;
                return Ok(Value::Null);
            }
            (Stage::Working, _) => {}
        }
        match request.method.as_str() {
            asked::Formatting::METHOD => {
                let params: DocumentFormattingParams = params(request)?;
                self.with(&params.text_document.uri, |open| formatted(open, self.encoding))
            }
            asked::DocumentSymbolRequest::METHOD => {
                let params: DocumentSymbolParams = params(request)?;
                self.with(&params.text_document.uri, |open| {
                    Some(DocumentSymbolResponse::Nested(symbols::symbols(open, self.encoding)))
                })
            }
            asked::CodeActionRequest::METHOD => {
                let params: CodeActionParams = params(request)?;
                let uri = &params.text_document.uri;
                self.with(uri, |open| {
                    Some(fix::actions(
                        open,
                        uri,
                        params.range,
                        &params.context.diagnostics,
                        self.encoding,
                    ))
                })
            }
            asked::Completion::METHOD => {
                let params: CompletionParams = params(request)?;
                self.at(&params.text_document_position, |open, offset| {
                    let items = complete::items(&self.workspace, open, offset, self.encoding, self.snippets);
                    Some(CompletionResponse::Array(items))
                })
            }
            asked::HoverRequest::METHOD => {
                let params: HoverParams = params(request)?;
                self.at(&params.text_document_position_params, |open, offset| {
                    hover::hover(&self.workspace, open, offset, self.encoding)
                })
            }
            asked::GotoDefinition::METHOD => {
                let params: GotoDefinitionParams = params(request)?;
                self.at(&params.text_document_position_params, |open, offset| {
                    goto::definition(&self.workspace, open, offset, self.encoding)
                })
            }
            other => Err((ErrorCode::MethodNotFound, format!("there is no `{other}` here"))),
        }
    }

    /// Answers about a file that is open; about others there is nothing to say.
    fn with<T: Serialize>(&self, uri: &Uri, answer: impl FnOnce(&Open) -> Option<T>) -> Answer {
        let open = uri::path(uri).and_then(|path| self.workspace.open.get(&path));
        value(&open.and_then(answer))
    }

    /// Answers about a byte of a mapping that is open.
    fn at<T: Serialize>(
        &self,
        position: &TextDocumentPositionParams,
        answer: impl FnOnce(&Open, usize) -> Option<T>,
    ) -> Answer {
        self.with(&position.text_document.uri, |open| {
            let offset = self.encoding.offset(&open.text, position.position);
            // Nothing but mappings is known well enough to say more than what is wrong.
            (open.kind() == Kind::Mapping).then(|| answer(open, offset)).flatten()
        })
    }

    fn initialize(&mut self, params: &InitializeParams) -> Answer {
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::chosen(offered.unwrap_or_default());
        let document = params.capabilities.text_document.as_ref();
        let item = document.and_then(|document| document.completion.as_ref()?.completion_item.as_ref());
        self.snippets = item.and_then(|item| item.snippet_support).unwrap_or_default();
        self.stage = Stage::Working;
        value(&ability::result(self.encoding))
    }

    fn notification(&mut self, told: Notification) {
        match told.method.as_str() {
            told::DidOpenTextDocument::METHOD => {
                let Ok(params) = told.extract::<DidOpenTextDocumentParams>(told::DidOpenTextDocument::METHOD) else {
                    return;
                };
                let document = params.text_document;
                if let Some(path) = uri::path(&document.uri) {
                    let open = Open::new(path.clone(), document.text, document.version);
                    self.workspace.open.insert(path.clone(), open);
                    self.stale_now(&path, true);
                }
            }
            told::DidChangeTextDocument::METHOD => {
                let Ok(params) = told.extract::<DidChangeTextDocumentParams>(told::DidChangeTextDocument::METHOD)
                else {
                    return;
                };
                let (document, newest) = (params.text_document, params.content_changes.into_iter().next_back());
                let path = uri::path(&document.uri);
                if let (Some(path), Some(newest)) = (path, newest)
                    && let Some(open) = self.workspace.open.get_mut(&path)
                {
                    open.change(newest.text, document.version);
                    self.stale_now(&path, false);
                }
            }
            told::DidSaveTextDocument::METHOD => {
                let Ok(params) = told.extract::<DidSaveTextDocumentParams>(told::DidSaveTextDocument::METHOD) else {
                    return;
                };
                self.workspace.around.forget();
                if let Some(path) = uri::path(&params.text_document.uri) {
                    self.stale_now(&path, true);
                }
            }
            told::DidChangeWatchedFiles::METHOD => {
                self.workspace.around.forget();
                let all: Vec<PathBuf> = self.workspace.open.keys().cloned().collect();
                self.stale.extend(all.into_iter().map(|path| (path, false)));
            }
            told::DidCloseTextDocument::METHOD => {
                let Ok(params) = told.extract::<DidCloseTextDocumentParams>(told::DidCloseTextDocument::METHOD) else {
                    return;
                };
                if let Some(path) = uri::path(&params.text_document.uri) {
                    self.workspace.open.remove(&path);
                    self.stale_now(&path, false);
                }
            }
            _ => {}
        }
    }

    /// A file is to be looked at, and with it all mappings that may name it.
    fn stale_now(&mut self, path: &Path, saved: bool) {
        self.stale.insert(path.to_path_buf(), saved);
        let folder = |open: &Open| path.starts_with(open.folder()) && open.path != path;
        let around: Vec<PathBuf> = self
            .workspace
            .open
            .values()
            .filter(|open| folder(open))
            .map(|open| open.path.clone())
            .collect();
        for path in around {
            self.stale.entry(path).or_insert(false);
        }
    }
}

fn params<T: DeserializeOwned>(request: Request) -> Result<T, (ErrorCode, String)> {
    serde_json::from_value(request.params).map_err(|fault| (ErrorCode::InvalidParams, fault.to_string()))
}

fn value<T: Serialize>(answer: &T) -> Answer {
    serde_json::to_value(answer).map_err(|fault| (ErrorCode::InternalError, fault.to_string()))
}

/// The changes that make the spelling canonical: none for what is, or what does not parse.
fn formatted(open: &Open, encoding: Encoding) -> Option<Vec<TextEdit>> {
    let formatted = crate::format::format(&open.text, open.kind()).ok()?;
    if formatted == open.text {
        return Some(Vec::new());
    }
    Some(vec![TextEdit::new(encoding.whole(&open.text), formatted)])
}
