// SPDX-License-Identifier: EUPL-1.2
//! Published invoices, what the shipped mappings write, and hundreds of mutants, held against the published XSDs by this
//! hub and by two others: xmllint (libxml2) and uppsala. The verdicts must be the same.

mod judges;
mod messages;
mod mutants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use hub_mapping::{Beside, Facts, Mapping, Worker};
use hub_message::{Rejection, Severity};

use super::Invoice;
use super::library::Library;
use super::standards::Standards;
use judges::{Uppsala, xmllint};

/// The shipped mappings and the schemas of what they read and write.
const MAPPINGS: &[(&str, &str)] = &[
    ("ubl-invoice", "UBL-Invoice-2.1.xsd"),
    ("ubl-credit-note", "UBL-CreditNote-2.1.xsd"),
    ("cii-invoice", "CrossIndustryInvoice_100pD22B.xsd"),
];

/// What xmllint refuses and the standard allows: dates collapse white space (XML Schema part 2, section 4.3.6).
const XMLLINT_ERRS: &str = "date with blanks";
/// Kinds of mutants that must be refused at least, in each syntax.
const KINDS_MIN: usize = 16;

/// A document to be judged.
struct Case {
    name: String,
    mapping: &'static str,
    bytes: Vec<u8>,
}

/// Judges everything. `true` when all is valid that must be, and all judges agree.
pub(super) fn run(
    library: &Library,
    invoices: &[Invoice],
    standards: &Standards,
    data: &Path,
    root: &Path,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut strict = BTreeMap::new();
    for (id, schema) in MAPPINGS {
        strict.insert(*id, with_schema(library, id, schema, standards, root)?);
    }
    let mut good = true;
    let read: Vec<Case> = invoices.iter().map(case).collect();
    good &= all_valid("published invoices", &read, &strict, standards, out)?;
    let mut written = Vec::new();
    for invoice in invoices {
        written.push(other_syntax(library, &strict, invoice).with_context(|| invoice.name.clone())?);
    }
    good &= all_valid(
        "invoices written in the other syntax",
        &written,
        &strict,
        standards,
        out,
    )?;
    good &= mutants(&read, &strict, standards, out)?;
    good &= messages::run(standards, data, out)?;
    Ok(good)
}

/// The mapping of an invoice; credit notes have one of their own.
fn case(invoice: &Invoice) -> Case {
    let text = String::from_utf8_lossy(&invoice.xml);
    let is_note = text.contains("xsd:CreditNote-2");
    Case {
        name: invoice.name.clone(),
        mapping: if is_note { "ubl-credit-note" } else { invoice.mapping },
        bytes: invoice.xml.clone(),
    }
}

/// A shipped mapping that names its schema, which then gives the order.
fn with_schema(
    library: &Library,
    id: &str,
    schema: &str,
    standards: &Standards,
    root: &Path,
) -> anyhow::Result<Mapping> {
    let folder = root.join("mappings").join(id);
    let file = folder.join(format!("{id}.map.toml"));
    let shipped = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let named = shipped.replacen("[format]\n", &format!("[format]\nschema = \"{schema}\"\n"), 1);
    let (before, order) = named
        .split_once("[format.order]\n")
        .context("the shipped mapping gives the order")?;
    let after = order.split_once("\n[").map_or("", |(_, after)| after);
    let text = format!("{before}[{after}");
    let beside = |path: &str| fs::read_to_string(folder.join(path)).ok();
    let find = |wanted: hub_mapping::Wanted<'_>| standards.find(wanted);
    let around = Beside {
        file: &beside,
        schema: &find,
    };
    let loaded = Mapping::load(
        &file.display().to_string(),
        &text,
        library.schema("invoice/1")?.shape(),
        around,
    );
    let errors: Vec<String> = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.render(Some(&text)))
        .collect();
    loaded
        .mapping
        .with_context(|| format!("{id} does not fit {schema}:\n{}", errors.join("\n")))
}

/// An invoice in the other syntax, by mappings that hold what they write against the schema.
fn other_syntax(
    library: &Library,
    strict: &BTreeMap<&'static str, Mapping>,
    invoice: &Invoice,
) -> anyhow::Result<Case> {
    let own = case(invoice);
    let other = if own.mapping == "cii-invoice" {
        "ubl-invoice"
    } else {
        "cii-invoice"
    };
    let mut worker = Worker::default();
    let document = library.read_one(own.mapping, &own.bytes)?;
    let root = document.tree().root().context("an empty document")?;
    let mapping = strict.get(other).context("a mapping")?;
    // A credit note in CII is written as a credit note, of which UBL makes another document.
    let bytes = mapping.write(root, &Facts::default(), &mut worker)?;
    Ok(Case {
        name: format!("{} as {other}", own.name),
        mapping: other,
        bytes,
    })
}

/// What this hub has against a document, by its codes for schemas.
fn ours(mapping: &Mapping, bytes: &[u8]) -> Vec<Rejection> {
    let Err(first) = mapping.read(bytes, &mut Worker::default()) else {
        return Vec::new();
    };
    let all = std::iter::once(first.clone()).chain(first.also);
    let of_schema = |one: &Rejection| ("AH-X113".."AH-X140").contains(&one.code.as_str());
    all.filter(of_schema).collect()
}

/// Another root element is refused before there is a path to speak of.
fn has_place(one: &Rejection) -> bool {
    one.place.is_some() && (one.path.is_some() || one.code.as_str() == "AH-X113")
}

fn all_valid(
    what: &str,
    cases: &[Case],
    strict: &BTreeMap<&'static str, Mapping>,
    standards: &Standards,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut good = true;
    for (id, schema) in MAPPINGS {
        let own: Vec<&Case> = cases.iter().filter(|case| case.mapping == *id).collect();
        if own.is_empty() {
            continue;
        }
        let mapping = strict.get(id).context("a mapping")?;
        let documents: Vec<&[u8]> = own.iter().map(|case| case.bytes.as_slice()).collect();
        let file = standards.file(schema);
        let others = xmllint(&file, &documents)?;
        let uppsala = Uppsala::load(&file)?;
        let mut valid = 0;
        for (case, lint) in own.iter().zip(others) {
            let found = ours(mapping, &case.bytes);
            let second = uppsala.judge(&case.bytes);
            if found.is_empty() && lint && second {
                valid += 1;
                continue;
            }
            good = false;
            let first = found.first().map_or("valid".to_owned(), ToString::to_string);
            writeln!(out, "    {}: {first}; xmllint {lint}, uppsala {second}", case.name)?;
        }
        writeln!(
            out,
            "{what}, {schema}: {valid} of {} valid (this hub, xmllint, uppsala)",
            own.len()
        )?;
    }
    Ok(good)
}

fn mutants(
    cases: &[Case],
    strict: &BTreeMap<&'static str, Mapping>,
    standards: &Standards,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    let mut good = true;
    for (id, schema) in MAPPINGS {
        let mut made = Vec::new();
        for case in cases.iter().filter(|case| case.mapping == *id) {
            let text = String::from_utf8_lossy(&case.bytes).into_owned();
            made.extend(mutants::of(&text).into_iter().map(|mutant| (case.name.clone(), mutant)));
        }
        if made.is_empty() {
            continue;
        }
        let mapping = strict.get(id).context("a mapping")?;
        let documents: Vec<&[u8]> = made.iter().map(|(_, mutant)| mutant.text.as_bytes()).collect();
        let file = standards.file(schema);
        let lint = xmllint(&file, &documents)?;
        let uppsala = Uppsala::load(&file)?;
        let (mut agreed, mut refused) = (0, 0);
        let (mut kinds, mut apart) = (BTreeSet::new(), BTreeSet::new());
        for ((name, mutant), lint) in made.iter().zip(lint) {
            let valid = lint || (mutant.kind == XMLLINT_ERRS && schema.starts_with("UBL"));
            let found = ours(mapping, mutant.text.as_bytes());
            if uppsala.judge(mutant.text.as_bytes()) != valid {
                apart.insert(mutant.kind);
            }
            if found.is_empty() == valid && found.iter().all(has_place) {
                agreed += 1;
            } else {
                let first = found.first().map_or("valid".to_owned(), ToString::to_string);
                writeln!(out, "    {name}, {}: {first}; xmllint {lint}", mutant.kind)?;
            }
            if !valid {
                refused += 1;
                kinds.insert(mutant.kind);
            }
        }
        writeln!(
            out,
            "mutants, {schema}: {refused} of {} invalid in {} ways, each with its place; this hub and xmllint agree on {agreed}; \
             uppsala judges otherwise: {apart:?}",
            made.len(),
            kinds.len()
        )?;
        good &= agreed == made.len() && kinds.len() >= KINDS_MIN;
    }
    Ok(good)
}
