// SPDX-License-Identifier: EUPL-1.2
//! E-mail as a target of the mapping engine: collects what the mail is to say, and writes it when all of it is known.

use hub_message::{Code, Rejection};

use super::MailFormat;
use super::compose::{self, Attached, Mail};
use super::header::Kind;
use super::write;
use crate::mime::write::control_character;
use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// What is being filled.
enum Open {
    Header(String),
    Text,
    Html,
    Part,
}

/// Writes one mail over an output buffer.
pub(crate) struct MailSink<'a> {
    format: &'a MailFormat,
    names: &'a Names,
    out: &'a mut Vec<u8>,
    mail: Mail,
    open: Option<Open>,
    address: Option<String>,
    name: Option<String>,
    values: Option<Vec<String>>,
    /// Whether a value of the open header field was refused.
    refused: bool,
}

impl<'a> MailSink<'a> {
    pub(crate) fn new(format: &'a MailFormat, names: &'a Names, out: &'a mut Vec<u8>) -> Self {
        Self {
            format,
            names,
            out,
            mail: Mail::default(),
            open: None,
            address: None,
            name: None,
            values: None,
            refused: false,
        }
    }

    /// The values that a text comes to in a header field.
    fn values(&self, field: &str, text: &str) -> Result<Vec<String>, Rejection> {
        if text.chars().any(char::is_control) {
            return Err(control_character("AH-E160"));
        }
        Ok(match Kind::of(&field.to_ascii_lowercase()) {
            Kind::Addresses => write::addresses(text)?,
            Kind::Ids => vec![write::id(text, self.format.domain.as_deref())?],
            Kind::Date => vec![write::date(text)?],
            Kind::Received | Kind::Params | Kind::Text => vec![write::text(text)],
        })
    }

    /// Adds a header field when its place is left. One whose value was refused before is there without any: what was said
    /// about it once is enough.
    fn header(&mut self, field: &str) -> Result<(), Rejection> {
        let refused = std::mem::take(&mut self.refused);
        let values = match (self.address.take(), self.values.take()) {
            (Some(address), _) => vec![write::address(self.name.take().as_deref(), &address)?],
            (None, Some(values)) => values,
            (None, None) if refused => Vec::new(),
            (None, None) => return Err(no_address()),
        };
        self.name = None;
        self.mail.add(field, values)
    }
}

fn no_address() -> Rejection {
    Rejection::new(
        Code::new("AH-E161"),
        "a name without an address is nobody to whom a mail can go",
        "give the address as well, or leave the recipient out with `when`",
    )
}

impl Sink for MailSink<'_> {
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
        let spelled = self.names.spelled(name);
        self.open = Some(match spelled.strip_prefix("header:") {
            Some(field) => Open::Header(field.to_owned()),
            None if spelled == "body:text" => Open::Text,
            None if spelled == "body:html" => Open::Html,
            // Loading a mapping finds every other place.
            None => {
                self.mail.parts.push(Attached::default());
                Open::Part
            }
        });
        Ok(())
    }

    fn attribute(&mut self, name: Symbol, value: &str) -> Result<(), Rejection> {
        let attribute = self.names.spelled(name);
        let checked = match (&self.open, attribute) {
            _ if value.chars().any(char::is_control) => Err(control_character("AH-E160")),
            (Some(Open::Header(_)), "address") => write::address(None, value).map(|_| ()),
            _ => Ok(()),
        };
        if checked.is_err() {
            self.refused = true;
            return checked;
        }
        let value = Some(value.to_owned());
        match &self.open {
            Some(Open::Part) => {
                if let Some(part) = self.mail.parts.last_mut() {
                    match attribute {
                        "filename" => part.file_name = value,
                        "type" => part.media_type = value,
                        "cid" => part.content_id = value,
                        _ => part.disposition = value,
                    }
                }
            }
            _ if attribute == "address" => self.address = value,
            _ => self.name = value,
        }
        Ok(())
    }

    fn value(&mut self, value: &str, _: ValueKind) -> Result<(), Rejection> {
        match &self.open {
            Some(Open::Header(field)) => match self.values(field, value) {
                Ok(values) => self.values = Some(values),
                Err(fault) => {
                    self.refused = true;
                    return Err(fault);
                }
            },
            Some(Open::Text) => self.mail.text = Some(value.to_owned()),
            Some(Open::Html) => self.mail.html = Some(value.to_owned()),
            Some(Open::Part) => {
                if let Some(part) = self.mail.parts.last_mut() {
                    value.clone_into(&mut part.text);
                }
            }
            None => {}
        }
        Ok(())
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        match self.open.take() {
            Some(Open::Header(field)) => self.header(&field),
            _ => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Rejection> {
        compose::write(&self.mail, self.out)
    }
}
