// SPDX-License-Identifier: EUPL-1.2
//! What the hub gives a mapping that writes, beside the canonical document: `$message.…`, `$site.…`, `$case.…`.

use hub_message::CaseFacts;

/// The facts of one message. Everything in them is known before `plan` runs, so that writing stays pure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// `$message.id`: stable id of the message.
    pub message_id: &'a str,
    /// `$message.time`: when the inbound stream took it, RFC 3339.
    pub message_time: &'a str,
    /// `$site.name`: the town's name.
    pub site_name: &'a str,
    /// `$case.…`: what is known of the case; `None` when it was not asked.
    pub case: Option<&'a CaseFacts>,
}

/// The names of facts that do not depend on the case.
pub(crate) const PLAIN_FACTS: [&str; 3] = ["message.id", "message.time", "site.name"];

impl<'a> Facts<'a> {
    /// A fact by its name without the `$`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        match name {
            "message.id" => Some(self.message_id),
            "message.time" => Some(self.message_time),
            "site.name" => Some(self.site_name),
            _ => self.case?.get(name.strip_prefix("case.")?),
        }
    }
}
