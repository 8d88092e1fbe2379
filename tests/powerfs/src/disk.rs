// SPDX-License-Identifier: EUPL-1.2
//! A disk that can lose its power: the tree behind a lock, and whether there is power.

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fuser::{Errno, FileHandle};

use crate::adapter::Row;
use crate::answers::file_type;
use crate::tree::{Chance, Dropped, Ino, ROOT, Tree};

/// The rows of a folder as they were when a program began to read it.
type Listing = Arc<Vec<Row>>;

/// What the kernel may know of a disk.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) inodes: Vec<Ino>,
    /// The names in the root; with them goes what is below.
    pub(crate) below_root: Vec<OsString>,
}

/// A disk.
#[derive(Debug)]
pub(crate) struct Disk {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tree: Tree,
    powered: bool,
    survivors: Option<Chance>,
    listings: HashMap<u64, Listing>,
    next_listing: u64,
}

/// The tree of a disk that has power.
pub(crate) struct Powered<'a>(MutexGuard<'a, State>);

impl std::ops::Deref for Powered<'_> {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        &self.0.tree
    }
}

impl std::ops::DerefMut for Powered<'_> {
    fn deref_mut(&mut self) -> &mut Tree {
        &mut self.0.tree
    }
}

impl Disk {
    /// A disk with power. With a seed, some of what was not fsynced survives a power failure.
    pub(crate) fn new(tree: Tree, seed: Option<u64>) -> Self {
        Self {
            state: Mutex::new(State {
                tree,
                powered: true,
                survivors: seed.map(Chance::new),
                listings: HashMap::new(),
                next_listing: 0,
            }),
        }
    }

    /// The tree, or EIO without power.
    pub(crate) fn tree(&self) -> Result<Powered<'_>, Errno> {
        let state = self.state();
        if state.powered {
            Ok(Powered(state))
        } else {
            Err(Errno::EIO)
        }
    }

    /// The power fails. What was lost, and what the kernel may have kept.
    pub(crate) fn cut_power(&self) -> (Dropped, Known) {
        let mut state = self.state();
        let state = &mut *state;
        if !state.powered {
            return (Dropped::default(), Known::default());
        }
        state.powered = false;
        state.listings.clear();
        let known = Known {
            inodes: state.tree.numbers(),
            below_root: state
                .tree
                .list(ROOT)
                .unwrap_or_default()
                .into_iter()
                .map(|(name, _)| name)
                .collect(),
        };
        if let Some(chance) = &mut state.survivors {
            state.tree.survive(chance);
        }
        (state.tree.lose(), known)
    }

    /// The power is back.
    pub(crate) fn restore(&self) {
        self.state().powered = true;
    }

    /// The disk is thrown away.
    pub(crate) fn discard(&self) {
        let mut state = self.state();
        state.powered = false;
        state.listings.clear();
        state.tree.clear();
    }

    /// A program begins to read a folder.
    pub(crate) fn open_listing(&self) -> Result<FileHandle, Errno> {
        let mut state = self.tree()?.0;
        state.next_listing += 1;
        Ok(FileHandle(state.next_listing))
    }

    /// The rows of a folder: those of the beginning, so that what is removed meanwhile moves none of them.
    pub(crate) fn listing(&self, handle: FileHandle, folder: Ino, from_the_beginning: bool) -> Result<Listing, Errno> {
        let mut state = self.tree()?.0;
        if let Some(listing) = state.listings.get(&handle.0).filter(|_| !from_the_beginning) {
            return Ok(Arc::clone(listing));
        }
        let rows = Arc::new(rows(&state.tree, folder)?);
        state.listings.insert(handle.0, Arc::clone(&rows));
        Ok(rows)
    }

    /// A program has read a folder.
    pub(crate) fn close_listing(&self, handle: FileHandle) {
        self.state().listings.remove(&handle.0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rows(tree: &Tree, folder: Ino) -> Result<Vec<Row>, Errno> {
    let above = if folder == ROOT { ROOT } else { tree.above(folder) };
    let mut rows: Vec<Row> = vec![
        (folder, fuser::FileType::Directory, ".".into()),
        (above, fuser::FileType::Directory, "..".into()),
    ];
    for (name, ino) in tree.list(folder).map_err(crate::answers::errno)? {
        let look = tree.look(ino).map_err(crate::answers::errno)?;
        rows.push((ino, file_type(look.kind), name));
    }
    Ok(rows)
}
