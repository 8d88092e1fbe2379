// SPDX-License-Identifier: EUPL-1.2
//! What the tables of the files that people write may hold: mappings, routes, connectors, `hub.toml`.
//!
//! Each table of a file has its keys described once. The parser refuses what is not described, and the schemas that
//! editors complete from are made of the same descriptions, so that the two cannot tell different stories.

/// The keys that a table may have.
#[derive(Debug)]
pub struct Keys {
    /// The keys that are its own, in the order in which people write them.
    pub own: &'static [Key],
    /// Tables whose keys it may have as well.
    pub shared: &'static [&'static Keys],
    /// What stands under any other name; `None`: there is no other.
    pub others: Option<&'static Takes>,
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What stands there.
    pub takes: Takes,
    /// Whether it must be there.
    pub needed: bool,
    /// What holds when it is not there, as TOML spells it.
    pub default: Option<&'static str>,
    /// What it says, in English.
    pub english: &'static str,
    /// What it says, in German.
    pub german: &'static str,
}

/// What stands under a key.
#[derive(Debug)]
pub enum Takes {
    /// A text.
    Text(Says),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// A text, a number, `true` or `false`.
    Scalar,
    /// A list; a text that stands alone counts as a list of one only where [`Takes::Either`] says so.
    List(&'static Takes),
    /// A list of exactly these.
    Tuple(&'static [Takes]),
    /// A table.
    Table(&'static Keys),
    /// A table that has the keys which the word under one of them chooses.
    Chosen {
        /// The key.
        by: &'static str,
        /// The words and the keys of each.
        tables: &'static [(&'static str, &'static Keys)],
    },
    /// A table in which every name has the same; the first says what the names are.
    Named(Says, &'static Takes),
    /// One of several.
    Either(&'static [Takes]),
    /// A table of rows: canonical fields, nested by dots, each with a row.
    Rows,
    /// A table of canonical fields, nested by dots or with paths as names, each with a value.
    Values,
    /// Anything: the settings of a connector, which its own program describes.
    Anything,
}

/// What a text is about, as far as an editor can help with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Words of the author.
    Words,
    /// A place and functions: `cbc:IssueDate | date`.
    Row,
    /// A place: `cac:Party/cbc:Name`.
    Place,
    /// A condition of a row.
    When,
    /// A template.
    Template,
    /// A canonical field: `seller.vatId`.
    Field,
    /// A constant, `^field` or `$fact`.
    Given,
    /// A canonical schema: `invoice/1`.
    Schema,
    /// A mapping.
    Mapping,
    /// A connector.
    Connector,
    /// A kind of connector.
    Kind,
    /// The condition of a route.
    RouteWhen,
    /// A file beside the one that names it.
    File,
    /// A code of a finding or rejection.
    Code,
}

/// A key that need not be there.
pub const fn key(name: &'static str, takes: Takes, english: &'static str, german: &'static str) -> Key {
    Key {
        name,
        takes,
        needed: false,
        default: None,
        english,
        german,
    }
}

impl Key {
    /// The same key, which must be there.
    pub const fn needed(mut self) -> Self {
        self.needed = true;
        self
    }

    /// The same key with what holds when it is not there.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }
}

impl Keys {
    /// Keys that share none with other tables.
    pub const fn of(own: &'static [Key]) -> Self {
        Self {
            own,
            shared: &[],
            others: None,
        }
    }

    /// Every key, its own first.
    pub fn all(&self) -> Vec<&'static Key> {
        let shared = self.shared.iter().flat_map(|keys| keys.all());
        self.own.iter().chain(shared).collect()
    }

    /// The key of this name.
    pub fn get(&self, name: &str) -> Option<&'static Key> {
        self.all().into_iter().find(|key| key.name == name)
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all().into_iter().map(|key| key.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ENDS: Keys = Keys::of(&[key("line_end", Takes::Word(&["crlf", "lf"]), "Ends.", "Enden.").or("\"crlf\"")]);
    static CSV: Keys = Keys {
        own: &[key(
            "delimiter",
            Takes::Text(Says::Words),
            "Between cells.",
            "Zwischen Feldern.",
        )
        .needed()],
        shared: &[&ENDS],
        others: None,
    };

    #[test]
    fn shared_keys_are_keys() {
        assert_eq!(CSV.names().collect::<Vec<_>>(), ["delimiter", "line_end"]);
        assert_eq!(CSV.get("line_end").and_then(|key| key.default), Some("\"crlf\""));
        assert!(CSV.get("delimiter").is_some_and(|key| key.needed));
        assert!(CSV.get("quote").is_none());
    }
}
