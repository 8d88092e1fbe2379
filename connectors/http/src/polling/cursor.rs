// SPDX-License-Identifier: EUPL-1.2
//! How far an address has been read, in a file that outlives the process. A cursor is good for its address alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hub_message::Digest;
use serde::{Deserialize, Serialize};

/// The file with one cursor.
#[derive(Debug, Clone)]
pub(crate) struct CursorFile {
    folder: PathBuf,
    name: String,
    address: Digest,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    address: Digest,
    cursor: String,
}

impl CursorFile {
    /// The file of this name; the folder is made for this user alone.
    pub(crate) fn open(folder: &Path, name: &str, address: &str) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            name: format!("{name}.json"),
            address: Digest::of(address.as_bytes()),
        })
    }

    /// The cursor; `None` when nothing was kept for this address.
    pub(crate) fn read(&self) -> io::Result<Option<String>> {
        let json = match fs::read(self.folder.join(&self.name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            json => json?,
        };
        let kept: Kept = serde_json::from_slice(&json)?;
        Ok((kept.address == self.address).then_some(kept.cursor))
    }

    /// Keeps the cursor, whole or not at all: written beside, fsynced, renamed.
    pub(crate) fn write(&self, cursor: &str) -> io::Result<()> {
        let json = serde_json::to_vec(&Kept {
            address: self.address.clone(),
            cursor: cursor.to_owned(),
        })?;
        let beside = self.folder.join(format!("{}.new", self.name));
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(&json)?;
        file.sync_all()?;
        fs::rename(&beside, self.folder.join(&self.name))?;
        File::open(&self.folder)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_cursor_is_kept_for_its_address() {
        let folder = tempfile::tempdir().unwrap();
        let open = |address| CursorFile::open(&folder.path().join("a/b"), "list", address).unwrap();
        let file = open("https://a.example");
        assert_eq!(file.read().unwrap(), None);
        file.write("17").unwrap();
        file.write("18").unwrap();
        assert_eq!(open("https://a.example").read().unwrap().as_deref(), Some("18"));
        assert_eq!(open("https://b.example").read().unwrap(), None);
        let path = folder.path().join("a/b/list.json");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "{").unwrap();
        assert!(file.read().is_err());
    }
}
