// SPDX-License-Identifier: EUPL-1.2
//! Names that appear in subjects, files and tables. A value of these types is safe as a NATS token and as a file name.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is no valid name. The text itself is configuration, never a person's data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameFault {
    /// A connector's name breaks `[a-z][a-z0-9-]{1,31}`.
    #[error("`{0}` is no connector name: 2 to 32 characters, small letters, digits and `-`, beginning with a letter")]
    Connector(String),
    /// The name is kept for the hub's own recipient.
    #[error("`{0}` is reserved for the case store")]
    Reserved(String),
    /// A message type is not `word.word.N`.
    #[error(
        "`{0}` is no message type: two or more parts of small letters, digits and `-`, separated by `.`, the last a version number"
    )]
    MessageType(String),
    /// A schema id is not `name/major`.
    #[error("`{0}` is no schema id: a name of small letters, digits and `-`, then `/` and the major version")]
    SchemaId(String),
}

/// The name that the hub keeps for the case store among the recipients.
pub const CASES: &str = "cases";

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = NameFault;
            fn from_str(text: &str) -> Result<Self, NameFault> {
                Self::try_from(text.to_owned())
            }
        }
    };
}

/// The name of a connector: `[a-z][a-z0-9-]{1,31}`, not `cases` (CONNECTOR-PROTOCOL).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectorName(String);
text_type!(ConnectorName);

impl TryFrom<String> for ConnectorName {
    type Error = NameFault;
    fn try_from(text: String) -> Result<Self, NameFault> {
        if text == CASES {
            return Err(NameFault::Reserved(text));
        }
        let fits = (2..=32).contains(&text.len())
            && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && is_token(&text);
        if fits {
            Ok(Self(text))
        } else {
            Err(NameFault::Connector(text))
        }
    }
}

/// A dotted message type that ends in a version: `invoice.ubl.1`, at most 100 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageType(String);
text_type!(MessageType);

impl MessageType {
    /// The type of everything that goes to the case store: `record.1`.
    pub fn record() -> Self {
        Self("record.1".to_owned())
    }

    /// The type under which a message is kept whose subject names none: `unknown.0`.
    pub fn unknown() -> Self {
        Self("unknown.0".to_owned())
    }
}

impl TryFrom<String> for MessageType {
    type Error = NameFault;
    fn try_from(text: String) -> Result<Self, NameFault> {
        let parts: Vec<&str> = text.split('.').collect();
        let versioned = parts
            .last()
            .is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()));
        if text.len() <= 100 && parts.len() >= 2 && versioned && parts.iter().all(|p| is_token(p)) {
            Ok(Self(text))
        } else {
            Err(NameFault::MessageType(text))
        }
    }
}

/// The id of a canonical schema with its major version: `invoice/1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SchemaId(String);
text_type!(SchemaId);

impl TryFrom<String> for SchemaId {
    type Error = NameFault;
    fn try_from(text: String) -> Result<Self, NameFault> {
        let fits = text.split_once('/').is_some_and(|(name, major)| {
            is_token(name) && !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit())
        });
        if fits {
            Ok(Self(text))
        } else {
            Err(NameFault::SchemaId(text))
        }
    }
}

/// Who a delivery goes to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipient {
    /// The case store, a recipient like any other, with a reserved name.
    Cases,
    /// A specialist system behind its connector.
    Connector(ConnectorName),
}

impl Recipient {
    /// The token that stands for the recipient in `out.<token>.<type>`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Cases => CASES,
            Self::Connector(name) => name.as_str(),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Recipient {
    type Error = NameFault;
    fn try_from(text: String) -> Result<Self, NameFault> {
        if text == CASES {
            Ok(Self::Cases)
        } else {
            ConnectorName::try_from(text).map(Self::Connector)
        }
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> String {
        recipient.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connector_names_are_tokens() {
        for good in ["finance", "trade-office", "a1"] {
            assert!(good.parse::<ConnectorName>().is_ok(), "{good}");
        }
        for bad in ["", "a", "cases", "1a", "A-b", "a.b", "a b", "a*", "ä1", &"a".repeat(33)] {
            assert!(bad.parse::<ConnectorName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn message_types_carry_a_version() {
        for good in ["invoice.ubl.1", "person.change.12"] {
            assert!(good.parse::<MessageType>().is_ok(), "{good}");
        }
        for bad in [
            "invoice",
            "invoice.ubl",
            "invoice..1",
            ".1",
            "invoice.>.1",
            "invoice.ubl.1 ",
        ] {
            assert!(bad.parse::<MessageType>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_fixed_types_are_types() {
        for fixed in [MessageType::record(), MessageType::unknown()] {
            assert_eq!(fixed.as_str().parse::<MessageType>(), Ok(fixed.clone()));
        }
    }

    #[test]
    fn schema_ids_carry_a_major() {
        assert!("invoice/1".parse::<SchemaId>().is_ok());
        for bad in ["invoice", "invoice/", "/1", "invoice/1.0", "../x/1"] {
            assert!(bad.parse::<SchemaId>().is_err(), "{bad}");
        }
    }
}
