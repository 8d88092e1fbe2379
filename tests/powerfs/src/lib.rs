// SPDX-License-Identifier: EUPL-1.2
//! A file system for tests that forgets what was not fsynced, as a disk does at a power failure.
//!
//! Invariant: after a power failure a file holds what it held at its last fsync, and a name is there when it or what it
//! belongs to was fsynced; nothing that was durable is ever lost. The README has the rules as a table. It is mounted with FUSE
//! (crate `fuser`, no libfuse, no `fusermount`), so any program can work on it; that takes root and `/dev/fuse`.

mod adapter;
mod answers;
mod backing;
mod disk;
mod mounted;
mod tree;

pub use mounted::{MountFault, Mounted, Options, PowerFs};
pub use tree::Dropped;
