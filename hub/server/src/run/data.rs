// SPDX-License-Identifier: EUPL-1.2
//! The data folder: everything that the hub keeps on this machine, owned by one `amtshub run` at a time.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hub_message::ConnectorName;
use rustix::fs::{FlockOperation, flock};
use thiserror::Error;

/// Why the data folder cannot be used.
#[derive(Debug, Error)]
pub(crate) enum DataFault {
    /// Another `amtshub run` holds it.
    #[error("{0} is in use by another `amtshub run`: stop it first, or give this one its own --data folder")]
    InUse(PathBuf),
    /// It cannot be read or written.
    #[error("{path}: {fault}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        fault: io::Error,
    },
}

/// The data folder, locked. The lock is the system's and ends with the process, so that a killed hub leaves nothing
/// behind that hinders the next start.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if it is missing, readable for this user only, and locks it.
    pub(crate) fn lock(path: &Path) -> Result<Self, DataFault> {
        make_folder(path)?;
        let path = path.canonicalize().map_err(at(path))?;
        let file = path.join("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&file)
            .map_err(at(&file))?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|errno| match io::Error::from(errno) {
            busy if busy.kind() == io::ErrorKind::WouldBlock => DataFault::InUse(path.clone()),
            fault => DataFault::Io { path: file, fault },
        })?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the embedded nats-server keeps configuration, seeds and streams.
    pub(crate) fn nats(&self) -> PathBuf {
        self.path.join("nats")
    }

    /// Where the suspect markers are.
    pub(crate) fn suspects(&self) -> PathBuf {
        self.path.join("suspects")
    }

    /// Where a managed connector keeps its ledger.
    pub(crate) fn connector(&self, name: &ConnectorName) -> PathBuf {
        self.path.join("connectors").join(name.as_str())
    }

    /// The control socket.
    pub(crate) fn control(&self) -> PathBuf {
        control_socket(&self.path)
    }

    /// A key of 32 random bytes, made at the first start and kept.
    pub(crate) fn key(&self, name: &str) -> Result<[u8; 32], DataFault> {
        let folder = self.path.join("keys");
        make_folder(&folder)?;
        let file = folder.join(name);
        if let Some(key) = read_key(&file)? {
            return Ok(key);
        }
        let key = random_key().map_err(at(Path::new("/dev/urandom")))?;
        write_whole(&file, &key).map_err(at(&file))?;
        Ok(key)
    }
}

/// The control socket below a data folder.
pub(crate) fn control_socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Makes a folder that only this user can read, with the folders above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), DataFault> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(at(path))
}

fn read_key(file: &Path) -> Result<Option<[u8; 32]>, DataFault> {
    match std::fs::read(file) {
        Ok(bytes) => match <[u8; 32]>::try_from(bytes) {
            Ok(key) => Ok(Some(key)),
            Err(_) => Err(at(file)(io::Error::new(
                io::ErrorKind::InvalidData,
                "a key has 32 bytes",
            ))),
        },
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(at(file)(fault)),
    }
}

fn random_key() -> io::Result<[u8; 32]> {
    let mut key = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    Ok(key)
}

/// Writes a file so that it is there as a whole or not at all, also after a power failure.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let temporary = file.with_extension("new");
    let mut new = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    std::fs::rename(&temporary, file)?;
    File::open(folder)?.sync_all()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DataFault + use<> {
    let path = path.to_path_buf();
    move |fault| DataFault::Io { path, fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn two_runs_on_one_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = DataFolder::lock(&data).unwrap();
        assert!(matches!(DataFolder::lock(&data), Err(DataFault::InUse(_))));
        drop(first);
        DataFolder::lock(&data).unwrap();
    }

    #[test]
    fn keys_are_kept_and_nobody_else_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::lock(folder.path()).unwrap();
        let key = data.key("order").unwrap();
        assert_eq!(data.key("order").unwrap(), key);
        assert_ne!(data.key("capability").unwrap(), key);
        let file = folder.path().join("keys/order");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, b"short").unwrap();
        assert!(data.key("order").is_err(), "a damaged key is never replaced silently");
    }
}
