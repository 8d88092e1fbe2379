// SPDX-License-Identifier: EUPL-1.2
//! One of the two mappings that are compared, with the schemas that stand beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_schema::Schema;

use crate::command::given::{self, Fault};
use crate::config::library::{Library, Places};
use crate::config::{Findings, folder};

/// A mapping and its schemas.
pub(super) struct Side {
    library: Library,
    pub(super) mapping: Arc<Mapping>,
}

impl Side {
    /// Opens a mapping by its id, its file, or the folder that holds it. A folder may bring its own schemas.
    pub(super) fn open(
        name: &str,
        choice: Option<&str>,
        places: &Places,
        findings: &mut Findings,
    ) -> Result<Self, Fault> {
        let path = Path::new(name);
        if path.is_dir() {
            return Self::in_folder(path, choice, places, findings);
        }
        if path.is_file() {
            return Self::in_file(name, places, findings);
        }
        let mut library = Library::open(places, findings);
        let mapping = given::mapping(&mut library, name, findings)?;
        Ok(Self { library, mapping })
    }

    fn in_folder(folder: &Path, choice: Option<&str>, places: &Places, findings: &mut Findings) -> Result<Self, Fault> {
        let own = folder.join("schemas");
        let mut near = places.clone();
        if own.is_dir() {
            near.schemas = own;
        }
        let files = folder::files_below(folder, ".map.toml", findings);
        let mut fitting: Vec<(PathBuf, String)> = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if let Ok(header) = hub_mapping::header(&file.display().to_string(), &text)
                && choice.is_none_or(|choice| choice == header.id)
            {
                fitting.push((file, header.id));
            }
        }
        match fitting.as_slice() {
            [(file, _)] => Self::in_file(&file.display().to_string(), &near, findings),
            [] => Err(Fault::Usage(match choice {
                Some(choice) => format!("{}: there is no mapping `{choice}` in it", folder.display()),
                None => format!("{}: there is no mapping file (*.map.toml) in it", folder.display()),
            })),
            several => {
                let ids: Vec<&str> = several.iter().map(|(_, id)| id.as_str()).collect();
                let ids = ids.join(", ");
                let text = format!(
                    "{}: holds several mappings ({ids}); `--mapping` says which",
                    folder.display()
                );
                Err(Fault::Usage(text))
            }
        }
    }

    /// Both files may have the same id, so each gets a library of its own.
    fn in_file(file: &str, places: &Places, findings: &mut Findings) -> Result<Self, Fault> {
        let places = Places {
            schemas: places.schemas.clone(),
            // Nothing but the file itself.
            mappings: PathBuf::from(file),
            standards: places.standards.clone(),
        };
        let mut library = Library::open(&places, findings);
        let mapping = given::mapping(&mut library, file, findings)?;
        Ok(Self { library, mapping })
    }

    /// The canonical schema.
    pub(super) fn schema(&self) -> Result<&Schema, Fault> {
        given::schema(self.library.schemas(), &self.mapping)
    }
}
