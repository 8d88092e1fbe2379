// SPDX-License-Identifier: EUPL-1.2
//! E-mail (RFC 5322, MIME) as a format of mappings.
//!
//! ```toml
//! [format]
//! kind   = "mail"
//! domain = "musterstadt.example"        # writing: put behind identifiers without a domain
//!
//! [fields]
//! subject       = "header:Subject"
//! time          = "header:Date"                        # RFC 3339
//! partner.name  = [{ path = "header:From/@name" }, { path = "header:From/@address" }]
//! partner.email = "header:From/@address"
//! text          = "body:text"
//!
//! [lists.attachments]
//! each      = "part"                                   # or "part[@type = 'application/pdf']"
//! [lists.attachments.fields]
//! name      = "@filename"
//! mediaType = "@type"
//! sha256    = ". | blob"                               # the file itself goes to the document store
//! ```
//!
//! # Places
//!
//! | place | what stands there | attributes |
//! | --- | --- | --- |
//! | `header:NAME` | a header field, decoded; whatever the case of its name. Each field is an occurrence | |
//! | `header:From`, `To`, `Cc` … | **each address is an occurrence**: `Erika Müller <e@x.example>` | `@address`, `@name`, `@group` |
//! | `header:Date` | RFC 3339; a date that is none as it stands | |
//! | `header:Message-ID`, `In-Reply-To`, `References` | each identifier is an occurrence, without its brackets | |
//! | `header:Received` | the whole field | `@from`, `@by`, `@for`, `@date` |
//! | `header:Content-Type`, `Content-Disposition` | the type | the parameters: `@charset` |
//! | `body:text` | the text of the mail, lines ended by LF: its plain text, else that of its HTML, as a person reads it | `@type`: of what it was made |
//! | `body:html` | its HTML, where it has some | |
//! | `part` | each part that is no text of the mail: attachments, inline images, signatures, calendars, `winmail.dat` | `@type`, `@filename`, `@disposition`, `@cid`, `@size` |
//! | `message` | each mail in the mail (`message/rfc822`), with all these places below it | as `part` |
//! | `.` | the mail itself, for `blob` | |
//!
//! `| blob` takes the bytes of a `part`, a `message`, a body of one part, or of the whole mail. Which parts are the text
//! of a mail says RFC 8621, section 4.1.4. Signed and encrypted mails (S/MIME, PGP) are not opened: signatures and
//! encrypted contents are parts. Header fields that programs on the way wrote, attributes, and `body:html` are no gaps
//! of a mapping that does not name them; `part`, `message` and what the author wrote in the header are.
//!
//! # Strict and tolerant
//!
//! Mails are dirty. What every mail program reads the same is read: lines that end with LF, bytes beyond ASCII in a
//! header (UTF-8, else windows-1252), a charset that is not said (the same), encoded words inside quotation marks or
//! divided inside a character, a header of a part that ends without an empty line, Base64 without its filling, escapes
//! that are none, a mailbox line `From …` before the header, `format=flowed`. What would lose something is refused, where
//! a row wants it: AH-E130 unknown charset, E131 bytes that are not in theirs, E132 unknown transfer encoding, E133
//! damaged Base64. What makes the division into parts uncertain is always refused: E134 and E135 header, E136 too many
//! parts, E137 nesting, E138 to E140 boundaries, E141 no mail at all.
//!
//! # Writing
//!
//! `header:…`, `body:text`, `body:html`, and `part` with `@filename`, `@type` and a text. `header:From`, `header:Date` and
//! `header:Message-ID` must be written; the identifier comes from a row and so is the same each time:
//!
//! ```toml
//! [always]
//! "header:Message-ID" = "$message.id"
//! "header:Date"       = "$message.time"
//! "header:From"       = "Musterstadt <post@musterstadt.example>"
//! ```
//!
//! Fields about the body (`Content-…`, `MIME-Version`) are made. A line break in a value of the header is refused
//! (AH-E160), so that nobody can put in a field of his own; E161 address, E162 identifier, E163 a field that every mail
//! needs, E164 date, E165 a field twice. Attachments from the document store are added by the connector that sends.

mod check;
mod compose;
mod flowed;
mod header;
mod html;
mod part;
mod sink;
mod source;
#[cfg(test)]
mod trials;
mod write;
#[cfg(test)]
mod written;

use crate::keys;
use crate::language::value::{Table, Value};
use crate::report::Report;

pub(crate) use check::is_step;
pub(crate) use part::undecodable;
pub(crate) use sink::MailSink;

/// The places whose names have no prefix.
pub(crate) const STEPS: [&str; 2] = ["part", "message"];

/// What may stand behind `body:`.
pub(crate) const BODIES: [&str; 2] = ["text", "html"];

/// The attributes of `part` and `message`.
pub(crate) const ATTRIBUTES: [&str; 5] = ["filename", "type", "size", "cid", "disposition"];

/// The format, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MailFormat {
    /// What is put behind identifiers that have no domain.
    domain: Option<String>,
    /// Where the mapping file says that it is a mail.
    span: std::ops::Range<usize>,
}

impl MailFormat {
    /// Checks `[format]`.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Self {
        table.only(&keys::MAIL, report);
        let domain = table.text("domain", report);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if let Some(domain) = &domain
            && (domain.value.is_empty() || !domain.value.chars().all(fits))
        {
            report.error(
                "AH-M138",
                domain.span.clone(),
                "a domain has letters, digits, `.` and `-` only",
            );
        }
        Self {
            domain: domain.map(|domain| domain.value),
            span: table.get("kind").map_or(table.span.clone(), Value::span),
        }
    }
}
