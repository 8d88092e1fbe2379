// SPDX-License-Identifier: EUPL-1.2
//! A CSV file of many lines, each of which is a message.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use amtshub_tests::process;
use amtshub_tests::record;
use amtshub_tests::town::Town;
use anyhow::Result;
use rustix::process::Signal;
use serde::Serialize;

use crate::memory;

/// The result.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    lines: usize,
    /// Until the file was in the archive: every line is in the stream, fsynced. With the hub standing still, so that
    /// connector and server have the machine to themselves.
    alone_seconds: f64,
    alone_rate: f64,
    /// The same with the hub at work on what has come already.
    accepted_seconds: f64,
    accepted_rate: f64,
    /// Until the hub had processed all of them.
    processed_seconds: f64,
    processed_rate: f64,
    most_mib: BTreeMap<String, f64>,
}

pub(crate) fn measure(lines: usize) -> Result<Measured> {
    let mut town = Town::new();
    town.configure(
        "hub.toml",
        &record::hub(&[]).replace("[paths]", "[limits]\nstream_bytes = 4294967296\n[paths]"),
    );
    town.connector(
        "export",
        "kind = \"folder\"\n[types]\n\"line.csv.1\" = { mapping = \"line\" }\n[settings.in]\npath = \"export/in\"\nstable_ms = 50\n\
         max_bytes = 1000000000\n[[settings.in.files]]\npattern = \"*.csv\"\ntype = \"line.csv.1\"\nmedia_type = \"text/csv\"\n\
         [settings.in.files.records]\nheader_lines = 1\n",
    );
    town.route(
        "nirgends",
        "[[route]]\nname = \"nirgends\"\nschema = \"communication/1\"\ndrop = true\nreason = \"Messung\"\n",
    );
    town.start();
    town.wait("the hot folder is there", |town| town.data().join("export/in").exists());
    let watched = memory::watch(town.hub_pid());
    process::signal(town.hub_pid(), Signal::STOP);
    let alone = accepted_in(&town, "first", lines)?;
    process::signal(town.hub_pid(), Signal::CONT);
    until_processed(&town, lines);
    let begun = Instant::now();
    let accepted = accepted_in(&town, "second", lines)?;
    until_processed(&town, 2 * lines);
    let processed = begun.elapsed().as_secs_f64();
    Ok(Measured {
        lines,
        alone_seconds: alone,
        alone_rate: lines as f64 / alone,
        accepted_seconds: accepted,
        accepted_rate: lines as f64 / accepted,
        processed_seconds: processed,
        processed_rate: lines as f64 / processed,
        most_mib: watched.most(),
    })
}

/// Seconds until a file is archived.
fn accepted_in(town: &Town, name: &str, lines: usize) -> Result<f64> {
    let folder = town.data().join("export");
    let unfinished = folder.join(format!("in/.{name}.csv"));
    write(&unfinished, lines)?;
    let begun = Instant::now();
    fs::rename(unfinished, folder.join(format!("in/{name}.csv")))?;
    until(|| folder.join(format!("archive/{name}.csv")).exists());
    Ok(begun.elapsed().as_secs_f64())
}

fn until_processed(town: &Town, lines: usize) {
    until(|| {
        let status = town.connector_status("export");
        status["today"]["received"].as_u64() == Some(lines as u64) && status["today"]["waiting"] == 0
    });
}

fn write(path: &std::path::Path, lines: usize) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "case;number;time;subject")?;
    for number in 0..lines {
        writeln!(
            file,
            "c{};{number};2026-11-23T08:00:00+01:00;Anfrage {number} zur Straßenbeleuchtung in der Dorfstraße",
            number % 1000
        )?;
    }
    file.into_inner()?.sync_all()?;
    Ok(())
}

fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        std::thread::sleep(Duration::from_millis(100));
    }
}
