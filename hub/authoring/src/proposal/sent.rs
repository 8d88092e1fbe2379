// SPDX-License-Identifier: EUPL-1.2
//! A sample of what people send: a web form, a form of parts, an e-mail.

use hub_mapping::strict::{walk_form, walk_mail, walk_multipart};
use hub_message::Rejection;

use super::reader::Reader;
use super::sample::Sample;

/// Header fields by which a mail is known.
const OF_MAILS: [&str; 6] = ["from", "date", "subject", "message-id", "received", "return-path"];

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Form,
    Multipart,
    Mail,
}

impl Sent {
    /// What these bytes look like; `None`: nothing of the kind.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..bytes.len().min(8 * 1024)).unwrap_or_default();
        let text = String::from_utf8_lossy(start);
        let first = text.lines().next().unwrap_or_default();
        let header: Vec<(String, &str)> = text
            .lines()
            .take_while(|line| !line.is_empty())
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let is_of_parts = |(name, value): &(String, &str)| {
            name == "content-type" && value.trim().to_ascii_lowercase().starts_with("multipart/form-data")
        };
        if header.iter().any(is_of_parts) {
            return Some(Self::Multipart);
        }
        let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_graphic());
        if header.iter().any(|(name, _)| OF_MAILS.contains(&name.as_str()))
            && header
                .iter()
                .all(|(name, _)| is_name(name) || name.starts_with([' ', '\t']))
        {
            return Some(Self::Mail);
        }
        if first.starts_with("--") && header.iter().any(|(name, _)| name == "content-disposition") {
            return Some(Self::Multipart);
        }
        let in_form = |b: u8| b.is_ascii_alphanumeric() || b"&=+%-._*~!()',;:/?@$[]".contains(&b);
        let is_form = first.contains('=') && first.bytes().all(in_form) && text.trim_end().lines().count() == 1;
        is_form.then_some(Self::Form)
    }

    /// The ending of its files.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Multipart => "multipart",
            Self::Mail => "eml",
        }
    }

    /// Reads a sample.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Sample, String> {
        let mut reader = Reader::of_bytes();
        let (kind, walked): (_, Result<(), Rejection>) = match self {
            Self::Form => ("form", walk_form(bytes, &mut reader)),
            Self::Multipart => ("multipart", walk_multipart(bytes, &mut reader)),
            Self::Mail => ("mail", walk_mail(bytes, &mut reader)),
        };
        walked.map_err(|fault| fault.to_string())?;
        Ok(Sample {
            format: format!("[format]\nkind = \"{kind}\"\n"),
            root: reader.root,
            note: None,
        })
    }
}
