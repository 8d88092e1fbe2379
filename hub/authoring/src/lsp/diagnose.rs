// SPDX-License-Identifier: EUPL-1.2
//! Findings as an editor shows them, at the very characters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hub_message::{Code, Finding, SchemaId, Severity};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, PublishDiagnosticsParams,
};
use serde_json::json;

use super::text::Encoding;
use super::uri;
use super::workspace::{Open, Workspace};
use crate::format::Kind;

const NO_SCHEMA: Code = Code::new("AH-K022");
const NO_TOML: &str = "AH-M100";

/// What is wrong with a file, and the mapping if it loads. The settings of the hub are looked at as a whole, and as they
/// lie on the disk: `saved` says that this one does.
pub(super) fn findings(
    workspace: &Workspace<'_>,
    open: &Open,
    saved: bool,
) -> (Vec<Finding>, Option<hub_mapping::Mapping>) {
    let name = open.name();
    if open.kind() == Kind::Configuration {
        // Tables and examples are open for the sake of a mapping that names them.
        if open.path.extension().is_none_or(|extension| extension != "toml") {
            return (Vec::new(), None);
        }
        let broken = hub_mapping::header(&name, &open.text).err().unwrap_or_default();
        let broken: Vec<Finding> = broken.into_iter().filter(|f| f.code.as_str() == NO_TOML).collect();
        if !broken.is_empty() || !saved {
            return (broken, None);
        }
        let mut found = workspace.around.configuration(&open.path);
        found.retain(|finding| same(Path::new(&finding.file), &open.path));
        return (found, None);
    }
    let header = match hub_mapping::header(&name, &open.text) {
        Ok(header) => header,
        Err(found) => return (found, None),
    };
    let schemas = workspace.around.schemas(&open.path);
    let Some(schema) = schemas.get(&header.canonical) else {
        let at = open.outline.leaf(&["canonical"]).map_or(0..0, |leaf| leaf.span.clone());
        let text = format!("there is no schema `{}`", header.canonical);
        let finding = Finding::error(NO_SCHEMA, name, at, text);
        let known = schemas.ids().map(SchemaId::as_str);
        return (vec![finding.did_you_mean(header.canonical.as_str(), known)], None);
    };
    let loaded = workspace.load(open, schema.shape());
    (loaded.findings, loaded.mapping)
}

/// Whether two paths name one file, as far as their spelling says it.
fn same(one: &Path, other: &Path) -> bool {
    one == other || (one.is_relative() && other.ends_with(one))
}

/// What is to be shown of the findings about a file: those in it, and those in files that it names, which are also
/// pointed at from where it names them.
pub(super) fn published(
    workspace: &Workspace<'_>,
    open: &Open,
    encoding: Encoding,
) -> BTreeMap<PathBuf, PublishDiagnosticsParams> {
    let mut all: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    all.insert(open.path.clone(), Vec::new());
    for finding in &open.findings {
        if same(Path::new(&finding.file), &open.path) {
            let shown = diagnostic(finding, &open.text, encoding);
            all.entry(open.path.clone()).or_default().push(shown);
            continue;
        }
        let path = open.folder().join(&finding.file);
        let Some(text) = workspace.text(&path) else {
            let shown = pointed(finding, open, None, encoding);
            all.entry(open.path.clone()).or_default().push(shown);
            continue;
        };
        let there = diagnostic(finding, &text, encoding);
        let related = uri::of(&path).map(|uri| Location::new(uri, there.range));
        let here = pointed(finding, open, related, encoding);
        all.entry(path).or_default().push(there);
        all.entry(open.path.clone()).or_default().push(here);
    }
    let params = all.into_iter().filter_map(|(path, diagnostics)| {
        let version = workspace.open.get(&path).map(|open| open.version);
        Some((
            path.clone(),
            PublishDiagnosticsParams::new(uri::of(&path)?, diagnostics, version),
        ))
    });
    params.collect()
}

/// A finding in another file, shown where this one names that file.
fn pointed(finding: &Finding, open: &Open, related: Option<Location>, encoding: Encoding) -> Diagnostic {
    let name = Path::new(&finding.file).file_name();
    let names = |leaf: &&super::outline::Leaf| {
        let text = leaf.text.as_deref().map(Path::new);
        text.and_then(Path::file_name).is_some_and(|found| Some(found) == name)
    };
    let span = open
        .outline
        .leaves
        .iter()
        .find(names)
        .map_or(0..0, |leaf| leaf.span.clone());
    let moved = Finding {
        span,
        text: format!("{}: {}", finding.file, finding.text),
        ..finding.clone()
    };
    let mut shown = diagnostic(&moved, &open.text, encoding);
    shown.related_information = related.map(|location| {
        vec![DiagnosticRelatedInformation {
            location,
            message: finding.text.clone(),
        }]
    });
    shown
}

fn diagnostic(finding: &Finding, text: &str, encoding: Encoding) -> Diagnostic {
    let span = if finding.span == (0..0) {
        // About the file as a whole: its first line.
        0..text.find(['\r', '\n']).unwrap_or(text.len())
    } else {
        finding.span.clone()
    };
    let message = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.text),
        None => finding.text.clone(),
    };
    let page = hub_codes::page(finding.code.as_str());
    Diagnostic {
        range: encoding.range(text, &span),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(finding.code.as_str().to_owned())),
        source: Some("amtshub".to_owned()),
        message,
        data: page.map(|page| json!({ "meaning": page.english.meaning, "remedy": page.english.remedy })),
        ..Diagnostic::default()
    }
}
