// SPDX-License-Identifier: EUPL-1.2
//! Texts that may say something about a person, masked until somebody asks for them.

use std::fmt;

use hub_message::Sensitive;
use serde::{Serialize, Serializer};

/// What stands in the place of a masked text.
pub const MASK: &str = "•••";

/// A text out of a document. It is hidden in `Debug` always, and masked in `Display` and in JSON until it is revealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    value: Sensitive<String>,
    masked: bool,
}

impl Personal {
    /// A text that is masked until it is revealed.
    pub fn masked(value: impl Into<String>) -> Self {
        Self {
            value: Sensitive::new(value.into()),
            masked: true,
        }
    }

    /// A text that people who may see the list at all may see: the subject of a case, a reference.
    pub fn open(value: impl Into<String>) -> Self {
        Self {
            value: Sensitive::new(value.into()),
            masked: false,
        }
    }

    /// The text itself, for code that must have it.
    pub fn disclose(&self) -> &str {
        self.value.disclose()
    }

    /// The text, or the mask.
    pub fn shown(&self) -> &str {
        if self.masked { MASK } else { self.disclose() }
    }

    /// Takes the mask off.
    pub fn reveal(&mut self) {
        self.masked = false;
    }
}

impl fmt::Display for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.shown())
    }
}

impl Serialize for Personal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_shows_only_when_it_is_revealed() {
        let mut name = Personal::masked("Erika Beispiel");
        assert_eq!(
            (name.to_string(), serde_json::to_string(&name).unwrap()),
            (MASK.to_owned(), format!("\"{MASK}\""))
        );
        name.reveal();
        assert_eq!(name.to_string(), "Erika Beispiel");
        assert!(!format!("{name:?}").contains("Erika"));
    }
}
