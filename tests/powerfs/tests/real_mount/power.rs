// SPDX-License-Identifier: EUPL-1.2
//! The switch itself.

use std::fs::File;
use std::io::{Read as _, Write as _};

use amtshub_powerfs::{Dropped, Options, PowerFs};

use crate::scratch::Scratch;

/// EIO
const INPUT_OUTPUT: Option<i32> = Some(5);

#[test]
fn without_power_everything_fails() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("file")).unwrap();
    file.write_all(&[1; 5000]).unwrap();
    file.sync_all().unwrap();
    let mut reading = File::open(scratch.path("file")).unwrap();
    let mut begin = [0; 10];
    reading.read_exact(&mut begin).unwrap();
    std::fs::create_dir_all(scratch.path("deep/deeper")).unwrap();
    assert!(scratch.path("deep/deeper").is_dir(), "the kernel knows it");
    scratch.mounted.cut_power();
    assert_eq!(
        scratch.mounted.cut_power(),
        Dropped::default(),
        "the power is off already"
    );
    let code = |error: std::io::Error| error.raw_os_error();
    assert_eq!(code(file.write_all(b"x").unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(file.sync_all().unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(reading.read_exact(&mut begin).unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(File::open(scratch.path("file")).unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(scratch.path("deep/deeper").metadata().unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(File::create(scratch.path("new")).unwrap_err()), INPUT_OUTPUT);
    assert_eq!(code(std::fs::read_dir(scratch.mounted.at()).unwrap_err()), INPUT_OUTPUT);
    assert!(scratch.mounted.is_mounted());
    scratch.mounted.restore();
    assert_eq!(scratch.names(""), ["file"]);
}

#[test]
fn a_file_that_was_open_reaches_nothing_afterwards() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("file")).unwrap();
    file.write_all(b"kept").unwrap();
    file.sync_all().unwrap();
    scratch.power_failure();
    assert!(file.write_all(b"late").is_err());
    drop(file);
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"kept");
}

#[test]
fn the_first_content_is_that_of_the_backing_folder() {
    let scratch = Scratch::prepared(Options::default(), |backing| {
        std::fs::create_dir(backing.join("folder")).unwrap();
        std::fs::write(backing.join("folder/file"), [3; 9000]).unwrap();
    });
    std::fs::write(scratch.path("folder/file"), b"other").unwrap();
    scratch.power_failure();
    assert_eq!(std::fs::read(scratch.path("folder/file")).unwrap(), [3; 9000]);
}

#[test]
fn it_is_unmounted_even_when_it_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let mounted = PowerFs::mount(folder.path(), folder.path()).unwrap();
    let held = File::create(folder.path().join("file")).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(mounted);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    drop(held);
}

#[test]
fn what_cannot_be_mounted_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let no_place = PowerFs::mount(folder.path(), &missing).unwrap_err();
    assert!(no_place.to_string().contains("nothing can be mounted at"), "{no_place}");
    let no_backing = PowerFs::mount(&missing, folder.path()).unwrap_err();
    assert!(no_backing.to_string().contains("cannot be read"), "{no_backing}");
}
