// SPDX-License-Identifier: EUPL-1.2
//! Checks the settings of a connector against what its program says about them (`--manifest`).

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use hub_message::{Code, Finding, Manifest};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::connector::Connector;
use super::findings::Findings;
use super::folder;
use super::settings::json_reference;

const NO_PROGRAM: Code = Code::new("AH-K016");
const NO_MANIFEST: Code = Code::new("AH-K017");
const SETTING: Code = Code::new("AH-K018");

/// How long a program may take to print its manifest.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The manifests of programs, each asked for once.
#[derive(Default)]
pub(super) struct Programs {
    answers: BTreeMap<Vec<String>, Answer>,
}

/// What a program says about itself: `None` when there is no such program, a sentence when it says nothing sensible.
type Answer = Result<Option<Manifest>, String>;

impl Programs {
    /// Findings about the settings of a connector.
    pub(super) fn check(&mut self, connector: &Connector) -> Findings {
        let mut findings = Findings::default();
        let Some((file, text)) = folder::read(Path::new(&connector.file), &mut findings) else {
            return findings;
        };
        let words = connector.words();
        let name = words.first().cloned().unwrap_or_default();
        let answer = self.answers.entry(words).or_insert_with_key(|words| ask(words));
        let kind = locate_key(&text, "kind");
        let unchecked = |code, text: String| {
            let finding = Finding::warning(code, file.as_str(), kind.clone(), text);
            finding.help("the settings could not be checked")
        };
        match answer {
            Ok(Some(manifest)) => findings.extend(check(connector, manifest, &file, &text)),
            // One that runs elsewhere may be installed elsewhere only.
            Ok(None) if !connector.managed => {}
            Ok(None) => findings.push(unchecked(NO_PROGRAM, format!("there is no program {name}"))),
            Err(fault) => findings.push(unchecked(NO_MANIFEST, format!("{name} --manifest: {fault}"))),
        }
        findings
    }
}

/// What the program of a connector says of its settings, if it says anything.
pub(super) fn settings_of(connector: &Connector) -> Option<Value> {
    settings_of_words(&connector.words())
}

/// The same for the words of a command.
pub(super) fn settings_of_words(words: &[String]) -> Option<Value> {
    let manifest = ask(words).ok().flatten()?;
    (!manifest.config_schema.is_null()).then_some(manifest.config_schema)
}

/// Findings about the settings in `text`, the text of the connector's file.
fn check(connector: &Connector, manifest: &Manifest, file: &str, text: &str) -> Vec<Finding> {
    if manifest.config_schema.is_null() {
        return Vec::new();
    }
    let faults = match hub_schema::check_settings(&manifest.config_schema, &readable(&connector.settings)) {
        Ok(faults) => faults,
        Err(fault) => {
            let sentence = format!("the program's schema of its settings is broken: {fault}");
            return vec![Finding::warning(NO_MANIFEST, file, locate_key(text, "kind"), sentence)];
        }
    };
    let findings = faults.into_iter().map(|fault| {
        let at = locate(text, &fault.pointer, fault.about_key);
        let given = fault.pointer.rsplit('/').next().unwrap_or_default();
        let finding = Finding::error(SETTING, file, at, fault.text.as_str());
        finding.did_you_mean(given, fault.known.iter().map(String::as_str))
    });
    findings.collect()
}

/// Asks a program for its manifest.
fn ask(words: &[String]) -> Answer {
    // What stands behind `--` belongs to another program.
    let at = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let (own, others) = words.split_at(at);
    let Some((program, arguments)) = own.split_first() else {
        return Ok(None);
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .arg("--manifest")
        .args(others)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault.to_string()),
    };
    let (send, answer) = mpsc::sync_channel(1);
    let out = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        let read = out.map(|mut out| out.read_to_end(&mut text));
        let _ = send.send(read.is_some_and(|read| read.is_ok()).then_some(text));
    });
    let text = answer.recv_timeout(ANSWER_MAX);
    if text.is_err() {
        let _ = child.kill();
    } else {
        let _ = reader.join();
    }
    let _ = child.wait();
    let text = text.map_err(|_| format!("no answer within {} s", ANSWER_MAX.as_secs()))?;
    let manifest = serde_json::from_slice(&text.unwrap_or_default());
    manifest
        .map(Some)
        .map_err(|fault| format!("this is no manifest: {fault}"))
}

/// Settings with a text in the place of each secret, as the connector will see them.
fn readable(settings: &Value) -> Value {
    match settings {
        Value::Object(members) if json_reference(members).is_some() => Value::String("secret".to_owned()),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), readable(value)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(readable).collect(),
        other => other.clone(),
    }
}

/// A name as a step of a JSON Pointer (RFC 6901, section 3).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where the value at a JSON Pointer into `[settings]` stands, or its key. What is not there is found at the nearest
/// table that is.
pub(super) fn locate(text: &str, pointer: &str, key: bool) -> Range<usize> {
    let (table, _) = DeTable::parse_recoverable(text);
    let steps = std::iter::once("settings").chain(pointer.split('/').skip(1));
    let mut at = 0..0;
    let mut here: Option<&Spanned<DeValue<'_>>> = None;
    for step in steps {
        let name = step.replace("~1", "/").replace("~0", "~");
        let members = match here.map(Spanned::get_ref) {
            None => Some(table.get_ref()),
            Some(value) => value.as_table(),
        };
        if let Some((found, value)) = members.and_then(|m| m.iter().find(|(known, _)| known.get_ref() == &name)) {
            // A table's own span may be its header or all of it; its name is what a person looks for.
            at = if key || value.get_ref().is_table() {
                found.span()
            } else {
                value.span()
            };
            here = Some(value);
        } else if let Some(item) = item(here, &name) {
            at = item.span();
            here = Some(item);
        } else {
            break;
        }
    }
    at
}

fn item<'a>(here: Option<&'a Spanned<DeValue<'a>>>, index: &str) -> Option<&'a Spanned<DeValue<'a>>> {
    here?.get_ref().as_array()?.get(index.parse::<usize>().ok()?)
}

fn locate_key(text: &str, key: &str) -> Range<usize> {
    let (table, _) = DeTable::parse_recoverable(text);
    let found = table.get_ref().iter().find(|(known, _)| known.get_ref() == key);
    found.map_or(0..0, |(_, value)| value.span())
}
