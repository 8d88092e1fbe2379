// SPDX-License-Identifier: EUPL-1.2
//! `amtshub coverage`: many documents through one mapping. What is rejected and why, which places no row names, which
//! rows never give anything, which codes stand in no table.

use std::path::{Path, PathBuf};

use hub_mapping::provenance::{Corpus, Counting, Coverage};
use hub_mapping::{Mapping, Unmapped, Worker};
use hub_message::Rejection;
use hub_schema::Schema;

use super::covered;
use super::given::{self, Fault};
use crate::cli::Output;
use crate::config::Findings;
use crate::config::library::Library;
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 no document was rejected, 1 some were, 2 wrong usage, 3 the mapping does not load.\n\
                        Shows no values of documents, only paths, counts and codes of open fields."
)]
pub(crate) struct Arguments {
    /// The mapping: its id or its file.
    #[arg(long, value_name = "ID|FILE")]
    mapping: String,
    /// The documents are canonical JSON, and the mapping writes them.
    #[arg(long)]
    reverse: bool,
    /// The configuration folder beside or above which schemas and mappings are looked for; else the working folder.
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// How the result is written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// Files, or folders of them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

/// Counts.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let (corpus, coverage) = match count(arguments) {
        Ok(counted) => counted,
        Err(fault) => return fault.end(),
    };
    let written = arguments.reverse;
    match arguments.output {
        Output::Table => terminal::data(covered::corpus_table(&corpus, &coverage, written).as_bytes()),
        Output::Json => {
            let json = covered::corpus_json(&corpus, &coverage, written);
            terminal::data(format!("{json:#}\n").as_bytes());
        }
    }
    if corpus.rejected > 0 { Exit::Findings } else { Exit::Ok }
}

fn count(arguments: &Arguments) -> Result<(Corpus, Coverage), Fault> {
    let mut findings = Findings::default();
    let names = [arguments.mapping.as_str()];
    let places = given::places(names, arguments.config.as_deref(), &mut findings);
    let mut library = Library::open(&places, &mut findings);
    let mapping = given::mapping(&mut library, &arguments.mapping, &mut findings)?;
    if arguments.reverse {
        given::writes(&mapping)?;
    } else {
        given::reads(&mapping)?;
    }
    let mut counting = One {
        schema: given::schema(library.schemas(), &mapping)?,
        mapping: &mapping,
        reverse: arguments.reverse,
        worker: Worker::default(),
        time: given::now(),
    };
    counting.worker.watch();
    let mut all = Counting::default();
    for file in given::files(&arguments.paths)? {
        let (came_to, unmapped) = counting.file(&file)?;
        all.add(
            &file.display().to_string(),
            came_to.as_ref().map(|count| *count),
            unmapped,
        );
    }
    let coverage = counting.worker.take_coverage(&mapping);
    Ok((all.finish(), coverage))
}

/// One file after the other.
struct One<'m> {
    mapping: &'m Mapping,
    schema: &'m Schema,
    reverse: bool,
    worker: Worker,
    time: String,
}

impl One<'_> {
    /// How many documents a file comes to, and what in it no row names.
    fn file(&mut self, file: &Path) -> Result<(Result<usize, Rejection>, Vec<Unmapped>), Fault> {
        let input = given::input(file)?;
        let came_to = if self.reverse {
            self.write(&input)
        } else {
            given::read(self.mapping, self.schema, &input, &mut self.worker).map(|documents| documents.len())
        };
        Ok((came_to, self.worker.take_unmapped(self.mapping)))
    }

    fn write(&mut self, input: &[u8]) -> Result<usize, Rejection> {
        let documents = given::canonical(self.schema, input)?;
        for root in documents.iter().filter_map(|document| document.tree().root()) {
            let facts = given::dry_facts(&self.time);
            self.mapping.write(root, &facts, &mut self.worker)?;
        }
        Ok(documents.len())
    }
}
