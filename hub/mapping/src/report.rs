// SPDX-License-Identifier: EUPL-1.2
//! Collects the findings about a mapping file: all at once, never only the first.

use std::collections::HashSet;
use std::ops::Range;

use hub_message::{Code, Finding};

/// The findings about one file so far.
#[derive(Debug)]
pub struct Report {
    file: String,
    /// Where the lines of the file begin, as far as its text is known.
    lines: Vec<usize>,
    findings: Vec<Finding>,
}

impl Report {
    /// No findings yet about this file.
    pub fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            lines: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// With the text of the file, so that a finding can say in which line another thing stands.
    pub fn about(file: &str, text: &str) -> Self {
        Self {
            lines: text.match_indices('\n').map(|(at, _)| at + 1).collect(),
            ..Self::new(file)
        }
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset) + 1
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

    /// A warning that is given once for a place, however often that is looked at.
    pub(crate) fn warning_once(&mut self, code: &'static str, span: Range<usize>, text: &str) {
        if !self.findings.iter().any(|f| f.code.as_str() == code && f.span == span) {
            self.warning(code, span, text);
        }
    }

    /// Whether an error was found.
    pub fn failed(&self) -> bool {
        self.findings.iter().any(|f| f.severity == hub_message::Severity::Error)
    }

    /// How many errors were found.
    pub(crate) fn errors(&self) -> usize {
        let errors = self.findings.iter();
        errors.filter(|f| f.severity == hub_message::Severity::Error).count()
    }

    /// The findings in the order of the file, those about other files behind them.
    pub fn finish(mut self) -> Vec<Finding> {
        let own = std::mem::take(&mut self.file);
        self.findings.sort_by_key(|f| (f.file != own, f.span.start, f.span.end));
        // A fragment is looked at wherever it is used, and what is wrong in it is wrong once.
        let mut seen = HashSet::new();
        self.findings
            .retain(|f| seen.insert((f.code.clone(), f.span.clone(), f.text.clone())));
        self.findings
    }
}
