// SPDX-License-Identifier: EUPL-1.2
//! What the hub gives a mapping that writes, beside the canonical document: `$message.…`, `$site.…`, `$case.…`.

use std::borrow::Cow;

use hub_message::CaseFacts;

/// The facts of one message. Everything in them is known before `plan` runs, so that writing stays pure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// `$message.id`: stable id of the message, 32 hex digits; `$message.uuid` is the same id in the form of a UUID.
    pub message_id: &'a str,
    /// `$message.time`: when the inbound stream took it, RFC 3339.
    pub message_time: &'a str,
    /// `$site.name`: the town's name.
    pub site_name: &'a str,
    /// `$case.…`: what is known of the case; `None` when it was not asked.
    pub case: Option<&'a CaseFacts>,
}

/// The names of facts that do not depend on the case.
pub(crate) const PLAIN_FACTS: [&str; 4] = ["message.id", "message.uuid", "message.time", "site.name"];

impl<'a> Facts<'a> {
    /// A fact by its name without the `$`.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        match name {
            "message.uuid" => as_uuid(self.message_id).map(Cow::Owned),
            "message.id" => Some(self.message_id.into()),
            "message.time" => Some(self.message_time.into()),
            "site.name" => Some(self.site_name.into()),
            _ => self.case?.get(name.strip_prefix("case.")?).map(Cow::Borrowed),
        }
    }
}

/// 32 hex digits as a UUID of version 8, whose bits mean what its maker says (RFC 9562, section 5.8): XÖV standards want
/// their messages identified so.
fn as_uuid(id: &str) -> Option<String> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |range| id.get(range).unwrap_or_default();
    let variant = 0x8 | (u8::from_str_radix(part(16..17), 16).ok()? & 0x3);
    Some(format!(
        "{}-{}-8{}-{variant:x}{}-{}",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_message_is_a_uuid_too() {
        let uuid = |message_id| {
            let facts = Facts {
                message_id,
                ..Facts::default()
            };
            facts.get("message.uuid").map(Cow::into_owned)
        };
        assert_eq!(
            uuid("0123456789abcdef0123456789abcdef").as_deref(),
            Some("01234567-89ab-8def-8123-456789abcdef")
        );
        assert_eq!(
            uuid("ffffffffffffffffffffffffffffffff").as_deref(),
            Some("ffffffff-ffff-8fff-bfff-ffffffffffff")
        );
        assert_eq!(uuid("m1"), None);
    }
}
