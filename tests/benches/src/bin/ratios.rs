// SPDX-License-Identifier: EUPL-1.2
//! Prints how much longer the engine takes than the floors: `ratios [--rounds N] [--mapping FILE] [INVOICE.xml…]`.
//! Without invoices, generated ones of about 12 KB and 45 KB are measured; with a mapping, only reading with it.

use std::hint::black_box;

use amtshub_benches::allocations::{Counting, during};
use amtshub_benches::bare::{self, Ready, Script};
use amtshub_benches::generated::{self, LINES_12_KB, LINES_45_KB};
use amtshub_benches::rounds::{self, Candidate, Measured};
use amtshub_benches::shipped;
use anyhow::{Context, ensure};
use hub_mapping::{Facts, Mapping, Worker};
use hub_schema::Schema;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> anyhow::Result<()> {
    let mut rounds = 400;
    let mut inputs = Vec::new();
    let mut given = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--rounds" {
            rounds = arguments.next().context("--rounds N")?.parse()?;
        } else if argument == "--mapping" {
            given = Some(arguments.next().context("--mapping FILE")?);
        } else {
            let text = std::fs::read_to_string(&argument).with_context(|| argument.clone())?;
            let name = argument.rsplit('/').next().unwrap_or_default().to_owned();
            inputs.push((name, text));
        }
    }
    if inputs.is_empty() {
        for lines in [LINES_12_KB, LINES_45_KB] {
            inputs.push((format!("generated, {lines} lines"), generated::invoice(lines)?));
        }
    }
    let schemas = shipped::schemas()?;
    let schema = shipped::schema(&schemas, "invoice/1")?;
    if let Some(file) = given {
        let mapping = shipped::mapping_in(&schemas, file.as_ref())?;
        let mut inputs = inputs.iter();
        return inputs.try_for_each(|(_, text)| reading(&mapping, schema, text, rounds));
    }
    let ubl = shipped::mapping(&schemas, "ubl-invoice")?;
    let cii = shipped::mapping(&schemas, "cii-invoice")?;
    for (name, text) in &inputs {
        let mapping = if text.contains("CrossIndustryInvoice") {
            &cii
        } else {
            &ubl
        };
        println!("\n{name}: {} bytes, mapping {}", text.len(), mapping.id());
        reading(mapping, schema, text, rounds)?;
        for target in [&ubl, &cii] {
            writing(mapping, target, text, rounds)?;
        }
    }
    Ok(())
}

fn reading(mapping: &Mapping, schema: &Schema, text: &str, rounds: usize) -> anyhow::Result<()> {
    let bytes = text.as_bytes();
    let mut workers = [Worker::default(), Worker::default(), Worker::default()];
    let [map, valid, counted] = &mut workers;
    for _ in 0..2 {
        black_box(mapping.read(bytes, counted)?);
    }
    let (trees, allocated) = during(|| mapping.read(bytes, counted));
    let trees = trees?;
    let tree = trees.first().context("no document")?;
    let (json, written) = during(|| tree.to_json());
    println!(
        "  canonical JSON: {} bytes, {} nodes; allocations: {} reading, {} for the JSON",
        json.len(),
        tree.len(),
        allocated.calls,
        written.calls
    );
    let found = rounds::run(
        vec![
            Candidate::new("bare quick-xml loop", || {
                black_box(bare::read(text));
            }),
            Candidate::new("roxmltree, parsing alone", || {
                black_box(roxmltree::Document::parse(text).is_ok());
            }),
            Candidate::new("read to canonical JSON", || {
                for tree in mapping.read(bytes, map).unwrap_or_default() {
                    black_box(tree.to_json());
                }
            }),
            Candidate::new("the same, and validated", || {
                for tree in mapping.read(bytes, valid).unwrap_or_default() {
                    if let Ok(valid) = schema.validate(tree) {
                        black_box(valid.tree().to_json());
                    }
                }
            }),
        ],
        rounds,
    );
    print(&found);
    Ok(())
}

fn writing(from: &Mapping, to: &Mapping, text: &str, rounds: usize) -> anyhow::Result<()> {
    let trees = from.read(text.as_bytes(), &mut Worker::default())?;
    let root = trees.first().and_then(|tree| tree.root()).context("no document")?;
    let facts = Facts::default();
    let mut worker = Worker::default();
    for _ in 0..2 {
        black_box(to.write(root, &facts, &mut worker)?);
    }
    let (written, allocated) = during(|| to.write(root, &facts, &mut worker));
    let written = written?;
    let (script, ready) = (Script::of(&written)?, Ready::of(&written)?);
    ensure!(script.write(0)? == written, "the bare writer writes something else");
    ensure!(ready.write(0)? == written, "the bare writer writes something else");
    println!(
        "  written by {}: {} bytes; allocations: {}",
        to.id(),
        written.len(),
        allocated.calls
    );
    let capacity = written.len() + written.len() / 4;
    let found = rounds::run(
        vec![
            Candidate::new("bare quick-xml writer", || {
                black_box(script.write(capacity).is_ok());
            }),
            Candidate::new("the same, events ready made", || {
                black_box(ready.write(capacity).is_ok());
            }),
            Candidate::new("canonical to XML", || {
                black_box(to.write(root, &facts, &mut worker).is_ok());
            }),
        ],
        rounds,
    );
    print(&found);
    Ok(())
}

/// Prints times, and ratios to the first.
fn print(found: &[(&str, Measured)]) {
    let Some((_, floor)) = found.first() else {
        return;
    };
    for (name, measured) in found {
        println!(
            "    {name:<28} {:>8.2} µs ({:>8.2} median)   × {:.2} ({:.2})",
            measured.least,
            measured.median,
            measured.least / floor.least,
            measured.median / floor.median
        );
    }
}
