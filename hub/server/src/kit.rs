// SPDX-License-Identifier: EUPL-1.2
//! The conformance kit: plays the hub against a connector of any origin and says, check by check, whether it behaves as
//! the connector protocol asks.
//!
//! Each check has a nats-server, a state folder and a system of its own, so that one fault does not hide another. The kit
//! knows the system behind the connector only by the commands of a kit file: how to put a record into it, how to see what
//! arrived, how to break it and mend it.

mod bench;
mod checks;
mod corpus;
mod description;
mod report;
mod subject;

use std::path::PathBuf;
use std::time::{Duration, Instant};

pub(crate) use description::Description;
pub(crate) use report::{Outcome, Report, Row};

use bench::Bench;

/// What is tested: the words of the command that starts the connector, without the options that the hub adds.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    /// Program and arguments.
    pub(crate) command: Vec<String>,
    /// What it is called in the report.
    pub(crate) title: String,
    /// How long something may take that has to come.
    pub(crate) patience: Duration,
}

/// Runs all checks, or those whose id is listed, and tells of each when it is done.
pub(crate) async fn run(
    subject: &Subject,
    description: &Description,
    only: &[String],
    mut told: impl FnMut(&Row),
) -> anyhow::Result<Report> {
    let mut report = Report::new(subject.title.clone());
    for check in checks::ALL {
        if !only.is_empty() && !only.iter().any(|id| id == check.id) {
            continue;
        }
        let row = run_one(check, subject, description, &mut report).await?;
        told(&row);
        report.rows.push(row);
    }
    Ok(report)
}

async fn run_one(
    check: &checks::Check,
    subject: &Subject,
    description: &Description,
    report: &mut Report,
) -> anyhow::Result<Row> {
    let begun = Instant::now();
    let outcome = if let Some(missing) = check.needs.missing_in(description) {
        Outcome::NotApplicable(missing.to_owned())
    } else {
        let mut bench = Bench::set_up(subject.clone(), description.clone()).await?;
        let outcome = match (check.run)(&mut bench).await {
            Ok(()) => Outcome::Passed,
            Err(fault) => Outcome::Failed(fault.0),
        };
        if report.manifest.is_none() {
            report.manifest = bench.manifest();
        }
        bench.tear_down().await;
        outcome
    };
    Ok(Row {
        id: check.id,
        german: check.german,
        english: check.english,
        outcome,
        millis: begun.elapsed().as_millis() as u64,
    })
}

/// Where the nats-server of the checks is, where one is named.
fn server_program() -> Option<PathBuf> {
    std::env::var_os("AMTSHUB_NATS_SERVER").map(Into::into)
}
