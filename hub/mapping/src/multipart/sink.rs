// SPDX-License-Identifier: EUPL-1.2
//! A multipart form as a target of the mapping engine.

use hub_message::Rejection;

use super::MultipartFormat;
use crate::mime::write::{boundary_for, control_character};
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// A part that is written.
#[derive(Default)]
struct Part {
    name: String,
    file: Option<String>,
    kind: Option<String>,
    text: String,
}

/// Writes one form over an output buffer, when all of it is known.
pub(crate) struct MultipartSink<'a> {
    format: &'a MultipartFormat,
    names: &'a Names,
    out: &'a mut Vec<u8>,
    parts: Vec<Part>,
}

impl<'a> MultipartSink<'a> {
    pub(crate) fn new(format: &'a MultipartFormat, names: &'a Names, out: &'a mut Vec<u8>) -> Self {
        Self {
            format,
            names,
            out,
            parts: Vec::new(),
        }
    }

    fn line(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }
}

impl Part {
    fn header(&self) -> String {
        let mut header = format!("Content-Disposition: form-data; name=\"{}\"", escaped(&self.name));
        if let Some(file) = &self.file {
            header.extend(["; filename=\"", &escaped(file), "\""]);
        }
        if let Some(kind) = &self.kind {
            header.extend(["\r\nContent-Type: ", kind]);
        }
        header
    }
}

fn escaped(name: &str) -> String {
    name.replace('"', "%22")
}

impl Sink for MultipartSink<'_> {
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
        self.parts.push(Part {
            name: self.names.spelled(name).to_owned(),
            ..Part::default()
        });
        Ok(())
    }

    fn attribute(&mut self, name: Symbol, value: &str) -> Result<(), Rejection> {
        if value.chars().any(char::is_control) {
            return Err(control_character("AH-E119"));
        }
        let attribute = self.names.spelled(name);
        if let Some(part) = self.parts.last_mut() {
            match attribute {
                "filename" => part.file = Some(value.to_owned()),
                _ => part.kind = Some(value.to_owned()),
            }
        }
        Ok(())
    }

    fn value(&mut self, value: &str, _: ValueKind) -> Result<(), Rejection> {
        if let Some(part) = self.parts.last_mut() {
            // A file is written as it is, a text of a form with the line breaks of the wire.
            part.text = match part.file {
                Some(_) => value.to_owned(),
                None => value.replace("\r\n", "\n").replace('\n', "\r\n"),
            };
        }
        Ok(())
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejection> {
        let parts = std::mem::take(&mut self.parts);
        let contents: Vec<String> = parts
            .iter()
            .map(|part| format!("{}\r\n\r\n{}", part.header(), part.text))
            .collect();
        let boundary = boundary_for(&contents);
        if self.format.header {
            self.line(&format!("Content-Type: multipart/form-data; boundary={boundary}"));
            self.line("");
        }
        for content in &contents {
            self.line(&format!("--{boundary}"));
            self.line(content);
        }
        self.line(&format!("--{boundary}--"));
        Ok(())
    }
}
