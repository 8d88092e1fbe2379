// SPDX-License-Identifier: EUPL-1.2
//! Header fields: what each occurrence says.

use std::borrow::Cow;

use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, DateTime, HeaderValue, Host, Received};

use crate::mime::charset::Bad;
use crate::mime::params::Params;
use crate::mime::words;

/// How the value of a field is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Mail addresses, each an occurrence.
    Addresses,
    /// Message identifiers, each an occurrence.
    Ids,
    Date,
    Received,
    /// A word with parameters.
    Params,
    Text,
}

/// Fields that are not plain text, by their names in small letters.
const KINDS: [(&str, Kind); 29] = [
    ("from", Kind::Addresses),
    ("sender", Kind::Addresses),
    ("reply-to", Kind::Addresses),
    ("to", Kind::Addresses),
    ("cc", Kind::Addresses),
    ("bcc", Kind::Addresses),
    ("resent-from", Kind::Addresses),
    ("resent-sender", Kind::Addresses),
    ("resent-to", Kind::Addresses),
    ("resent-cc", Kind::Addresses),
    ("resent-bcc", Kind::Addresses),
    ("return-path", Kind::Addresses),
    ("delivered-to", Kind::Addresses),
    ("envelope-to", Kind::Addresses),
    ("x-original-to", Kind::Addresses),
    ("errors-to", Kind::Addresses),
    ("mail-followup-to", Kind::Addresses),
    ("disposition-notification-to", Kind::Addresses),
    ("return-receipt-to", Kind::Addresses),
    ("date", Kind::Date),
    ("resent-date", Kind::Date),
    ("delivery-date", Kind::Date),
    ("message-id", Kind::Ids),
    ("resent-message-id", Kind::Ids),
    ("in-reply-to", Kind::Ids),
    ("references", Kind::Ids),
    ("received", Kind::Received),
    ("content-type", Kind::Params),
    ("content-disposition", Kind::Params),
];

/// What the author of a mail says; everything else in a header comes from programs on the way.
pub(super) const AUTHORED: [&str; 13] = [
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "subject",
    "comments",
    "keywords",
    "date",
    "message-id",
    "in-reply-to",
    "references",
];

impl Kind {
    /// The kind of a field, its name in small letters.
    pub(super) fn of(name: &str) -> Self {
        let known = KINDS.iter().find(|(known, _)| *known == name);
        known.map_or(Self::Text, |(_, kind)| *kind)
    }

    /// The attributes of its occurrences; `None`: any, the names of parameters.
    pub(super) fn attributes(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Addresses => Some(&["address", "name", "group"]),
            Self::Received => Some(&["from", "by", "for", "date"]),
            Self::Params => None,
            Self::Ids | Self::Date | Self::Text => Some(&[]),
        }
    }
}

/// One occurrence of a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Occurrence {
    pub(super) text: String,
    /// Names and values.
    pub(super) attributes: Vec<(Cow<'static, str>, String)>,
    /// What stands literally in the raw value, to find the place.
    anchor: String,
}

impl Occurrence {
    fn of(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn with(mut self, name: &'static str, value: Option<String>) -> Self {
        self.attributes.extend(value.map(|value| (Cow::Borrowed(name), value)));
        self
    }
}

/// How far ahead the place of an occurrence is looked for; one that is not found has that of the one before.
const AHEAD_BYTES_MAX: usize = 2_000;

/// The occurrences in a raw value, each with its offset in it.
pub(super) fn occurrences(kind: Kind, raw: &[u8]) -> Result<Vec<(usize, Occurrence)>, Bad> {
    let mut found = match kind {
        Kind::Text => Vec::new(),
        Kind::Addresses => addresses(raw)?,
        Kind::Ids => ids(&words::text(raw)?),
        Kind::Date => date(&words::text(raw)?),
        Kind::Received => vec![received(&words::text(raw)?)],
        Kind::Params => vec![params(raw)?],
    };
    // What has no structure after all is told as it stands, so that nothing of it is lost.
    if found.is_empty() {
        found.push(Occurrence::of(words::text(raw)?));
    }
    let blanks = raw.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut from = blanks.min(raw.len());
    let placed = found.into_iter().map(|occurrence| {
        let anchor = occurrence.anchor.as_bytes();
        let end = raw.len().min(from + AHEAD_BYTES_MAX);
        let rest = raw.get(from..end).unwrap_or_default();
        let ahead = (!anchor.is_empty()).then(|| rest.windows(anchor.len()).position(|found| found == anchor));
        let at = from + ahead.flatten().unwrap_or(0);
        from = (at + anchor.len()).min(raw.len());
        (at, occurrence)
    });
    Ok(placed.collect())
}

fn parsed<'t>(text: &'t str, parse: impl FnOnce(&mut MessageStream<'t>) -> HeaderValue<'t>) -> HeaderValue<'t> {
    parse(&mut MessageStream::new(text.as_bytes()))
}

fn addresses(raw: &[u8]) -> Result<Vec<Occurrence>, Bad> {
    let mut text = words::structured(raw)?;
    let damaged = text.contains(char::REPLACEMENT_CHARACTER);
    text.push('\n');
    let HeaderValue::Address(found) = parsed(&text, MessageStream::parse_address) else {
        return Ok(Vec::new());
    };
    let mut occurrences = Vec::new();
    match &found {
        Address::List(list) => occurrences.extend(list.iter().map(|one| address(one, None))),
        Address::Group(groups) => {
            for group in groups {
                let name = group.name.as_deref();
                if group.addresses.is_empty() {
                    let name = name.unwrap_or_default();
                    occurrences.push(Occurrence::of(format!("{name}:;")).with("group", Some(name.to_owned())));
                }
                occurrences.extend(group.addresses.iter().map(|one| address(one, name)));
            }
        }
    }
    let replaced = |occurrence: &Occurrence| occurrence.text.contains(char::REPLACEMENT_CHARACTER);
    if !damaged && occurrences.iter().any(replaced) {
        return Err(Bad::Malformed);
    }
    Ok(occurrences)
}

fn address(one: &Addr<'_>, group: Option<&str>) -> Occurrence {
    let plain = |text: &Cow<'_, str>| text.replace(['\r', '\n', '\0'], " ").trim().to_owned();
    let name = one.name.as_ref().map(plain).filter(|name| !name.is_empty());
    let address = one.address.as_ref().map(plain).filter(|address| !address.is_empty());
    let text = match (&name, &address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(only), None) | (None, Some(only)) => only.clone(),
        (None, None) => String::new(),
    };
    let anchor = address.clone().unwrap_or_default();
    Occurrence {
        anchor,
        ..Occurrence::of(text)
    }
    .with("address", address)
    .with("name", name)
    .with("group", group.map(str::to_owned))
}

/// Identifiers without their brackets.
fn ids(text: &str) -> Vec<Occurrence> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some((_, from)) = rest.split_once('<') {
        let Some((id, behind)) = from.split_once('>') else {
            break;
        };
        let id: String = id.chars().filter(|c| !c.is_whitespace()).collect();
        found.push(Occurrence {
            anchor: id.clone(),
            ..Occurrence::of(id)
        });
        rest = behind;
    }
    found
}

/// RFC 3339; a date that is none is told as it stands.
fn date(text: &str) -> Vec<Occurrence> {
    let line = format!("{}\n", with_seconds(text));
    match parsed(&line, MessageStream::parse_date) {
        HeaderValue::DateTime(date) => rfc3339(&date).map(Occurrence::of).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A time of day without its seconds, which the standard lets out (RFC 5322, section 3.3), gets them.
fn with_seconds(text: &str) -> String {
    let is_time = |word: &str| {
        let digits = word.split_once(':');
        digits.is_some_and(|(hour, minute)| {
            let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            number(hour) && number(minute)
        })
    };
    let words = text.split(' ');
    let words: Vec<String> = words
        .map(|word| {
            if is_time(word) {
                format!("{word}:00")
            } else {
                word.to_owned()
            }
        })
        .collect();
    words.join(" ")
}

fn rfc3339(date: &DateTime) -> Option<String> {
    date.is_valid().then(|| date.to_rfc3339())
}

fn received(text: &str) -> Occurrence {
    let line = format!("{text}\n");
    let occurrence = Occurrence::of(text);
    let HeaderValue::Received(found) = parsed(&line, MessageStream::parse_received) else {
        return occurrence;
    };
    let Received {
        from, by, for_, date, ..
    } = *found;
    let host = |host: Host<'_>| match host {
        Host::Name(name) => name.into_owned(),
        Host::IpAddr(address) => address.to_string(),
    };
    occurrence
        .with("from", from.map(host))
        .with("by", by.map(host))
        .with("for", for_.map(Cow::into_owned))
        .with("date", date.and_then(|date| rfc3339(&date)))
}

fn params(raw: &[u8]) -> Result<Occurrence, Bad> {
    let found = Params::parse(raw)?;
    let attributes = found
        .iter()
        .map(|(name, value)| (Cow::Owned(name.to_owned()), value.to_owned()));
    Ok(Occurrence {
        attributes: attributes.collect(),
        ..Occurrence::of(found.value.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `offset:text{name=value,…}` of every occurrence, with `|` between.
    #[track_caller]
    fn check(name: &str, raw: &str, expected: &str) {
        let found = occurrences(Kind::of(name), raw.as_bytes()).unwrap();
        let shown = found.iter().map(|(at, one)| {
            let attributes = one.attributes.iter().map(|(name, value)| format!("{name}={value}"));
            format!("{at}:{}{{{}}}", one.text, attributes.collect::<Vec<_>>().join(","))
        });
        assert_eq!(shown.collect::<Vec<_>>().join("|"), expected, "{name}: {raw}");
    }

    #[test]
    fn addresses_are_taken_apart() {
        check("from", " e@x.example", "1:e@x.example{address=e@x.example}");
        check(
            "to",
            " \"M\u{fc}ller, Erika\" <e@x.example>,\r\n =?utf-8?Q?K=C3=B6ln?= <k@x.example>",
            "19:M\u{fc}ller, Erika <e@x.example>{address=e@x.example,name=M\u{fc}ller, Erika}|\
             58:K\u{f6}ln <k@x.example>{address=k@x.example,name=K\u{f6}ln}",
        );
        check(
            "cc",
            "Amt: a@x.example, b@x.example;",
            "5:a@x.example{address=a@x.example,group=Amt}|18:b@x.example{address=b@x.example,group=Amt}",
        );
        check(
            "to",
            "undisclosed-recipients:;",
            "0:undisclosed-recipients:;{group=undisclosed-recipients}",
        );
        check(
            "from",
            "=?utf-8?Q?M=C3=BCller=2C_Erika?= <e@x.example>",
            "34:Müller, Erika <e@x.example>{address=e@x.example,name=Müller, Erika}",
        );
        check("return-path", "<>", "0:<>{}");
    }

    #[test]
    fn dates_become_rfc_3339_or_stay_as_they_stand() {
        check(
            "date",
            " Mon, 1 Jun 2026 10:00:00 +0200 (CEST)",
            "1:2026-06-01T10:00:00+02:00{}",
        );
        check("date", "1 Jun 2026 10:00 GMT", "0:2026-06-01T10:00:00Z{}");
        check("date", "gestern", "0:gestern{}");
        check(
            "date",
            "Mon, 41 Jun 2026 10:00:00 +0200",
            "0:Mon, 41 Jun 2026 10:00:00 +0200{}",
        );
    }

    #[test]
    fn identifiers_lose_their_brackets() {
        check("references", " <a@x>\r\n <b@x>", "2:a@x{}|10:b@x{}");
        check("message-id", "a@x", "0:a@x{}");
        check("message-id", "<a@x", "0:<a@x{}");
    }

    #[test]
    fn other_fields() {
        check("subject", " =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "1:Grüße{}");
        check(
            "content-type",
            " Text/Plain; charset=utf-8",
            "1:text/plain{charset=utf-8}",
        );
        check(
            "received",
            " from a.example (a.example [192.0.2.1]) by b.example with ESMTP id 1 for <e@x.example>; Mon, 1 Jun 2026 10:00:00 +0200",
            "1:from a.example (a.example [192.0.2.1]) by b.example with ESMTP id 1 for <e@x.example>; Mon, 1 Jun 2026 \
             10:00:00 +0200{from=a.example,by=b.example,for=e@x.example,date=2026-06-01T10:00:00+02:00}",
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in "([<>,;:()\"\\\\@=? a-c\u{e4}0-9\r\n]|=\\?utf-8\\?Q\\?|;[ ]a=|from |by ){0,40}") {
            for kind in [Kind::Addresses, Kind::Ids, Kind::Date, Kind::Received, Kind::Params, Kind::Text] {
                if let Ok(found) = occurrences(kind, raw.as_bytes()) {
                    prop_assert!(!found.is_empty());
                    prop_assert!(found.iter().all(|(at, _)| *at <= raw.len()));
                }
            }
        }
    }
}
