// SPDX-License-Identifier: EUPL-1.2
//! Messages of XÖV standards, for which nothing is shipped: a mapping without rows reads them against their XSD.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use hub_mapping::{Beside, Mapping, Wanted};
use hub_message::{Severity, Shape};

use super::super::standards::Standards;
use super::judges::xmllint;
use super::mutants;

const XDOMEA: &str = "urn:xoev-de:xdomea:schema:3.0.0";
const XTA: &str = "http://xoev.de/transport/xta/211";

/// The published xdomea messages and mutants of them, and the XSDs of XTA. `true` when all judges agree.
pub(super) fn run(standards: &Standards, data: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let schema = standards.file("xdomea.xsd");
    let (mut agreed, mut refused, mut all) = (0, 0, 0);
    for folder in ["xdomea/nrw-examples/v3.0.0", "xdomea/patterns/xdomea_3.0.0"] {
        for file in xml_files(&data.join(folder))? {
            let text = fs::read_to_string(&file)?;
            let mapping = probe(&root_of(&text)?, XDOMEA, "xdomea.xsd", &|wanted| standards.find(wanted))?;
            let mut documents = vec![text.clone()];
            documents.extend(mutants::of(&text).into_iter().map(|mutant| mutant.text));
            let bytes: Vec<&[u8]> = documents.iter().map(String::as_bytes).collect();
            for (index, valid) in xmllint(&schema, &bytes)?.into_iter().enumerate() {
                let document = bytes.get(index).copied().unwrap_or_default();
                let found = super::ours(&mapping, document);
                all += 1;
                refused += usize::from(!valid);
                if found.is_empty() == valid && (index > 0 || valid) {
                    agreed += 1;
                } else {
                    let first = found.first().map_or("valid".to_owned(), ToString::to_string);
                    writeln!(out, "    {} ({index}): {first}; xmllint {valid}", file.display())?;
                }
            }
        }
    }
    writeln!(
        out,
        "xdomea 3.0.0 messages and mutants: {refused} of {all} invalid; this hub and xmllint agree on {agreed}"
    )?;
    let xta = |wanted: Wanted<'_>| standards.find_from(&data.join("xta-2.1.1"), wanted);
    probe(
        "GenericContentContainer",
        XTA,
        "XTA-Webservice-Globale-Elemente.xsd",
        &xta,
    )?;
    writeln!(out, "the XSDs of XTA 2.1.1 load")?;
    Ok(agreed == all && all > 0)
}

/// A mapping that reads nothing of a document.
fn probe(
    root: &str,
    namespace: &str,
    schema: &str,
    find: &dyn Fn(Wanted<'_>) -> Result<hub_mapping::XsdFile, hub_mapping::XsdMissing>,
) -> anyhow::Result<Mapping> {
    let text = format!(
        "mapping = 1\nid = \"probe\"\ntitle = \"probe\"\ncanonical = \"probe/1\"\ndirections = [\"read\"]\n\
         [format]\nkind = \"xml\"\nroot = \"x:{root}\"\nschema = \"{schema}\"\n[format.ns]\nx = \"{namespace}\"\n[fields]\n"
    );
    let around = Beside {
        schema: find,
        ..Beside::NOTHING
    };
    let loaded = Mapping::load("probe.map.toml", &text, &Shape::Map(Vec::new()), around);
    let errors = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|finding| finding.render(None)).collect();
    loaded
        .mapping
        .with_context(|| format!("{schema} does not load:\n{}", errors.join("\n")))
}

fn xml_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "xml"))
        .collect();
    found.sort();
    Ok(found)
}

/// The local name of the root element.
fn root_of(text: &str) -> anyhow::Result<String> {
    let elements = text.split('<').skip(1);
    let mut names = elements.filter(|part| part.starts_with(char::is_alphabetic));
    let Some(first) = names.next() else {
        bail!("a document without element");
    };
    let name = first.split([' ', '>', '\n', '\r', '\t']).next().unwrap_or_default();
    Ok(name.rsplit(':').next().unwrap_or(name).to_owned())
}
