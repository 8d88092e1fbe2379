// SPDX-License-Identifier: EUPL-1.2
//! What stands around a mapping file. Loading asks for it by name and never touches a disk itself.

use std::fmt;

/// A file of an XML schema (XSD), as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XsdFile {
    /// Its path. What it imports and includes is looked for in this path's folder first.
    pub file: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What is asked for when a schema is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'w> {
    /// As `[format] schema` or `schemaLocation` spells it: a file name, a relative path, a URL.
    pub reference: &'w str,
    /// [`XsdFile::file`] of the schema file that refers to it; `None` for what the mapping file itself names.
    pub from: Option<&'w str>,
}

/// Why there is no schema file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XsdMissing {
    /// Where it was looked for.
    pub looked_in: Vec<String>,
    /// The files of this name, where there are several and nothing says which is meant.
    pub several: Vec<String>,
}

/// Finds a schema file.
pub type XsdLookup<'b> = dyn Fn(Wanted<'_>) -> Result<XsdFile, XsdMissing> + 'b;

/// How loading gets at the files that a mapping names.
#[derive(Clone, Copy)]
pub struct Beside<'b> {
    /// The text of a file relative to the mapping's folder (`tables/*.csv`).
    pub file: &'b dyn Fn(&str) -> Option<String>,
    /// The files of `[format] schema`.
    pub schema: &'b XsdLookup<'b>,
}

impl Beside<'static> {
    /// A mapping file that stands alone.
    pub const NOTHING: Self = Self {
        file: &|_| None,
        schema: &|_| {
            Err(XsdMissing {
                looked_in: Vec::new(),
                several: Vec::new(),
            })
        },
    };
}

impl fmt::Debug for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside")
    }
}
