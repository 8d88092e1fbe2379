// SPDX-License-Identifier: EUPL-1.2
//! A document of a mapping's format as a tree of places, whatever the rows say.

use hub_message::Rejection;

use super::Mapping;
use super::format::Format;
use crate::comparison::{Shaping, Structure};
use crate::json::JsonSource;
use crate::source::{Names, RawSource, Source};

/// Reads a document by its structure alone.
pub(super) fn structure(mapping: &Mapping, input: &[u8], names: &Names) -> Result<Structure<'static>, Rejection> {
    let root = mapping.format.root_name();
    match &mapping.format {
        Format::Xml(xml) => shape(&xml.source, input, names, root),
        Format::Json => shape(&JsonSource, input, names, root),
        Format::Csv(csv) => shape(csv.as_ref(), input, names, root),
        Format::Fixed(fixed) => shape(fixed.as_ref(), input, names, root),
        Format::Form(form) => raw(form.as_ref(), input, names),
        Format::Multipart(multipart) => raw(multipart, input, names),
        Format::Mail(mail) => raw(mail.as_ref(), input, names),
    }
}

fn raw<S: RawSource>(source: &S, input: &[u8], names: &Names) -> Result<Structure<'static>, Rejection> {
    let mut shaping = Shaping::new(names, "");
    source.read(input, &mut shaping)?;
    Ok(shaping.finish(None))
}

fn shape<S: Source>(
    source: &S,
    input: &[u8],
    names: &Names,
    root: Option<&str>,
) -> Result<Structure<'static>, Rejection> {
    let text = source.decode(input)?;
    let mut shaping = Shaping::new(names, &text);
    source.read(&text, &mut S::State::default(), &mut shaping)?;
    Ok(shaping.finish(root))
}
