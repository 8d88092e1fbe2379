// SPDX-License-Identifier: EUPL-1.2
//! Paths at the target: fixed by the settings, with parts that a delivery fills in. What is filled in is always one
//! segment, so that no delivery leads anywhere else.

use std::fmt::Write;

use connector_sdk::Delivery;
use serde::Deserialize;

/// A path with parts to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fixed(String),
    Type,
    Delivery,
}

impl Template {
    /// The path for a delivery.
    pub(crate) fn path(&self, delivery: &Delivery) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Fixed(text) => text.clone(),
            Part::Type => segment(delivery.kind.as_str()),
            Part::Delivery => segment(delivery.id.as_str()),
        });
        parts.collect()
    }
}

/// As one segment: everything that could mean something in an address is encoded.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // A string takes everything.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((fixed, behind)) = rest.split_once('{') {
            let (name, behind) = behind.split_once('}').ok_or("a brace is not closed")?;
            parts.push(Part::Fixed(fixed.to_owned()));
            parts.push(match name {
                "type" => Part::Type,
                "delivery" => Part::Delivery,
                _ => return Err("a path may have {type} and {delivery} only".to_owned()),
            });
            rest = behind;
        }
        parts.push(Part::Fixed(rest.to_owned()));
        let fixed = parts.iter().filter_map(|part| match part {
            Part::Fixed(text) => Some(text.as_str()),
            _ => None,
        });
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@?%".contains(c);
        if !text.starts_with('/') || !fixed.clone().all(|text| text.chars().all(plain)) {
            return Err("a path begins with / and holds no spaces or other special characters".to_owned());
        }
        if text.split(['/', '?']).any(is_dots) {
            return Err("a path holds neither . nor .. as a segment".to_owned());
        }
        Ok(Self(parts))
    }
}

/// `.` and `..`, also when they are encoded.
fn is_dots(segment: &str) -> bool {
    let decoded = segment.to_ascii_lowercase().replace("%2e", ".");
    decoded == "." || decoded == ".."
}

#[cfg(test)]
mod tests {
    use hub_message::{Body, Head};

    use super::*;

    #[test]
    fn parts_are_filled_in_as_segments() {
        let id = "0123456789abcdef0123456789abcdef";
        let body = Body::new(Head::default(), "");
        let delivery = Delivery::alone(id.parse().unwrap(), "posting.csv.1".parse().unwrap(), 1, body);
        let template = Template::try_from("/v1/{type}/x-{delivery}?api=2".to_owned()).unwrap();
        assert_eq!(template.path(&delivery), format!("/v1/posting.csv.1/x-{id}?api=2"));
        assert_eq!(segment("a/b ?#ä.."), "a%2Fb%20%3F%23%C3%A4..");
    }

    #[test]
    fn templates_are_checked() {
        for good in ["/", "/a", "/a/{delivery}", "/{type}?x={delivery}", "/a..b/.c", "/a%20b"] {
            assert!(Template::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "{delivery}",
            "/{name}",
            "/{type",
            "/a b",
            "/ä",
            "/a#b",
            "/a/../b",
            "/.",
            "/%2e%2E/a",
            "/a\\b",
            "/a}b",
        ] {
            assert!(Template::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
