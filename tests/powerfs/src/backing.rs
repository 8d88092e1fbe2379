// SPDX-License-Identifier: EUPL-1.2
//! Reads a folder into a tree: what the disk holds at the beginning.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::tree::{Attributes, Ino, Kind, ROOT, Tree};

/// The folder with all that is below it, durable.
pub(crate) fn read(folder: &Path) -> io::Result<Tree> {
    let mut tree = Tree::new(attributes(&folder.metadata()?));
    let mut folders = vec![(folder.to_path_buf(), ROOT)];
    while let Some((path, ino)) = folders.pop() {
        for entry in std::fs::read_dir(&path)? {
            let entry = entry?;
            if let Some(made) = read_one(&mut tree, ino, &entry)? {
                folders.push((entry.path(), made));
            }
        }
    }
    tree.sync_all();
    Ok(tree)
}

/// Reads one entry; its number when it is a folder.
fn read_one(tree: &mut Tree, folder: Ino, entry: &std::fs::DirEntry) -> io::Result<Option<Ino>> {
    let metadata = entry.metadata()?;
    let kind = if metadata.is_dir() {
        Kind::Folder
    } else if metadata.is_symlink() {
        Kind::Link(std::fs::read_link(entry.path())?.into())
    } else if metadata.is_file() {
        Kind::file(&std::fs::read(entry.path())?)
    } else {
        return Ok(None);
    };
    let is_folder = matches!(kind, Kind::Folder);
    let made = tree
        .make(folder, &entry.file_name(), kind, attributes(&metadata))
        .map_err(io::Error::other)?;
    Ok(is_folder.then_some(made))
}

fn attributes(metadata: &std::fs::Metadata) -> Attributes {
    let modified = metadata.modified().unwrap_or(std::time::UNIX_EPOCH);
    Attributes::new(metadata.mode(), metadata.uid(), metadata.gid(), modified)
}
