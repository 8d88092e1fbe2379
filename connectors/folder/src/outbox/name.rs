// SPDX-License-Identifier: EUPL-1.2
//! Names of files in the target folder: a checked template, and document names made harmless.

use std::fmt::Write;

use connector_sdk::Delivery;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::directory::NAME_BYTES_MAX;

/// A template for file names: `{sequence}-{delivery}.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    /// The sequence in the stream, twelve digits: sorting by name is sorting by order.
    Sequence,
    /// The delivery id.
    Delivery,
    /// The message type.
    Type,
    /// The day on which the hub handed it over, UTC.
    Date,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

/// Longest text in a template, in bytes: with all placeholders a name stays below the 255 of file systems.
const TEXT_BYTES_MAX: usize = 60;

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("`{` ohne `}` in file_name")?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Placeholder(placeholder(name)?));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let literal: String = parts
            .iter()
            .filter_map(|part| {
                if let Part::Text(text) = part {
                    Some(text.as_str())
                } else {
                    None
                }
            })
            .collect();
        if literal.chars().any(|c| c.is_control() || "/\\:*?\"<>|}".contains(c)) {
            return Err(
                "file_name enthält ein Zeichen, das in Dateinamen nicht erlaubt ist: / \\ : * ? \" < > | }".into(),
            );
        }
        if text.is_empty() || text.starts_with('.') || text.starts_with('~') || literal.len() > TEXT_BYTES_MAX {
            return Err(format!(
                "file_name darf nicht leer sein, nicht mit `.` oder `~` beginnen und höchstens {TEXT_BYTES_MAX} Byte eigenen Text haben"
            ));
        }
        Ok(Self(parts))
    }
}

fn placeholder(name: &str) -> Result<Placeholder, String> {
    match name {
        "sequence" => Ok(Placeholder::Sequence),
        "delivery" => Ok(Placeholder::Delivery),
        "type" => Ok(Placeholder::Type),
        "date" => Ok(Placeholder::Date),
        _ => Err(format!(
            "file_name kennt {{{name}}} nicht, nur {{sequence}}, {{delivery}}, {{type}}, {{date}}"
        )),
    }
}

impl Template {
    /// The name of a delivery's file.
    pub(crate) fn name(&self, delivery: &Delivery) -> String {
        self.0.iter().fold(String::new(), |mut name, part| {
            let _ = match part {
                Part::Text(text) => name.write_str(text),
                Part::Placeholder(Placeholder::Sequence) => write!(name, "{:012}", delivery.sequence),
                Part::Placeholder(Placeholder::Delivery) => write!(name, "{}", delivery.id),
                Part::Placeholder(Placeholder::Type) => write!(name, "{}", delivery.kind),
                Part::Placeholder(Placeholder::Date) => name.write_str(&delivery.received.day()),
            };
            name
        })
    }
}

/// The name of the `number`-th document beside `main`: `<stem>.<number>-<name>`, the name made harmless for every file
/// system and shell.
pub(crate) fn document_name(main: &str, number: usize, name: Option<&str>) -> String {
    let stem = main
        .rsplit_once('.')
        .filter(|(stem, _)| !stem.is_empty())
        .map_or(main, |(stem, _)| stem);
    let harmless: String = name
        .unwrap_or_default()
        .nfc()
        .map(|c| {
            if c.is_alphanumeric() || ".-_+()".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    // A number of up to ten digits and two signs stand between them.
    let room = NAME_BYTES_MAX.saturating_sub(stem.len() + 12).min(100);
    let trimmed = harmless.trim_matches(|c| c == '.' || c == '_');
    let end = trimmed
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= room)
        .last()
        .unwrap_or(0);
    match trimmed.get(..end) {
        Some(name) if !name.is_empty() => format!("{stem}.{number}-{name}"),
        _ => format!("{stem}.{number}-dokument"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: Option<&str>, expected: &str) {
        assert_eq!(document_name("7.csv", 1, name), expected);
    }

    #[test]
    fn document_names_are_harmless() {
        check(Some("Lieferschein.pdf"), "7.1-Lieferschein.pdf");
        check(Some("../../etc/passwd"), "7.1-etc_passwd");
        check(Some("a\0b\nc;rm -rf.pdf"), "7.1-a_b_c_rm_-rf.pdf");
        check(Some("Gru\u{308}ße.pdf"), "7.1-Grüße.pdf");
        check(Some("..."), "7.1-dokument");
        check(None, "7.1-dokument");
        assert_eq!(document_name("ohne", 2, Some("a")), "ohne.2-a");
        assert!(document_name("7.csv", 1, Some(&"ä".repeat(500))).len() < 120);
        let main = format!("{}.csv", "m".repeat(220));
        assert!(document_name(&main, 1, Some(&"d".repeat(500))).len() <= NAME_BYTES_MAX);
    }

    #[test]
    fn templates_are_checked() {
        for good in ["{sequence}-{delivery}.csv", "x_{date}_{type}.xml", "fest.txt"] {
            assert!(Template::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".x",
            "~x",
            "a/b",
            "{x}.csv",
            "{sequence",
            "a}b",
            "a\u{7}",
            "a\\b",
            &"x".repeat(61),
        ] {
            assert!(Template::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
