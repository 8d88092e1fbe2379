// SPDX-License-Identifier: EUPL-1.2
//! `amtshub test`: runs the `[[test]]` blocks that stand in mapping files, without NATS.

mod render;
mod rewrite;

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_mapping::Mapping;
use hub_mapping::provenance::Coverage;
use hub_mapping::testing::{Surroundings, TestOutcome, Tests};
use hub_message::Tree;

use crate::cli::Output;
use crate::config::library::{Library, Places};
use crate::config::standards::Standards;
use crate::config::{Findings, folder};
use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 all tests passed, 1 a test failed, a mapping does not load or too few of its rows \
                        were touched, 2 wrong usage."
)]
pub(crate) struct Arguments {
    /// Mapping files or folders of them; without any, the folder `mappings` here or above.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only the tests whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Bring `equals`, `equals_text` and `expect` up to date with what the mappings make, and show what changes.
    #[arg(long)]
    update: bool,
    /// List the rows that no test touched.
    #[arg(long)]
    coverage: bool,
    /// Fail when the tests of a mapping touch less than this share of its rows.
    #[arg(long, value_name = "PERCENT", conflicts_with = "filter")]
    min_coverage: Option<u8>,
    /// Also write the results to this file, as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    standards: Standards,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// What came of the tests of one mapping file.
struct Tested {
    id: String,
    file: String,
    folder: PathBuf,
    text: String,
    /// Each with the time it took.
    outcomes: Vec<(TestOutcome, Duration)>,
    /// Which rows were touched; `None`: the mapping does not load.
    coverage: Option<Coverage>,
}

impl Tested {
    fn failed(&self) -> usize {
        self.outcomes.iter().filter(|(outcome, _)| !outcome.passed()).count()
    }

    /// Whether its tests touch too few of its rows.
    fn too_few(&self, least: Option<u8>) -> bool {
        let share = self.coverage.as_ref().map(|coverage| coverage.both().percent());
        least
            .zip(share)
            .is_some_and(|(least, share)| share < usize::from(least))
    }
}

/// Tests. Results go to standard output, findings about files to standard error.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let mut run = run(arguments);
    if let (true, Ok((tested, _))) = (arguments.update, &run) {
        match rewrite::update(tested) {
            Ok(false) => {}
            Ok(true) => run = self::run(arguments),
            Err(text) => run = Err(text),
        }
    }
    let (tested, findings) = match run {
        Ok(done) => done,
        Err(text) => {
            terminal::message(&format!("error: {text}"));
            return Exit::Usage;
        }
    };
    match arguments.output {
        Output::Table => terminal::data(render::table(&tested, arguments.coverage).as_bytes()),
        Output::Json => terminal::data(format!("{:#}\n", render::json(&tested)).as_bytes()),
    }
    if !findings.is_empty() {
        terminal::findings(&findings.render());
    }
    if let Some(file) = &arguments.junit
        && let Err(fault) = std::fs::write(file, render::junit(&tested))
    {
        terminal::message(&format!("error: {}: {fault}", file.display()));
        return Exit::Usage;
    }
    judge(&tested, &findings, arguments.min_coverage)
}

fn judge(tested: &[Tested], findings: &Findings, least: Option<u8>) -> Exit {
    let failed: usize = tested.iter().map(Tested::failed).sum();
    let count: usize = tested.iter().map(|tested| tested.outcomes.len()).sum();
    let few: Vec<&Tested> = tested.iter().filter(|tested| tested.too_few(least)).collect();
    for tested in &few {
        let share = tested.coverage.as_ref().map_or(0, |coverage| coverage.both().percent());
        let least = least.unwrap_or_default();
        terminal::message(&format!(
            "{}: its tests touch {share} % of its rows, {least} % are demanded; `amtshub test --coverage` lists the others",
            tested.id
        ));
    }
    terminal::message(&format!("{count} tests in {} mappings, {failed} failed", tested.len()));
    let unloaded = tested.iter().any(|tested| tested.coverage.is_none());
    if failed > 0 || findings.errors() > 0 || unloaded || !few.is_empty() {
        Exit::Findings
    } else {
        Exit::Ok
    }
}

/// Runs the tests of the mappings that were asked for.
fn run(arguments: &Arguments) -> Result<(Vec<Tested>, Findings), String> {
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
    let places = places.with(&arguments.standards.folders);
    let mut library = Library::open(&places, &mut findings);
    let ids = ids(arguments, &places, &mut library, &mut findings)?;
    let library = RefCell::new((library, findings));
    let tested = ids
        .iter()
        .filter_map(|id| test(&library, id, arguments.filter.as_deref()));
    let tested = tested.collect();
    Ok((tested, library.into_inner().1))
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

fn test(shared: &RefCell<(Library, Findings)>, id: &str, filter: Option<&str>) -> Option<Tested> {
    let load = |id: &str| -> Option<Arc<Mapping>> {
        let (library, findings) = &mut *shared.borrow_mut();
        library.load(id, findings)
    };
    let mapping = load(id);
    let mut tested = {
        let library = &shared.borrow().0;
        let (file, folder) = library.file_of(id)?;
        Tested {
            id: id.to_owned(),
            file: file.to_owned(),
            folder: folder.to_path_buf(),
            text: library.text_of(id)?.to_owned(),
            outcomes: Vec::new(),
            coverage: None,
        }
    };
    let Some(mapping) = mapping else {
        return Some(tested);
    };
    let around = Surroundings {
        library: &load,
        file: &|name| beside(&tested.folder, name),
        validate: &|tree| validate(&shared.borrow().0, &mapping, tree),
    };
    let mut tests = Tests::new(&mapping, &around);
    let mut outcomes = Vec::new();
    for (index, name) in tests.names().enumerate() {
        if filter.is_some_and(|filter| !name.to_lowercase().contains(&filter.to_lowercase())) {
            continue;
        }
        let begun = Instant::now();
        let outcome = tests.run(index);
        outcomes.extend(outcome.map(|outcome| (outcome, begun.elapsed())));
    }
    let coverage = tests.coverage();
    tested.outcomes = outcomes;
    tested.coverage = Some(coverage);
    Some(tested)
}

/// Where a file lies that a test names, relative to its mapping's folder. Tests are the author's own files, so they may
/// lie elsewhere in the checkout.
fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let relative = path
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir));
    relative.then(|| folder.join(path))
}

fn beside(folder: &Path, name: &str) -> Option<Vec<u8>> {
    std::fs::read(place(folder, name)?).ok()
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
