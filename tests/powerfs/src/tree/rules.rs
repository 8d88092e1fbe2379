// SPDX-License-Identifier: EUPL-1.2
//! The rules of the README, one by one.

use std::ffi::OsStr;
use std::time::UNIX_EPOCH;

use super::*;

/// A tree with paths, for tests that read like a shell.
struct Shell(Tree);

impl Shell {
    /// A root with the durable folders `a` and `b`, and the durable file `a/old`.
    fn new() -> Self {
        let mut shell = Self(Tree::new(Attributes::new(0o755, 0, 0, UNIX_EPOCH)));
        shell.mkdir("a");
        shell.mkdir("b");
        shell.write("a/old", b"old");
        shell.0.sync_all();
        shell
    }

    fn place<'p>(&self, path: &'p str) -> (Ino, &'p OsStr) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        (self.ino(above).unwrap(), OsStr::new(name))
    }

    fn ino(&self, path: &str) -> Option<Ino> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        parts
            .into_iter()
            .try_fold(ROOT, |at, part| self.0.find(at, OsStr::new(part)).ok())
    }

    fn mkdir(&mut self, path: &str) {
        let (folder, name) = self.place(path);
        let attributes = Attributes::new(0o755, 0, 0, UNIX_EPOCH);
        self.0.make(folder, name, Kind::Folder, attributes).unwrap();
    }

    fn write(&mut self, path: &str, content: &[u8]) {
        let (folder, name) = self.place(path);
        let attributes = Attributes::new(0o644, 0, 0, UNIX_EPOCH);
        let ino = self.0.find(folder, name).ok();
        let ino = ino.unwrap_or_else(|| self.0.make(folder, name, Kind::file(&[]), attributes).unwrap());
        self.0.resize(ino, 0, UNIX_EPOCH).unwrap();
        self.0.write(ino, 0, content, UNIX_EPOCH).unwrap();
    }

    fn sync(&mut self, path: &str) {
        self.0.sync(self.ino(path).unwrap()).unwrap();
    }

    fn rename(&mut self, from: &str, to: &str) {
        let (from, to) = (self.place(from), self.place(to));
        self.0.rename(from, to, true, UNIX_EPOCH).unwrap();
    }

    fn unlink(&mut self, path: &str) {
        let (folder, name) = self.place(path);
        self.0.unlink(folder, name, UNIX_EPOCH).unwrap();
    }

    fn rmdir(&mut self, path: &str) {
        let (folder, name) = self.place(path);
        self.0.remove_folder(folder, name, UNIX_EPOCH).unwrap();
    }

    /// Everything there is, as `path=content`.
    fn all(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![(String::new(), ROOT)];
        while let Some((path, folder)) = folders.pop() {
            for (name, ino) in self.0.list(folder).unwrap() {
                let path = format!("{path}{}", name.to_string_lossy());
                if let Kind::Folder = self.0.look(ino).unwrap().kind {
                    folders.push((format!("{path}/"), ino));
                    found.push(format!("{path}/"));
                } else {
                    let content = self.0.read(ino, 0, 100).unwrap();
                    found.push(format!("{path}={}", String::from_utf8_lossy(&content)));
                }
            }
        }
        found.sort();
        found
    }
}

/// What is there after a power failure, beside the folders `a/` and `b/`.
#[track_caller]
fn check(program: impl FnOnce(&mut Shell), expected: &[&str]) {
    let mut shell = Shell::new();
    program(&mut shell);
    shell.0.lose();
    let found: Vec<String> = shell.all().into_iter().filter(|f| f != "a/" && f != "b/").collect();
    assert_eq!(found, expected);
}

#[test]
fn nothing_without_fsync_is_there() {
    check(|s| s.write("a/new", b"new"), &["a/old=old"]);
    check(|s| s.write("a/old", b"new"), &["a/old=old"]);
    check(|s| s.unlink("a/old"), &["a/old=old"]);
    check(|s| s.mkdir("a/c"), &["a/old=old"]);
}

#[test]
fn fsync_of_a_new_file_brings_its_name() {
    let write_synced = |s: &mut Shell, path: &str| {
        s.write(path, b"new");
        s.sync(path);
    };
    check(|s| write_synced(s, "a/new"), &["a/new=new", "a/old=old"]);
    // And the new folders above, as journaling file systems do, but not what else is in them.
    let deep = |s: &mut Shell| {
        s.mkdir("a/c");
        s.mkdir("a/c/d");
        s.write("a/c/other", b"other");
        write_synced(s, "a/c/d/new");
    };
    check(deep, &["a/c/", "a/c/d/", "a/c/d/new=new", "a/old=old"]);
}

#[test]
fn fsync_of_the_folder_alone_brings_the_name_of_an_empty_file() {
    let program = |s: &mut Shell| {
        s.write("a/new", b"new");
        s.sync("a");
    };
    check(program, &["a/new=", "a/old=old"]);
}

#[test]
fn a_rename_needs_the_fsync_of_the_folder() {
    let replace = |s: &mut Shell| {
        s.write("a/tmp", b"new");
        s.sync("a/tmp");
        s.rename("a/tmp", "a/old");
    };
    check(replace, &["a/old=old", "a/tmp=new"]);
    let replace_synced = |s: &mut Shell| {
        replace(s);
        s.sync("a/old");
    };
    // The file had a durable name before: its fsync moves none.
    check(replace_synced, &["a/old=old", "a/tmp=new"]);
    let replace_durable = |s: &mut Shell| {
        replace(s);
        s.sync("a");
    };
    check(replace_durable, &["a/old=new"]);
}

#[test]
fn a_rename_between_folders_reaches_the_disk_whole() {
    for folder in ["a", "b"] {
        let program = |s: &mut Shell| {
            s.rename("a/old", "b/moved");
            s.sync(folder);
        };
        check(program, &["b/moved=old"]);
    }
    // Also when it was moved on, and when something else took its place.
    let program = |s: &mut Shell| {
        s.rename("a/old", "b/there");
        s.rename("b/there", "a/back");
        s.write("a/old", b"another");
        s.sync("a");
    };
    check(program, &["a/back=old", "a/old="]);
}

#[test]
fn what_has_a_name_never_loses_its_last_durable_one() {
    let linked = |s: &mut Shell| {
        let (folder, name) = s.place("b/link");
        let ino = s.ino("a/old").unwrap();
        s.0.link(ino, folder, name, UNIX_EPOCH).unwrap();
        s.unlink("a/old");
        s.sync("a");
    };
    check(linked, &["b/link=old"]);
    let moved_out_of_a_removed_folder = |s: &mut Shell| {
        s.rename("a/old", "b/saved");
        s.rmdir("a");
        s.mkdir("a");
        s.sync("");
    };
    check(moved_out_of_a_removed_folder, &["b/saved=old"]);
    let folders_swapped = |s: &mut Shell| {
        s.rename("b", "a/b");
        s.0.sync_all();
        s.rename("a/b", "b");
        s.rename("a", "b/a");
        s.sync("b");
    };
    check(folders_swapped, &["b/a/", "b/a/old=old"]);
}

#[test]
fn an_open_file_without_a_name_lives_until_it_is_closed() {
    let mut shell = Shell::new();
    let ino = shell.ino("a/old").unwrap();
    shell.0.open(ino).unwrap();
    shell.unlink("a/old");
    shell.sync("a");
    assert_eq!(shell.0.read(ino, 0, 10).unwrap(), b"old");
    shell.0.close(ino);
    assert_eq!(shell.0.read(ino, 0, 10), Err(Refusal::Gone));
}

#[test]
fn what_was_lost_is_counted() {
    let mut shell = Shell::new();
    shell.write("a/old", b"newer");
    shell.write("a/new", &[1; 5000]);
    shell.unlink("a/old");
    let expected = Dropped {
        bytes: 5 + 5000,
        pages: 3,
        entries: 2,
    };
    assert_eq!(shell.0.lose(), expected);
    assert_eq!(shell.0.lose(), Dropped::default());
}

#[test]
fn inode_numbers_never_come_twice() {
    let mut shell = Shell::new();
    let before = shell.ino("a/old").unwrap();
    shell.0.lose();
    assert_ne!(shell.ino("a/old"), Some(before));
    assert_eq!(shell.0.read(before, 0, 1), Err(Refusal::Gone));
}
