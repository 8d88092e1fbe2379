// SPDX-License-Identifier: EUPL-1.2
//! The floors: what quick-xml needs to walk over a document or to write one, and does nothing else.

use std::hint::black_box;

use anyhow::Context;
use quick_xml::Reader;
use quick_xml::Writer;
use quick_xml::escape::{partial_escape, unescape};
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// The bare event loop, as quick-xml comes: it looks at nothing. Gives the number of events.
pub fn read(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(black_box(&event), Event::Eof) {
            break;
        }
        events += 1;
    }
    events
}

/// Something that a writer is told.
#[derive(Debug)]
enum Told {
    /// A start tag with its attributes, or an empty element.
    Start(String, Vec<(String, String)>, bool),
    Text(String),
    End(String),
    /// Declarations and line ends around the root element, as they stand.
    Other(Event<'static>),
}

/// What the bare writer is told so that it writes a document: names and values as a program has them.
#[derive(Debug)]
pub struct Script(Vec<Told>);

impl Script {
    /// The script of a document that the engine wrote.
    pub fn of(document: &[u8]) -> anyhow::Result<Self> {
        let text = std::str::from_utf8(document)?;
        let mut reader = Reader::from_str(text);
        let mut told: Vec<Told> = Vec::new();
        let mut depth = 0;
        loop {
            match reader.read_event()? {
                Event::Eof => return Ok(Self(told)),
                Event::Start(tag) => {
                    depth += 1;
                    told.push(start(&tag, false)?);
                }
                Event::Empty(tag) => told.push(start(&tag, true)?),
                Event::End(tag) => {
                    depth -= 1;
                    told.push(Told::End(tag.name().0.to_owned()));
                }
                Event::Text(text) if depth > 0 => add(&mut told, &unescape(&text)?),
                Event::GeneralRef(name) => add(&mut told, &unescape(&format!("&{};", &*name))?),
                other => told.push(Told::Other(other.into_owned())),
            }
        }
    }

    /// Tells the bare writer.
    pub fn write(&self, capacity: usize) -> anyhow::Result<Vec<u8>> {
        let mut writer = Writer::new(Vec::with_capacity(capacity));
        for told in &self.0 {
            match told {
                Told::Start(name, attributes, empty) => {
                    let mut tag = BytesStart::new(name.as_str());
                    for (name, value) in attributes {
                        tag.push_attribute((name.as_str(), value.as_str()));
                    }
                    writer.write_event(if *empty { Event::Empty(tag) } else { Event::Start(tag) })?;
                }
                Told::Text(text) => {
                    writer.write_event(Event::Text(BytesText::from_escaped(partial_escape(text.as_str()))))?;
                }
                Told::End(name) => writer.write_event(Event::End(BytesEnd::new(name.as_str())))?,
                Told::Other(event) => writer.write_event(event.borrow())?,
            }
        }
        Ok(writer.into_inner())
    }
}

fn start(tag: &BytesStart<'_>, empty: bool) -> anyhow::Result<Told> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.context("an attribute")?;
        attributes.push((attribute.key.0.to_owned(), unescape(&attribute.value)?.into_owned()));
    }
    Ok(Told::Start(tag.name().0.to_owned(), attributes, empty))
}

fn add(told: &mut Vec<Told>, text: &str) {
    if let Some(Told::Text(before)) = told.last_mut() {
        before.push_str(text);
    } else {
        told.push(Told::Text(text.to_owned()));
    }
}

/// Events that are ready to be written, escaped and all: what is left is copying.
#[derive(Debug)]
pub struct Ready(Vec<Event<'static>>);

impl Ready {
    /// The events of a document.
    pub fn of(document: &[u8]) -> anyhow::Result<Self> {
        let mut reader = Reader::from_str(std::str::from_utf8(document)?);
        let mut events = Vec::new();
        loop {
            match reader.read_event()? {
                Event::Eof => return Ok(Self(events)),
                event => events.push(event.into_owned()),
            }
        }
    }

    /// Writes them.
    pub fn write(&self, capacity: usize) -> anyhow::Result<Vec<u8>> {
        let mut writer = Writer::new(Vec::with_capacity(capacity));
        for event in &self.0 {
            writer.write_event(event.borrow())?;
        }
        Ok(writer.into_inner())
    }
}
