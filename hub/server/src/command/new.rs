// SPDX-License-Identifier: EUPL-1.2
//! `amtshub new mapping`: a first mapping file from a sample.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use hub_authoring::format::{Kind, format};
use hub_authoring::proposal::{Proposal, propose};
use hub_message::{Kind as NodeKind, NodeRef, SchemaId, Shape};

use super::place::{Failure, finish};
use crate::config::Findings;
use crate::config::library::{Library, Places};
use crate::exit::Exit;
use crate::terminal;

/// More values than these go into a file of their own.
const EXPECTED_MAX: usize = 40;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// What is made.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// A first mapping file: proposes rows by name and type, and leaves TODO where a person must decide.
    Mapping(Mapping),
}

/// What a new mapping takes.
#[derive(Debug, clap::Args)]
struct Mapping {
    /// A document of the format: XML, JSON, CSV or columns of fixed width.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The canonical schema; without it the one that fits best is taken.
    #[arg(long, value_name = "ID")]
    canonical: Option<String>,
    /// The id of the mapping; without it the name of the sample.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The folder to make; without it the one called like the mapping in the folder `mappings` here or above.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Does not copy the sample as the example of a test: real data of persons do not belong there.
    #[arg(long)]
    no_sample: bool,
}

/// Makes it.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let What::Mapping(arguments) = &arguments.what;
    finish(mapping(arguments))
}

fn mapping(arguments: &Mapping) -> Result<Exit, Failure> {
    let usage = |text: String| Failure::new(Exit::Usage, format!("error: {text}"));
    let sample =
        std::fs::read(&arguments.from).map_err(|fault| usage(format!("{}: {fault}", arguments.from.display())))?;
    let id = arguments.id.clone().unwrap_or_else(|| id_of(&arguments.from));
    let places = places(arguments);
    let mut findings = Findings::default();
    let library = Library::open(&places, &mut findings);
    if !library.complete {
        return Err(Failure::new(Exit::Configuration, findings.render()));
    }
    let folder = arguments.out.clone().unwrap_or_else(|| places.mappings.join(&id));
    let file = folder.join(format!("{id}.map.toml"));
    if file.exists() {
        return Err(usage(format!("{} is there already", file.display())));
    }
    let canonical = canonical(&library, arguments.canonical.as_deref()).map_err(usage)?;
    let proposal =
        propose(&sample, &id, &canonical).map_err(|fault| Failure::new(Exit::Findings, format!("error: {fault}")))?;
    write(&folder, &file, &sample, &proposal, arguments.no_sample)
        .map_err(|fault| usage(format!("{}: {fault}", folder.display())))?;
    terminal::data(format!("{}\n", file.display()).as_bytes());
    terminal::message(&said(&proposal, arguments, &folder));
    Ok(Exit::Ok)
}

fn id_of(sample: &Path) -> String {
    let stem = sample
        .file_stem()
        .map(|stem| stem.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let id: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let id = id.trim_matches('-');
    if id.is_empty() { "new".to_owned() } else { id.to_owned() }
}

/// Where schemas and mappings are: from the working folder upward, else from the folder that is to be made.
fn places(arguments: &Mapping) -> Places {
    let here = Places::from(Path::new(""));
    match &arguments.out {
        Some(out) if !here.schemas.is_dir() => Places::from(out),
        _ => here,
    }
}

/// The schemas to choose from: the one that is named, else all of which there can be messages.
fn canonical<'l>(library: &'l Library, named: Option<&str>) -> Result<Vec<(&'l str, &'l Shape)>, String> {
    let schemas = library.schemas();
    let all: Vec<(&str, &Shape)> = schemas
        .ids()
        .filter(|id| named.is_none_or(|named| named == id.as_str()))
        .filter_map(|id| Some((id.as_str(), schemas.get(id)?.shape())))
        .collect();
    if all.is_empty() {
        let named = named.unwrap_or_default();
        let near = hub_message::finding::closest(named, schemas.ids().map(SchemaId::as_str));
        let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        return Err(format!("there is no schema `{named}`{help}"));
    }
    Ok(all)
}

/// Writes the mapping and, unless it is not wanted, the sample with a test.
fn write(folder: &Path, file: &Path, sample: &[u8], proposal: &Proposal, no_sample: bool) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut text = proposal.text.clone();
    if folder.join("../../schemas/mapping-1.schema.json").is_file() {
        text = format!("#:schema ../../schemas/mapping-1.schema.json\n{text}");
    }
    if !no_sample {
        let examples = folder.join("examples");
        std::fs::create_dir_all(&examples)?;
        let name = format!("examples/sample.{}", proposal.extension);
        std::fs::write(folder.join(&name), sample)?;
        let _ = write!(text, "\n[[test]]\nname = \"the sample\"\nread = \"{name}\"\n");
        let mut expected = Vec::new();
        if let [document] = proposal.documents.as_slice()
            && let Some(root) = document.root()
        {
            leaves(root, "", &mut expected);
        }
        if expected.is_empty() || expected.len() > EXPECTED_MAX {
            let alone = proposal.documents.len() == 1;
            let documents: String = proposal.documents.iter().fold(String::new(), |mut all, document| {
                // Several documents stand one on each line.
                let one = if alone {
                    document.to_json_pretty()
                } else {
                    document.to_json()
                };
                let _ = writeln!(all, "{one}");
                all
            });
            std::fs::write(examples.join("sample.canonical.json"), documents)?;
            text.push_str("equals = \"examples/sample.canonical.json\"\n");
        } else {
            text.push_str("[test.expect]\n");
            for (path, value) in expected {
                let _ = writeln!(text, "\"{path}\" = {value}");
            }
        }
    }
    let formatted = format(&text, Kind::Mapping).unwrap_or(text);
    std::fs::write(file, formatted)
}

/// The leaves of a document with their values as TOML spells them.
fn leaves(node: NodeRef<'_>, path: &str, found: &mut Vec<(String, String)>) {
    match node.kind() {
        NodeKind::Map | NodeKind::List => {
            for (index, child) in node.children().enumerate() {
                let below = match child.key() {
                    Some(key) if path.is_empty() => key.to_owned(),
                    Some(key) => format!("{path}.{key}"),
                    None => format!("{path}[{index}]"),
                };
                leaves(child, &below, found);
            }
        }
        // Digits as text too: TOML would take 007 for no number.
        _ => {
            let text = node.text().unwrap_or_default().to_owned();
            found.push((path.to_owned(), toml::Value::String(text).to_string()));
        }
    }
}

/// What the person should know now.
fn said(proposal: &Proposal, arguments: &Mapping, folder: &Path) -> String {
    let mut text = String::new();
    if arguments.canonical.is_none() {
        let _ = writeln!(
            text,
            "`{}` fits best; --canonical ID takes another.",
            proposal.canonical
        );
    }
    let _ = writeln!(
        text,
        "{} rows proposed, {} left to you: look at each, names can deceive.",
        proposal.rows, proposal.left
    );
    if !arguments.no_sample {
        let _ = writeln!(
            text,
            "The sample was copied to {}/examples as the example of a test, and its values stand in the test. If it holds data of real persons, replace them, or begin again with --no-sample.",
            folder.display()
        );
    }
    let _ = write!(text, "Next: amtshub test {}", folder.display());
    text
}
