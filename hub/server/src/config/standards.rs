// SPDX-License-Identifier: EUPL-1.2
//! XML schemas (XSD) of standards: found below the folders where administrators lay them down, set by set.
//!
//! Files of one set refer to each other, and sets share file names. So what a file refers to is looked for from that
//! file's own folder, and never in another set's.

use std::path::{Component, Path, PathBuf};

use hub_mapping::{Wanted, XsdFile, XsdMissing};

/// Folders below each other that are looked into.
const DEPTH_MAX: usize = 8;
/// Files that are looked at below one folder.
const FILES_MAX: usize = 20_000;

/// The options by which commands find schemas that are not installed.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Standards {
    /// A further folder with XML schemas (XSD) of standards; may be given several times.
    #[arg(long = "standards", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
}

/// Finds a file below the folders.
pub(crate) fn find(folders: &[PathBuf], wanted: Wanted<'_>) -> Result<XsdFile, XsdMissing> {
    let mut missing = XsdMissing::default();
    let found = match wanted.from {
        None => named(folders, wanted.reference, &mut missing),
        Some(from) => referred(folders, wanted.reference, Path::new(from), &mut missing),
    };
    let Some(path) = found else {
        return Err(missing);
    };
    let file = path.display().to_string();
    match std::fs::read(&path) {
        Ok(bytes) => Ok(XsdFile { file, bytes }),
        Err(fault) => {
            missing.looked_in.push(format!("{file} ({fault})"));
            Err(missing)
        }
    }
}

/// What a mapping names: a file, or the end of a path that tells it from others of its name.
fn named(folders: &[PathBuf], reference: &str, missing: &mut XsdMissing) -> Option<PathBuf> {
    let reference = inside(reference)?;
    for folder in folders {
        let direct = folder.join(reference);
        if direct.is_file() {
            return Some(tidied(&direct));
        }
        let mut found = Vec::new();
        below(folder, DEPTH_MAX, &mut FILES_MAX.clone(), &mut |path| {
            if path.ends_with(reference) {
                found.push(tidied(path));
            }
        });
        found.sort();
        match found.as_slice() {
            [] => missing.looked_in.push(folder.display().to_string()),
            [only] => return Some(only.clone()),
            several => {
                missing.several = several.iter().map(|path| path.display().to_string()).collect();
                return None;
            }
        }
    }
    None
}

/// What a schema file refers to.
fn referred(folders: &[PathBuf], reference: &str, from: &Path, missing: &mut XsdMissing) -> Option<PathBuf> {
    let folder = from.parent().unwrap_or(Path::new(""));
    let name = Path::new(reference).file_name()?;
    let is_schema = Path::new(name)
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xsd"));
    if !is_schema {
        missing
            .looked_in
            .push(format!("nothing, for `{reference}` is no .xsd file"));
        return None;
    }
    let mut candidates = Vec::new();
    if !reference.contains("://") {
        candidates.push(tidied(&folder.join(reference)));
    }
    // A set may be laid down flat, whatever its references say.
    candidates.push(tidied(&folder.join(name)));
    if let Some(found) = candidates.iter().find(|path| path.is_file()) {
        return Some(found.clone());
    }
    candidates.dedup();
    missing
        .looked_in
        .extend(candidates.iter().map(|path| path.display().to_string()));
    // A web address says nothing about folders: the file may lie anywhere in the same set.
    let set = folders
        .iter()
        .map(|folder| tidied(folder))
        .find(|root| from.starts_with(root));
    let set = set.filter(|_| reference.contains("://"))?;
    let mut found = Vec::new();
    below(&set, DEPTH_MAX, &mut FILES_MAX.clone(), &mut |path| {
        if path.file_name() == Some(name) {
            found.push(tidied(path));
        }
    });
    missing.looked_in.push(format!("{} and below", set.display()));
    match found.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

/// Walks over the files below a folder, hidden ones aside.
fn below(folder: &Path, depth: usize, left: &mut usize, each: &mut dyn FnMut(&Path)) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let Some(fewer) = left.checked_sub(1) else {
            return;
        };
        *left = fewer;
        let path = entry.path();
        // Links are not followed into folders, so that none leads in a circle.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => below(&path, depth, left, each),
            Ok(_) => each(&path),
            Err(_) => {}
        }
    }
}

/// A relative path that does not lead upward.
fn inside(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
        .then_some(path)
}

/// The path without `.` and `..`, so that one file has one name.
fn tidied(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(made.components().next_back(), Some(Component::Normal(_))) => {
                made.pop();
            }
            other => made.push(other),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with two sets that share file names.
    fn sets() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in [
            "a/main/Order-1.xsd",
            "a/common/types.xsd",
            "b/Order-2.xsd",
            "b/types.xsd",
            "b/deep/xml.xsd",
            "c/Order-1.xsd",
        ] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, file).unwrap();
        }
        folder
    }

    #[track_caller]
    fn check(roots: &[&str], reference: &str, from: Option<&str>, expected: Result<&str, usize>) {
        let folder = sets();
        let roots: Vec<PathBuf> = roots.iter().map(|root| folder.path().join(root)).collect();
        let from = from.map(|from| folder.path().join(from).display().to_string());
        let wanted = Wanted {
            reference,
            from: from.as_deref(),
        };
        let found = find(&roots, wanted);
        match (&found, expected) {
            (Ok(file), Ok(expected)) => assert_eq!(String::from_utf8_lossy(&file.bytes), expected),
            (Err(missing), Err(several)) => assert_eq!(missing.several.len(), several, "{missing:?}"),
            _ => panic!("{reference}: {found:?}"),
        }
    }

    #[test]
    fn what_a_mapping_names_is_found_in_the_first_folder_that_has_it() {
        check(&["a", "b"], "Order-1.xsd", None, Ok("a/main/Order-1.xsd"));
        check(&["b", "a"], "Order-1.xsd", None, Ok("a/main/Order-1.xsd"));
        check(&["a", "b"], "types.xsd", None, Ok("a/common/types.xsd"));
        check(&[""], "main/Order-1.xsd", None, Ok("a/main/Order-1.xsd"));
        check(&[""], "b/types.xsd", None, Ok("b/types.xsd"));
        check(&[""], "Order-1.xsd", None, Err(2));
        check(&["a"], "Order-3.xsd", None, Err(0));
        check(&["a"], "../b/types.xsd", None, Err(0));
    }

    #[test]
    fn what_a_schema_refers_to_is_found_from_its_own_folder() {
        check(
            &[""],
            "../common/types.xsd",
            Some("a/main/Order-1.xsd"),
            Ok("a/common/types.xsd"),
        );
        check(&[""], "types.xsd", Some("b/Order-2.xsd"), Ok("b/types.xsd"));
        check(&[""], "../common/types.xsd", Some("b/Order-2.xsd"), Ok("b/types.xsd"));
        check(&[""], "types.xsd", Some("c/Order-1.xsd"), Err(0));
        check(
            &["b"],
            "http://www.w3.org/2001/xml.xsd",
            Some("b/Order-2.xsd"),
            Ok("b/deep/xml.xsd"),
        );
        check(
            &["a"],
            "http://www.w3.org/2001/xml.xsd",
            Some("a/main/Order-1.xsd"),
            Err(0),
        );
        check(&["b"], "/etc/passwd", Some("b/Order-2.xsd"), Err(0));
    }
}
