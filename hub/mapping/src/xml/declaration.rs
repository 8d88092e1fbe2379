// SPDX-License-Identifier: EUPL-1.2
//! The XML declaration.

use std::ops::Range;

use hub_message::Rejection;

use super::attributes;
use super::fault::{Breach, refuse};

/// The XML declaration (section 2.8): `version`, then `encoding`, then `standalone`.
pub(super) fn check(text: &str, from: usize, to: usize) -> Result<(), Rejection> {
    let wrong = |at: usize, sentence: &str| Err(refuse(Breach::Declaration, text, at, sentence));
    let mut found = Vec::new();
    attributes::parse(text, from + "<?xml".len(), to - "?>".len(), &mut found).map_err(|fault| Rejection {
        code: hub_message::Code::new("AH-X112"),
        ..fault
    })?;
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
