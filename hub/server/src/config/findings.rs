// SPDX-License-Identifier: EUPL-1.2
//! Everything that was found in files, together with their texts, so that it can be shown like a compiler's output.

use std::collections::BTreeMap;
use std::fmt::Write;

use hub_message::{Finding, Severity};

use super::secret::INLINE;

/// Findings about files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    texts: BTreeMap<String, String>,
}

impl Findings {
    /// Keeps the text of a file, to point into it.
    pub(crate) fn know(&mut self, file: &str, text: &str) {
        self.texts.insert(file.to_owned(), text.to_owned());
    }

    /// Adds a finding.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// Adds findings.
    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.list.extend(findings);
    }

    /// Adds all of another list.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
        self.texts.append(&mut other.texts);
    }

    /// The same findings, none of them worse than a warning.
    pub(crate) fn into_warnings(mut self) -> Self {
        for finding in &mut self.list {
            finding.severity = Severity::Warning;
        }
        self
    }

    /// All findings, file by file, each from its beginning.
    pub(crate) fn sorted(&self) -> Vec<&Finding> {
        let mut sorted: Vec<&Finding> = self.list.iter().collect();
        sorted.sort_by(|a, b| (&a.file, a.span.start, &a.code).cmp(&(&b.file, b.span.start, &b.code)));
        sorted.dedup();
        sorted
    }

    /// The text of a file, if it was kept, with secrets that stand in it made unreadable: findings go into logs.
    pub(crate) fn text(&self, file: &str) -> Option<String> {
        let mut text = self.texts.get(file)?.clone();
        for secret in self.list.iter().filter(|f| f.file == file && f.code == INLINE) {
            if let Some(found) = text.get(secret.span.clone()) {
                // As many bytes as before, so that all other findings still point at their characters.
                text.replace_range(secret.span.clone(), &"*".repeat(found.len()));
            }
        }
        Some(text)
    }

    /// How many errors there are.
    pub(crate) fn errors(&self) -> usize {
        self.list.iter().filter(|f| f.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    pub(crate) fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All findings as text, and a line that counts them.
    pub(crate) fn render(&self) -> String {
        let mut out = String::new();
        for finding in self.sorted() {
            out.push_str(&finding.render(self.text(&finding.file).as_deref()));
            out.push('\n');
        }
        if !self.is_empty() {
            let _ = writeln!(out, "{}", self.summary());
        }
        out
    }

    /// The line that counts the findings.
    pub(crate) fn summary(&self) -> String {
        let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        match (self.errors(), self.warnings()) {
            (0, 0) => "no findings".to_owned(),
            (0, warnings) => count(warnings, "warning"),
            (errors, 0) => count(errors, "error"),
            (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
        }
    }
}
