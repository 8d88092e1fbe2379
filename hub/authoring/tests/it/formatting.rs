// SPDX-License-Identifier: EUPL-1.2
//! Shipped files say the same after formatting.

use std::path::{Path, PathBuf};

use hub_authoring::format::{Kind, format};

fn files(folder: &Path, end: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, end, found);
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
}

/// Every mapping of the checkout and every file of the demonstration town.
fn shipped() -> Vec<(PathBuf, String, Kind)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    files(&root.join("mappings"), ".map.toml", &mut found);
    files(&root.join("tests/mappings"), ".map.toml", &mut found);
    let mappings = found.len();
    files(&root.join("deploy/demo/config"), ".toml", &mut found);
    assert!(mappings > 5 && found.len() > mappings + 5, "the checkout is not whole");
    let kinds = (0..).map(|n| {
        if n < mappings {
            Kind::Mapping
        } else {
            Kind::Configuration
        }
    });
    let read = |path: PathBuf, kind| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text, kind)
    };
    found
        .into_iter()
        .zip(kinds)
        .map(|(path, kind)| read(path, kind))
        .collect()
}

#[test]
fn shipped_files_say_the_same_afterwards() {
    for (path, text, kind) in shipped() {
        let formatted = format(&text, kind).unwrap();
        assert_eq!(
            format(&formatted, kind).as_deref(),
            Ok(formatted.as_str()),
            "{}",
            path.display()
        );
        // Another parser is asked, one that knows nothing of spelling.
        // Rows may have got spaces.
        let values = |text: &str| format!("{:?}", text.parse::<toml::Table>().unwrap()).replace(' ', "");
        assert_eq!(values(&text), values(&formatted), "{}", path.display());
    }
}
