// SPDX-License-Identifier: EUPL-1.2
//! A web form as a target of the mapping engine.

use hub_message::Rejection;

use super::FormFormat;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// Writes one form over an output buffer.
pub(crate) struct FormSink<'a> {
    format: &'a FormFormat,
    names: &'a Names,
    out: &'a mut Vec<u8>,
    field: Symbol,
}

impl<'a> FormSink<'a> {
    pub(crate) fn new(format: &'a FormFormat, names: &'a Names, out: &'a mut Vec<u8>) -> Self {
        Self {
            format,
            names,
            out,
            field: Symbol::UNKNOWN,
        }
    }

    /// Appends a text with everything escaped that browsers escape (WHATWG URL, section 5.2).
    fn put(&mut self, text: &str) -> Result<(), Rejection> {
        let mut bytes = Vec::with_capacity(text.len());
        self.format.file.encode(text, &mut bytes)?;
        for byte in bytes {
            match byte {
                b' ' => self.out.push(b'+'),
                b'*' | b'-' | b'.' | b'_' => self.out.push(byte),
                byte if byte.is_ascii_alphanumeric() => self.out.push(byte),
                byte => self.out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            }
        }
        Ok(())
    }
}

impl Sink for FormSink<'_> {
    fn begin(&mut self) -> Result<(), Rejection> {
        Ok(())
    }

    fn list(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn end_list(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn enter(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.field = name;
        Ok(())
    }

    fn attribute(&mut self, _: Symbol, _: &str) -> Result<(), Rejection> {
        // Loading a mapping refuses attributes of fields.
        Ok(())
    }

    fn value(&mut self, value: &str, _: ValueKind) -> Result<(), Rejection> {
        let start = self.out.len();
        if start > 0 {
            self.out.push(b'&');
        }
        let names = self.names;
        let whole = value.replace("\r\n", "\n").replace('\n', "\r\n");
        let written = self.put(names.spelled(self.field)).and_then(|()| {
            self.out.push(b'=');
            self.put(&whole)
        });
        if written.is_err() {
            self.out.truncate(start);
        }
        written
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejection> {
        Ok(())
    }
}
