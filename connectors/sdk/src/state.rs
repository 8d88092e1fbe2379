// SPDX-License-Identifier: EUPL-1.2
//! The state folder: ledger, the hub's last welcome, the pause flag. All of mode 0600, for the welcome holds secrets.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hub_message::{Pause, Welcome};

use crate::intake::MessageKey;

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

    /// The key of the message ids: derived from the first seed that this connector had, and kept, so that a record which
    /// was sent before its nkey was replaced is the same message after it.
    pub(crate) fn message_key(&self, seed: &[u8]) -> io::Result<MessageKey> {
        let name = "message.key";
        match fs::read_to_string(self.0.join(name)) {
            Ok(key) if !key.is_empty() => Ok(MessageKey::kept(key)),
            Ok(_) => Err(io::Error::from(io::ErrorKind::InvalidData)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
                let key = MessageKey::derive(seed);
                self.write(name, key.as_str().as_bytes())?;
                Ok(key)
            }
            Err(fault) => Err(fault),
        }
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

    /// The pause that a person asked for; a restart does not forget it.
    pub(crate) fn pause(&self) -> Option<Pause> {
        let json = fs::read(self.0.join("paused")).ok()?;
        // Whatever stands there, the file says that the connector is paused.
        Some(serde_json::from_slice(&json).unwrap_or_default())
    }

    /// Keeps the pause, or its end.
    pub(crate) fn keep_pause(&self, pause: Option<&Pause>) -> io::Result<()> {
        if let Some(pause) = pause {
            let json = serde_json::to_vec(pause).map_err(io::Error::other)?;
            return self.write("paused", &json);
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
    fn the_key_of_message_ids_outlives_the_seed() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::open(folder.path()).unwrap();
        let first = state.message_key(b"SUAAA").unwrap();
        assert_eq!(first.as_str(), MessageKey::derive(b"SUAAA").as_str());
        assert_eq!(state.message_key(b"SUBBB").unwrap().as_str(), first.as_str());
    }

    #[test]
    fn the_last_welcome_and_the_pause_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let state = StateFolder::open(&folder.path().join("a/b")).unwrap();
        assert!(state.welcome().is_none() && state.pause().is_none());
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
        let pause = Pause {
            reason: "Wartung".into(),
            until: Some(hub_message::Timestamp::from_millis(1_790_000_000_000)),
        };
        state.keep_pause(Some(&pause)).unwrap();
        assert_eq!(state.pause(), Some(pause));
        state.keep_pause(None).unwrap();
        state.keep_pause(None).unwrap();
        assert!(state.pause().is_none());
        state.write("paused", b"").unwrap();
        assert_eq!(
            state.pause(),
            Some(Pause::default()),
            "a mark of an older version counts"
        );
    }
}
