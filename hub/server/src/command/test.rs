// SPDX-License-Identifier: EUPL-1.2
//! `amtshub test`: runs the `[[test]]` blocks that stand in mapping files, without NATS.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_mapping::testing::{self, Surroundings, TestOutcome};
use hub_message::Tree;
use serde_json::{Value, json};

use super::explain;
use crate::cli::Output;
use crate::config::library::{Library, Places};
use crate::config::{Findings, folder};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Mapping files or folders of them; without any, the folder `mappings` here or above.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What came of the tests of one mapping file.
struct Tested {
    file: String,
    id: String,
    outcomes: Vec<TestOutcome>,
}

/// Tests. Results go to standard output, findings about files to standard error.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let mut findings = Findings::default();
    let start = arguments
        .paths
        .first()
        .map_or(Path::new(""), |path| if path.is_dir() { path } else { parent(path) });
    let here = Places::from(Path::new(""));
    let places = if here.schemas.is_dir() {
        here
    } else {
        Places::from(start)
    };
    let mut library = Library::open(&places, &mut findings);
    let ids = match ids(arguments, &places, &mut library, &mut findings) {
        Ok(ids) => ids,
        Err(text) => {
            terminal::message(&format!("error: {text}"));
            return Exit::Usage;
        }
    };
    let library = RefCell::new((library, findings));
    let tested: Vec<Tested> = ids.iter().filter_map(|id| test(&library, id)).collect();
    let (_, findings) = library.into_inner();
    match arguments.output {
        Output::Table => terminal::data(table(&tested).as_bytes()),
        Output::Json => terminal::data(format!("{:#}\n", as_json(&tested)).as_bytes()),
    }
    if !findings.is_empty() {
        terminal::findings(&findings.render());
        explain::point(findings.sorted().into_iter().map(|finding| &finding.code));
    }
    let failed = failures(&tested);
    let count: usize = tested.iter().map(|tested| tested.outcomes.len()).sum();
    terminal::message(&format!("{count} tests in {} mappings, {failed} failed", tested.len()));
    if failed > 0 || findings.errors() > 0 || tested.len() < ids.len() {
        Exit::Findings
    } else {
        Exit::Ok
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The mappings to test.
fn ids(
    arguments: &Arguments,
    places: &Places,
    library: &mut Library,
    findings: &mut Findings,
) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    let default = [places.mappings.clone()];
    let paths = if arguments.paths.is_empty() {
        &default
    } else {
        arguments.paths.as_slice()
    };
    for path in paths {
        if path.is_file() {
            files.push(path.clone());
        } else if path.is_dir() {
            files.extend(folder::files_below(path, ".map.toml", findings));
        } else {
            return Err(format!("{}: there is no such file or folder", path.display()));
        }
    }
    if files.is_empty() {
        return Err("there are no mapping files (*.map.toml)".to_owned());
    }
    let mut ids: Vec<String> = files
        .iter()
        .filter_map(|file| library.add_file(file, findings))
        .collect();
    ids.dedup();
    Ok(ids)
}

fn test(shared: &RefCell<(Library, Findings)>, id: &str) -> Option<Tested> {
    let load = |id: &str| -> Option<Arc<Mapping>> {
        let (library, findings) = &mut *shared.borrow_mut();
        library.load(id, findings)
    };
    let mapping = load(id)?;
    let (file, folder) = {
        let borrowed = shared.borrow();
        let (file, folder) = borrowed.0.file_of(id)?;
        (file.to_owned(), folder.to_path_buf())
    };
    let outcomes = testing::run(
        &mapping,
        &Surroundings {
            library: &load,
            file: &|name| beside(&folder, name),
            validate: &|tree| validate(&shared.borrow().0, &mapping, tree),
        },
    );
    Some(Tested {
        file,
        id: id.to_owned(),
        outcomes,
    })
}

/// A file that a test names, relative to its mapping's folder. Tests are the author's own files, so they may lie
/// elsewhere in the checkout.
fn beside(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let path = Path::new(name);
    let relative = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir));
    relative.then(|| std::fs::read(folder.join(path)).ok()).flatten()
}

fn validate(library: &Library, mapping: &Mapping, tree: &Tree) -> Result<(), String> {
    let schema = library
        .schemas()
        .get(mapping.canonical())
        .ok_or("its schema is not there")?;
    schema.validate(tree.clone()).map(|_| ()).map_err(|fault| {
        let all = std::iter::once(&fault).chain(&fault.also);
        all.map(ToString::to_string).collect::<Vec<_>>().join("; ")
    })
}

fn failures(tested: &[Tested]) -> usize {
    let outcomes = tested.iter().flat_map(|tested| &tested.outcomes);
    outcomes.filter(|outcome| outcome.failure.is_some()).count()
}

fn table(tested: &[Tested]) -> String {
    use std::fmt::Write;
    let width = tested.iter().map(|tested| tested.id.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for tested in tested {
        let failed = tested
            .outcomes
            .iter()
            .filter(|outcome| outcome.failure.is_some())
            .count();
        let count = tested.outcomes.len();
        let (word, what) = match (count, failed) {
            (0, _) => ("-   ", "no tests".to_owned()),
            (_, 0) => ("ok  ", format!("{count} tests")),
            (_, failed) => ("FAIL", format!("{failed} of {count} tests failed")),
        };
        let _ = writeln!(out, "{word}  {:width$}  {what}", tested.id);
        for outcome in &tested.outcomes {
            if let Some(failure) = &outcome.failure {
                let _ = writeln!(
                    out,
                    "      {}:{}: `{}`: {failure}",
                    tested.file, outcome.place, outcome.name
                );
            }
        }
    }
    out
}

fn as_json(tested: &[Tested]) -> Value {
    let list = tested.iter().map(|tested| {
        let tests = tested.outcomes.iter().map(|outcome| {
            json!({
                "name": outcome.name,
                "line": outcome.place.line,
                "ok": outcome.failure.is_none(),
                "failure": outcome.failure,
            })
        });
        json!({ "mapping": tested.id, "file": tested.file, "tests": tests.collect::<Vec<_>>() })
    });
    list.collect()
}
