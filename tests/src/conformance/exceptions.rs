// SPDX-License-Identifier: EUPL-1.2
//! The list of values that are known not to stand where the oracle has them, each with its reason.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

/// One line of the list: `file term reason…`, for one value, or with `round-trip` as the term for the way there and back.
#[derive(Debug)]
struct Exception {
    file: String,
    term: String,
    reason: String,
    used: bool,
}

/// The checked-in list. A line excuses one value of one file; empty lines and lines that begin with `#` are comments.
#[derive(Debug, Default)]
pub(super) struct Exceptions(Vec<Exception>);

impl Exceptions {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        Self::parse(&fs::read_to_string(path).with_context(|| format!("{}", path.display()))?)
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(exception).collect::<anyhow::Result<_>>().map(Self)
    }

    /// The reason why this value is excused; each line is used once.
    pub(super) fn reason(&mut self, file: &str, term: &str) -> Option<String> {
        let line = self
            .0
            .iter_mut()
            .find(|e| !e.used && e.file == file && e.term == term)?;
        line.used = true;
        Some(line.reason.clone())
    }

    /// How many lines were used.
    pub(super) fn used(&self) -> usize {
        self.0.iter().filter(|e| e.used).count()
    }

    /// The lines that excused nothing.
    pub(super) fn unused(&self) -> impl Iterator<Item = String> {
        let unused = self.0.iter().filter(|e| !e.used);
        unused.map(|e| format!("{} {} {}", e.file, e.term, e.reason))
    }
}

fn exception(line: &str) -> anyhow::Result<Exception> {
    let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
    let (Some(file), Some(term), Some(reason)) = (words.next(), words.next(), words.next()) else {
        bail!("an exception needs a file, a term and a reason: {line}");
    };
    Ok(Exception {
        file: file.to_owned(),
        term: term.to_owned(),
        reason: reason.to_owned(),
        used: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_excuses_one_value() {
        let mut list = Exceptions::parse("# why\n\na.xml BT-1 because of this\nb.xml BT-2 never\n").unwrap();
        assert_eq!(list.reason("a.xml", "BT-1").as_deref(), Some("because of this"));
        assert_eq!(list.reason("a.xml", "BT-1"), None);
        assert_eq!(list.used(), 1);
        assert_eq!(list.unused().collect::<Vec<_>>(), ["b.xml BT-2 never"]);
    }

    #[test]
    fn a_reason_is_needed() {
        assert!(Exceptions::parse("a.xml BT-1\n").is_err());
    }
}
