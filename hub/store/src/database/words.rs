// SPDX-License-Identifier: EUPL-1.2
//! The words that stand in the database for values of small types.

use hub_message::RefusalClass;
use hub_message::record::{Direction, EntryKind, Stage};

/// A type whose values have words in the database.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// The word.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, word)| word)
    }

    /// The value of a word.
    fn of(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(value, _)| *value)
    }
}

macro_rules! words {
    ($type:ident: $($value:ident = $word:literal),+) => {
        impl Word for $type {
            const WORDS: &'static [(Self, &'static str)] = &[$(($type::$value, $word)),+];
        }
    };
}

words!(EntryKind: Document = "document", Communication = "communication");
words!(Direction: In = "in", Out = "out", Internal = "internal");
words!(Stage: Read = "read", Plan = "plan", Suspect = "suspect");
words!(RefusalClass: Business = "business", Format = "format", Permission = "permission", Gone = "gone");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        fn check<T: Word + serde::Serialize + std::fmt::Debug>() {
            for (value, word) in T::WORDS {
                assert_eq!(serde_json::to_value(value).unwrap(), *word);
                assert_eq!(T::of(word), Some(*value));
            }
        }
        check::<EntryKind>();
        check::<Direction>();
        check::<Stage>();
        check::<RefusalClass>();
    }
}
