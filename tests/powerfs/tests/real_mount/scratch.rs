// SPDX-License-Identifier: EUPL-1.2
//! A file system of its own for each test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use amtshub_powerfs::{Dropped, Mounted, Options, PowerFs};
use tempfile::TempDir;

/// A mounted file system. The mount ends before its folder.
pub(crate) struct Scratch {
    pub(crate) mounted: Mounted,
    _folder: TempDir,
}

impl Scratch {
    /// An empty file system that loses everything that was not fsynced.
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::prepared(options, |_| {})
    }

    /// A file system that begins with what was put into its backing folder.
    pub(crate) fn prepared(options: Options, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (backing, at) = (folder.path().join("backing"), folder.path().join("at it"));
        std::fs::create_dir(&backing).unwrap();
        std::fs::create_dir(&at).unwrap();
        prepare(&backing);
        let mounted = PowerFs::mount_with(&backing, &at, options).unwrap();
        assert!(mounted.is_mounted());
        Self {
            mounted,
            _folder: folder,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.mounted.at().join(name)
    }

    /// The power fails and comes back.
    pub(crate) fn power_failure(&self) -> Dropped {
        let dropped = self.mounted.cut_power();
        self.mounted.restore();
        dropped
    }

    /// The names in a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let rows = std::fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<String> = rows
            .map(|row| row.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// fsync of a folder.
    pub(crate) fn sync_folder(&self, folder: &str) {
        File::open(self.path(folder)).unwrap().sync_all().unwrap();
    }

    /// Runs a Python program in the root of the file system.
    pub(crate) fn python(&self, program: &str) {
        let output = Command::new("python3")
            .args(["-c", program])
            .current_dir(self.mounted.at())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
