// SPDX-License-Identifier: EUPL-1.2
//! Places of the format's document: from its XML schema, or else those that the mapping names and the examples have.

use hub_mapping::{PlaceDoc, Worker};

use super::outline::Outline;
use super::row;
use super::scope::Scope;
use super::takes::Here;
use super::workspace::{Open, Workspace};
use hub_message::keys::Says;

/// Examples that are looked at, and how large they may be: somebody waits for the answer.
const EXAMPLES_MAX: usize = 12;
const EXAMPLE_BYTES_MAX: usize = 512 * 1024;

/// What may stand directly below a place.
pub(super) fn below(workspace: &Workspace<'_>, open: &Open, place: &str) -> Vec<PlaceDoc> {
    if let Some(schema) = workspace.schema_places(open) {
        let found = schema.below(place);
        if !found.is_empty() {
            return found;
        }
    }
    let above = expanded(&open.outline, place);
    let mut names: Vec<String> = Vec::new();
    for known in named(&open.outline).into_iter().chain(met(workspace, open)) {
        let rest = match above.as_str() {
            "" => Some(known.as_str()),
            above => known.strip_prefix(above).and_then(|rest| rest.strip_prefix('/')),
        };
        let name = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
        // The line that somebody is typing may run into its comment.
        if !name.is_empty()
            && !name.contains('#')
            && !matches!(name, "." | "..")
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names.into_iter().map(bare).collect()
}

/// What is said of one place.
pub(super) fn at(workspace: &Workspace<'_>, open: &Open, above: &str, name: &str) -> Option<PlaceDoc> {
    workspace.schema_places(open)?.at(&row::join(&[above, name]))
}

/// A place of which nothing but its name is known.
fn bare(name: String) -> PlaceDoc {
    PlaceDoc {
        name,
        min: 0,
        max: None,
        kind: String::new(),
        values: Vec::new(),
        documentation: String::new(),
        has_more: false,
    }
}

/// A place with its short name written out.
fn expanded(outline: &Outline, place: &str) -> String {
    let mut place = place.to_owned();
    // Short names may begin with others; a circle of them must end.
    for _ in 0..8 {
        let Some((name, rest)) = place.strip_prefix('{').and_then(|inside| inside.split_once('}')) else {
            break;
        };
        let Some(long) = outline.text(&["at", name]) else { break };
        place = row::join(&[&row::plain(long), rest]);
    }
    place
}

/// The places that the mapping names.
fn named(outline: &Outline) -> Vec<String> {
    let texts = outline
        .leaves
        .iter()
        .filter_map(|leaf| Some((leaf, leaf.text.as_deref()?)));
    let places = texts.filter(|(leaf, text)| {
        let rows = matches!(
            leaf.path.first().map(String::as_str),
            Some("fields" | "lists" | "fragments")
        );
        let is = matches!(Here::of(outline, &leaf.path).says(), Some(Says::Row | Says::Place));
        rows && is && !text.starts_with(['^', '$', '\''])
    });
    let mut found: Vec<String> = outline
        .names("at")
        .into_iter()
        .map(|name| expanded(outline, &format!("{{{name}}}")))
        .collect();
    found.extend(places.map(|(leaf, text)| {
        let scope = Scope::of(outline, &leaf.path);
        // The place of a list is in its scope already.
        let of_list = scope.rest.first().is_some_and(|key| key == "each");
        let own = if of_list { String::new() } else { row::plain(text) };
        expanded(outline, &row::join(&[&scope.place, &own]))
    }));
    found
}

/// The places that the examples beside the mapping have and no row names.
fn met(workspace: &Workspace<'_>, open: &Open) -> Vec<String> {
    let Some(mapping) = open.mapping.as_ref().filter(|mapping| mapping.reads()) else {
        return Vec::new();
    };
    let mut worker = Worker::default();
    let files = workspace.around.files(&open.folder().join("examples"));
    let contents = files
        .iter()
        .take(EXAMPLES_MAX)
        .filter_map(|path| workspace.around.read(path));
    for content in contents.filter(|content| content.len() <= EXAMPLE_BYTES_MAX) {
        // An example of another format, or one that is meant to be rejected, says nothing.
        let _ = mapping.read(&content, &mut worker);
    }
    worker
        .take_unmapped(mapping)
        .into_iter()
        .map(|place| place.path)
        .collect()
}
