// SPDX-License-Identifier: EUPL-1.2
//! A mounted file system and the switch of its power.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fuser::{BackgroundSession, Config, INodeNo, MountOption, Session, SessionACL};
use rustix::mount::UnmountFlags;

use crate::adapter::Adapter;
use crate::backing;
use crate::disk::Disk;
use crate::tree::{Dropped, ROOT};

/// The name of the file system in `/proc/mounts`.
const NAME: &str = "powerfs";

/// What can be chosen at the mount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Let some of what was not fsynced survive a power failure, chosen by this seed: the more dangerous disk. None: nothing
    /// survives.
    pub survive: Option<u64>,
}

/// Why a file system could not be mounted.
#[derive(Debug, thiserror::Error)]
pub enum MountFault {
    /// The folder with the first content cannot be read.
    #[error("the folder {folder} cannot be read")]
    Backing {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// There is no FUSE here.
    #[error("there is no /dev/fuse: `modprobe fuse` as root brings it")]
    NoFuse,
    /// The kernel refuses.
    #[error("nothing can be mounted at {at}: it takes root and a folder")]
    Refused {
        /// The place.
        at: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// The file system that forgets what was not fsynced.
#[derive(Debug, Clone, Copy)]
pub struct PowerFs;

/// A mounted file system. It is unmounted with this value, even when programs still use it, and everything in it is gone then.
#[derive(Debug)]
pub struct Mounted {
    at: PathBuf,
    disk: Arc<Disk>,
    session: BackgroundSession,
}

impl PowerFs {
    /// Mounts a file system at `at` (a folder). Its first content, all durable, is that of `backing`, which is only read.
    ///
    /// # Errors
    /// When this process may not mount (it takes root and `/dev/fuse`) or `backing` cannot be read.
    pub fn mount(backing: &Path, at: &Path) -> Result<Mounted, MountFault> {
        Self::mount_with(backing, at, Options::default())
    }

    /// The same with choices.
    ///
    /// # Errors
    /// As [`PowerFs::mount`].
    pub fn mount_with(backing: &Path, at: &Path, options: Options) -> Result<Mounted, MountFault> {
        if !Path::new("/dev/fuse").exists() {
            return Err(MountFault::NoFuse);
        }
        let tree = backing::read(backing).map_err(|source| MountFault::Backing {
            folder: backing.to_owned(),
            source,
        })?;
        let disk = Arc::new(Disk::new(tree, options.survive));
        let refused = |source| MountFault::Refused {
            at: at.to_owned(),
            source,
        };
        let at = at.canonicalize().map_err(refused)?;
        let session = Session::new(Adapter(Arc::clone(&disk)), &at, &config())
            .and_then(Session::spawn)
            .map_err(refused)?;
        Ok(Mounted { at, disk, session })
    }
}

fn config() -> Config {
    let mut config = Config::default();
    config.mount_options = vec![
        MountOption::FSName(NAME.to_owned()),
        MountOption::DefaultPermissions,
        MountOption::NoAtime,
    ];
    config.acl = SessionACL::All;
    config
}

impl Mounted {
    /// Where it is mounted.
    pub fn at(&self) -> &Path {
        &self.at
    }

    /// The power fails: what was not fsynced is gone, and until [`Mounted::restore`] every operation fails with EIO. A file
    /// that was open then is never usable again, as after a reboot: end the programs before.
    pub fn cut_power(&self) -> Dropped {
        let (dropped, known) = self.disk.cut_power();
        // What the kernel kept is taken from it, also what programs had mapped; what it would still write is refused by now.
        let notifier = self.session.notifier();
        for name in known.below_root {
            let _ = notifier.inval_entry(INodeNo(ROOT), &name);
        }
        for ino in known.inodes {
            let _ = notifier.inval_inode(INodeNo(ino), 0, 0);
        }
        dropped
    }

    /// The power is back: the tree shows what the disk held.
    pub fn restore(&self) {
        self.disk.restore();
    }

    /// Whether the kernel has it mounted at its place.
    pub fn is_mounted(&self) -> bool {
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        mounts.lines().any(|line| {
            let mut words = line.split(' ');
            words.next() == Some(NAME) && words.next().is_some_and(|at| Path::new(&unescaped(at)) == self.at)
        })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.disk.discard();
        // Detached and not only unmounted: a program that still has a file open must not keep the mount alive.
        let _ = rustix::mount::unmount(&self.at, UnmountFlags::DETACH);
    }
}

/// A path of `/proc/mounts`, in which white space and backslashes are octal.
fn unescaped(path: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(path.to_owned(), |path, (escaped, plain)| path.replace(escaped, plain))
}
