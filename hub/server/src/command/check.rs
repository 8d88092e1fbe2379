// SPDX-License-Identifier: EUPL-1.2
//! `amtshub check`: everything that can be known without running, all findings at once.

use std::path::PathBuf;

use hub_message::{Place, Severity};
use serde_json::{Value, json};

use super::explain;
use crate::cli::Output;
use crate::config::standards::Standards;
use crate::config::{self, Findings};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder with hub.toml, connectors/ and routes/.
    #[arg(long, value_name = "DIR")]
    config: PathBuf,
    #[command(flatten)]
    standards: Standards,
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Checks. The findings are what was asked for, so they go to standard output.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let findings = config::check(&arguments.config, &arguments.standards.folders);
    match arguments.output {
        Output::Table => terminal::data(text(&findings).as_bytes()),
        Output::Json => terminal::data(format!("{:#}\n", as_json(&findings)).as_bytes()),
    }
    terminal::message(&format!("{}: {}", arguments.config.display(), findings.summary()));
    explain::point(findings.sorted().into_iter().map(|finding| &finding.code));
    if findings.errors() > 0 {
        Exit::Findings
    } else {
        Exit::Ok
    }
}

fn text(findings: &Findings) -> String {
    let rendered = findings.sorted().into_iter().map(|finding| {
        let text = findings.text(&finding.file);
        finding.render(text.as_deref())
    });
    rendered.collect::<Vec<_>>().join("\n")
}

fn as_json(findings: &Findings) -> Value {
    let list = findings.sorted().into_iter().map(|finding| {
        let place = findings
            .text(&finding.file)
            .filter(|_| finding.span != (0..0))
            .map(|text| Place::of(text.as_bytes(), finding.span.start));
        json!({
            "severity": match finding.severity {
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            "code": finding.code.as_str(),
            "file": finding.file,
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "text": finding.text,
            "help": finding.help,
        })
    });
    list.collect()
}
