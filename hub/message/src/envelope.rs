// SPDX-License-Identifier: EUPL-1.2
//! The envelope: the headers that may cross a border, and the message that the hub works on.

use std::collections::BTreeMap;

use crate::body::Body;
use crate::id::MessageId;
use crate::name::{ConnectorName, MessageType};
use crate::timestamp::Timestamp;

/// The headers of the connector protocol. Everything else is dropped at both borders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Header {
    /// `Nats-Msg-Id`: the stable id of the source record.
    MessageId,
    /// `ce-id`: CloudEvents id.
    EventId,
    /// `ce-source`: CloudEvents source; must be the connector's own name.
    EventSource,
    /// `ce-type`: CloudEvents type.
    EventType,
    /// `ce-time`: CloudEvents time, RFC 3339.
    EventTime,
    /// `content-type`: media type of the native bytes.
    ContentType,
    /// `hub-order`: the order key, hashed.
    Order,
    /// `hub-delivery`: the delivery id.
    Delivery,
    /// `hub-correlation`: the conversation.
    Correlation,
    /// `hub-causation`: the message that led here.
    Causation,
    /// `traceparent`: W3C trace context.
    TraceParent,
}

impl Header {
    /// All headers, in the order of the protocol's table.
    pub const ALL: [Header; 11] = [
        Self::MessageId,
        Self::EventId,
        Self::EventSource,
        Self::EventType,
        Self::EventTime,
        Self::ContentType,
        Self::Order,
        Self::Delivery,
        Self::Correlation,
        Self::Causation,
        Self::TraceParent,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageId => "Nats-Msg-Id",
            Self::EventId => "ce-id",
            Self::EventSource => "ce-source",
            Self::EventType => "ce-type",
            Self::EventTime => "ce-time",
            Self::ContentType => "content-type",
            Self::Order => "hub-order",
            Self::Delivery => "hub-delivery",
            Self::Correlation => "hub-correlation",
            Self::Causation => "hub-causation",
            Self::TraceParent => "traceparent",
        }
    }

    /// The header of this name, in any case of letters.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|h| h.name().eq_ignore_ascii_case(name))
    }
}

/// The longest header value that is kept, in bytes.
pub const HEADER_BYTES_MAX: usize = 512;

/// Headers that passed the border: only those of the protocol, each once, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers(BTreeMap<Header, String>);

impl Headers {
    /// The one function that both borders use: keeps the protocol's headers and drops everything else, values with
    /// control characters or of more than [`HEADER_BYTES_MAX`] bytes, and every repetition after the first.
    pub fn keep<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut kept = Self::default();
        for (name, value) in pairs {
            if let Some(header) = Header::by_name(name)
                && !kept.0.contains_key(&header)
            {
                kept.set(header, value);
            }
        }
        kept
    }

    /// Sets a header; a value that may not cross a border is left out.
    pub fn set(&mut self, header: Header, value: impl Into<String>) {
        let value = value.into();
        if value.len() <= HEADER_BYTES_MAX && !value.chars().any(char::is_control) {
            self.0.insert(header, value);
        }
    }

    /// With one more header; see [`Headers::set`].
    pub fn with(mut self, header: Header, value: impl Into<String>) -> Self {
        self.set(header, value);
        self
    }

    /// The value of a header.
    pub fn get(&self, header: Header) -> Option<&str> {
        self.0.get(&header).map(String::as_str)
    }

    /// All headers, in the protocol's order.
    pub fn iter(&self) -> impl Iterator<Item = (Header, &str)> {
        self.0.iter().map(|(header, value)| (*header, value.as_str()))
    }
}

/// A message as the hub takes it from an inbound stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The connector that sent it, taken from the subject, never from a header.
    pub source: ConnectorName,
    /// Its type, from the subject.
    pub kind: MessageType,
    /// The stable id of the source record.
    pub id: MessageId,
    /// Its sequence in the stream `IN_<connector>`.
    pub sequence: u64,
    /// When the stream took it.
    pub received: Timestamp,
    /// What else the envelope says.
    pub headers: Headers,
    /// Head and native bytes.
    pub body: Body,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_protocol_s_headers_cross_the_border() {
        let kept = Headers::keep([
            ("NATS-MSG-ID", "1"),
            ("nats-msg-id", "2"),
            ("HUB-ROUTE", "finance"),
            ("Nats-TTL", "1"),
            ("ce-type", "a\r\nb"),
            ("hub-Order", "x"),
        ]);
        assert_eq!(
            kept.iter().collect::<Vec<_>>(),
            [(Header::MessageId, "1"), (Header::Order, "x")]
        );
    }

    #[test]
    fn no_control_character_crosses_the_border_in_any_header() {
        let controls = || (0..=31).chain([127]).map(char::from);
        assert_eq!(controls().count(), 33);
        for header in Header::ALL {
            for control in controls() {
                for value in [format!("{control}"), format!("a{control}b"), format!("a{control}")] {
                    let kept = Headers::keep([(header.name(), value.as_str())]);
                    assert_eq!(kept, Headers::default(), "{header:?} {value:?}");
                    assert_eq!(Headers::default().with(header, value.as_str()), Headers::default());
                }
            }
        }
    }

    #[test]
    fn names_count_in_any_case_of_letters_and_only_the_first_of_each_is_kept() {
        for header in Header::ALL {
            let name = header.name();
            let swapped: String = name
                .chars()
                .map(|c| {
                    if c.is_ascii_lowercase() {
                        c.to_ascii_uppercase()
                    } else {
                        c.to_ascii_lowercase()
                    }
                })
                .collect();
            for spelled in [
                name.to_owned(),
                name.to_ascii_uppercase(),
                name.to_ascii_lowercase(),
                swapped,
            ] {
                let kept = Headers::keep([(spelled.as_str(), "1"), (name, "2")]);
                assert_eq!(kept.iter().collect::<Vec<_>>(), [(header, "1")], "{spelled}");
            }
        }
        for foreign in [
            "hub-route",
            "HUB-ROUTE",
            "hub-Route",
            "Hub-Delivery ",
            " hub-order",
            "hub_order",
            "Nats-Rollup",
            "",
        ] {
            assert_eq!(Headers::keep([(foreign, "1")]), Headers::default(), "{foreign}");
        }
    }
}
