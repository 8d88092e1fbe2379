// SPDX-License-Identifier: EUPL-1.2
//! File name patterns: `*` for any characters, `?` for one, everything else for itself; letter case does not count,
//! because scanners write `.PDF`.

use serde::Deserialize;

/// A pattern for file names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Pattern(Vec<char>);

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self(text.to_lowercase().chars().collect())
    }
}

impl Pattern {
    /// Whether the whole name fits. Linear in practice: on a mismatch it goes back to the last `*` only.
    pub fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        let (mut at, mut of) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while let Some(letter) = name.get(at) {
            match self.0.get(of) {
                Some('*') => {
                    star = Some((of, at));
                    of += 1;
                }
                Some(wanted) if *wanted == '?' || wanted == letter => {
                    at += 1;
                    of += 1;
                }
                _ => {
                    let Some((star_of, star_at)) = star else { return false };
                    star = Some((star_of, star_at + 1));
                    of = star_of + 1;
                    at = star_at + 1;
                }
            }
        }
        self.0.iter().skip(of).all(|rest| *rest == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, name: &str, expected: bool) {
        assert_eq!(
            Pattern::from(pattern.to_owned()).fits(name),
            expected,
            "{pattern} {name}"
        );
    }

    #[test]
    fn names_fit_or_not() {
        check("*.xml", "Rechnung.XML", true);
        check("*.xml", "rechnung.xml.pdf", false);
        check("*.XML", "a.xml", true);
        check("scan-????.pdf", "scan-0001.pdf", true);
        check("scan-????.pdf", "scan-1.pdf", false);
        check("a*b*c", "aXXbYbZc", true);
        check("a*b*c", "aXXbYbZ", false);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("**", "größe.txt", true);
        check("gr?ße*", "GRÖßE.txt", true);
    }
}
