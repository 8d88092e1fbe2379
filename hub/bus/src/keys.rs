// SPDX-License-Identifier: EUPL-1.2
//! Nkeys: one seed file for the hub, one for the system account, one for each connector. Seeds never leave files of mode
//! 0600 in a folder of mode 0700.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hub_message::ConnectorName;
use nkeys::KeyPair;
use thiserror::Error;

/// A key file that cannot be made or read.
#[derive(Debug, Error)]
#[error("the key file {} cannot be used: {reason}", path.display())]
pub struct KeyFault {
    path: PathBuf,
    reason: String,
}

/// The folder of seeds.
#[derive(Debug, Clone)]
pub struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Opens the folder, made with mode 0700 where it is missing.
    pub fn open(folder: &Path) -> Result<Self, KeyFault> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            // Also what a process left that was killed in the moment before the name of a key was on the disk.
            .and_then(|()| write_through(folder))
            .map_err(|error| KeyFault {
                path: folder.to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Where the seed of a connector lies.
    pub fn connector_file(&self, name: &ConnectorName) -> PathBuf {
        self.folder.join(format!("connector-{name}.seed"))
    }

    /// Makes a new key for a connector. The old one counts as well until [`Keys::forget_old`], so that a connector
    /// elsewhere can be given the new one in its own time.
    pub fn replace_connector(&self, name: &ConnectorName) -> Result<(), KeyFault> {
        let file = self.connector_file(name);
        let fault = |error: std::io::Error| KeyFault {
            path: file.clone(),
            reason: error.to_string(),
        };
        if file.exists() {
            fs::rename(&file, old(&file))
                .and_then(|()| write_through(&self.folder))
                .map_err(fault)?;
        }
        seed(&file).map(drop)
    }

    /// Lets the old key of a connector count no longer; `false` when there is none.
    pub fn forget_old(&self, name: &ConnectorName) -> Result<bool, KeyFault> {
        let file = old(&self.connector_file(name));
        // On the disk before it is said: a key that counts no longer must not come back with a power failure.
        match fs::remove_file(&file).and_then(|()| write_through(&self.folder)) {
            Ok(()) => Ok(true),
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(KeyFault {
                path: file,
                reason: error.to_string(),
            }),
        }
    }

    /// The public keys of a connector: its key, made where it is missing, and the one that it replaces, if there is one.
    pub(crate) fn public_of_connector(&self, name: &ConnectorName) -> Result<Vec<String>, KeyFault> {
        let mut keys = vec![self.public(KeyOf::Connector(name))?];
        let before = old(&self.connector_file(name));
        if before.exists() {
            let seed = read_seed(&before)?;
            keys.push(public_of(&seed).map_err(|reason| KeyFault { path: before, reason })?);
        }
        Ok(keys)
    }

    /// Makes the key of a connector, where it is missing.
    pub fn make_connector(&self, name: &ConnectorName) -> Result<(), KeyFault> {
        seed(&self.connector_file(name)).map(drop)
    }

    /// Seed of the hub's own user.
    pub fn hub_seed(&self) -> Result<String, KeyFault> {
        seed(&self.folder.join("hub.seed"))
    }

    /// Seed of the hub's user in the system account.
    pub fn system_seed(&self) -> Result<String, KeyFault> {
        seed(&self.folder.join("system.seed"))
    }

    /// Public keys of the hub, of the system user and of connectors; keys are made where they are missing.
    pub(crate) fn public(&self, name: KeyOf<'_>) -> Result<String, KeyFault> {
        let path = match name {
            KeyOf::Hub => self.folder.join("hub.seed"),
            KeyOf::System => self.folder.join("system.seed"),
            KeyOf::Connector(name) => self.connector_file(name),
        };
        public_of(&seed(&path)?).map_err(|reason| KeyFault { path, reason })
    }
}

/// Brings the names in the folder of the keys to the disk.
fn write_through(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Where a key lies that is being replaced.
fn old(file: &Path) -> PathBuf {
    file.with_extension("seed.old")
}

/// Whose key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyOf<'a> {
    Hub,
    System,
    Connector(&'a ConnectorName),
}

/// Reads a seed file; trailing white space is not part of the seed.
pub(crate) fn read_seed(path: &Path) -> Result<String, KeyFault> {
    fs::read_to_string(path)
        .map(|text| text.trim().to_owned())
        .map_err(|error| KeyFault {
            path: path.to_owned(),
            reason: error.to_string(),
        })
}

fn seed(path: &Path) -> Result<String, KeyFault> {
    if path.exists() {
        return read_seed(path);
    }
    let fault = |reason: String| KeyFault {
        path: path.to_owned(),
        reason,
    };
    let seed = KeyPair::new_user().seed().map_err(|error| fault(error.to_string()))?;
    // Written beside and renamed, so that a crash never leaves half a seed under the name.
    let unfinished = path.with_extension("seed.new");
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)
        .map_err(|error| fault(error.to_string()))?;
    file.write_all(seed.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&unfinished, path))
        .and_then(|()| path.parent().map_or(Ok(()), write_through))
        .map_err(|error| fault(error.to_string()))?;
    Ok(seed)
}

fn public_of(seed: &str) -> Result<String, String> {
    KeyPair::from_seed(seed)
        .map(|pair| pair.public_key())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use amtshub_powerfs::PowerFs;

    use super::*;

    /// Takes root and `/dev/fuse`.
    #[test]
    fn what_was_said_of_keys_is_so_after_a_power_failure() {
        let folder = tempfile::tempdir().unwrap();
        let disk = PowerFs::mount(folder.path(), folder.path()).unwrap();
        let keys = Keys::open(&disk.at().join("keys")).unwrap();
        let name: ConnectorName = "finance".parse().unwrap();
        let power_failure = || {
            fs::write(disk.at().join("canary"), b"lost").unwrap();
            assert!(disk.cut_power().bytes > 0);
            disk.restore();
            keys.public_of_connector(&name).unwrap()
        };
        let first = keys.public_of_connector(&name).unwrap();
        assert_eq!(power_failure(), first, "a key that somebody may have been given");
        keys.replace_connector(&name).unwrap();
        let both = keys.public_of_connector(&name).unwrap();
        assert_eq!(power_failure(), both, "a new key beside the old");
        assert!(keys.forget_old(&name).unwrap());
        assert_eq!(
            power_failure(),
            both[..1],
            "a key that counts no longer does not come back"
        );
    }

    #[test]
    fn seeds_are_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let name: ConnectorName = "finance".parse().unwrap();
        let first = keys.public(KeyOf::Connector(&name)).unwrap();
        assert!(first.starts_with('U'));
        assert_eq!(keys.public(KeyOf::Connector(&name)).unwrap(), first);
        assert_ne!(keys.public(KeyOf::Hub).unwrap(), first);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys.connector_file(&name)), 0o600);
        assert_eq!(mode(&folder.path().join("keys")), 0o700);
    }

    #[test]
    fn while_a_key_is_replaced_both_count() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path()).unwrap();
        let name: ConnectorName = "finance".parse().unwrap();
        let first = keys.public_of_connector(&name).unwrap();
        keys.replace_connector(&name).unwrap();
        let both = keys.public_of_connector(&name).unwrap();
        assert!(both.len() == 2 && both[1] == first[0] && both[0] != first[0]);
        assert!(keys.forget_old(&name).unwrap() && !keys.forget_old(&name).unwrap());
        assert_eq!(keys.public_of_connector(&name).unwrap(), both[..1]);
    }
}
