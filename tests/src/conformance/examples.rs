// SPDX-License-Identifier: EUPL-1.2
//! The five mapping files of the design's `mapping-examples`: each loads, after the mends that are listed in `mends`, and
//! its tests pass, on the samples beside it and on the published invoice that two of them name.

mod mends;
mod xsd;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use hub_mapping::testing::{self, Surroundings};
use hub_mapping::{Beside, Facts, Mapping, Worker};
use hub_message::{Finding, Severity, Tree};
use hub_schema::Schemas;

use super::roundtrip;
use super::standards::Standards;
use mends::EXAMPLES;

/// Where the files are.
struct Folders {
    examples: PathBuf,
    data: PathBuf,
}

impl Folders {
    /// A file that an example names: a sample beside it, or an invoice of the published collection.
    fn file(&self, name: &str) -> PathBuf {
        match name.strip_prefix("examples/") {
            Some(invoice) => self.data.join("xrechnung").join(invoice),
            None => self.examples.join(name),
        }
    }

    fn xdomea(&self) -> PathBuf {
        self.data.join("xdomea/schemas-3.0.0/xdomea.xsd")
    }
}

/// Loads the examples below `examples`, runs their tests and writes the xdomea message. `true` when all is as it must be.
pub(super) fn run(
    data: &Path,
    examples: &Path,
    root: &Path,
    standards: &Standards,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let folders = Folders {
        examples: examples.to_path_buf(),
        data: data.to_path_buf(),
    };
    let schemas = super::library::schemas(&root.join("tests/examples/schemas"))?;
    writeln!(out, "mapping-examples of the design, with schemas made for this test:")?;
    let mut mappings = BTreeMap::new();
    for example in EXAMPLES {
        let mapping = load(example, &folders, &schemas, standards, out)?;
        mappings.insert(example.name, Arc::new(mapping));
    }
    let mut good = true;
    for (name, mapping) in &mappings {
        good &= tests(name, mapping, &mappings, &folders, &schemas, out)?;
    }
    let crossed = crossing(&mappings, &folders, out)?;
    let valid = message(&mappings, &folders, out)?;
    Ok(good && crossed && valid)
}

fn load(
    example: &mends::Example,
    folders: &Folders,
    schemas: &Schemas,
    standards: &Standards,
    out: &mut impl Write,
) -> anyhow::Result<Mapping> {
    let path = folders.examples.join(format!("{}.map.toml", example.name));
    let mut text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    for mend in example.mends {
        if !text.contains(mend.from) {
            bail!("{}: the mend of `{}` no longer applies", example.name, mend.from);
        }
        text = text.replace(mend.from, mend.to);
        writeln!(out, "    mended {}: {}", example.name, mend.why)?;
    }
    let file = path.display().to_string();
    let header = hub_mapping::header(&file, &text).map_err(|found| shown(&found, &text))?;
    let schema = schemas
        .get(&header.canonical)
        .with_context(|| format!("{}: no schema", example.name))?;
    let beside = |name: &str| fs::read_to_string(folders.examples.join(name)).ok();
    let find = |wanted: hub_mapping::Wanted<'_>| standards.find(wanted);
    let around = Beside {
        file: &beside,
        schema: &find,
    };
    let loaded = Mapping::load(&file, &text, schema.shape(), around);
    let errors = loaded.findings.iter().filter(|f| f.severity == Severity::Error).count();
    match loaded.mapping {
        Some(mapping) if errors == 0 => Ok(mapping),
        _ => Err(shown(&loaded.findings, &text)),
    }
}

fn shown(findings: &[Finding], text: &str) -> anyhow::Error {
    let lines: Vec<String> = findings.iter().map(|f| f.render(Some(text))).collect();
    anyhow::anyhow!("{}", lines.join("\n"))
}

fn tests(
    name: &str,
    mapping: &Mapping,
    mappings: &BTreeMap<&'static str, Arc<Mapping>>,
    folders: &Folders,
    schemas: &Schemas,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let library = |id: &str| mappings.get(id).cloned();
    let file = |name: &str| fs::read(folders.file(name)).ok();
    let validate = |tree: &Tree| {
        let schema = schemas.get(mapping.canonical()).ok_or("no schema")?;
        schema
            .validate(tree.clone())
            .map(|_| ())
            .map_err(|fault| fault.to_string())
    };
    let outcomes = testing::run(
        mapping,
        &Surroundings {
            library: &library,
            file: &file,
            validate: &validate,
        },
    );
    let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
    writeln!(
        out,
        "    {name}: {} of {} tests pass",
        outcomes.len() - failed,
        outcomes.len()
    )?;
    for outcome in &outcomes {
        for failure in &outcome.failures {
            writeln!(out, "        FAILED {}: {}", outcome.name, failure.text)?;
        }
    }
    Ok(failed == 0 && !outcomes.is_empty())
}

/// Every published UBL invoice becomes CII that reads back as the same canonical invoice.
fn crossing(
    mappings: &BTreeMap<&'static str, Arc<Mapping>>,
    folders: &Folders,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let by_name = |name: &str| mappings.get(name).with_context(|| name.to_owned());
    let (ubl, cii) = (by_name("ubl-invoice")?, by_name("cii-invoice")?);
    let mut worker = Worker::default();
    let (mut equal, mut all) = (0, 0);
    for name in super::names(&folders.data.join("xrechnung"))? {
        if !name.ends_with("_ubl.xml") {
            continue;
        }
        all += 1;
        let read = ubl.read(&fs::read(folders.data.join("xrechnung").join(&name))?, &mut worker)?;
        let document = read.first().context("no document")?;
        let root = document.root().context("an empty document")?;
        let written = cii.write(root, &Facts::default(), &mut worker)?;
        let back = cii.read(&written, &mut worker)?;
        let difference = roundtrip::difference_of(document, back.first().context("no document")?)?;
        match difference {
            None => equal += 1,
            Some(difference) => writeln!(out, "        NOT EQUAL {name}: {difference}")?,
        }
    }
    writeln!(out, "    UBL to CII and read back: {equal} of {all} invoices equal")?;
    Ok(equal == all && all > 0)
}

/// The night export of the trade office as an xdomea message, valid against the published schema.
fn message(
    mappings: &BTreeMap<&'static str, Arc<Mapping>>,
    folders: &Folders,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let by_name = |name: &str| mappings.get(name).with_context(|| name.to_owned());
    let mut worker = Worker::default();
    let documents = by_name("trade-legacy")?.read(&fs::read(folders.file("samples/trade.txt"))?, &mut worker)?;
    let facts = Facts {
        message_id: "6f9619ff8b864011b42d00c04fc964ff",
        message_time: "2026-11-25T02:00:00+01:00",
        site_name: "Musterstadt",
        case: None,
    };
    let mut good = !documents.is_empty();
    for document in &documents {
        let root = document.root().context("an empty document")?;
        let written = by_name("xdomea-0605")?.write(root, &facts, &mut worker)?;
        let verdict = xsd::xmllint(&folders.xdomea(), &written)?;
        good &= verdict.is_none();
        let said = verdict.unwrap_or_else(|| "valid against xdomea 3.0.0 (xmllint)".to_owned());
        writeln!(
            out,
            "    trade export as FVDaten.SGOAblegen.0605, {} bytes: {said}",
            written.len()
        )?;
    }
    Ok(good)
}
