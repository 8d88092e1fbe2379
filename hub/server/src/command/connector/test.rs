// SPDX-License-Identifier: EUPL-1.2
//! `amtshub connector test`: the conformance kit at the command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hub_message::ConnectorName;

use super::Failure;
use crate::command::listing::moment;
use crate::config;
use crate::exit::Exit;
use crate::hub::now;
use crate::kit::{Description, Outcome, Report, Row, Subject, run};
use crate::supervise::beside;
use crate::terminal;

/// The kit files of our own kinds.
const OURS: &[(&str, &str)] = &[
    ("folder", include_str!("../../../../../connectors/folder/kit.toml")),
    ("http", include_str!("../../../../../connectors/http/kit.toml")),
    ("sql", include_str!("../../../../../connectors/sql/kit.toml")),
];

/// What `test` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Test {
    /// A connector of the configuration, or a kind of ours: `folder`.
    #[arg(required_unless_present = "exec", conflicts_with = "exec")]
    name: Option<String>,
    /// A command that starts a connector, in one word: the options that the hub adds come behind it, or before a ` -- `.
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// The kit file: how to put records into the system and to see what arrived. Our own kinds bring theirs along.
    #[arg(long, value_name = "FILE")]
    kit: Option<PathBuf>,
    /// Folder of the configuration in which NAME stands.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// How long something may take that has to come, in seconds. A machine may be busy, a connector may back off.
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    patience: u64,
    /// Only these checks.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Write the report as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as a page to print.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Does it. Ends with 1 when the connector does not pass.
pub(super) fn execute(arguments: &Test) -> Result<Exit, Failure> {
    let (subject, ours) = subject(arguments)?;
    let description = description(arguments, ours)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|fault| Failure::new(Exit::Unreachable, fault.to_string()))?;
    terminal::message(&format!("Prüfe {} …", subject.title));
    let report = runtime
        .block_on(run(&subject, &description, &arguments.only, |row| {
            terminal::data(line(row).as_bytes());
        }))
        .map_err(|fault| Failure::new(Exit::Unreachable, format!("Die Prüfung ist nicht möglich: {fault:#}")))?;
    write(arguments, &report)?;
    terminal::data(format!("\n{}\n", report.sentence()).as_bytes());
    Ok(if report.passed() { Exit::Ok } else { Exit::Findings })
}

/// What is tested, and the kit file of its kind where it is one of ours.
fn subject(arguments: &Test) -> Result<(Subject, Option<&'static str>), Failure> {
    let patience = Duration::from_secs(arguments.patience);
    let of_kind = |kind: &str| OURS.iter().find(|(ours, _)| *ours == kind).map(|(_, text)| *text);
    if let Some(exec) = &arguments.exec {
        let mut words: Vec<String> = exec.split_whitespace().map(str::to_owned).collect();
        if let Some(program) = words.first_mut() {
            *program = beside(program);
        }
        let subject = Subject {
            command: words,
            title: exec.clone(),
            patience,
        };
        return Ok((subject, None));
    }
    let name = arguments.name.as_deref().unwrap_or_default();
    if let Some(folder) = &arguments.config {
        let connector = config::connector(folder, &connector_name(name)?)
            .map_err(|text| Failure::new(Exit::Configuration, text))?;
        let subject = Subject {
            command: connector.words(),
            title: format!("{name} ({})", connector.kind),
            patience,
        };
        return Ok((subject, of_kind(&connector.kind)));
    }
    let Some(kit) = of_kind(name) else {
        let kinds: Vec<&str> = OURS.iter().map(|(kind, _)| *kind).collect();
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "error: `{name}` is no kind of ours ({}): name its configuration with --config, or its command with --exec",
                kinds.join(", ")
            ),
        ));
    };
    let subject = Subject {
        command: vec![beside(&format!("amtshub-connector-{name}"))],
        title: name.to_owned(),
        patience,
    };
    Ok((subject, Some(kit)))
}

fn connector_name(name: &str) -> Result<ConnectorName, Failure> {
    name.parse()
        .map_err(|fault| Failure::new(Exit::Usage, format!("error: {fault}")))
}

fn description(arguments: &Test, ours: Option<&str>) -> Result<Description, Failure> {
    let wrong = |file: &Path, fault: String| Failure::new(Exit::Usage, format!("error: {}: {fault}", file.display()));
    let (file, text) = match (&arguments.kit, ours) {
        (Some(file), _) => {
            let text = std::fs::read_to_string(file).map_err(|fault| wrong(file, fault.to_string()))?;
            (file.clone(), text)
        }
        (None, Some(text)) => (PathBuf::from("kit.toml"), text.to_owned()),
        (None, None) => {
            let text = "error: a kit file is needed (--kit): it says how to put records into the system and how to see what arrived; \
                        connectors/examples/python/kit.toml is one";
            return Err(Failure::new(Exit::Usage, text));
        }
    };
    Description::parse(&text).map_err(|fault| wrong(&file, fault))
}

fn line(row: &Row) -> String {
    let (mark, detail) = match &row.outcome {
        Outcome::Passed => ("bestanden      ", String::new()),
        Outcome::Failed(why) => ("NICHT BESTANDEN", format!("\n                  {why}")),
        Outcome::NotApplicable(why) => ("nicht anwendbar", format!(" ({why})")),
    };
    format!("{mark}  {:<18} {}{detail}\n", row.id, row.german)
}

fn write(arguments: &Test, report: &Report) -> Result<(), Failure> {
    let at = moment(now());
    let files = [
        (&arguments.json, format!("{:#}\n", report.json(&at))),
        (&arguments.html, report.html(&at)),
    ];
    for (file, text) in files {
        if let Some(file) = file {
            std::fs::write(file, text)
                .map_err(|fault| Failure::new(Exit::Usage, format!("error: {}: {fault}", file.display())))?;
        }
    }
    Ok(())
}
