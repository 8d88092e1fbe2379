// SPDX-License-Identifier: EUPL-1.2
//! Many documents through one mapping: what was rejected and why, and what nobody names.

use std::collections::BTreeMap;

use hub_message::Rejection;
use serde::Serialize;

use super::Coverage;
use crate::Unmapped;

/// What became of many files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Corpus {
    /// Files that were read.
    pub files: usize,
    /// Canonical documents in those that were not rejected.
    pub documents: usize,
    /// Files that were rejected.
    pub rejected: usize,
    /// Why, by code; a file may have several findings.
    pub findings: Vec<FoundCode>,
    /// Places that no row names, by count.
    pub unmapped: Vec<UnmappedIn>,
}

/// A code and how often it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundCode {
    /// The code.
    pub code: String,
    /// How many findings had it.
    pub count: u64,
    /// In how many files.
    pub files: usize,
    /// The first file.
    pub example: String,
    /// The first finding.
    pub finding: Rejection,
}

/// A place that no row names, over many files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmappedIn {
    /// Its path.
    pub path: String,
    /// How often it was met.
    pub count: u64,
    /// In how many files.
    pub files: usize,
}

/// Counts files one after the other.
#[derive(Debug, Default)]
pub struct Counting {
    corpus: Corpus,
    codes: BTreeMap<String, FoundCode>,
    places: BTreeMap<String, (u64, usize)>,
}

impl Counting {
    /// Counts a file: how many documents it came to, or why it was rejected; and the places in it that no row names.
    pub fn add(&mut self, file: &str, came_to: Result<usize, &Rejection>, unmapped: Vec<Unmapped>) {
        self.corpus.files += 1;
        match came_to {
            Ok(documents) => self.corpus.documents += documents,
            Err(rejection) => {
                self.corpus.rejected += 1;
                self.reject(file, rejection);
            }
        }
        for place in unmapped {
            let (count, files) = self.places.entry(place.path).or_default();
            *count += place.count;
            *files += 1;
        }
    }

    fn reject(&mut self, file: &str, rejection: &Rejection) {
        let mut here: Vec<&str> = Vec::new();
        for finding in std::iter::once(rejection).chain(&rejection.also) {
            let code = finding.code.as_str();
            let found = self.codes.entry(code.to_owned()).or_insert_with(|| FoundCode {
                code: code.to_owned(),
                count: 0,
                files: 0,
                example: file.to_owned(),
                finding: Rejection {
                    also: Vec::new(),
                    ..finding.clone()
                },
            });
            found.count += 1;
            if !here.contains(&code) {
                here.push(code);
                found.files += 1;
            }
        }
    }

    /// What all files came to, the most frequent first.
    pub fn finish(self) -> Corpus {
        let mut corpus = self.corpus;
        corpus.findings = self.codes.into_values().collect();
        corpus.findings.sort_by_key(|found| std::cmp::Reverse(found.files));
        let places = self.places.into_iter();
        let places = places.map(|(path, (count, files))| UnmappedIn { path, count, files });
        corpus.unmapped = places.collect();
        corpus
            .unmapped
            .sort_by_key(|place| std::cmp::Reverse((place.files, place.count)));
        corpus
    }
}

impl Coverage {
    /// The rows that read and gave nothing, or those that write.
    pub fn idle(&self, written: bool) -> impl Iterator<Item = &super::RowUse> {
        let count = move |row: &super::RowUse| if written { row.written } else { row.read };
        self.rows.iter().filter(move |row| count(row) == Some(0))
    }
}

#[cfg(test)]
mod tests {
    use hub_message::Code;

    use super::*;

    fn unmapped(path: &str, count: u64) -> Unmapped {
        Unmapped {
            mapping: "x".to_owned(),
            path: path.to_owned(),
            count,
        }
    }

    #[test]
    fn files_are_counted_and_the_most_frequent_stands_first() {
        let finding = |code, text: &str| Rejection::new(Code::new(code), text, "do");
        let mut counting = Counting::default();
        counting.add("1", Ok(2), vec![unmapped("a", 9), unmapped("b", 1)]);
        counting.add("2", Ok(1), vec![unmapped("b", 1)]);
        let mut rejection = finding("AH-M210", "first");
        rejection.also = vec![finding("AH-M212", "other"), finding("AH-M210", "second")];
        counting.add("3", Err(&rejection), vec![]);
        counting.add("4", Err(&finding("AH-M212", "third")), vec![unmapped("b", 1)]);
        let corpus = counting.finish();
        assert_eq!((corpus.files, corpus.documents, corpus.rejected), (4, 3, 2));
        let codes: Vec<_> = corpus
            .findings
            .iter()
            .map(|f| {
                (
                    f.code.as_str(),
                    f.count,
                    f.files,
                    f.example.as_str(),
                    f.finding.text.as_str(),
                )
            })
            .collect();
        assert_eq!(
            codes,
            [("AH-M212", 2, 2, "3", "other"), ("AH-M210", 2, 1, "3", "first")]
        );
        let places: Vec<_> = corpus
            .unmapped
            .iter()
            .map(|u| (u.path.as_str(), u.count, u.files))
            .collect();
        assert_eq!(places, [("b", 3, 3), ("a", 9, 1)]);
    }
}
