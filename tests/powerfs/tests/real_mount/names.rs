// SPDX-License-Identifier: EUPL-1.2
//! Names: which call makes them durable.

use std::fs::File;
use std::io::Write as _;

use crate::scratch::Scratch;

fn write_synced(scratch: &Scratch, name: &str, content: &[u8]) {
    let mut file = File::create(scratch.path(name)).unwrap();
    file.write_all(content).unwrap();
    file.sync_all().unwrap();
}

#[test]
fn a_name_comes_with_the_fsync_of_its_new_file_or_of_its_folder() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.path("deep/deeper")).unwrap();
    write_synced(&scratch, "deep/deeper/kept", b"kept");
    std::fs::write(scratch.path("deep/lost"), b"lost").unwrap();
    std::fs::write(scratch.path("empty"), b"lost").unwrap();
    scratch.sync_folder("");
    std::fs::create_dir(scratch.path("lost")).unwrap();
    let dropped = scratch.power_failure();
    assert_eq!(scratch.names(""), ["deep", "empty"]);
    assert_eq!(scratch.names("deep"), ["deeper"]);
    assert_eq!(std::fs::read(scratch.path("deep/deeper/kept")).unwrap(), b"kept");
    assert_eq!(std::fs::read(scratch.path("empty")).unwrap(), b"");
    assert_eq!(dropped.entries, 2);
}

#[test]
fn a_rename_over_an_old_file_is_undone_without_fsync_of_the_folder() {
    let scratch = Scratch::new();
    write_synced(&scratch, "file", b"old");
    write_synced(&scratch, "file.new", b"new");
    std::fs::rename(scratch.path("file.new"), scratch.path("file")).unwrap();
    assert_eq!(scratch.names(""), ["file"]);
    scratch.power_failure();
    assert_eq!(scratch.names(""), ["file", "file.new"]);
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"old");

    std::fs::rename(scratch.path("file.new"), scratch.path("file")).unwrap();
    scratch.sync_folder("");
    scratch.power_failure();
    assert_eq!(scratch.names(""), ["file"]);
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"new");
}

#[test]
fn a_removed_file_is_back_without_fsync_of_the_folder() {
    let scratch = Scratch::new();
    write_synced(&scratch, "one", b"1");
    write_synced(&scratch, "two", b"2");
    std::fs::remove_file(scratch.path("one")).unwrap();
    scratch.sync_folder("");
    std::fs::remove_file(scratch.path("two")).unwrap();
    scratch.power_failure();
    assert_eq!(scratch.names(""), ["two"]);
}

#[test]
fn folders_are_read_and_removed_whole() {
    let scratch = Scratch::new();
    for folder in ["tree", "tree/one", "tree/two"] {
        std::fs::create_dir(scratch.path(folder)).unwrap();
        for number in 0..300 {
            std::fs::write(scratch.path(&format!("{folder}/{number:0>50}")), b"x").unwrap();
        }
    }
    assert_eq!(scratch.names("tree").len(), 302);
    std::fs::remove_dir_all(scratch.path("tree")).unwrap();
    assert_eq!(scratch.names(""), Vec::<String>::new());
}

#[test]
fn links_of_both_kinds_and_long_names() {
    let scratch = Scratch::new();
    write_synced(&scratch, "file", b"content");
    std::fs::hard_link(scratch.path("file"), scratch.path("hard")).unwrap();
    std::os::unix::fs::symlink("file", scratch.path("soft")).unwrap();
    std::fs::remove_file(scratch.path("file")).unwrap();
    assert_eq!(std::fs::read(scratch.path("hard")).unwrap(), b"content");
    assert_eq!(std::fs::read_link(scratch.path("soft")).unwrap().to_str(), Some("file"));
    let too_long = File::create(scratch.path(&"x".repeat(256))).unwrap_err();
    assert_eq!(too_long.kind(), std::io::ErrorKind::InvalidFilename);
    File::create(scratch.path(&"x".repeat(255))).unwrap();
}
