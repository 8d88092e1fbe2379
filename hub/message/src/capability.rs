// SPDX-License-Identifier: EUPL-1.2
//! The right to read one document, for one connector, until a point in time. It travels with the delivery, so that any
//! hub that holds the key can serve the document without asking anybody.

use crate::id::{Digest, keyed_hash};
use crate::name::ConnectorName;
use crate::timestamp::Timestamp;

/// Why a capability does not open a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a capability of this hub for this document and this connector.
    #[error("the capability is not one of this hub for this document and this connector")]
    Forged,
    /// Its time is over.
    #[error("the capability has expired")]
    Expired,
}

/// Mints the right of `reader` to read `document` until `expires`.
pub fn mint(key: &[u8], document: &Digest, reader: &ConnectorName, expires: Timestamp) -> String {
    format!("{}.{}", expires.millis(), tag(key, document, reader, expires))
}

/// Whether `capability` lets `reader` read `document` at the time `now`.
pub fn verify(
    key: &[u8],
    capability: &str,
    document: &Digest,
    reader: &ConnectorName,
    now: Timestamp,
) -> Result<(), Refused> {
    let (millis, given) = capability.split_once('.').ok_or(Refused::Forged)?;
    let expires = Timestamp::from_millis(millis.parse().map_err(|_| Refused::Forged)?);
    let expected = tag(key, document, reader, expires);
    // Compared without an early end, so that the time taken tells nothing about the tag.
    let differences = expected.bytes().zip(given.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    if expected.len() != given.len() || differences != 0 {
        return Err(Refused::Forged);
    }
    if now > expires { Err(Refused::Expired) } else { Ok(()) }
}

fn tag(key: &[u8], document: &Digest, reader: &ConnectorName, expires: Timestamp) -> String {
    let millis = expires.millis().to_be_bytes();
    keyed_hash(
        key,
        &[
            b"capability",
            document.as_str().as_bytes(),
            reader.as_str().as_bytes(),
            &millis,
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_opens_one_document_for_one_reader_until_it_expires() {
        let (document, other) = (Digest::of(b"a"), Digest::of(b"b"));
        let finance: ConnectorName = "finance".parse().unwrap();
        let scan: ConnectorName = "scan".parse().unwrap();
        let end = Timestamp::from_millis(1000);
        let capability = mint(b"key", &document, &finance, end);
        let check = |key: &[u8], doc, reader, at| verify(key, &capability, doc, reader, Timestamp::from_millis(at));
        assert_eq!(check(b"key", &document, &finance, 1000), Ok(()));
        assert_eq!(check(b"key", &document, &finance, 1001), Err(Refused::Expired));
        assert_eq!(check(b"key", &other, &finance, 1), Err(Refused::Forged));
        assert_eq!(check(b"key", &document, &scan, 1), Err(Refused::Forged));
        assert_eq!(check(b"yek", &document, &finance, 1), Err(Refused::Forged));
        for forged in ["", "x", "5.", &capability.replace("1000.", "2000.")] {
            assert_eq!(
                verify(b"key", forged, &document, &finance, end),
                Err(Refused::Forged),
                "{forged}"
            );
        }
    }
}
