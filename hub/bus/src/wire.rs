// SPDX-License-Identifier: EUPL-1.2
//! Headers and subjects as NATS has them.

use std::str::FromStr;

use async_nats::{HeaderMap, HeaderName, HeaderValue};
use hub_message::{Header, Headers};

/// The protocol's headers as a NATS header map. Values were checked when they were set, so none is lost here.
pub(crate) fn header_map(headers: &Headers) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (header, value) in headers.iter() {
        set(&mut map, header.name(), value);
    }
    map
}

/// Sets a header without the panic that async-nats has for control characters. A name of ours is not copied.
#[expect(
    clippy::disallowed_methods,
    reason = "the value is parsed first, so it has no control characters"
)]
pub(crate) fn set(map: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        map.insert(HeaderName::from_static(name), value);
    }
}

/// The headers of the protocol among those that came.
pub(crate) fn kept(map: Option<&HeaderMap>) -> Headers {
    let pairs = map.into_iter().flat_map(HeaderMap::iter).flat_map(|(name, values)| {
        let name: &str = name.as_ref();
        values.iter().map(move |value| (name, value.as_str()))
    });
    Headers::keep(pairs)
}

/// How many headers came that are neither the protocol's nor the server's own: they are dropped at the border.
pub(crate) fn foreign(map: Option<&HeaderMap>) -> usize {
    let names = map.into_iter().flat_map(HeaderMap::iter).map(|(name, _)| name);
    names
        .filter(|name| {
            let name: &str = name.as_ref();
            Header::by_name(name).is_none() && !name.to_ascii_lowercase().starts_with("nats-")
        })
        .count()
}
