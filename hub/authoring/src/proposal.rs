// SPDX-License-Identifier: EUPL-1.2
//! `amtshub new mapping`: a first mapping from a sample. It proposes rows by name and type and leaves what only a person
//! can decide as `TODO`, which the loader points at (AH-M170).
//!
//! What is proposed loads and reads its sample: the loader and the reader judge the draft, and a row that they refuse is
//! taken out again.

mod draft;
mod json;
mod lines;
mod matching;
mod reader;
mod sample;
mod sent;
mod values;
mod words;
mod xml;

use hub_mapping::{Beside, Mapping, Worker};
use hub_message::{Finding, Severity, Shape, Tree};

use crate::format::{self, Kind};
use draft::{Draft, Origin, TODO};
use matching::Scope;
use sample::Sample;
use sent::Sent;

/// So often a draft is mended.
const ROUNDS_MAX: usize = 200;

/// A first mapping.
#[derive(Debug)]
pub struct Proposal {
    /// The text of the file, without a test.
    pub text: String,
    /// The canonical schema.
    pub canonical: String,
    /// File extension of the sample, without a dot.
    pub extension: &'static str,
    /// How many rows were proposed.
    pub rows: usize,
    /// How many places and fields are left to a person.
    pub left: usize,
    /// What the sample becomes.
    pub documents: Vec<Tree>,
}

/// Proposes a mapping for a sample. `canonical` holds the schemas to choose from.
pub fn propose(sample: &[u8], id: &str, canonical: &[(&str, &Shape)]) -> Result<Proposal, String> {
    let bytes = sample;
    let (read, extension) = read(sample)?;
    let fits = canonical
        .iter()
        .map(|(name, shape)| (*name, *shape, matching::scope(shape, &read.root)));
    let best = fits.max_by(|(_, _, a), (_, _, b)| a.score().total_cmp(&b.score()));
    let (name, shape, scope) = best.ok_or("there are no canonical schemas to choose from")?;
    let (text, scope, documents) = mend(id, name, shape, &read, bytes, scope)?;
    let text = format::format(&text, Kind::Mapping).map_err(|_| "the draft is no TOML".to_owned())?;
    Ok(Proposal {
        left: text.matches(TODO).count(),
        rows: count(&scope),
        text,
        canonical: name.to_owned(),
        extension,
        documents,
    })
}

fn count(scope: &Scope) -> usize {
    let own = scope
        .rows
        .iter()
        .filter(|(_, place, _)| !place.starts_with(TODO))
        .count();
    own + scope.lists.iter().map(count).sum::<usize>()
}

/// Reads a sample by what it looks like.
fn read(bytes: &[u8]) -> Result<(Sample, &'static str), String> {
    let start: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace() && *b != 0)
        .take(5)
        .collect();
    let start = start
        .strip_prefix(b"\xef\xbb\xbf")
        .or_else(|| start.strip_prefix(b"\xff\xfe"))
        .or_else(|| start.strip_prefix(b"\xfe\xff"))
        .unwrap_or(&start);
    match start.first() {
        None => Err("the sample is empty".to_owned()),
        Some(b'<') => xml::read(bytes).map(|sample| (sample, "xml")),
        Some(b'{' | b'[') => json::read(bytes).map(|sample| (sample, "json")),
        Some(_) if let Some(sent) = Sent::of(bytes) => sent.read(bytes).map(|sample| (sample, sent.extension())),
        Some(_) => lines::read(bytes).map(|sample| {
            let extension = if sample.format.contains("\"csv\"") {
                "csv"
            } else {
                "txt"
            };
            (sample, extension)
        }),
    }
}

/// Takes out of a draft what the loader and the reader refuse, and puts in what the schema requires.
fn mend(
    id: &str,
    canonical: &str,
    shape: &Shape,
    sample: &Sample,
    bytes: &[u8],
    mut scope: Scope,
) -> Result<(String, Scope, Vec<Tree>), String> {
    let mut last = String::new();
    for _ in 0..ROUNDS_MAX {
        let draft = Draft::of(id, canonical, sample, &scope);
        let loaded = Mapping::load("draft", &draft.text, shape, Beside::NOTHING);
        let Some(mapping) = loaded.mapping else {
            let finding = loaded
                .findings
                .iter()
                .find(|finding| finding.severity == Severity::Error);
            last = finding.map(|finding| finding.text.clone()).unwrap_or_default();
            if finding.is_none_or(|finding| !mended(finding, &draft, shape, sample, &mut scope)) {
                return Err(format!(
                    "no mapping could be made: {}",
                    finding.map_or("", |finding| &finding.text)
                ));
            }
            continue;
        };
        match mapping.read(bytes, &mut Worker::default()) {
            Ok(documents) => return Ok((draft.text, scope, documents)),
            Err(rejection) => {
                let line = rejection
                    .rule
                    .as_deref()
                    .and_then(|rule| rule.split(':').nth(1)?.parse().ok());
                if line.is_none_or(|line| !taken_out(line, &draft, &mut scope)) {
                    return Err(format!("the sample cannot be read: {rejection}"));
                }
            }
        }
    }
    Err(format!("no mapping could be made of this sample: {last}"))
}

/// Mends what an error of the loader is about; whether that could be done.
fn mended(finding: &Finding, draft: &Draft, shape: &Shape, sample: &Sample, scope: &mut Scope) -> bool {
    if finding.code.as_str() == "AH-M119" {
        let field = finding.text.split('`').nth(1).unwrap_or_default();
        return required(field, shape, sample, scope);
    }
    let line = draft
        .text
        .get(..finding.span.start)
        .map_or(0, |before| before.matches('\n').count() + 1);
    taken_out(line, draft, scope)
}

/// Puts in a row that a person must finish, for a field that the schema requires.
fn required(field: &str, shape: &Shape, sample: &Sample, scope: &mut Scope) -> bool {
    let into = scope.lists.iter_mut().find_map(|list| {
        let rest = field.strip_prefix(list.list.as_str())?.strip_prefix('.')?.to_owned();
        Some((list, rest))
    });
    if let Some((list, rest)) = into {
        let name = list.list.clone();
        return shape
            .at(&name)
            .is_some_and(|below| required(&rest, below, sample, list));
    }
    match shape.at(field) {
        Some(Shape::Leaf(_)) => {
            // In files of lines every value stands in a record.
            let of_lines = ["\"csv\"", "\"fixed\""].iter().any(|kind| sample.format.contains(kind));
            let record = sample.root.below.first().filter(|_| of_lines);
            let place = match record {
                Some(record) if scope.list.is_empty() => format!("{}/{TODO}", record.name),
                _ => TODO.to_owned(),
            };
            scope.rows.push((field.to_owned(), place, 0.0));
            true
        }
        Some(Shape::Map(members)) => {
            let mut put = false;
            for member in members.iter().filter(|member| member.required) {
                put |= required(&format!("{field}.{}", member.name), shape, sample, scope);
            }
            put
        }
        Some(Shape::List(_)) => {
            scope.lists.push(Scope {
                list: field.to_owned(),
                each: TODO.to_owned(),
                ..Scope::default()
            });
            true
        }
        None => false,
    }
}

/// Takes out the row or list on a line of the draft; whether there was one.
fn taken_out(line: usize, draft: &Draft, scope: &mut Scope) -> bool {
    let origin = draft
        .origins
        .iter()
        .find(|(at, _)| *at == line)
        .map(|(_, origin)| origin);
    match origin {
        None => false,
        Some(Origin::Row(lists, field)) => {
            let here = lists.iter().try_fold(scope, |scope, name| {
                scope.lists.iter_mut().find(|list| list.list == *name)
            });
            let Some(here) = here else { return false };
            let Some(at) = here.rows.iter().position(|(known, _, _)| known == field) else {
                return false;
            };
            let (_, place, _) = here.rows.remove(at);
            let place = place.split(" | ").next().unwrap_or_default().to_owned();
            if !place.ends_with(TODO) {
                here.open.push(place);
            }
            true
        }
        Some(Origin::List(path)) => {
            let Some((name, above)) = path.split_last() else {
                return false;
            };
            let here = above.iter().try_fold(scope, |scope, name| {
                scope.lists.iter_mut().find(|list| list.list == *name)
            });
            let Some(here) = here else { return false };
            let Some(at) = here.lists.iter().position(|list| list.list == *name) else {
                return false;
            };
            let list = here.lists.remove(at);
            if list.each != TODO {
                here.open.push(list.each);
            }
            true
        }
    }
}
