// SPDX-License-Identifier: EUPL-1.2
//! A sample in XML.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use hub_mapping::source::{Listener, Names, Piece, Symbol};
use hub_mapping::strict::{decode_xml, walk_xml};

use super::reader::Reader;
use super::sample::{Sample, quoted};

/// Reads a sample.
pub(super) fn read(bytes: &[u8]) -> Result<Sample, String> {
    let text = decode_xml(bytes).map_err(|fault| fault.to_string())?;
    let bindings = bindings(&text);
    let root = root(&text).ok_or("there is no root element")?;
    let mut locals = Locals::default();
    walk_xml(&text, &mut locals).map_err(|fault| fault.to_string())?;
    let prefixes = prefixes(&bindings, &root);
    let names: Vec<(&str, &str)> = prefixes
        .keys()
        .flat_map(|uri| locals.found.iter().map(move |local| (uri.as_str(), local.as_str())))
        .collect();
    let spelled = names
        .iter()
        .map(|(uri, local)| prefixed(prefixes.get(*uri).map_or("", String::as_str), local))
        .collect();
    let mut reader = Reader::of_text(&text, Names::of(names), spelled);
    walk_xml(&text, &mut reader).map_err(|fault| fault.to_string())?;
    let (prefix, local) = root.split_once(':').unwrap_or(("", &root));
    let uri = bindings
        .iter()
        .find(|(known, _)| known == prefix)
        .map_or("", |(_, uri)| uri);
    let mut format = format!(
        "[format]\nkind = \"xml\"\nroot = {}\n",
        quoted(&prefixed(prefixes.get(uri).map_or("", String::as_str), local))
    );
    if !prefixes.is_empty() {
        format.push_str("[format.ns]\n");
        for (uri, prefix) in &prefixes {
            let _ = writeln!(format, "{prefix} = {}", quoted(uri));
        }
    }
    Ok(Sample {
        format,
        root: reader.root,
        note: None,
    })
}

fn prefixed(prefix: &str, local: &str) -> String {
    if prefix.is_empty() {
        local.to_owned()
    } else {
        format!("{prefix}:{local}")
    }
}

/// The declarations of namespaces, prefix and URI, each pair once. The text has been found well formed or will be.
fn bindings(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for part in text.split("xmlns").skip(1) {
        let Some((name, rest)) = part.split_once('=') else {
            continue;
        };
        let prefix = name.trim().strip_prefix(':').unwrap_or(name.trim());
        let rest = rest.trim_start();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        let Some(uri) = rest.get(1..).and_then(|rest| rest.split(quote).next()) else {
            continue;
        };
        let is_name = prefix
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let pair = (prefix.to_owned(), uri.to_owned());
        if is_name && !uri.is_empty() && !found.contains(&pair) {
            found.push(pair);
        }
    }
    found
}

/// The root element as the document spells it.
fn root(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let at = rest.find('<')?;
        rest = rest.get(at + 1..)?;
        if rest.starts_with("!--") {
            rest = rest.get(rest.find("-->")? + 3..)?;
        } else if !rest.starts_with(['?', '!']) {
            let end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
            return rest.get(..end).map(str::to_owned);
        }
    }
}

/// A prefix of the mapping for every namespace: the document's own, or one made of the root's name.
fn prefixes(bindings: &[(String, String)], root: &str) -> BTreeMap<String, String> {
    let mut taken = BTreeSet::new();
    let mut found = BTreeMap::new();
    let instance = "http://www.w3.org/2001/XMLSchema-instance";
    let ordered = bindings.iter().filter(|(prefix, _)| !prefix.is_empty());
    for (prefix, uri) in ordered.chain(bindings.iter().filter(|(prefix, _)| prefix.is_empty())) {
        if found.contains_key(uri) || uri == instance {
            continue;
        }
        let local = root.split(':').next_back().unwrap_or(root);
        let made: String = local.chars().filter(char::is_ascii_alphanumeric).take(3).collect();
        let wanted = if prefix.is_empty() {
            made.to_lowercase()
        } else {
            prefix.clone()
        };
        let wanted = if wanted.is_empty() { "ns".to_owned() } else { wanted };
        let free = (1..).map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}{n}") });
        if let Some(prefix) = free.into_iter().find(|prefix| !taken.contains(prefix)) {
            taken.insert(prefix.clone());
            found.insert(uri.clone(), prefix);
        }
    }
    found
}

/// The local names of a document.
#[derive(Default)]
struct Locals {
    names: Names,
    found: BTreeSet<String>,
}

impl Locals {
    fn note(&mut self, spelled: &str) {
        let local = spelled.split(':').next_back().unwrap_or(spelled);
        self.found.insert(local.to_owned());
    }
}

impl Listener for Locals {
    fn names(&self) -> &Names {
        &self.names
    }
    fn begin(&mut self, _: usize) {}
    fn end(&mut self, _: usize) {}
    fn enter(&mut self, _: Symbol, spelled: &str, _: usize) -> bool {
        self.note(spelled);
        true
    }
    fn attribute(&mut self, _: Symbol, _: &str, _: Piece<'_>) {}
    fn text(&mut self, _: Piece<'_>) {}
    fn leave(&mut self, _: usize) {}
}
