// SPDX-License-Identifier: EUPL-1.2
//! What the commands that map have in common: mappings by id or file, documents, and how they end when something is
//! wrong with them.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use hub_mapping::{Content, Facts, Mapping, ReadOutput, Worker, json};
use hub_message::{Place, Rejection, Timestamp, Tree};
use hub_schema::{Schema, Schemas, Valid};

use super::{explain, rejected};
use crate::config::library::{Library, Places};
use crate::config::{self, Findings};
use crate::exit::Exit;
use crate::terminal;

/// Something follows the end of a JSON document: perhaps another document.
const TRAILING: &str = "AH-J105";

/// Why a command cannot do what it was asked to.
pub(crate) enum Fault {
    /// The command makes no sense; a sentence says why.
    Usage(String),
    /// Mappings or schemas do not load.
    Files(Findings),
    /// The input of this name was rejected.
    Rejected(String, Box<Rejection>),
}

impl Fault {
    /// Says it, and gives the exit code.
    pub(crate) fn end(self) -> Exit {
        match self {
            Self::Usage(text) => {
                terminal::message(&format!("error: {text}"));
                Exit::Usage
            }
            Self::Files(findings) => {
                terminal::findings(&findings.render());
                explain::point(findings.sorted().into_iter().map(|finding| &finding.code));
                Exit::Configuration
            }
            Self::Rejected(input, rejection) => {
                terminal::findings(&rejected::render(&input, &rejection));
                explain::point(std::iter::once(&*rejection).chain(&rejection.also).map(|one| &one.code));
                Exit::Findings
            }
        }
    }
}

/// Where schemas and mappings are: by the configuration, else from the working folder upward, else from the folder of
/// the file of one of `names` upward.
pub(crate) fn places<'n>(
    names: impl IntoIterator<Item = &'n str>,
    config: Option<&Path>,
    findings: &mut Findings,
) -> Places {
    if let Some(folder) = config {
        return config::places(folder, findings);
    }
    let here = Places::from(Path::new(""));
    if here.schemas.is_dir() {
        return here;
    }
    let mut files = names.into_iter().map(Path::new).filter(|file| file.exists());
    let folder = files.find_map(|path| if path.is_dir() { Some(path) } else { path.parent() });
    folder.map_or(here, Places::from)
}

/// The mapping of this id, or in this file.
pub(crate) fn mapping(library: &mut Library, name: &str, findings: &mut Findings) -> Result<Arc<Mapping>, Fault> {
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

/// Whether a mapping reads, in a sentence if not.
pub(crate) fn reads(mapping: &Mapping) -> Result<(), Fault> {
    if mapping.reads() {
        return Ok(());
    }
    Err(Fault::Usage(format!("mapping `{}` does not read", mapping.id())))
}

/// Whether a mapping writes, in a sentence if not.
pub(crate) fn writes(mapping: &Mapping) -> Result<(), Fault> {
    if mapping.writes() {
        return Ok(());
    }
    Err(Fault::Usage(format!("mapping `{}` does not write", mapping.id())))
}

/// Whether what one mapping reads the other one writes, in a sentence if not.
pub(crate) fn fit(from: &Mapping, to: &Mapping) -> Result<(), Fault> {
    if from.canonical() == to.canonical() {
        return Ok(());
    }
    Err(Fault::Usage(format!(
        "`{}` makes `{}`, `{}` writes `{}`: they have no canonical document in common",
        from.id(),
        from.canonical(),
        to.id(),
        to.canonical()
    )))
}

/// The canonical schema of a mapping.
pub(crate) fn schema<'s>(schemas: &'s Schemas, mapping: &Mapping) -> Result<&'s Schema, Fault> {
    let id = mapping.canonical();
    schemas
        .get(id)
        .ok_or_else(|| Fault::Usage(format!("there is no schema `{id}`")))
}

/// The canonical documents of a file, each valid by its schema.
pub(crate) fn read(
    mapping: &Mapping,
    schema: &Schema,
    input: &[u8],
    worker: &mut Worker,
) -> Result<Vec<Valid>, Rejection> {
    read_whole(mapping, schema, input, worker).map(|(documents, _)| documents)
}

/// The canonical documents of a file, and the contents that rows with `blob` took out of it.
pub(crate) fn read_whole(
    mapping: &Mapping,
    schema: &Schema,
    input: &[u8],
    worker: &mut Worker,
) -> Result<(Vec<Valid>, Vec<Content>), Rejection> {
    let ReadOutput { documents, contents } = mapping.read_whole(input, worker)?;
    let (valid, faults) = validate(schema, documents);
    match mapping.blame(faults, input, worker) {
        Some(rejection) => Err(rejection),
        None => Ok((valid, contents.into_iter().flatten().collect())),
    }
}

/// The canonical documents that stand in a JSON file, one behind the other, each valid by its schema.
pub(crate) fn canonical(schema: &Schema, input: &[u8]) -> Result<Vec<Valid>, Rejection> {
    let (valid, faults) = validate(schema, documents(input)?);
    match Rejection::all(faults.into_iter().map(|(_, fault)| fault).collect()) {
        Some(rejection) => Err(rejection),
        None => Ok(valid),
    }
}

fn validate(schema: &Schema, trees: Vec<Tree>) -> (Vec<Valid>, Vec<(usize, Rejection)>) {
    let (mut valid, mut faults) = (Vec::new(), Vec::new());
    for (number, tree) in trees.into_iter().enumerate() {
        match schema.validate(tree) {
            Ok(document) => valid.push(document),
            Err(fault) => faults.push((number, fault)),
        }
    }
    (valid, faults)
}

/// JSON documents one behind the other, as `amtshub map` writes them.
fn documents(input: &[u8]) -> Result<Vec<Tree>, Rejection> {
    let first = match json::parse(input) {
        Ok(tree) => return Ok(vec![tree]),
        Err(rejection) => rejection,
    };
    let Some(text) = std::str::from_utf8(input)
        .ok()
        .filter(|_| first.code.as_str() == TRAILING)
    else {
        return Err(first);
    };
    let mut found = Vec::new();
    let raw = serde_json::Deserializer::from_str(text).into_iter::<&serde_json::value::RawValue>();
    for one in raw {
        let Ok(one) = one else {
            return Err(first);
        };
        let start = one.get().as_ptr() as usize - text.as_ptr() as usize;
        let tree = json::parse(one.get().as_bytes()).map_err(|mut rejection| {
            let from = Place::of(input, start);
            rejection.place = rejection.place.map(|place| behind(from, place));
            rejection
        })?;
        found.push(tree);
    }
    Ok(found)
}

/// A place that is counted from another one.
fn behind(from: Place, place: Place) -> Place {
    let same_line = place.line == 1;
    Place {
        line: from.line + place.line - 1,
        column: if same_line {
            from.column + place.column - 1
        } else {
            place.column
        },
    }
}

/// What a dry run knows beside the document; the time is that of the computer.
pub(crate) fn dry_facts(time: &str) -> Facts<'_> {
    Facts {
        message_id: "00000000000000000000000000000000",
        message_time: time,
        site_name: "Musterstadt",
        case: None,
    }
}

/// The time for a dry run.
pub(crate) fn now() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(now.as_millis() as i64).to_string()
}

/// How an input is called in messages.
pub(crate) fn name(input: &Path) -> String {
    if input == Path::new("-") {
        return "standard input".to_owned();
    }
    input.display().to_string()
}

/// The bytes of a file, or of standard input.
pub(crate) fn input(path: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |fault| Fault::Usage(format!("{}: {fault}", name(path)));
    if path != Path::new("-") {
        return std::fs::read(path).map_err(failed);
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(failed)
}

/// The files that are named, and those below the folders that are named, sorted; hidden ones are left out.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut findings = Findings::default();
            let mut below = config::folder::files_below(path, "", &mut findings);
            if findings.errors() > 0 {
                return Err(Fault::Files(findings));
            }
            found.append(&mut below);
        } else if path.is_file() {
            found.push(path.clone());
        } else {
            let text = format!("{}: there is no such file or folder", path.display());
            return Err(Fault::Usage(text));
        }
    }
    if found.is_empty() {
        return Err(Fault::Usage("there are no files".to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_stand_one_behind_the_other() {
        let found = |text: &str| match documents(text.as_bytes()) {
            Ok(trees) => trees.iter().map(Tree::to_json).collect::<Vec<_>>().join(" "),
            Err(rejection) => format!("{} {}", rejection.code, rejection.place.unwrap()),
        };
        assert_eq!(found("{\"a\": 1}\n"), "{\"a\":1}");
        assert_eq!(found("{\"a\": 1}\n{\n}\n[2]"), "{\"a\":1} {} [2]");
        assert_eq!(found("{} {\"a\":1,\n \"a\":2}"), "AH-J102 2:2");
        assert_eq!(found("{} {\"a\":1,\"a\":2}"), "AH-J102 1:11");
        assert_eq!(found("{} x"), "AH-J105 1:4");
    }
}
