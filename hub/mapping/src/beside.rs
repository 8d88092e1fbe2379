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

/// Finds a schema file. The error says where it was looked for.
pub type XsdLookup<'b> = dyn Fn(Wanted<'_>) -> Result<XsdFile, Vec<String>> + 'b;

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
        schema: &|_| Err(Vec::new()),
    };
}

impl fmt::Debug for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beside")
    }
}
