// SPDX-License-Identifier: EUPL-1.2
//! Names of tables and columns: a strict grammar, checked when the settings are read, and quoted wherever they are written.

use serde::Deserialize;

/// Most bytes of a name; PostgreSQL cuts longer ones off, MariaDB takes 64 characters.
const BYTES_MAX: usize = 63;

/// The name of a column: a letter or `_`, then letters, digits and `_`. There is nothing in it that could end a quotation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

impl Name {
    /// The name as it stands in the catalogue.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut letters = text.chars();
        let begins = letters.next().is_some_and(|c| c == '_' || c.is_alphabetic());
        let goes_on = letters.all(|c| c == '_' || c.is_alphanumeric());
        if begins && goes_on && text.len() <= BYTES_MAX {
            Ok(Self(text))
        } else {
            Err("not a name of a table or column")
        }
    }
}

/// The name of a table or view, perhaps with its schema (in MariaDB: its database) before a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TableName {
    /// Where it is, unless where the connection begins.
    pub schema: Option<Name>,
    /// Its own name.
    pub name: Name,
}

impl TryFrom<String> for TableName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('.') {
            None => Ok(Self {
                schema: None,
                name: text.try_into()?,
            }),
            Some((schema, name)) => Ok(Self {
                schema: Some(schema.to_owned().try_into()?),
                name: name.to_owned().try_into()?,
            }),
        }
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", schema.0)?;
        }
        f.write_str(&self.name.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(TableName::try_from(text.to_owned()).is_ok(), expected, "{text}");
    }

    #[test]
    fn names_follow_a_strict_grammar() {
        for good in ["a", "_b9", "gewerbe.anmeldung", "Straße", "dbo.T1"] {
            check(good, true);
        }
        let long = "x".repeat(64);
        for bad in [
            "",
            ".",
            "a.",
            ".a",
            "a.b.c",
            "1a",
            "a b",
            "a\"",
            "a`",
            "a'",
            "a;drop table b",
            "a--",
            "a\0",
            "a\n",
            "a-b",
            "$a",
            &long,
        ] {
            check(bad, false);
        }
    }
}
