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
    text: Option<String>,
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
            text: None,
        }
    }

    /// The value of a header field, as it is written, once its place is left.
    fn header(&mut self, field: &str) -> Result<(), Rejection> {
        let (address, name, text) = (self.address.take(), self.name.take(), self.text.take());
        let values = match Kind::of(&field.to_ascii_lowercase()) {
            Kind::Addresses => match (address, text) {
                (Some(address), _) => vec![write::address(name.as_deref(), &address)?],
                (None, Some(text)) => write::addresses(&text)?,
                (None, None) => return Err(no_address()),
            },
            Kind::Ids => vec![write::id(&text.unwrap_or_default(), self.format.domain.as_deref())?],
            Kind::Date => vec![write::date(&text.unwrap_or_default())?],
            Kind::Received | Kind::Params | Kind::Text => vec![write::text(&text.unwrap_or_default())],
        };
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
        if value.chars().any(char::is_control) {
            return Err(control_character("AH-E160"));
        }
        let (attribute, value) = (self.names.spelled(name), Some(value.to_owned()));
        match (&self.open, attribute) {
            (Some(Open::Part), _) => {
                if let Some(part) = self.mail.parts.last_mut() {
                    match attribute {
                        "filename" => part.file_name = value,
                        "type" => part.media_type = value,
                        "cid" => part.content_id = value,
                        _ => part.disposition = value,
                    }
                }
            }
            (_, "address") => self.address = value,
            _ => self.name = value,
        }
        Ok(())
    }

    fn value(&mut self, value: &str, _: ValueKind) -> Result<(), Rejection> {
        match &self.open {
            Some(Open::Header(_)) if value.chars().any(char::is_control) => return Err(control_character("AH-E160")),
            Some(Open::Header(_)) => self.text = Some(value.to_owned()),
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
