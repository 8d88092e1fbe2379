// SPDX-License-Identifier: EUPL-1.2
//! The state folder: ledger, the hub's last welcome, the pause flag. All of mode 0600, for the welcome holds secrets.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hub_message::Welcome;

/// The state folder of one connector.
#[derive(Debug, Clone)]
pub(crate) struct StateFolder(PathBuf);

impl StateFolder {
    /// Opens the folder, or makes it for this user alone.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Ok(Self(path.to_owned()))
    }

    /// Where the ledger stands.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.join("ledger.redb")
    }

    /// The hub's last welcome; `None` when there is none that can be read.
    pub(crate) fn welcome(&self) -> Option<Welcome> {
        let json = fs::read(self.0.join("welcome.json")).ok()?;
        serde_json::from_slice(&json).ok()
    }

    /// Keeps a welcome for the time when the hub is away.
    pub(crate) fn keep_welcome(&self, welcome: &Welcome) -> io::Result<()> {
        let json = serde_json::to_vec(welcome).map_err(io::Error::other)?;
        self.write("welcome.json", &json)
    }

    /// Whether a person paused the connector; a restart does not forget it.
    pub(crate) fn is_paused(&self) -> bool {
        self.0.join("paused").exists()
    }

    /// Keeps the pause.
    pub(crate) fn keep_paused(&self, paused: bool) -> io::Result<()> {
        if paused {
            return self.write("paused", b"");
        }
        match fs::remove_file(self.0.join("paused")) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Whole or not at all: written beside, fsynced, renamed.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let beside = self.0.join(format!("{name}.new"));
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, self.0.join(name))?;
        fs::File::open(&self.0)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_last_welcome_and_the_pause_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::open(&folder.path().join("a/b")).unwrap();
        assert!(state.welcome().is_none() && !state.is_paused());
        let welcome: Welcome = serde_json::from_value(serde_json::json!({
            "connector": "inbox", "config": {"a": 1}, "config_digest": "0".repeat(64),
            "types": ["scan.sidecar.1"], "inline_bytes_max": 1, "document_bytes_max": 2,
        }))
        .unwrap();
        state.keep_welcome(&welcome).unwrap();
        assert_eq!(state.welcome(), Some(welcome));
        let mode = fs::metadata(folder.path().join("a/b/welcome.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        state.keep_paused(true).unwrap();
        assert!(state.is_paused());
        state.keep_paused(false).unwrap();
        state.keep_paused(false).unwrap();
        assert!(!state.is_paused());
    }
}
