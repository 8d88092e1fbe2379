// SPDX-License-Identifier: EUPL-1.2
//! The tree's words in the kernel's.

use fuser::{Errno, FileAttr, FileType, INodeNo};
use rustix::fs::FileType as Type;

use crate::tree::{Kind, Look, Refusal};

/// Bytes in a block, for what asks how much room there is.
pub(crate) const BLOCK: u32 = 4096;

/// The error number of a refusal.
pub(crate) fn errno(refusal: Refusal) -> Errno {
    match refusal {
        Refusal::Missing => Errno::ENOENT,
        Refusal::Taken => Errno::EEXIST,
        Refusal::NotEmpty => Errno::ENOTEMPTY,
        Refusal::NoFolder => Errno::ENOTDIR,
        Refusal::Folder => Errno::EISDIR,
        Refusal::Unsuitable => Errno::EINVAL,
        Refusal::Gone => Errno::ESTALE,
    }
}

/// What mknod(2) is to make.
pub(crate) fn kind_of(mode: u32) -> Result<Kind, Errno> {
    match Type::from_raw_mode(mode) {
        Type::RegularFile => Ok(Kind::file(&[])),
        Type::Socket => Ok(Kind::Socket),
        Type::Fifo => Ok(Kind::Pipe),
        _ => Err(Errno::EPERM),
    }
}

/// The kind of a row in a folder.
pub(crate) fn file_type(kind: &Kind) -> FileType {
    match kind {
        Kind::File(_) => FileType::RegularFile,
        Kind::Folder => FileType::Directory,
        Kind::Link(_) => FileType::Symlink,
        Kind::Socket => FileType::Socket,
        Kind::Pipe => FileType::NamedPipe,
    }
}

/// What stat(2) says.
pub(crate) fn attributes(look: &Look) -> FileAttr {
    let (size, pages) = match look.kind {
        Kind::File(pages) => (pages.size(), pages.allocated()),
        Kind::Link(target) => (target.len() as u64, 0),
        _ => (0, 0),
    };
    FileAttr {
        ino: INodeNo(look.ino),
        size,
        blocks: pages * u64::from(BLOCK / 512),
        atime: look.attributes.accessed,
        mtime: look.attributes.modified,
        ctime: look.attributes.changed,
        crtime: look.attributes.changed,
        kind: file_type(look.kind),
        perm: look.attributes.mode,
        nlink: look.links,
        uid: look.attributes.uid,
        gid: look.attributes.gid,
        rdev: 0,
        blksize: BLOCK,
        flags: 0,
    }
}
