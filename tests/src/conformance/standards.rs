// SPDX-License-Identifier: EUPL-1.2
//! The published XSDs, by path: xdomea among the data, UBL and CII where `prepare_standards` puts them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use hub_mapping::{Wanted, XsdFile, XsdMissing};

/// Where the sets are, and the file of each that mappings name.
const SETS: &[(&str, &str)] = &[
    ("UBL-Invoice-2.1.xsd", "ubl-2.1/maindoc"),
    ("UBL-CreditNote-2.1.xsd", "ubl-2.1/maindoc"),
    ("CrossIndustryInvoice_100pD22B.xsd", "cii-d22b"),
];

/// The folders of published schemas.
pub(super) struct Standards {
    tools: PathBuf,
    data: PathBuf,
}

impl Standards {
    /// Those of a checkout and of the published data.
    pub(super) fn of(root: &Path, data: &Path) -> anyhow::Result<Self> {
        let made = Self {
            tools: root.join(".tools/standards"),
            data: data.to_path_buf(),
        };
        for (name, _) in SETS {
            ensure!(
                made.file(name).is_file(),
                "{} is missing: run `tests/conformance`, which fetches it",
                made.file(name).display()
            );
        }
        Ok(made)
    }

    /// The file of a schema that a mapping names.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        match SETS.iter().find(|(known, _)| *known == name) {
            Some((_, folder)) => self.tools.join(folder).join(name),
            None => self.data.join("xdomea/schemas-3.0.0").join(name),
        }
    }

    /// Finds a schema file for loading: what refers to another is looked for from its own folder.
    pub(super) fn find(&self, wanted: Wanted<'_>) -> Result<XsdFile, XsdMissing> {
        let file = self.file(wanted.reference);
        self.find_from(file.parent().unwrap_or(Path::new("")), wanted)
    }

    /// The same; what a mapping names lies in `folder`.
    #[allow(clippy::unused_self, reason = "it is a way of finding like the other")]
    pub(super) fn find_from(&self, folder: &Path, wanted: Wanted<'_>) -> Result<XsdFile, XsdMissing> {
        let path = match wanted.from.map(Path::new).and_then(Path::parent) {
            Some(own) => own.join(wanted.reference),
            None => folder.join(wanted.reference),
        };
        let missing = || XsdMissing {
            looked_in: vec![path.display().to_string()],
            several: Vec::new(),
        };
        let path = path.canonicalize().map_err(|_| missing())?;
        match fs::read(&path) {
            Ok(bytes) => Ok(XsdFile {
                file: path.display().to_string(),
                bytes,
            }),
            Err(_) => Err(missing()),
        }
    }
}
