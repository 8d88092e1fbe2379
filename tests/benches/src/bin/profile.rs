// SPDX-License-Identifier: EUPL-1.2
//! Does one thing many times, for a profiler: `profile bare|read|json|validate|write-ubl|write-cii RUNS [INVOICE.xml]`.

use std::hint::black_box;

use amtshub_benches::{bare, generated, shipped};
use anyhow::{Context, bail};
use hub_mapping::{Facts, Worker};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().context("what to do")?;
    let runs: usize = arguments.next().context("how often")?.parse()?;
    let text = match arguments.next() {
        Some(file) => std::fs::read_to_string(file)?,
        None => generated::invoice(generated::LINES_12_KB)?,
    };
    let schemas = shipped::schemas()?;
    let schema = shipped::schema(&schemas, "invoice/1")?;
    let ubl = shipped::mapping(&schemas, "ubl-invoice")?;
    let cii = shipped::mapping(&schemas, "cii-invoice")?;
    let facts = Facts::default();
    let mut worker = Worker::default();
    let trees = ubl.read(text.as_bytes(), &mut worker)?;
    let tree = trees.first().context("no document")?;
    let root = tree.root().context("no document")?;
    for _ in 0..runs {
        match what.as_str() {
            "bare" => drop(black_box(bare::read(&text))),
            "read" => drop(black_box(ubl.read(text.as_bytes(), &mut worker)?)),
            "json" => drop(black_box(tree.to_json())),
            "validate" => drop(black_box(schema.validate(tree.clone())?)),
            "write-ubl" => drop(black_box(ubl.write(root, &facts, &mut worker)?)),
            "write-cii" => drop(black_box(cii.write(root, &facts, &mut worker)?)),
            other => bail!("there is no `{other}`"),
        }
    }
    Ok(())
}
