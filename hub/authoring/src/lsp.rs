// SPDX-License-Identifier: EUPL-1.2
//! The language server: what an editor asks while somebody writes a mapping, answered from the loader itself, so that
//! an editor never says anything else than `amtshub check`.
//!
//! It works one message after the other: loading a mapping takes milliseconds. Of a file that was changed several times
//! only the newest text is loaded. What is answered while a file is half written comes from [`spot`], which needs no
//! TOML that parses.
//!
//! Invariant: files come from [`Surroundings`] and from what the editor holds open; open files count first.

mod ability;
mod aim;
mod complete;
mod describe;
mod diagnose;
mod fix;
mod goto;
mod hover;
mod outline;
mod place;
mod row;
mod scope;
mod server;
mod spot;
mod symbols;
mod takes;
mod text;
mod uri;
mod workspace;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use hub_mapping::{Wanted, XsdFile};
use hub_message::Finding;
use hub_schema::Schemas;
use lsp_server::Connection;

/// How the server gets at what lies around a file.
pub trait Surroundings {
    /// The content of a file.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;

    /// The files in a folder and below it.
    fn files(&self, folder: &Path) -> Vec<PathBuf>;

    /// The canonical schemas that hold for a file.
    fn schemas(&self, file: &Path) -> Rc<Schemas>;

    /// The file of a canonical schema.
    fn schema_file(&self, file: &Path, id: &str) -> Option<PathBuf>;

    /// The file of the mapping with this id.
    fn mapping_file(&self, file: &Path, id: &str) -> Option<PathBuf>;

    /// A file of an XML schema that a mapping names.
    fn xsd(&self, file: &Path, wanted: Wanted<'_>) -> Option<XsdFile>;

    /// What is wrong with the configuration that a file belongs to; nothing is started for it.
    fn configuration(&self, file: &Path) -> Vec<Finding>;

    /// Something was saved: what is remembered of files may be old.
    fn forget(&self);
}

/// Serves one editor over standard input and output until it says `exit` or closes its end. The result says whether
/// it took its leave as the protocol asks: `shutdown`, then `exit`.
pub fn serve(surroundings: &dyn Surroundings) -> bool {
    let (connection, threads) = Connection::stdio();
    let orderly = server::Server::new(surroundings).run(&connection);
    // The thread that writes ends when nobody can send to it any more.
    drop(connection);
    let written = threads.join();
    orderly && written.is_ok()
}
