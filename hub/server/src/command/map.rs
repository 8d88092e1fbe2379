// SPDX-License-Identifier: EUPL-1.2
//! `amtshub map`: maps a file to canonical JSON, or onward to another format, and sends nothing anywhere.

mod contents;
mod rejected;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hub_mapping::{Content, Facts, Mapping, ReadOutput, Worker};
use hub_message::{Rejection, Timestamp};
use hub_schema::{Schemas, Valid};

use super::explain;
use crate::config::library::{Library, Places};
use crate::config::standards::Standards;
use crate::config::{self, Findings};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The mapping that reads: its id or its file.
    #[arg(long, value_name = "ID|FILE")]
    mapping: String,
    /// The mapping that writes: its id or its file. Without one canonical JSON is written.
    #[arg(long, value_name = "ID|FILE")]
    to: Option<String>,
    /// The configuration folder beside or above which schemas and mappings are looked for; else the working folder.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The folder into which the contents go that rows with `blob` take out of the input: attachments, files of forms.
    /// Each is named by its SHA-256.
    #[arg(long, value_name = "DIR")]
    contents: Option<PathBuf>,
    #[command(flatten)]
    standards: Standards,
    /// Also say which places of the input no row names.
    #[arg(long)]
    unmapped: bool,
    /// The file to map, or `-` for standard input.
    #[arg(value_name = "INPUT", default_value = "-")]
    input: PathBuf,
}

/// Why nothing, or not everything, was mapped.
enum Fault {
    /// The command makes no sense; a sentence says why.
    Usage(String),
    /// Mappings or schemas do not load.
    Files(Findings),
    /// The input was rejected.
    Rejected(Box<Rejection>),
}

/// Maps.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    match map(arguments) {
        Ok(bytes) => {
            terminal::data(&bytes);
            Exit::Ok
        }
        Err(Fault::Usage(text)) => {
            terminal::message(&format!("error: {text}"));
            Exit::Usage
        }
        Err(Fault::Files(findings)) => {
            terminal::findings(&findings.render());
            explain::point(findings.sorted().into_iter().map(|finding| &finding.code));
            Exit::Configuration
        }
        Err(Fault::Rejected(rejection)) => {
            terminal::findings(&rejected::render(&name(&arguments.input), &rejection));
            explain::point(std::iter::once(&*rejection).chain(&rejection.also).map(|one| &one.code));
            Exit::Findings
        }
    }
}

fn map(arguments: &Arguments) -> Result<Vec<u8>, Fault> {
    let mut findings = Findings::default();
    let places = places(arguments, &mut findings).with(&arguments.standards.folders);
    let mut library = Library::open(&places, &mut findings);
    let from = mapping(&mut library, &arguments.mapping, &mut findings)?;
    let to = match &arguments.to {
        Some(name) => Some(mapping(&mut library, name, &mut findings)?),
        None => None,
    };
    fit(&from, to.as_deref()).map_err(Fault::Usage)?;
    let input = input(&arguments.input).map_err(Fault::Usage)?;
    let mut worker = Worker::default();
    let (documents, contents) = read(&from, library.schemas(), &input, &mut worker)?;
    contents::hand_out(arguments.contents.as_deref(), &contents).map_err(Fault::Usage)?;
    if arguments.unmapped {
        for place in worker.take_unmapped(&from) {
            terminal::message(&format!("unmapped: {} ({} times)", place.path, place.count));
        }
    }
    match to {
        Some(to) => write(&to, &documents, &mut worker),
        None => Ok(canonical(&documents)),
    }
}

/// Where schemas and mappings are: by the configuration, else from the working folder upward, else from the folder of
/// the mapping file upward.
fn places(arguments: &Arguments, findings: &mut Findings) -> Places {
    if let Some(folder) = &arguments.config {
        return config::places(folder, findings);
    }
    let here = Places::from(Path::new(""));
    let file = Path::new(&arguments.mapping);
    match file.parent().filter(|_| !here.schemas.is_dir() && file.is_file()) {
        Some(folder) => Places::from(folder),
        None => here,
    }
}

/// The mapping of this id, or in this file.
fn mapping(library: &mut Library, name: &str, findings: &mut Findings) -> Result<Arc<Mapping>, Fault> {
    let is_id = library.ids().any(|id| id == name);
    let id = if !is_id && Path::new(name).is_file() {
        match library.add_file(Path::new(name), findings) {
            Some(id) => id,
            None => return Err(Fault::Files(std::mem::take(findings))),
        }
    } else {
        name.to_owned()
    };
    if !library.ids().any(|known| known == id) {
        if findings.errors() > 0 {
            return Err(Fault::Files(std::mem::take(findings)));
        }
        let near = hub_message::finding::closest(&id, library.ids());
        let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        return Err(Fault::Usage(format!("there is no mapping `{id}`{help}")));
    }
    library
        .load(&id, findings)
        .ok_or_else(|| Fault::Files(std::mem::take(findings)))
}

/// Whether the two mappings can do what is asked of them.
fn fit(from: &Mapping, to: Option<&Mapping>) -> Result<(), String> {
    if !from.reads() {
        return Err(format!("mapping `{}` does not read", from.id()));
    }
    let Some(to) = to else { return Ok(()) };
    if !to.writes() {
        return Err(format!("mapping `{}` does not write", to.id()));
    }
    if from.canonical() != to.canonical() {
        return Err(format!(
            "`{}` makes `{}`, `{}` writes `{}`: they have no canonical document in common",
            from.id(),
            from.canonical(),
            to.id(),
            to.canonical()
        ));
    }
    Ok(())
}

fn name(input: &Path) -> String {
    if input == Path::new("-") {
        return "standard input".to_owned();
    }
    input.display().to_string()
}

fn input(path: &Path) -> Result<Vec<u8>, String> {
    if path != Path::new("-") {
        return std::fs::read(path).map_err(|fault| format!("{}: {fault}", path.display()));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|fault| format!("standard input: {fault}"))
}

/// The canonical documents, each valid by its schema, and the contents that they refer to.
type Canonical = (Vec<Valid>, Vec<Content>);

/// Reads and validates.
fn read(from: &Mapping, schemas: &Schemas, input: &[u8], worker: &mut Worker) -> Result<Canonical, Fault> {
    let rejected = |fault| Fault::Rejected(Box::new(fault));
    let ReadOutput { documents, contents } = from.read_whole(input, worker).map_err(rejected)?;
    let schema = schemas
        .get(from.canonical())
        .ok_or_else(|| Fault::Usage(format!("there is no schema `{}`", from.canonical())))?;
    let valid = documents
        .into_iter()
        .map(|tree| schema.validate(tree).map_err(rejected));
    Ok((
        valid.collect::<Result<_, _>>()?,
        contents.into_iter().flatten().collect(),
    ))
}

fn canonical(documents: &[Valid]) -> Vec<u8> {
    let mut out = Vec::new();
    for document in documents {
        out.extend_from_slice(document.tree().to_json_pretty().as_bytes());
        out.push(b'\n');
    }
    out
}

fn write(to: &Mapping, documents: &[Valid], worker: &mut Worker) -> Result<Vec<u8>, Fault> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let time = Timestamp::from_millis(now.as_millis() as i64).to_string();
    let facts = Facts {
        message_id: "00000000000000000000000000000000",
        message_time: &time,
        site_name: "Musterstadt",
        case: None,
    };
    let mut out = Vec::new();
    for root in documents.iter().filter_map(|document| document.tree().root()) {
        let written = to
            .write(root, &facts, worker)
            .map_err(|fault| Fault::Rejected(Box::new(fault)))?;
        out.extend_from_slice(&written);
    }
    Ok(out)
}
