// SPDX-License-Identifier: EUPL-1.2
//! The path of an offset in a document, for people: `/ubl:Invoice/cac:InvoiceLine[3]/cbc:ID`. Only for refusals, so it
//! walks the document again.

use std::collections::HashMap;

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// The path of what stands at `offset`, names as the document spells them; an index where a name stands repeatedly.
pub(super) fn path_at(text: &str, offset: usize) -> String {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut steps: Vec<String> = Vec::new();
    let mut counts: Vec<HashMap<String, u32>> = vec![HashMap::new()];
    loop {
        let from = reader.buffer_position() as usize;
        if from > offset {
            break;
        }
        let Ok(event) = reader.read_event() else {
            break;
        };
        let to = reader.buffer_position() as usize;
        match event {
            Event::Start(tag) | Event::Empty(tag) if offset < to || !is_empty(text, to) => {
                let name = tag.name().0.to_owned();
                let count = counts.last_mut().map_or(1, |counts| {
                    let count = counts.entry(name.clone()).or_default();
                    *count += 1;
                    *count
                });
                steps.push(if count > 1 { format!("{name}[{count}]") } else { name });
                counts.push(HashMap::new());
                if offset < to {
                    return with_attribute(&steps, tag.get(..).unwrap_or_default(), from + 1, offset);
                }
            }
            Event::Empty(tag) => {
                if let Some(counts) = counts.last_mut() {
                    *counts.entry(tag.name().0.to_owned()).or_default() += 1;
                }
            }
            Event::End(_) if offset >= to => {
                steps.pop();
                counts.pop();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    shown(&steps)
}

fn is_empty(text: &str, to: usize) -> bool {
    text.get(..to).is_some_and(|before| before.ends_with("/>"))
}

fn shown(steps: &[String]) -> String {
    format!("/{}", steps.join("/"))
}

fn with_attribute(steps: &[String], tag: &str, start: usize, offset: usize) -> String {
    let before = tag.get(..offset.saturating_sub(start)).unwrap_or_default();
    let name = before
        .rsplit_once('=')
        .and_then(|(names, _)| names.trim_end().rsplit([' ', '\t', '\n', '\r']).next());
    match name {
        Some(name) => format!("{}/@{name}", shown(steps)),
        None => shown(steps),
    }
}
