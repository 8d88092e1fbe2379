// SPDX-License-Identifier: EUPL-1.2
//! Fixtures and the texts that are expected of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hub_mapping::{Beside, XsdFile, XsdMissing};
use hub_schema::{Schema, SchemaFile, Schemas};

/// The folder of the fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of fixtures")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found
}

/// The name of a file.
pub(crate) fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// The code that a fixture is for, by its name: `AH-M102-unknown-field.map.toml`.
pub(crate) fn code_of(name: &str) -> Option<String> {
    let mut parts = name.split('-');
    let (area, number) = (parts.next()?, parts.next()?);
    (area == "AH").then(|| format!("AH-{}", number.split('.').next().unwrap_or_default()))
}

/// Holds `found` against the text in `file`, or writes it there.
pub(crate) fn compare(file: &Path, found: &str, failures: &mut Vec<String>) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, found).unwrap();
        return;
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected != found {
        failures.push(format!("{}\n--- expected\n{expected}--- found\n{found}", name(file)));
    }
}

/// Fails with everything that differs.
pub(crate) fn settle(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} fixtures differ; BLESS=1 writes what is found\n\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The canonical schema of the fixtures.
pub(crate) fn schema() -> Schemas {
    let file = fixtures().join("schemas/sample/1.schema.json");
    let made = Schemas::load(vec![SchemaFile {
        id: "sample/1".parse().unwrap(),
        file: file.display().to_string(),
        text: fs::read_to_string(&file).unwrap(),
    }]);
    made.unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The schema that a mapping of the fixtures names.
pub(crate) fn sample(schemas: &Schemas) -> &Schema {
    schemas.get(&"sample/1".parse().unwrap()).unwrap()
}

/// Runs `with` the surroundings of a mapping in this folder: tables beside it, XML schemas in `xsd`.
pub(crate) fn beside<T>(folder: &Path, with: impl FnOnce(Beside<'_>) -> T) -> T {
    with(Beside {
        file: &|name| fs::read_to_string(folder.join(name)).ok(),
        schema: &|wanted| {
            let path = folder.join("xsd").join(wanted.reference);
            match fs::read(&path) {
                Ok(bytes) => Ok(XsdFile {
                    file: format!("xsd/{}", wanted.reference),
                    bytes,
                }),
                Err(_) => Err(XsdMissing {
                    looked_in: vec!["xsd".to_owned()],
                    several: Vec::new(),
                }),
            }
        },
    })
}

/// The codes in the sources of this crate for which `belongs` holds, apart from tests.
pub(crate) fn codes_in_sources(belongs: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = name(&path);
            if path.is_dir() && !["corpus", "trials"].contains(&name.as_str()) {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !["tests.rs", "trials.rs", "corpus.rs"].contains(&name.as_str())
            {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let codes = code.split("\"AH-").skip(1).filter_map(|rest| rest.split_once('"'));
                let codes =
                    codes.filter(|(number, _)| number.len() > 1 && number.bytes().all(|b| b.is_ascii_alphanumeric()));
                found.extend(
                    codes
                        .map(|(number, _)| format!("AH-{number}"))
                        .filter(|code| belongs(code)),
                );
            }
        }
    }
    found
}
