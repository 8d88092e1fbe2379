// SPDX-License-Identifier: EUPL-1.2
//! `amtshub connector add`: a configuration file with every setting of the kind explained, and credentials.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use hub_bus::Keys;
use hub_message::ConnectorName;
use serde_json::Value;

use super::Failure;
use crate::config;
use crate::exit::Exit;
use crate::terminal;

/// What `add` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// Its name, which becomes its account: small letters, digits and `-`.
    name: ConnectorName,
    /// Its kind: `folder`, `http`, `exec`.
    #[arg(long)]
    kind: String,
    /// Title for people.
    #[arg(long)]
    title: Option<String>,
    /// Folder of the configuration.
    #[arg(long, value_name = "DIR")]
    config: PathBuf,
    /// Data folder of the hub.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// It runs on another machine: the hub does not start it. Its key is to be taken there.
    #[arg(long)]
    elsewhere: bool,
}

/// Does it.
pub(super) fn execute(arguments: &Add) -> Result<Exit, Failure> {
    let file = arguments
        .config
        .join("connectors")
        .join(format!("{}.toml", arguments.name));
    if !arguments.config.join("hub.toml").exists() {
        let text = format!(
            "{} ist kein Ordner einer Konfiguration: hub.toml fehlt.",
            arguments.config.display()
        );
        return Err(Failure::new(Exit::Usage, text));
    }
    if file.exists() {
        return Err(Failure::new(Exit::Usage, format!("{} gibt es schon.", file.display())));
    }
    let schema = config::settings_of_kind(&arguments.kind);
    let text = text(arguments, schema.as_ref());
    let seed = seed(arguments)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&file, text))
        .map_err(|fault| Failure::new(Exit::Unreachable, format!("{}: {fault}", file.display())))?;
    terminal::message(&format!(
        "Angelegt: {}\nSchlüssel: {} (nur für diesen Konnektor, Rechte 0600)\n\nWeiter: die Einstellungen ausfüllen, dann\n  \
         amtshub check --config {config}\n  amtshub reload --data {data}",
        file.display(),
        seed.display(),
        config = arguments.config.display(),
        data = arguments.data.display(),
    ));
    if schema.is_none() {
        terminal::message(&format!(
            "Ein Programm amtshub-connector-{} ist nicht installiert; seine Einstellungen sind deshalb nicht beschrieben.",
            arguments.kind
        ));
    }
    Ok(Exit::Ok)
}

/// Makes the key where the server of the hub looks for it.
fn seed(arguments: &Add) -> Result<PathBuf, Failure> {
    let unusable = |fault: hub_bus::KeyFault| Failure::new(Exit::Unreachable, fault.to_string());
    let folder = if config::has_own_server(&arguments.config) {
        arguments.data.join("nats").join("keys")
    } else {
        arguments.data.join("seeds")
    };
    let keys = Keys::open(&folder).map_err(unusable)?;
    keys.make_connector(&arguments.name).map_err(unusable)?;
    Ok(keys.connector_file(&arguments.name))
}

fn text(arguments: &Add, schema: Option<&Value>) -> String {
    let title = arguments.title.clone().unwrap_or_else(|| arguments.name.to_string());
    let quoted = |text: &str| Value::String(text.to_owned()).to_string();
    let mut text = format!("kind  = {}\ntitle = {}\n", quoted(&arguments.kind), quoted(&title));
    if arguments.elsewhere {
        text.push_str("managed = false  # läuft auf einer anderen Maschine\n");
    }
    if arguments.kind == "exec" {
        text.push_str("command = [\"amtshub\", \"connector\", \"exec\", \"--\", \"./PROGRAMM\"]  # ./ meint diesen Ordner der Konfiguration\n");
    }
    text.push_str(
        "\n# Was er sendet, und mit welcher Zuordnung es gelesen wird:\n# [types]\n# \"invoice.ubl.1\" = { mapping = \"ubl-invoice\" }\n\n[settings]\n",
    );
    if let Some(schema) = schema {
        settings(&mut text, schema, "settings");
    }
    text
}

/// The settings of a table as comments: plain ones first, as TOML wants it, then the tables below it.
fn settings(text: &mut String, schema: &Value, path: &str) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let (tables, plain): (Vec<_>, Vec<_>) = properties.iter().partition(|(_, one)| table_of(one).is_some());
    for (name, one) in plain {
        let told = one.get("description").and_then(Value::as_str).unwrap_or_default();
        let must = if required.contains(&name.as_str()) {
            " (nötig)"
        } else {
            ""
        };
        let _ = writeln!(text, "# {name} = {}  # {told}{must}", example(one));
    }
    for (name, one) in tables {
        let Some((table, several)) = table_of(one) else {
            continue;
        };
        let below = format!("{path}.{name}");
        let must = if required.contains(&name.as_str()) {
            "  (nötig)"
        } else {
            ""
        };
        let head = if several {
            format!("[[{below}]]")
        } else {
            format!("[{below}]")
        };
        let told = one
            .get("description")
            .and_then(Value::as_str)
            .map(|told| format!("  {told}"));
        let _ = writeln!(text, "\n# {head}{}{must}", told.unwrap_or_default());
        settings(text, table, &below);
    }
}

/// The schema of a table, and whether there may be several.
fn table_of(schema: &Value) -> Option<(&Value, bool)> {
    match schema.get("type").and_then(Value::as_str) {
        Some("object") if schema.get("properties").is_some() => Some((schema, false)),
        Some("array") => table_of(schema.get("items")?).map(|(table, _)| (table, true)),
        _ => None,
    }
}

fn example(schema: &Value) -> String {
    if schema.get("x-secret").is_some() {
        return "{ file = \"…\" }".to_owned();
    }
    if let Some(default) = schema.get("default") {
        return default.to_string();
    }
    if let Some(first) = schema
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|words| words.first())
    {
        return first.to_string();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => "0".to_owned(),
        Some("boolean") => "false".to_owned(),
        Some("array") => "[]".to_owned(),
        Some("object") => "{}".to_owned(),
        _ => "\"\"".to_owned(),
    }
}
