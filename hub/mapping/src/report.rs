// SPDX-License-Identifier: EUPL-1.2
//! Collects the findings about a mapping file: all at once, never only the first.

use std::ops::Range;

use hub_message::{Code, Finding};

/// The findings about one file so far.
#[derive(Debug)]
pub struct Report {
    file: String,
    findings: Vec<Finding>,
}

impl Report {
    /// No findings yet about this file.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            findings: Vec::new(),
        }
    }

    /// An error at a byte range of the file. The finding can be given a help text.
    pub fn error(&mut self, code: &'static str, span: Range<usize>, text: impl Into<String>) {
        let finding = Finding::error(Code::new(code), &self.file, span, text);
        self.findings.push(finding);
    }

    /// An error with a help text under the caret.
    pub fn error_help(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        text: impl Into<String>,
        help: impl Into<String>,
    ) {
        let finding = Finding::error(Code::new(code), &self.file, span, text).help(help);
        self.findings.push(finding);
    }

    /// An error about a word, with *did you mean* where one of `known` is close.
    pub fn unknown<'a>(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        text: impl Into<String>,
        given: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let finding = Finding::error(Code::new(code), &self.file, span, text).did_you_mean(given, known);
        self.findings.push(finding);
    }

    /// A warning at a byte range of the file.
    pub fn warning(&mut self, code: &'static str, span: Range<usize>, text: impl Into<String>) {
        let finding = Finding::warning(Code::new(code), &self.file, span, text);
        self.findings.push(finding);
    }

    /// A warning with a help text under the caret.
    pub(crate) fn warning_help(&mut self, code: &'static str, span: Range<usize>, text: impl Into<String>, help: &str) {
        let finding = Finding::warning(Code::new(code), &self.file, span, text).help(help);
        self.findings.push(finding);
    }

    /// A finding about another file that this one names.
    pub(crate) fn foreign(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether an error was found.
    pub fn failed(&self) -> bool {
        self.findings.iter().any(|f| f.severity == hub_message::Severity::Error)
    }

    /// The findings in the order of the file, those about other files behind them.
    pub fn finish(mut self) -> Vec<Finding> {
        let own = std::mem::take(&mut self.file);
        self.findings.sort_by_key(|f| (f.file != own, f.span.start, f.span.end));
        self.findings
    }
}
