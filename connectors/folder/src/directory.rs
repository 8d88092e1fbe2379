// SPDX-License-Identifier: EUPL-1.2
//! One open folder. Every access is by a single name below its descriptor and never follows a link, so that nothing a
//! name may be swapped for can lead out of the folder.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use connector_sdk::Unavailable;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

/// What kind of thing has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, socket or device.
    Special,
}

/// What one sees of a file from outside. Two equal signatures: nobody wrote, replaced or renamed it in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Signature {
    pub kind: Kind,
    pub device: u64,
    pub inode: u64,
    pub links: u64,
    pub size: u64,
    /// Time of the last write, in nanoseconds since the epoch.
    pub modified: i128,
}

impl Signature {
    fn of(stat: &fs::Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Special,
        };
        Self {
            kind,
            device: stat.st_dev,
            inode: stat.st_ino,
            links: u64::from(stat.st_nlink as u32),
            size: stat.st_size as u64,
            modified: i128::from(stat.st_mtime) * 1_000_000_000 + i128::from(stat.st_mtime_nsec),
        }
    }

    /// The signature of an open file.
    pub(crate) fn of_file(file: &File) -> io::Result<Self> {
        Ok(Self::of(&fs::fstat(file)?))
    }
}

/// An open folder.
#[derive(Debug)]
pub(crate) struct Directory(OwnedFd);

impl Directory {
    /// Opens a folder that exists. The path itself is the administrator's and may lead over links.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(fs::open(path, flags, Mode::empty())?))
    }

    /// The number of the file system that the folder is on.
    pub(crate) fn device(&self) -> io::Result<u64> {
        Ok(fs::fstat(&self.0)?.st_dev)
    }

    /// All names in the folder, in no order, without `.` and `..`.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_owned());
            }
        }
        Ok(names)
    }

    /// What has this name; `None` when nothing has.
    pub(crate) fn look(&self, name: &OsStr) -> io::Result<Option<Signature>> {
        match fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Signature::of(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Opens a file for reading. A link is refused, and a pipe does not block.
    pub(crate) fn read(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(File::from(fs::openat(&self.0, name, flags, Mode::empty())?))
    }

    /// Opens a new or emptied file for writing; readable by owner and group, as far as the process's mask allows.
    pub(crate) fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(fs::openat(
            &self.0,
            name,
            flags,
            Mode::from_raw_mode(0o660),
        )?))
    }

    /// Renames a file into another folder of the same file system. `false` when something has that name there: it is
    /// never overwritten.
    pub(crate) fn rename(&self, name: &OsStr, to: &Directory, new_name: &OsStr) -> io::Result<bool> {
        match fs::renameat_with(&self.0, name, &to.0, new_name, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            // Some network file systems do not know the flag. Then only the moment between these two lines is open.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                if to.look(new_name)?.is_some() {
                    return Ok(false);
                }
                fs::renameat(&self.0, name, &to.0, new_name)?;
                Ok(true)
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Renames within the folder, over what is there.
    pub(crate) fn replace(&self, name: &OsStr, new_name: &OsStr) -> io::Result<()> {
        Ok(fs::renameat(&self.0, name, &self.0, new_name)?)
    }

    /// Removes a file; one that is not there is removed.
    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        match fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Err(Errno::NOENT) | Ok(()) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Brings the folder's names to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(&self.0)?)
    }
}

/// The longest name that file systems have, in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 255;

/// Endings longer than this are part of the name.
const ENDING_BYTES_MAX: usize = 20;

/// `name`, `name-2`, `name-3` …, the number before the last ending. What has no room in `room` bytes is cut off before it.
pub(crate) fn numbered(name: &OsStr, number: u32, room: usize) -> OsString {
    let number = if number < 2 {
        String::new()
    } else {
        format!("-{number}")
    };
    if name.len() + number.len() <= room && number.is_empty() {
        return name.to_owned();
    }
    let bytes = name.as_bytes();
    let dot = bytes
        .iter()
        .rposition(|b| *b == b'.')
        .filter(|at| *at > 0 && bytes.len() - at <= ENDING_BYTES_MAX)
        .unwrap_or(bytes.len());
    let (stem, ending) = bytes.split_at(dot);
    let mut end = stem.len().min(room.saturating_sub(number.len() + ending.len()));
    // Not in the middle of a letter.
    while end < stem.len() && end > 0 && stem.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    let mut numbered = stem.get(..end).unwrap_or_default().to_vec();
    numbered.extend_from_slice(number.as_bytes());
    numbered.extend_from_slice(ending);
    OsStr::from_bytes(&numbered).to_owned()
}

/// What the status page says about a folder that does not answer. Which folder is said by its role, in German:
/// `Eingangsordner`.
pub(crate) fn unavailable(role: &str, error: &io::Error) -> Unavailable {
    Unavailable::new(match error.kind() {
        io::ErrorKind::NotFound => format!("{role}: nicht erreichbar (nicht vorhanden oder nicht eingehängt)."),
        io::ErrorKind::PermissionDenied => format!("{role}: Zugriff verweigert, bitte die Rechte prüfen."),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => format!("{role}: der Datenträger ist voll."),
        io::ErrorKind::ReadOnlyFilesystem => format!("{role}: nur lesbar eingehängt."),
        io::ErrorKind::CrossesDevices => format!("{role}: liegt auf einem anderen Datenträger."),
        _ => format!("{role}: Fehler des Dateisystems ({}).", error.kind()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, number: u32, expected: &str) {
        assert_eq!(numbered(OsStr::new(name), number, 20), expected);
    }

    #[test]
    fn names_without_room_are_cut_before_their_number_and_ending() {
        check("a23456789012345678901.txt", 1, "a234567890123456.txt");
        check("a2345678901234567890", 1, "a2345678901234567890");
        check("a2345678901234567890", 12, "a2345678901234567-12");
        check("a234567890123456.txt", 2, "a2345678901234-2.txt");
        check("äääääääää.txt", 2, "äääääää-2.txt");
    }

    #[test]
    fn numbers_stand_before_the_ending() {
        check("a.xml", 1, "a.xml");
        check("a.xml", 2, "a-2.xml");
        check("a.b.xml", 10, "a.b-10.xml");
        check("ohne", 2, "ohne-2");
        check(".hidden", 2, ".hidden-2");
    }

    #[test]
    fn links_are_not_followed_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("a"), "1").unwrap();
        std::fs::write(path.join("b"), "2").unwrap();
        std::os::unix::fs::symlink("/etc/hostname", path.join("link")).unwrap();
        let directory = Directory::open(path).unwrap();
        assert_eq!(directory.look(OsStr::new("link")).unwrap().unwrap().kind, Kind::Link);
        assert!(directory.read(OsStr::new("link")).is_err());
        assert!(directory.create(OsStr::new("link")).is_err());
        assert!(!directory.rename(OsStr::new("a"), &directory, OsStr::new("b")).unwrap());
        assert!(directory.rename(OsStr::new("a"), &directory, OsStr::new("c")).unwrap());
        assert_eq!(std::fs::read(path.join("b")).unwrap(), b"2");
        assert!(directory.look(OsStr::new("a")).unwrap().is_none());
        directory.remove(OsStr::new("a")).unwrap();
        let mut names = directory.names().unwrap();
        names.sort();
        assert_eq!(names, ["b", "c", "link"]);
    }
}
