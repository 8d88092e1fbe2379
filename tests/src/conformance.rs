// SPDX-License-Identifier: EUPL-1.2
//! Conformance of the shipped schemas and mappings with published invoices: every value that KoSIT's own stylesheets
//! find in an invoice must stand at the canonical leaf with that business term's number.
//!
//! What counts: each value of the oracle, and each of its attributes (scheme, version, media type, file name), once.
//! Decimals are compared by value, everything else letter by letter; values of 4000 characters and more by SHA-256.
//! Groups of the same kind are compared in document order. A canonical value that the oracle does not have is a
//! *surplus* and counts as a miss: nothing may be filled in from nowhere.

mod compare;
mod examples;
mod exceptions;
mod letters;
mod library;
mod roundtrip;
mod sidecars;
mod standards;
mod term;
mod validity;

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};

use compare::Tally;
use exceptions::Exceptions;
use library::Library;
use standards::Standards;

/// At least this share of all values must stand where it belongs.
const SHARE_MIN: f64 = 0.995;

/// An invoice of the collection.
struct Invoice {
    name: String,
    mapping: &'static str,
    xml: Vec<u8>,
    oracle: serde_json::Value,
}

/// Compares everything below `data` with the schemas and mappings of the checkout at `root`, and prints a table.
/// `true` when all is as it must be.
pub fn run(data: &Path, root: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let library = Library::load(root)?;
    let invoices = invoices(&data.join("xrechnung"))?;
    let mut exceptions = Exceptions::read(&root.join("tests/conformance.exceptions"))?;
    let mut whole = Tally::default();
    writeln!(out, "{:<44} {:>7} {:>7} {:>8}", "invoice", "values", "right", "share")?;
    for invoice in &invoices {
        let tally = compare(&library, invoice)?;
        writeln!(
            out,
            "{:<44} {:>7} {:>7} {:>7.2}%",
            invoice.name,
            tally.total,
            tally.right,
            tally.percent()
        )?;
        for miss in &tally.misses {
            let reason = exceptions.reason(&invoice.name, &miss.term);
            let mark = if reason.is_some() { "exception" } else { "MISS" };
            writeln!(
                out,
                "    {mark} {miss}{}",
                reason.map(|r| format!(" ({r})")).unwrap_or_default()
            )?;
        }
        whole.add(tally);
    }
    let good = verdict(&whole, exceptions.used(), out)?;
    let alike = roundtrip::run(&library, &invoices, &mut exceptions, out)?;
    let mapped = sidecars::run(&library, &data.join("munich/swim-sidecars"), out)?;
    let lettered = letters::run(&data.join("din91379"), out)?;
    let standards = Standards::of(root, data)?;
    let valid = validity::run(&library, &invoices, &standards, data, root, out)?;
    let exemplary = examples::run(data, &data.join("../design/mapping-examples"), root, &standards, out)?;
    for line in exceptions.unused() {
        writeln!(out, "an exception that no longer applies: {line}")?;
    }
    Ok(good && alike && mapped && lettered && valid && exemplary && exceptions.unused().next().is_none())
}

fn compare(library: &Library, invoice: &Invoice) -> anyhow::Result<Tally> {
    let document = library
        .read_one(invoice.mapping, &invoice.xml)
        .with_context(|| invoice.name.clone())?;
    let root = document.tree().root().context("an empty document")?;
    let ours = term::of_canonical(root, library.terms("invoice/1")?);
    let oracle = term::of_oracle(&invoice.oracle)?;
    Ok(compare::compare(&oracle, &ours, invoice.mapping == "ubl-invoice"))
}

fn verdict(whole: &Tally, excused: usize, out: &mut impl Write) -> anyhow::Result<bool> {
    let share = whole.right as f64 / whole.total.max(1) as f64;
    writeln!(
        out,
        "all: {} of {} values, {:.3} % (at least {:.1} %); {} misses, {excused} of them listed as exceptions",
        whole.right,
        whole.total,
        share * 100.0,
        SHARE_MIN * 100.0,
        whole.misses.len(),
    )?;
    writeln!(
        out,
        "notes of UBL compared as subject code and text together (CEN/TS 16931-3-2): {}",
        whole.joined
    )?;
    Ok(share >= SHARE_MIN && whole.misses.len() == excused)
}

fn invoices(folder: &Path) -> anyhow::Result<Vec<Invoice>> {
    names(folder)?.into_iter().map(|name| invoice(folder, name)).collect()
}

/// The names of the invoices, sorted.
fn names(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .with_context(|| format!("{}", folder.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".xml"))
        .collect();
    names.sort();
    if names.is_empty() {
        bail!("there is no invoice in {}", folder.display());
    }
    Ok(names)
}

fn invoice(folder: &Path, name: String) -> anyhow::Result<Invoice> {
    let stem = name.trim_end_matches(".xml");
    let oracle = folder.join("oracle").join(format!("{stem}.xr.json"));
    let text = fs::read(&oracle).with_context(|| format!("{}", oracle.display()))?;
    Ok(Invoice {
        mapping: if stem.ends_with("_ubl") {
            "ubl-invoice"
        } else {
            "cii-invoice"
        },
        xml: fs::read(folder.join(&name))?,
        oracle: serde_json::from_slice(&text)?,
        name,
    })
}
