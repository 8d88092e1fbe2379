// SPDX-License-Identifier: EUPL-1.2
//! Findings about files that people write: mappings, routes, configuration, schemas. They read like a compiler's.

use std::fmt::Write;
use std::ops::Range;

use crate::rejection::{Code, Place};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the file still loads.
    Warning,
    /// The file does not load.
    Error,
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable code.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub text: String,
    /// Path of the file as the user named it.
    pub file: String,
    /// Byte range in the file; an empty range at 0 means the file as a whole.
    pub span: Range<usize>,
    /// Stands under the caret: *did you mean*, or what to do.
    pub help: Option<String>,
}

impl Finding {
    /// An error.
    pub fn error(code: Code, file: impl Into<String>, span: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            text: text.into(),
            file: file.into(),
            span,
            help: None,
        }
    }

    /// A warning.
    pub fn warning(code: Code, file: impl Into<String>, span: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, file, span, text)
        }
    }

    /// With a help text under the caret.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With *did you mean* when one of `known` is close to `given`.
    pub fn did_you_mean<'a>(mut self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(best) = closest(given, known) {
            self.help = Some(format!("did you mean `{best}`?"));
        }
        self
    }

    /// The finding in the form `error[CODE]: text`, `--> file:line:column`, the line and a caret. `source` is the text
    /// of the file; without it only the first two lines come.
    pub fn render(&self, source: Option<&str>) -> String {
        let kind = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let mut out = format!("{kind}[{}]: {}\n", self.code, self.text);
        let (Some(source), false) = (source, self.span == (0..0)) else {
            let _ = writeln!(out, "  --> {}", self.file);
            if let Some(help) = &self.help {
                let _ = writeln!(out, "   = {help}");
            }
            return out;
        };
        let place = Place::of(source.as_bytes(), self.span.start);
        let line = source.lines().nth(place.line as usize - 1).unwrap_or_default();
        let before: String = line
            .chars()
            .take(place.column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let rest = line.chars().count().saturating_sub(place.column as usize - 1).max(1);
        let width = source
            .get(self.span.clone())
            .map_or(1, |s| s.chars().count())
            .clamp(1, rest);
        let number = place.line.to_string();
        let _ = writeln!(out, "  --> {}:{place}", self.file);
        let _ = writeln!(out, "{number} | {line}");
        let _ = write!(out, "{} | {before}{}", " ".repeat(number.len()), "^".repeat(width));
        if let Some(help) = &self.help {
            let _ = write!(out, " {help}");
        }
        out.push('\n');
        out
    }
}

/// The one of `known` that `given` was most likely meant to be; `None` when nothing is close.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (given.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&given.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_points_at_the_characters() {
        let source = "a = 1\nissueDate = \"cbc:IsueDate | date\"\n";
        let start = source.find("cbc:").unwrap();
        let finding = Finding::error(
            Code::new("AH-M103"),
            "x.map.toml",
            start..start + 12,
            "no element `cbc:IsueDate`",
        )
        .did_you_mean("cbc:IsueDate", ["cbc:ID", "cbc:IssueDate"]);
        assert_eq!(
            finding.render(Some(source)),
            "error[AH-M103]: no element `cbc:IsueDate`\n  --> x.map.toml:2:14\n\
             2 | issueDate = \"cbc:IsueDate | date\"\n  |              ^^^^^^^^^^^^ did you mean `cbc:IssueDate`?\n"
        );
    }

    #[test]
    fn nothing_close_is_not_suggested() {
        assert_eq!(closest("buyer", ["seller", "lines"]), None);
        assert_eq!(closest("selller", ["seller", "lines"]), Some("seller"));
    }
}
