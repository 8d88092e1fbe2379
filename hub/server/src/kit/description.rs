// SPDX-License-Identifier: EUPL-1.2
//! Kit files: what the kit must know of the system behind a connector. The vendor writes one and ships it along.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

/// A kit file. `{work}` in words and settings is a folder that each check has for itself, `{port}` and `{port2}` are free
/// ports of this machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// Settings with which the connector works.
    #[serde(default)]
    pub(crate) settings: Value,
    /// Settings that cannot be used.
    #[serde(default)]
    pub(crate) bad_settings: Option<Value>,
    /// Run before the connector starts.
    #[serde(default)]
    prepare: Option<Vec<String>>,
    /// How records come out of the system; without it the connector takes none.
    #[serde(default)]
    pub(crate) source: Option<SourceSide>,
    /// How deliveries get into it; without it the connector brings none.
    #[serde(default)]
    pub(crate) target: Option<TargetSide>,
    /// A question that the system can answer; without it the connector answers none.
    #[serde(default)]
    pub(crate) answer: Option<AnswerSide>,
}

/// `[source]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceSide {
    /// Puts the content of `{file}` into the system under the name `{name}`.
    put: Vec<String>,
    /// Prints the name of each record that the connector refused with a code, control characters as `?`; without it the
    /// connector refuses nothing.
    #[serde(default)]
    refusals: Option<Vec<String>>,
    /// For a connector that makes a record out of what was put and sends that along as a document: the mark behind which, in
    /// the document, the content of `{file}` stands.
    #[serde(default)]
    pub(crate) document_behind: Option<String>,
}

/// `[target]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetSide {
    /// The type of the deliveries.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Prints a line for each delivery that is in the system, in the order of arrival; the first line of its content
    /// stands in it.
    effects: Vec<String>,
    /// The only folder in which deliveries may become files; without it `{work}`.
    #[serde(default)]
    folder: Option<String>,
    /// Makes the system not answer.
    #[serde(rename = "break")]
    breaks: Option<Vec<String>>,
    /// Makes it answer again.
    mend: Option<Vec<String>>,
    /// A content that the system refuses for good.
    #[serde(default)]
    pub(crate) refused: Option<String>,
}

/// `[answer]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerSide {
    /// The look-up's name.
    pub(crate) name: String,
    /// The question.
    pub(crate) question: std::collections::BTreeMap<String, String>,
    /// What stands in the answer.
    pub(crate) contains: String,
    /// A question to which there is no answer.
    pub(crate) nothing: std::collections::BTreeMap<String, String>,
}

impl Description {
    /// Reads a kit file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut read: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        if read.settings.is_null() {
            read.settings = Value::Object(serde_json::Map::new());
        }
        if read.source.is_none() && read.target.is_none() && read.answer.is_none() {
            return Err(
                "the kit file has neither [source] nor [target] nor [answer]: nothing could be checked".to_owned(),
            );
        }
        if let Some(target) = &read.target
            && target.breaks.is_some() != target.mend.is_some()
        {
            return Err("`break` and `mend` of [target] belong together".to_owned());
        }
        Ok(read)
    }

    /// Whether the target can be made not to answer.
    pub(crate) fn can_break(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.breaks.is_some())
    }
}

/// The system behind the connector, in the folder of one check.
#[derive(Debug)]
pub(super) struct System<'a> {
    pub(super) description: &'a Description,
    pub(super) work: &'a Path,
    pub(super) ports: [u16; 2],
}

impl System<'_> {
    /// Settings with `{work}` filled in.
    pub(super) fn settings(&self, settings: &Value) -> Value {
        filled(settings, &|text| self.fill(text))
    }

    fn fill(&self, text: &str) -> String {
        let [first, second] = self.ports.map(|port| port.to_string());
        let text = text.replace("{work}", &self.work.display().to_string());
        text.replace("{port}", &first).replace("{port2}", &second)
    }

    /// Before the connector starts.
    pub(super) async fn prepare(&self) -> Result<(), String> {
        match &self.description.prepare {
            Some(words) => self.call(words, &[]).await.map(drop),
            None => Ok(()),
        }
    }

    /// Puts a record into the system.
    pub(super) async fn put(&self, name: &str, content: &[u8]) -> Result<(), String> {
        let Some(source) = &self.description.source else {
            return Err("the kit file has no [source]".to_owned());
        };
        let file = self.work.join("kit-record");
        std::fs::write(&file, content).map_err(|error| error.to_string())?;
        let file = file.display().to_string();
        self.call(&source.put, &[("{file}", &file), ("{name}", name)])
            .await
            .map(drop)
    }

    /// The names of the records that were refused with a code.
    pub(super) async fn refusals(&self) -> Result<Vec<String>, String> {
        let refusals = self
            .description
            .source
            .as_ref()
            .and_then(|source| source.refusals.as_ref());
        let Some(words) = refusals else {
            return Ok(Vec::new());
        };
        let output = self.call(words, &[]).await?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.split('\n').map(str::to_owned).collect())
    }

    /// The folder in which deliveries may become files.
    pub(super) fn target_folder(&self) -> PathBuf {
        let folder = self
            .description
            .target
            .as_ref()
            .and_then(|target| target.folder.as_deref());
        folder.map_or_else(|| self.work.to_path_buf(), |folder| self.fill(folder).into())
    }

    /// The numbers of the probes that are in the system, in order.
    pub(super) async fn effects(&self) -> Result<Vec<u32>, String> {
        let Some(target) = &self.description.target else {
            return Err("the kit file has no [target]".to_owned());
        };
        let output = self.call(&target.effects, &[]).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.lines().filter_map(number).collect())
    }

    /// Makes the target not answer.
    pub(super) async fn break_target(&self) -> Result<(), String> {
        let words = self
            .description
            .target
            .as_ref()
            .and_then(|target| target.breaks.as_ref());
        self.call(words.map(Vec::as_slice).unwrap_or_default(), &[])
            .await
            .map(drop)
    }

    /// Makes it answer again.
    pub(super) async fn mend_target(&self) -> Result<(), String> {
        let words = self.description.target.as_ref().and_then(|target| target.mend.as_ref());
        self.call(words.map(Vec::as_slice).unwrap_or_default(), &[])
            .await
            .map(drop)
    }

    async fn call(&self, words: &[String], more: &[(&str, &str)]) -> Result<Output, String> {
        let fill = |word: &String| {
            let word = self.fill(word);
            more.iter()
                .fold(word, |word, (place, value)| word.replace(place, value))
        };
        let mut words = words.iter().map(fill);
        let program = words.next().ok_or("a command of the kit file is empty")?;
        let output = Command::new(&program)
            .args(words)
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|error| format!("the command `{program}` of the kit file cannot be started: {error}"))?;
        if output.status.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(format!(
            "the command `{program}` of the kit file failed ({}): {said}",
            output.status
        ))
    }
}

fn filled(value: &Value, fill: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(items) => items.iter().map(|item| filled(item, fill)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, fill)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The number in `… probe-0012 …`.
pub(super) fn number(line: &str) -> Option<u32> {
    let (_, rest) = line.split_once("probe-")?;
    rest.get(..4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kit_file_is_read_or_says_what_is_wrong() {
        let good = "[source]\nput = [\"true\"]\n[settings]\npath = \"{work}/in\"";
        let read = Description::parse(good).unwrap();
        let system = System {
            description: &read,
            work: Path::new("/w"),
            ports: [1, 2],
        };
        assert_eq!(system.settings(&read.settings), serde_json::json!({"path": "/w/in"}));
        assert!(Description::parse("").unwrap_err().contains("nothing could be checked"));
        assert!(Description::parse("[sauce]").unwrap_err().contains("sauce"));
        let half = "[target]\ntype = \"a.1\"\neffects = [\"true\"]\nbreak = [\"true\"]";
        assert!(Description::parse(half).unwrap_err().contains("belong together"));
    }

    #[test]
    fn probes_are_found_by_their_number() {
        assert_eq!(number("1: probe-0012 Größe"), Some(12));
        assert_eq!(number("probe-x"), None);
    }
}
