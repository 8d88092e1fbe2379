// SPDX-License-Identifier: EUPL-1.2
//! `connectors/<name>.toml`: what runs beside the hub, what it sends and how that is read.

use std::path::Path;

use hub_message::{Code, ConnectorName, Finding};
use hub_pipeline::{ConnectorSource, TypeSource};
use serde_json::Value;

use super::Limits;
use super::keys;
use super::settings;
use super::table::{Section, Source};
use crate::supervise::beside;

const NAME: Code = Code::new("AH-K010");
const KIND: Code = Code::new("AH-K011");
const COMMAND: Code = Code::new("AH-K012");

/// A connector.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Connector {
    /// Its name, which is that of its file.
    pub(crate) name: ConnectorName,
    /// Its kind; the program is `amtshub-connector-<kind>` unless `command` says otherwise.
    pub(crate) kind: String,
    /// Its title, for people.
    pub(crate) title: String,
    /// Whether the hub starts it.
    pub(crate) managed: bool,
    /// How many messages may wait for it.
    pub(crate) quota: u64,
    /// The program and its arguments, where it is none of ours.
    pub(crate) command: Option<Vec<String>>,
    /// Its settings, secrets as references.
    pub(crate) settings: Value,
    /// Its file, for findings about its settings.
    pub(crate) file: String,
}

impl Connector {
    /// The words that start it: its own command, or the program of its kind. A program of ours is taken from beside this
    /// one.
    pub(crate) fn words(&self) -> Vec<String> {
        let own = self.command.clone().filter(|words| !words.is_empty());
        let mut words = own.unwrap_or_else(|| vec![format!("amtshub-connector-{}", self.kind)]);
        if let Some(program) = words.first_mut() {
            *program = beside(program);
        }
        words
    }
}

/// Reads a file, called `stem`.toml. The sources of the rules come even where the connector itself is not right.
pub(super) fn read(
    source: &Source,
    stem: &str,
    folder: &Path,
    limits: &Limits,
) -> (Option<Connector>, Option<ConnectorSource>) {
    let table = source.parse();
    let mut file = Section::new(source, table.get_ref(), 0..0, &keys::CONNECTOR);
    let name = name(source, stem);
    let kind = file.need("kind").and_then(|kind| self::kind(source, &kind));
    let title = file.filled("title");
    let managed = file.flag("managed").is_none_or(|(managed, _)| managed);
    let quota = file.number("quota").unwrap_or(limits.recipient_quota);
    let command = command(&mut file, folder);
    let types = file.section("types").map(|section| types(&section)).unwrap_or_default();
    let settings = match file.entry("settings") {
        Some((_, value)) if value.get_ref().is_table() => settings::read(source, "settings", value, folder),
        Some((_, value)) => {
            file.wrong("settings", value, "a table");
            Value::Null
        }
        None => Value::Object(serde_json::Map::new()),
    };
    file.finish();
    let rules = name.clone().map(|name| ConnectorSource { name, types });
    let connector = name.zip(kind).map(|(name, kind)| Connector {
        title: title.map_or_else(|| name.to_string(), |title| title.as_str().to_owned()),
        name,
        kind,
        managed,
        quota,
        command,
        settings,
        file: source.file.to_string(),
    });
    (connector, rules)
}

fn name(source: &Source, stem: &str) -> Option<ConnectorName> {
    match stem.parse() {
        Ok(name) => Some(name),
        Err(fault) => {
            let finding = Finding::error(NAME, source.file.as_ref(), 0..0, format!("{fault}"));
            source.find(finding.help("rename the file: its name is the connector's name"));
            None
        }
    }
}

/// A kind is part of a program's name.
fn kind(source: &Source, kind: &hub_pipeline::Written) -> Option<String> {
    let text = kind.as_str();
    let fits = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !fits {
        let finding = kind.error(KIND, format!("`{text}` is no kind of connector"));
        source.find(finding.help("small letters, digits and `-`: `folder`"));
    }
    fits.then(|| text.to_owned())
}

/// Words that begin with `./` or `../` are files, from the configuration folder: the connector itself runs in another one.
fn command(file: &mut Section<'_>, folder: &Path) -> Option<Vec<String>> {
    let (list, words) = file.texts("command")?;
    if words.is_empty() {
        file.source().find(list.error(COMMAND, "`command` names no program"));
        return None;
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let words = words.iter().map(|word| {
        let word = word.as_str();
        let is_file = word.starts_with("./") || word.starts_with("../");
        if is_file {
            folder.join(word).display().to_string()
        } else {
            word.to_owned()
        }
    });
    Some(words.collect())
}

fn types(section: &Section<'_>) -> Vec<TypeSource> {
    let source = section.source();
    let mut types = Vec::new();
    for (key, value) in section.entries() {
        let kind = source.written(key.span(), key.get_ref().as_ref());
        let Some(table) = value.get_ref().as_table() else {
            section.wrong(key.get_ref(), value, "a table: { mapping = \"…\" }");
            continue;
        };
        let mut below = Section::new(source, table, key.span(), &keys::TYPE);
        let mapping = below.text("mapping");
        below.finish();
        types.push(TypeSource { kind, mapping });
    }
    types
}
