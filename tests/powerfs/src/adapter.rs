// SPDX-License-Identifier: EUPL-1.2
//! The kernel's requests, put to the tree.
//!
//! The kernel keeps pages of files (so that shared mappings work) but never holds writes back: each write reaches the tree
//! before the program hears that it was done. It may keep names and attributes too, since all changes come through it; at a
//! power failure they are taken from it. And because no inode number comes twice, nothing from before a power failure can be
//! taken for something that is there after it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fuser::{
    BsdFileFlags, Errno, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo, LockOwner, OpenFlags,
    RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use crate::disk::Disk;
use crate::tree::{Attributes, Kind};

use crate::answers::{BLOCK, attributes, errno, kind_of};

/// How long the kernel may keep names and attributes: until they are taken from it.
const KEPT: Duration = Duration::from_secs(3600);

/// Flags of open(2) with which each write is durable.
const SYNCHRONOUS: u32 = rustix::fs::OFlags::SYNC.union(rustix::fs::OFlags::DSYNC).bits();

/// The longest name, in bytes, as on the file systems that this one stands for.
const NAME_MAX: u32 = 255;

/// A disk as a FUSE file system.
#[derive(Debug)]
pub(crate) struct Adapter(pub(crate) Arc<Disk>);

/// Answers a request with what the tree says, or with the error number.
macro_rules! answer {
    ($reply:ident, $found:expr, $found_as:pat => $good:expr) => {
        match $found {
            Ok($found_as) => $good,
            Err(number) => $reply.error(number),
        }
    };
}

impl Adapter {
    fn make(
        &self,
        request: &Request,
        (parent, name): (INodeNo, &OsStr),
        kind: Kind,
        mode: u32,
    ) -> Result<fuser::FileAttr, Errno> {
        let mut tree = self.0.tree()?;
        let made = Attributes::new(mode, request.uid(), request.gid(), SystemTime::now());
        let ino = tree.make(parent.0, name, kind, made).map_err(errno)?;
        tree.look(ino).map(|look| attributes(&look)).map_err(errno)
    }
}

impl Filesystem for Adapter {
    fn lookup(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if name.len() > NAME_MAX as usize {
            reply.error(Errno::ENAMETOOLONG);
            return;
        }
        let found = self.0.tree().and_then(|tree| {
            let ino = tree.find(parent.0, name).map_err(errno)?;
            tree.look(ino).map(|look| attributes(&look)).map_err(errno)
        });
        answer!(reply, found, found => reply.entry(&KEPT, &found, Generation(0)));
    }

    fn getattr(&self, _request: &Request, ino: INodeNo, _handle: Option<FileHandle>, reply: ReplyAttr) {
        let found = self
            .0
            .tree()
            .and_then(|tree| tree.look(ino.0).map(|look| attributes(&look)).map_err(errno));
        answer!(reply, found, found => reply.attr(&KEPT, &found));
    }

    fn setattr(
        &self,
        _request: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        accessed: Option<TimeOrNow>,
        modified: Option<TimeOrNow>,
        _changed: Option<SystemTime>,
        _handle: Option<FileHandle>,
        _created: Option<SystemTime>,
        _changed_too: Option<SystemTime>,
        _saved: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let now = SystemTime::now();
        let moment = |time| match time {
            TimeOrNow::SpecificTime(time) => time,
            TimeOrNow::Now => now,
        };
        let found = self.0.tree().and_then(|mut tree| {
            if let Some(size) = size {
                tree.resize(ino.0, size, now).map_err(errno)?;
            }
            let change = |seen: &mut Attributes| {
                seen.mode = mode.map_or(seen.mode, |mode| (mode & 0o7777) as u16);
                seen.uid = uid.unwrap_or(seen.uid);
                seen.gid = gid.unwrap_or(seen.gid);
                seen.accessed = accessed.map_or(seen.accessed, moment);
                seen.modified = modified.map_or(seen.modified, moment);
                seen.changed = now;
            };
            tree.change(ino.0, change).map_err(errno)?;
            tree.look(ino.0).map(|look| attributes(&look)).map_err(errno)
        });
        answer!(reply, found, found => reply.attr(&KEPT, &found));
    }

    fn readlink(&self, _request: &Request, ino: INodeNo, reply: ReplyData) {
        let found = self
            .0
            .tree()
            .and_then(|tree| match tree.look(ino.0).map_err(errno)?.kind {
                Kind::Link(target) => Ok(target.clone()),
                _ => Err(Errno::EINVAL),
            });
        answer!(reply, found, target => reply.data(target.as_encoded_bytes()));
    }

    fn mknod(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        _device: u32,
        reply: ReplyEntry,
    ) {
        let made = kind_of(mode).and_then(|kind| self.make(request, (parent, name), kind, mode));
        answer!(reply, made, made => reply.entry(&KEPT, &made, Generation(0)));
    }

    fn mkdir(&self, request: &Request, parent: INodeNo, name: &OsStr, mode: u32, _umask: u32, reply: ReplyEntry) {
        let made = self.make(request, (parent, name), Kind::Folder, mode);
        answer!(reply, made, made => reply.entry(&KEPT, &made, Generation(0)));
    }

    fn symlink(&self, request: &Request, parent: INodeNo, name: &OsStr, target: &Path, reply: ReplyEntry) {
        let made = self.make(request, (parent, name), Kind::Link(target.into()), 0o777);
        answer!(reply, made, made => reply.entry(&KEPT, &made, Generation(0)));
    }

    fn link(&self, _request: &Request, ino: INodeNo, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = self.0.tree().and_then(|mut tree| {
            tree.link(ino.0, parent.0, name, SystemTime::now()).map_err(errno)?;
            tree.look(ino.0).map(|look| attributes(&look)).map_err(errno)
        });
        answer!(reply, found, found => reply.entry(&KEPT, &found, Generation(0)));
    }

    fn unlink(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let done = self
            .0
            .tree()
            .and_then(|mut tree| tree.unlink(parent.0, name, SystemTime::now()).map_err(errno));
        answer!(reply, done, () => reply.ok());
    }

    fn rmdir(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let done = self
            .0
            .tree()
            .and_then(|mut tree| tree.remove_folder(parent.0, name, SystemTime::now()).map_err(errno));
        answer!(reply, done, () => reply.ok());
    }

    fn rename(
        &self,
        _request: &Request,
        parent: INodeNo,
        name: &OsStr,
        new_parent: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        let replace = !flags.contains(RenameFlags::RENAME_NOREPLACE);
        if !flags.difference(RenameFlags::RENAME_NOREPLACE).is_empty() {
            reply.error(Errno::EINVAL);
            return;
        }
        let (from, to) = ((parent.0, name), (new_parent.0, new_name));
        let done = self
            .0
            .tree()
            .and_then(|mut tree| tree.rename(from, to, replace, SystemTime::now()).map_err(errno));
        answer!(reply, done, () => reply.ok());
    }

    fn create(
        &self,
        request: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        let made = self
            .make(request, (parent, name), Kind::file(&[]), mode)
            .and_then(|made| {
                self.0.tree()?.open(made.ino.0).map_err(errno)?;
                Ok(made)
            });
        answer!(reply, made, made => {
            reply.created(&KEPT, &made, Generation(0), FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
        });
    }

    fn open(&self, _request: &Request, ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        let done = self.0.tree().and_then(|mut tree| tree.open(ino.0).map_err(errno));
        answer!(reply, done, () => reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE));
    }

    fn read(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let found = self
            .0
            .tree()
            .and_then(|tree| tree.read(ino.0, offset, size as usize).map_err(errno));
        answer!(reply, found, content => reply.data(&content));
    }

    fn write(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        data: &[u8],
        _write_flags: WriteFlags,
        flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let done = self.0.tree().and_then(|mut tree| {
            tree.write(ino.0, offset, data, SystemTime::now()).map_err(errno)?;
            if flags.0.cast_unsigned() & SYNCHRONOUS != 0 {
                tree.sync(ino.0).map_err(errno)?;
            }
            Ok(())
        });
        answer!(reply, done, () => reply.written(data.len() as u32));
    }

    fn release(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        _flags: OpenFlags,
        _lock_owner: Option<LockOwner>,
        _flush: bool,
        reply: ReplyEmpty,
    ) {
        if let Ok(mut tree) = self.0.tree() {
            tree.close(ino.0);
        }
        reply.ok();
    }

    fn fsync(&self, _request: &Request, ino: INodeNo, _handle: FileHandle, _data_only: bool, reply: ReplyEmpty) {
        let done = self.0.tree().and_then(|mut tree| tree.sync(ino.0).map_err(errno));
        answer!(reply, done, () => reply.ok());
    }

    fn fsyncdir(&self, request: &Request, ino: INodeNo, handle: FileHandle, data_only: bool, reply: ReplyEmpty) {
        self.fsync(request, ino, handle, data_only, reply);
    }

    fn opendir(&self, _request: &Request, _ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        answer!(reply, self.0.open_listing(), handle => reply.opened(handle, FopenFlags::empty()));
    }

    fn readdir(&self, _request: &Request, ino: INodeNo, handle: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        answer!(reply, self.0.listing(handle, ino.0, offset == 0), rows => {
            for (number, (ino, kind, name)) in (1u64..).zip(rows.iter()).skip(offset as usize) {
                if reply.add(INodeNo(*ino), number, *kind, name) {
                    break;
                }
            }
            reply.ok();
        });
    }

    fn releasedir(&self, _request: &Request, _ino: INodeNo, handle: FileHandle, _flags: OpenFlags, reply: ReplyEmpty) {
        self.0.close_listing(handle);
        reply.ok();
    }

    fn statfs(&self, _request: &Request, _ino: INodeNo, reply: ReplyStatfs) {
        // 64 GiB, always free: a full disk is another test.
        let blocks = 16 << 20;
        answer!(reply, self.0.tree(), _powered => {
            reply.statfs(blocks, blocks, blocks, blocks, blocks, BLOCK, NAME_MAX, BLOCK);
        });
    }

    fn fallocate(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        if mode != 0 {
            reply.error(Errno::EOPNOTSUPP);
            return;
        }
        let done = self.0.tree().and_then(|mut tree| {
            let size = attributes(&tree.look(ino.0).map_err(errno)?).size;
            tree.resize(ino.0, size.max(offset + length), SystemTime::now())
                .map_err(errno)
        });
        answer!(reply, done, () => reply.ok());
    }
}

/// One row of a folder: inode, kind, name.
pub(crate) type Row = (u64, FileType, OsString);
