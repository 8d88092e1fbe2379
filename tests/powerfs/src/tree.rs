// SPDX-License-Identifier: EUPL-1.2
//! The file system as a pure data structure: no kernel, no clock, no file.
//!
//! Everything is there twice: as programs *see* it and as the *disk* holds it. Programs change the first; fsync brings it to
//! the second; a power failure puts the second in place of the first. The README of the crate has the rules as a table.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::time::SystemTime;

mod chance;
mod loss;
mod names;
mod pages;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rules;

pub(crate) use chance::Chance;
pub use loss::Dropped;
use names::Names;
use pages::Pages;

/// Number of an inode. None comes twice, not even after a power failure.
pub(crate) type Ino = u64;

/// The root folder.
pub(crate) const ROOT: Ino = 1;

/// Why something cannot be done; each is the error number that POSIX names for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// ENOENT
    #[error("there is no such name")]
    Missing,
    /// EEXIST
    #[error("the name is taken")]
    Taken,
    /// ENOTEMPTY
    #[error("the folder is not empty")]
    NotEmpty,
    /// ENOTDIR
    #[error("not a folder")]
    NoFolder,
    /// EISDIR
    #[error("a folder")]
    Folder,
    /// EINVAL
    #[error("not something that has this")]
    Unsuitable,
    /// ESTALE: from before a power failure, or removed.
    #[error("no longer there")]
    Gone,
}

/// What an inode is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    File(Pages),
    Folder,
    Link(OsString),
    Socket,
    Pipe,
}

impl Kind {
    /// A file with content that is on the disk already.
    pub(crate) fn file(content: &[u8]) -> Self {
        Self::File(Pages::durable(content))
    }
}

/// What an inode says of itself beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) mode: u16,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) accessed: SystemTime,
    pub(crate) modified: SystemTime,
    pub(crate) changed: SystemTime,
}

impl Attributes {
    /// Attributes of something that is made now.
    pub(crate) fn new(mode: u32, uid: u32, gid: u32, now: SystemTime) -> Self {
        Self {
            mode: (mode & 0o7777) as u16,
            uid,
            gid,
            accessed: now,
            modified: now,
            changed: now,
        }
    }
}

#[derive(Debug, Clone)]
struct Inode {
    kind: Kind,
    seen: Attributes,
    disk: Attributes,
    /// How often it is open: what has no name any more lives until it is closed.
    open: u32,
}

/// What programs see of an inode.
#[derive(Debug)]
pub(crate) struct Look<'a> {
    pub(crate) ino: Ino,
    pub(crate) kind: &'a Kind,
    pub(crate) attributes: Attributes,
    pub(crate) links: u32,
}

/// A file system.
#[derive(Debug)]
pub(crate) struct Tree {
    inodes: BTreeMap<Ino, Inode>,
    names: Names,
    next: Ino,
}

impl Tree {
    /// An empty file system with a root that has these attributes.
    pub(crate) fn new(attributes: Attributes) -> Self {
        let root = Inode::new(Kind::Folder, attributes);
        Self {
            inodes: BTreeMap::from([(ROOT, root)]),
            names: Names::default(),
            next: ROOT + 1,
        }
    }

    /// What programs see of an inode.
    pub(crate) fn look(&self, ino: Ino) -> Result<Look<'_>, Refusal> {
        let inode = self.inodes.get(&ino).ok_or(Refusal::Gone)?;
        let links = match inode.kind {
            Kind::Folder => 2,
            _ => self.names.seen.links(ino) as u32,
        };
        Ok(Look {
            ino,
            kind: &inode.kind,
            attributes: inode.seen,
            links,
        })
    }

    /// What a name in a folder stands for.
    pub(crate) fn find(&self, folder: Ino, name: &OsStr) -> Result<Ino, Refusal> {
        self.folder(folder)?;
        self.names.seen.find(folder, name).ok_or(Refusal::Missing)
    }

    /// The names in a folder, sorted.
    pub(crate) fn list(&self, folder: Ino) -> Result<Vec<(OsString, Ino)>, Refusal> {
        self.folder(folder)?;
        let entries = self.names.seen.entries(folder);
        Ok(entries.map(|(name, ino)| (name.clone(), ino)).collect())
    }

    /// The folder above.
    pub(crate) fn above(&self, folder: Ino) -> Ino {
        self.names.seen.slots(folder).next().map_or(ROOT, |slot| slot.0)
    }

    /// Makes something new.
    pub(crate) fn make(
        &mut self,
        folder: Ino,
        name: &OsStr,
        kind: Kind,
        attributes: Attributes,
    ) -> Result<Ino, Refusal> {
        if self.find(folder, name).is_ok() {
            return Err(Refusal::Taken);
        }
        self.living_folder(folder)?;
        let ino = self.next;
        self.next += 1;
        self.inodes.insert(ino, Inode::new(kind, attributes));
        self.names.set(&(folder, name.to_owned()), Some(ino));
        self.touch(folder, attributes.changed);
        Ok(ino)
    }

    /// Gives a file a further name.
    pub(crate) fn link(&mut self, ino: Ino, folder: Ino, name: &OsStr, now: SystemTime) -> Result<(), Refusal> {
        if matches!(self.look(ino)?.kind, Kind::Folder) {
            return Err(Refusal::Folder);
        }
        if self.find(folder, name).is_ok() {
            return Err(Refusal::Taken);
        }
        self.living_folder(folder)?;
        self.names.set(&(folder, name.to_owned()), Some(ino));
        self.touch(folder, now);
        self.change(ino, |seen| seen.changed = now)
    }

    /// Removes a name of something that is no folder.
    pub(crate) fn unlink(&mut self, folder: Ino, name: &OsStr, now: SystemTime) -> Result<(), Refusal> {
        let ino = self.find(folder, name)?;
        if matches!(self.look(ino)?.kind, Kind::Folder) {
            return Err(Refusal::Folder);
        }
        self.remove(folder, name, ino, now);
        Ok(())
    }

    /// Removes an empty folder.
    pub(crate) fn remove_folder(&mut self, folder: Ino, name: &OsStr, now: SystemTime) -> Result<(), Refusal> {
        let ino = self.find(folder, name)?;
        if !self.list(ino)?.is_empty() {
            return Err(Refusal::NotEmpty);
        }
        self.remove(folder, name, ino, now);
        Ok(())
    }

    /// Moves a name, over what has the other name already unless `replace` is false.
    pub(crate) fn rename(
        &mut self,
        from: (Ino, &OsStr),
        to: (Ino, &OsStr),
        replace: bool,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let moved = self.find(from.0, from.1)?;
        let replaced = self.find(to.0, to.1).ok();
        self.living_folder(to.0)?;
        if let Some(replaced) = replaced {
            self.may_replace(moved, replaced, replace)?;
            if moved == replaced {
                return Ok(());
            }
        }
        self.names
            .rename(&(from.0, from.1.to_owned()), &(to.0, to.1.to_owned()));
        self.touch(from.0, now);
        self.touch(to.0, now);
        if let Some(replaced) = replaced {
            self.forget_if_unused(replaced);
        }
        self.change(moved, |seen| seen.changed = now)
    }

    /// What a file holds.
    pub(crate) fn read(&self, ino: Ino, offset: u64, length: usize) -> Result<Vec<u8>, Refusal> {
        match self.look(ino)?.kind {
            Kind::File(pages) => Ok(pages.read(offset, length)),
            _ => Err(Refusal::Folder),
        }
    }

    /// Writes into a file.
    pub(crate) fn write(&mut self, ino: Ino, offset: u64, data: &[u8], now: SystemTime) -> Result<(), Refusal> {
        self.pages(ino)?.write(offset, data);
        self.touch(ino, now);
        Ok(())
    }

    /// Sets the size of a file.
    pub(crate) fn resize(&mut self, ino: Ino, size: u64, now: SystemTime) -> Result<(), Refusal> {
        self.pages(ino)?.resize(size);
        self.touch(ino, now);
        Ok(())
    }

    /// Changes what an inode says of itself.
    pub(crate) fn change(&mut self, ino: Ino, change: impl FnOnce(&mut Attributes)) -> Result<(), Refusal> {
        change(&mut self.inodes.get_mut(&ino).ok_or(Refusal::Gone)?.seen);
        Ok(())
    }

    /// fsync of a file: its content and attributes reach the disk, and its names where none of them ever did.
    /// fsync of a folder: the names in it reach the disk.
    pub(crate) fn sync(&mut self, ino: Ino) -> Result<(), Refusal> {
        let inode = self.inodes.get_mut(&ino).ok_or(Refusal::Gone)?;
        inode.disk = inode.seen;
        match &mut inode.kind {
            Kind::File(pages) => {
                pages.sync();
                self.names.sync_created(ino);
            }
            _ => self.names.sync_directory(ino),
        }
        for displaced in self.names.take_displaced() {
            self.forget_if_unused(displaced);
        }
        Ok(())
    }

    /// Something is opened: it lives until it is closed.
    pub(crate) fn open(&mut self, ino: Ino) -> Result<(), Refusal> {
        self.inodes.get_mut(&ino).ok_or(Refusal::Gone)?.open += 1;
        Ok(())
    }

    /// Something is closed; from before a power failure it is not known any more.
    pub(crate) fn close(&mut self, ino: Ino) {
        if let Some(inode) = self.inodes.get_mut(&ino) {
            inode.open = inode.open.saturating_sub(1);
            self.forget_if_unused(ino);
        }
    }

    fn folder(&self, ino: Ino) -> Result<(), Refusal> {
        match self.look(ino)?.kind {
            Kind::Folder => Ok(()),
            _ => Err(Refusal::NoFolder),
        }
    }

    /// A folder that was removed while a program stood in it takes no new names.
    fn living_folder(&self, ino: Ino) -> Result<(), Refusal> {
        self.folder(ino)?;
        if ino != ROOT && self.names.seen.links(ino) == 0 {
            return Err(Refusal::Missing);
        }
        Ok(())
    }

    fn may_replace(&self, moved: Ino, replaced: Ino, replace: bool) -> Result<(), Refusal> {
        let folders = (self.folder(moved).is_ok(), self.folder(replaced).is_ok());
        match folders {
            _ if !replace => Err(Refusal::Taken),
            (true, false) => Err(Refusal::NoFolder),
            (false, true) => Err(Refusal::Folder),
            (true, true) if !self.list(replaced)?.is_empty() => Err(Refusal::NotEmpty),
            _ => Ok(()),
        }
    }

    fn pages(&mut self, ino: Ino) -> Result<&mut Pages, Refusal> {
        match &mut self.inodes.get_mut(&ino).ok_or(Refusal::Gone)?.kind {
            Kind::File(pages) => Ok(pages),
            Kind::Folder => Err(Refusal::Folder),
            _ => Err(Refusal::Unsuitable),
        }
    }

    fn remove(&mut self, folder: Ino, name: &OsStr, ino: Ino, now: SystemTime) {
        self.names.set(&(folder, name.to_owned()), None);
        self.touch(folder, now);
        let _ = self.change(ino, |seen| seen.changed = now);
        self.forget_if_unused(ino);
    }

    fn touch(&mut self, ino: Ino, now: SystemTime) {
        let _ = self.change(ino, |seen| {
            seen.modified = now;
            seen.changed = now;
        });
    }

    /// Frees what has no name on either side and is not open.
    fn forget_if_unused(&mut self, ino: Ino) {
        let unused = self.inodes.get(&ino).is_some_and(|inode| inode.open == 0);
        if unused && self.names.seen.links(ino) == 0 && self.names.disk.links(ino) == 0 {
            self.inodes.remove(&ino);
        }
    }
}

impl Inode {
    fn new(kind: Kind, attributes: Attributes) -> Self {
        Self {
            kind,
            seen: attributes,
            disk: attributes,
            open: 0,
        }
    }
}
