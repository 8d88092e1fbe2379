// SPDX-License-Identifier: EUPL-1.2
//! Web forms as browsers send them, `application/x-www-form-urlencoded` (WHATWG URL, section 5), as a format of mappings.
//!
//! ```toml
//! [format]
//! kind     = "form"
//! encoding = "windows-1252"             # UTF-8: what the escapes mean
//! lossy    = "transliterate"            # reject: what the encoding does not have
//!
//! [fields]
//! name     = "lastName"                 # a step is a field of the form
//! street   = "'address[street]'"        # names with other signs in quotation marks
//!
//! [lists.keywords]
//! each     = "topic"                    # several values of one name are several occurrences
//! ```
//!
//! - Stricter than browsers: an escape that is none (`%zz`), bytes that mean nothing in the encoding, a NUL and line
//!   breaks outside of escapes are refused with their place; nothing becomes U+FFFD. Only line ends behind the whole
//!   form are left out, because editors add them.
//! - A browser sends every field, also those that nobody filled in, so **a field with nothing in it is absent**.
//! - Line breaks in a value come as CR LF (WHATWG HTML, section 4.10.21.4) and are LF in the canonical document; they are
//!   written as CR LF again.
//! - Fields stand side by side: there is nothing below a field, and it has no attributes.
//!
//! AH-E100 no field, E101 escape, E102 encoding, E103 too many fields, E104 characters that stand there in plain.

mod sink;
mod source;

use crate::encoding::Encoding;
use crate::flat::TextFile;
use crate::keys;
use crate::language::value::{Table, Value};
use crate::places::Used;
use crate::report::Report;
use crate::source::Names;

pub(crate) use sink::FormSink;

/// The most fields of a form.
pub(crate) const FIELDS_MAX: usize = 10_000;

/// The format, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FormFormat {
    pub(crate) file: TextFile,
}

impl FormFormat {
    /// Checks `[format]`.
    pub(crate) fn of(table: &Table, report: &mut Report) -> Self {
        table.only(&keys::FORM, report);
        let file = TextFile::of(table, report);
        if !file.encoding.is_single_byte() && file.encoding != Encoding::Utf8 {
            let span = table.get("encoding").map_or(table.span.clone(), Value::span);
            report.error_help(
                "AH-M138",
                span,
                "a form cannot be in this encoding: its signs are ASCII",
                "UTF-8, or an encoding of one byte for each character",
            );
        }
        Self { file }
    }
}

/// Reports places that a form does not have.
pub(crate) fn check(used: &[Used<'_>], names: &Names, report: &mut Report) {
    for one in used {
        let fault = match (one.path.steps.as_slice(), one.path.attribute) {
            ([_], None) => continue,
            ([_], Some(attribute)) => format!("a field of a form has no `@{}`", names.spelled(attribute)),
            ([], _) => "a form has no text of its own: name a field".to_owned(),
            _ => "nothing stands below a field of a form".to_owned(),
        };
        report.error("AH-M137", one.span(), fault);
    }
}
