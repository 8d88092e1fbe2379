// SPDX-License-Identifier: EUPL-1.2
//! Whether a sender is who it has to be. Secrets are compared in a time that tells nothing about them.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderValue};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::settings::{Credential, HmacSettings, Secret};

/// A signature that grows with the body.
pub(crate) struct Signature {
    mac: Hmac<Sha256>,
    shown: Vec<u8>,
}

impl Signature {
    /// The next bytes of the body.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.mac.update(bytes);
    }

    /// Whether the sender signed this body.
    pub(crate) fn verify(self) -> Result<(), Problem> {
        self.mac
            .verify_slice(&self.shown)
            .map_err(|_| Problem::unknown_sender("HMAC-SHA256"))
    }
}

/// Checks what stands in the head of a request and in the client certificate. A signature stands over the body: it is
/// handed out to be checked when the body is there.
pub(crate) fn check(credential: &Credential, head: &HeaderMap, peer: &[String]) -> Result<Option<Signature>, Problem> {
    match credential {
        Credential::Token(token) if shows(head, token) => Ok(None),
        Credential::Token(_) => Err(Problem::unknown_sender("Bearer")),
        Credential::Client(name) if peer.contains(name) => Ok(None),
        Credential::Client(_) => Err(Problem::wrong_certificate()),
        Credential::Hmac(settings) => signature(settings, head)
            .map(Some)
            .ok_or_else(|| Problem::unknown_sender("HMAC-SHA256")),
    }
}

fn shows(head: &HeaderMap, token: &Secret) -> bool {
    let shown = head.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let shown = shown.and_then(|value| value.split_at_checked("Bearer ".len()));
    shown.is_some_and(|(scheme, shown)| scheme.eq_ignore_ascii_case(b"Bearer ") && same(shown, token))
}

/// Compares digests, so that not even the length shows.
fn same(shown: &[u8], secret: &Secret) -> bool {
    let (shown, secret) = (Sha256::digest(shown), Sha256::digest(secret.disclose().as_bytes()));
    shown.as_slice().ct_eq(secret.as_slice()).into()
}

fn signature(settings: &HmacSettings, head: &HeaderMap) -> Option<Signature> {
    let shown = head.get(settings.header.as_str())?.to_str().ok()?;
    let shown = unhex(shown.strip_prefix(settings.prefix.as_str())?)?;
    let mac = Hmac::new_from_slice(settings.secret.disclose().as_bytes()).ok()?;
    Some(Signature { mac, shown })
}

/// 64 hexadecimal digits as bytes.
fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(name: &'static str, value: &str) -> HeaderMap {
        let mut head = HeaderMap::new();
        head.insert(name, value.parse().unwrap());
        head
    }

    #[test]
    fn a_token_must_be_the_very_same() {
        let token = Credential::Token(Secret::new("geheim".to_owned()));
        let passes = |value| check(&token, &head("authorization", value), &[]).is_ok();
        assert!(passes("Bearer geheim") && passes("bearer geheim"));
        for wrong in [
            "geheim",
            "Bearer",
            "Bearer ",
            "Bearer geheim2",
            "Bearer Geheim",
            "Basic geheim",
            "Bearer  geheim",
        ] {
            assert!(!passes(wrong), "{wrong}");
        }
        assert!(check(&token, &HeaderMap::new(), &[]).is_err());
    }

    #[test]
    fn a_certificate_must_bear_the_name() {
        let client = Credential::Client("amt".to_owned());
        assert!(check(&client, &HeaderMap::new(), &["x".to_owned(), "amt".to_owned()]).is_ok());
        assert!(check(&client, &HeaderMap::new(), &["amt2".to_owned()]).is_err());
        assert!(check(&client, &HeaderMap::new(), &[]).is_err());
    }

    #[test]
    fn a_signature_must_be_over_the_very_body() {
        let settings = HmacSettings {
            secret: Secret::new("key".to_owned()),
            header: "X-Sig".to_owned(),
            prefix: "sha256=".to_owned(),
        };
        // The vector that is quoted everywhere: HMAC-SHA256("key", "The quick brown fox …").
        let right = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let passes = |value: &str, body: &[u8]| {
            let Some(mut signature) = signature(&settings, &head("x-sig", value)) else {
                return false;
            };
            signature.update(body);
            signature.verify().is_ok()
        };
        let body = b"The quick brown fox jumps over the lazy dog";
        assert!(passes(&format!("sha256={right}"), body));
        assert!(passes(&format!("sha256={}", right.to_uppercase()), body));
        assert!(!passes(&format!("sha256={right}"), b"The quick brown fox"));
        for wrong in [
            right,
            "sha256=",
            "sha256=zz",
            &format!("sha1={right}"),
            &format!("sha256={right}00"),
        ] {
            assert!(!passes(wrong, body), "{wrong}");
        }
    }
}
