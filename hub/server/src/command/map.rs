// SPDX-License-Identifier: EUPL-1.2
//! `amtshub map`: maps a file to canonical JSON, or onward to another format, or back, and sends nothing anywhere.

mod contents;
mod explained;

use std::path::PathBuf;
use std::sync::Arc;

use hub_mapping::{Content, Mapping, Worker};
use hub_message::Rejection;
use hub_schema::{Schema, Valid};

use super::covered;
use super::given::{self, Fault};
use crate::cli::Output;
use crate::config::Findings;
use crate::config::library::Library;
use crate::config::standards::Standards;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 mapped, 1 the input was rejected, 2 wrong usage, 3 a mapping or a schema does not load."
)]
pub(crate) struct Arguments {
    /// The mapping: its id or its file. It reads the input; with `--reverse` it writes the output.
    #[arg(long, value_name = "ID|FILE")]
    mapping: String,
    /// The mapping at the other end: its id or its file. Without one canonical JSON stands there.
    #[arg(long, value_name = "ID|FILE")]
    to: Option<String>,
    /// The other way round: the input is canonical JSON, or what the mapping of `--to` reads, and `--mapping` writes.
    #[arg(long)]
    reverse: bool,
    /// Instead of the output, say of every field where it comes from: path, line and column, row, functions.
    #[arg(long)]
    explain: bool,
    /// Instead of the output, say which places no row names, which rows gave nothing, which codes stand in no table.
    #[arg(long)]
    coverage: bool,
    /// How explanation and coverage are written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// The configuration folder beside or above which schemas and mappings are looked for; else the working folder.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// The folder into which the contents go that rows with `blob` take out of the input: attachments, files of forms.
    /// Each is named by its SHA-256.
    #[arg(long, value_name = "DIR")]
    contents: Option<PathBuf>,
    #[command(flatten)]
    standards: Standards,
    /// The file to map, or `-` for standard input.
    #[arg(value_name = "INPUT", default_value = "-")]
    input: PathBuf,
}

/// The mappings at both ends; where one is missing, canonical JSON stands.
struct Ends {
    from: Option<Arc<Mapping>>,
    to: Option<Arc<Mapping>>,
}

/// What reading came to.
struct Read {
    documents: Vec<Valid>,
    /// What rows with `blob` took out of the input.
    contents: Vec<Content>,
}

/// What the mapping at the other end made of each document; without one the documents are the output.
type Written = Option<Vec<Vec<u8>>>;

/// Maps.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    match map(arguments) {
        Ok(exit) => exit,
        Err(fault) => fault.end(),
    }
}

fn map(arguments: &Arguments) -> Result<Exit, Fault> {
    let mut findings = Findings::default();
    let names = std::iter::once(arguments.mapping.as_str()).chain(arguments.to.as_deref());
    let places = given::places(names, arguments.config.as_deref(), &mut findings).with(&arguments.standards.folders);
    let mut library = Library::open(&places, &mut findings);
    let ends = ends(arguments, &mut library, &mut findings)?;
    let Some(either) = ends.from.as_ref().or(ends.to.as_ref()) else {
        return Ok(Exit::Ok);
    };
    let schema = given::schema(library.schemas(), either)?;
    let input = given::input(&arguments.input)?;
    let mut worker = Worker::default();
    if arguments.coverage {
        worker.watch();
    }
    let name = given::name(&arguments.input);
    let rejected = |rejection| Fault::Rejected(name.clone(), Box::new(rejection));
    let mapped = read(&ends, schema, &input, &mut worker).and_then(|read| {
        let explanation = if arguments.explain {
            explained::of(&ends, &input, &read.documents, &worker)?
        } else {
            explained::Explanation::default()
        };
        // A document of 100 MB, and what was met in it, is not needed any more while it is written.
        drop(input);
        if !arguments.coverage {
            worker = Worker::default();
        }
        Ok((write(&ends, &read.documents, &mut worker)?, read, explanation))
    });
    match mapped {
        Ok((written, read, explanation)) => {
            contents::hand_out(arguments.contents.as_deref(), &read.contents).map_err(Fault::Usage)?;
            if arguments.explain || arguments.coverage {
                terminal::data(&report(arguments, &ends, &explanation, &mut worker));
                return Ok(Exit::Ok);
            }
            match written {
                Some(files) => files.iter().for_each(|file| terminal::data(file)),
                None => terminal::documents(read.documents.iter().map(Valid::tree)),
            }
            Ok(Exit::Ok)
        }
        Err(rejection) => {
            // Which rows gave nothing is worth knowing of a rejected document too.
            if arguments.coverage {
                terminal::data(&report(
                    arguments,
                    &ends,
                    &explained::Explanation::default(),
                    &mut worker,
                ));
            }
            Err(rejected(rejection))
        }
    }
}

/// The mappings at both ends, which can do what is asked of them.
fn ends(arguments: &Arguments, library: &mut Library, findings: &mut Findings) -> Result<Ends, Fault> {
    let one = given::mapping(library, &arguments.mapping, findings)?;
    let other = match &arguments.to {
        Some(name) => Some(given::mapping(library, name, findings)?),
        None => None,
    };
    let ends = if arguments.reverse {
        Ends {
            from: other,
            to: Some(one),
        }
    } else {
        Ends {
            from: Some(one),
            to: other,
        }
    };
    if let Some(from) = &ends.from {
        given::reads(from)?;
    }
    if let Some(to) = &ends.to {
        given::writes(to)?;
    }
    if let (Some(from), Some(to)) = (&ends.from, &ends.to) {
        given::fit(from, to)?;
    }
    Ok(ends)
}

/// The canonical documents.
fn read(ends: &Ends, schema: &Schema, input: &[u8], worker: &mut Worker) -> Result<Read, Rejection> {
    let (documents, contents) = match &ends.from {
        Some(from) => given::read_whole(from, schema, input, worker)?,
        None => (given::canonical(schema, input)?, Vec::new()),
    };
    Ok(Read { documents, contents })
}

/// What is made of the canonical documents.
fn write(ends: &Ends, documents: &[Valid], worker: &mut Worker) -> Result<Written, Rejection> {
    let Some(to) = &ends.to else {
        return Ok(None);
    };
    let time = given::now();
    let roots = documents.iter().filter_map(|document| document.tree().root());
    let files = roots.map(|root| to.write(root, &given::dry_facts(&time), worker));
    files.collect::<Result<_, _>>().map(Some)
}

/// What was asked for instead of the output.
fn report(arguments: &Arguments, ends: &Ends, explanation: &explained::Explanation, worker: &mut Worker) -> Vec<u8> {
    let mut coverage = Vec::new();
    if arguments.coverage {
        coverage.extend(ends.from.as_ref().map(|from| (worker.take_coverage(from), false)));
        coverage.extend(ends.to.as_ref().map(|to| (worker.take_coverage(to), true)));
    }
    let mut out = String::new();
    match arguments.output {
        Output::Table => {
            if arguments.explain {
                out.push_str(&explanation.table());
            }
            for (coverage, written) in &coverage {
                out.push_str(&covered::table(coverage, *written));
            }
        }
        Output::Json => {
            let mut whole = serde_json::Map::new();
            if arguments.explain {
                whole.extend(explanation.json());
            }
            if arguments.coverage {
                let all = coverage
                    .iter()
                    .map(|(coverage, written)| covered::json(coverage, *written));
                whole.insert("coverage".to_owned(), all.collect());
            }
            out = format!("{:#}\n", serde_json::Value::Object(whole));
        }
    }
    out.into_bytes()
}
