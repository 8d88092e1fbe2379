// SPDX-License-Identifier: EUPL-1.2
//! What files are as records: identity, names, media types.

use std::ffi::OsStr;

use connector_sdk::Content;
use connector_sdk::source::{Attachment, Record};
use hub_message::{Sensitive, Timestamp};
use unicode_normalization::UnicodeNormalization;

use super::settling::Seen;
use super::{Ticket, content, taken};
use crate::directory::Signature;
use crate::settings::FileRule;

/// The record of the read files: the first is the message, the others its documents.
pub(super) fn record(rule: &FileRule, read: Vec<(&Seen, Content)>) -> Option<Record<Ticket>> {
    let identity = read
        .iter()
        .flat_map(|(seen, content)| identity(&seen.name, &seen.signature, content))
        .collect();
    let ticket = Ticket::Files(read.iter().map(|(seen, _)| taken(seen)).collect());
    let mut read = read.into_iter();
    let (message, native) = read.next()?;
    let name = composed(&message.name);
    let documents = read
        .map(|(seen, content)| {
            let name = composed(&seen.name);
            Attachment {
                content,
                media_type: content::media_type(&name).to_owned(),
                name: Some(Sensitive::new(name)),
            }
        })
        .collect();
    Some(Record {
        identity,
        kind: rule.kind.clone(),
        media_type: rule
            .media_type
            .clone()
            .unwrap_or_else(|| content::media_type(&name).to_owned()),
        time: Some(Timestamp::from_millis((message.signature.modified / 1_000_000) as i64)),
        name: Some(Sensitive::new(name)),
        hints: Vec::new(),
        native,
        documents,
        ticket,
    })
}

pub(super) fn identity(name: &OsStr, signature: &Signature, content: &Content) -> [Vec<u8>; 3] {
    [
        name.as_encoded_bytes().to_vec(),
        content.sha256().as_str().as_bytes().to_vec(),
        signature.modified.to_be_bytes().to_vec(),
    ]
}

/// A file name as text, umlauts as one character each (NFC): some systems write them as two.
pub(super) fn composed(name: &OsStr) -> String {
    name.to_string_lossy().nfc().collect()
}
