// SPDX-License-Identifier: EUPL-1.2
//! A sample of a format: its places, how often they come and what stands there.

use std::fmt::Write;

/// So many values of a place are looked at.
const VALUES_MAX: usize = 100;

/// A sample and the `[format]` that reads it.
#[derive(Debug)]
pub(super) struct Sample {
    /// The lines of `[format]`.
    pub(super) format: String,
    /// What stands in it.
    pub(super) root: Place,
    /// What a step to a value looks like from the root where every value needs one, as in files of lines.
    pub(super) note: Option<String>,
}

/// A place of a sample.
#[derive(Debug, Default, Clone)]
pub(super) struct Place {
    /// As a mapping spells it: `cbc:ID`, `@currencyID`.
    pub(super) name: String,
    /// The places below, in the order of the sample.
    pub(super) below: Vec<Place>,
    /// What stands directly there.
    pub(super) values: Vec<String>,
    /// Whether it comes several times at one place above.
    pub(super) repeated: bool,
}

impl Place {
    /// The place below of this name, made where there is none.
    pub(super) fn enter(&mut self, name: &str) -> &mut Place {
        let index = self
            .below
            .iter()
            .position(|place| place.name == name)
            .unwrap_or_else(|| {
                self.below.push(Place {
                    name: name.to_owned(),
                    ..Place::default()
                });
                self.below.len() - 1
            });
        // The index was found or just made.
        #[expect(clippy::indexing_slicing, reason = "the index was found or just made")]
        &mut self.below[index]
    }

    /// Notes a value; blank ones say nothing.
    pub(super) fn value(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && self.values.len() < VALUES_MAX {
            self.values.push(text.to_owned());
        }
    }
}

/// A step of a place, in quotation marks where its name needs them.
pub(super) fn step(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '@');
    if !name.is_empty() && name.chars().all(fits) && !name.starts_with('.') {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}

/// A text as TOML spells it.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
