// SPDX-License-Identifier: EUPL-1.2
//! The XML declaration.

use std::ops::Range;

use super::attributes::{self, Attribute};
use super::fault::{Breach, Checked, Fault};

/// The XML declaration (section 2.8): `version`, then `encoding`, then `standalone`. It is what stands between the
/// offsets; its pseudo-attributes end before `?>`.
pub(super) fn check(text: &str, from: usize, to: usize, found: &mut Vec<Attribute>) -> Checked<()> {
    let wrong = |at: usize, sentence: &'static str| Err(Fault::new(Breach::Declaration, at, sentence));
    let end =
        attributes::parse(text, from + "<?xml".len(), found).map_err(|fault| fault.told_as(Breach::Declaration))?;
    if end + "?>".len() != to {
        return wrong(end.min(to), "the XML declaration does not end here");
    }
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    for (index, attribute) in found.iter().enumerate() {
        let (name, value) = (part(&attribute.name), part(&attribute.value));
        if (index == 0) != (name == "version") || !expected.any(|known| known == name) {
            return wrong(
                attribute.name.start,
                "the XML declaration has version, encoding and standalone, in this order",
            );
        }
        let fits = match name {
            // Every 1.x is read as 1.0 (fifth edition, section 2.8).
            "version" => value.strip_prefix("1.").is_some_and(is_digits),
            "standalone" => matches!(value, "yes" | "no"),
            _ => {
                let mut bytes = value.bytes();
                bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
                    && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
            }
        };
        if !fits {
            return wrong(
                attribute.value.start,
                "this is no value for the XML declaration; the version is 1.0",
            );
        }
    }
    if found.is_empty() {
        return wrong(from, "the XML declaration has no version");
    }
    Ok(())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
