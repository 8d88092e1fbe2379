// SPDX-License-Identifier: EUPL-1.2
//! How far a table has been read, in a file that outlives the process. A cursor is good for its table and order alone.

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
    order: Digest,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    order: Digest,
    cursor: Vec<String>,
}

impl CursorFile {
    /// The file of this name; the folder is made for this user alone.
    pub(crate) fn open(folder: &Path, name: &str, order: &str) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            name: format!("{name}.json"),
            order: Digest::of(order.as_bytes()),
        })
    }

    /// The cursor; `None` when nothing was kept for this order.
    pub(crate) fn read(&self) -> io::Result<Option<Vec<String>>> {
        let json = match fs::read(self.folder.join(&self.name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            json => json?,
        };
        let kept: Kept = serde_json::from_slice(&json)?;
        Ok((kept.order == self.order).then_some(kept.cursor))
    }

    /// Keeps the cursor, whole or not at all: written beside, fsynced, renamed.
    pub(crate) fn write(&self, cursor: &[String]) -> io::Result<()> {
        let json = serde_json::to_vec(&Kept {
            order: self.order.clone(),
            cursor: cursor.to_vec(),
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
    fn a_cursor_is_kept_for_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let open = |order| CursorFile::open(&folder.path().join("a/b"), "list", order).unwrap();
        let file = open("a");
        assert_eq!(file.read().unwrap(), None);
        file.write(&["17".to_owned()]).unwrap();
        file.write(&["18".to_owned()]).unwrap();
        assert_eq!(open("a").read().unwrap(), Some(vec!["18".to_owned()]));
        assert_eq!(open("b").read().unwrap(), None);
        let path = folder.path().join("a/b/list.json");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "{").unwrap();
        assert!(file.read().is_err());
    }
}
