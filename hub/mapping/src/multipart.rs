// SPDX-License-Identifier: EUPL-1.2
//! Web forms with files, `multipart/form-data` (RFC 7578), as a format of mappings.
//!
//! ```toml
//! [format]
//! kind   = "multipart"
//! header = false                        # true: what is written begins with its Content-Type
//!
//! [fields]
//! name   = "lastName"                   # a step is the name of a part
//!
//! [lists.attachments]
//! each   = "upload"                     # several parts of one name are several occurrences
//! [lists.attachments.fields]
//! name      = "@filename"
//! mediaType = "@type"
//! size      = "@size"                   # of the content, in bytes
//! sha256    = ". | blob"                # the file itself goes to the document store
//! ```
//!
//! - **Where the boundary comes from**: the file begins either with its own header lines, `Content-Type:
//!   multipart/form-data; boundary=…` and an empty line, or with the first boundary line, `--…`.
//! - A part has the attributes `@filename`, `@type` and `@size`. Its text is in the charset that the part says, else in
//!   the one of the part `_charset_` (RFC 7578, section 4.6), else in UTF-8; a file is text only when its type says so.
//! - **What nobody filled in is absent**: a part with nothing in it, and a file without name and content, which is what
//!   browsers send for a file that was not chosen.
//! - Attributes that no row names are no gaps of a mapping.
//! - Line breaks of a text are CR LF on the wire and LF in the canonical document. Files stay as they are.
//! - Written are texts; a part with `@filename` becomes a file with that text in UTF-8. The boundary is made of the
//!   content, so that the same document gives the same bytes.
//!
//! AH-E110 no boundary, E111 another type, E112 no closing boundary, E113 a part without name, E115 something behind the
//! end, E119 a name that cannot be written; E130 to E136 as in mails.

mod sink;
mod source;
#[cfg(test)]
mod trials;

use hub_message::finding::closest;

use crate::keys;
use crate::language::value::Table;
use crate::places::{Does, Used};
use crate::report::Report;
use crate::source::Names;

pub(crate) use sink::MultipartSink;

/// The attributes of a part.
pub(crate) const ATTRIBUTES: [&str; 3] = ["filename", "type", "size"];

/// The format, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MultipartFormat {
    /// Whether what is written begins with its Content-Type.
    header: bool,
}

impl MultipartFormat {
    /// Checks `[format]`.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Self {
        table.only(&keys::MULTIPART, report);
        Self {
            header: table.get("header").is_none() || table.flag("header", report),
        }
    }
}

/// Reports places that a multipart form does not have.
pub(crate) fn check(used: &[Used<'_>], names: &Names, report: &mut Report) {
    for one in used {
        let attribute = one.path.attribute.map(|attribute| names.spelled(attribute));
        let fault = match (one.path.steps.len(), attribute) {
            (1, Some("size")) if matches!(one.does, Does::Writes) => "`@size` cannot be written".to_owned(),
            (1, Some(attribute)) if !ATTRIBUTES.contains(&attribute) => {
                let near = closest(attribute, ATTRIBUTES);
                let near = near
                    .map(|near| format!(": did you mean `@{near}`?"))
                    .unwrap_or_default();
                format!("a part of a form has no `@{attribute}`{near}")
            }
            (1, _) => continue,
            (0, _) => "a form has no text of its own: name a part".to_owned(),
            _ => "nothing stands below a part of a form".to_owned(),
        };
        report.error("AH-M137", one.span(), fault);
    }
}
