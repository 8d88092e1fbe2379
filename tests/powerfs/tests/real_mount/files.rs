// SPDX-License-Identifier: EUPL-1.2
//! Contents: which call makes them durable.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};

use amtshub_powerfs::Options;
use rustix::fs::OFlags;

use crate::scratch::Scratch;

#[test]
fn what_was_not_fsynced_is_lost_and_counted() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("file")).unwrap();
    file.write_all(b"kept").unwrap();
    file.sync_all().unwrap();
    file.write_all(&[b'x'; 10_000]).unwrap();
    drop(file);
    assert_eq!(std::fs::read(scratch.path("file")).unwrap().len(), 10_004);
    let dropped = scratch.power_failure();
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"kept");
    assert_eq!((dropped.bytes, dropped.pages, dropped.entries), (10_004, 3, 0));
}

#[test]
fn fdatasync_keeps_content_and_size() {
    let scratch = Scratch::new();
    let mut file = File::create(scratch.path("file")).unwrap();
    file.write_all(&[7; 5000]).unwrap();
    file.sync_data().unwrap();
    scratch.power_failure();
    assert_eq!(std::fs::read(scratch.path("file")).unwrap(), [7; 5000]);
}

#[test]
fn synchronous_writes_are_durable_at_once() {
    for flags in [OFlags::SYNC, OFlags::DSYNC] {
        let scratch = Scratch::new();
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(scratch.path("file"))
            .unwrap();
        file.write_all(b"kept").unwrap();
        scratch.power_failure();
        assert_eq!(std::fs::read(scratch.path("file")).unwrap(), b"kept", "{flags:?}");
    }
}

#[test]
fn a_file_is_read_and_written_at_any_place() {
    let scratch = Scratch::new();
    let mut file = File::options()
        .create_new(true)
        .read(true)
        .write(true)
        .open(scratch.path("file"))
        .unwrap();
    file.write_all_at(b"behind a hole", 100_000).unwrap();
    file.set_len(100_006).unwrap();
    file.seek(SeekFrom::Start(99_998)).unwrap();
    let mut found = Vec::new();
    file.read_to_end(&mut found).unwrap();
    assert_eq!(found, b"\0\0behind");
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, 200_000).unwrap();
    assert_eq!(file.metadata().unwrap().len(), 200_000);
    let mut appending = File::options().append(true).open(scratch.path("file")).unwrap();
    appending.write_all(b"at the end").unwrap();
    assert_eq!(file.metadata().unwrap().len(), 200_010);
}

#[test]
fn shared_mappings_work_and_are_durable_after_msync() {
    let scratch = Scratch::new();
    scratch.python(
        "import mmap, os\n\
         open('kept', 'wb').write(bytes(8192)); open('lost', 'wb').write(bytes(8192))\n\
         for name in ['kept', 'lost']:\n\
         \x20   file = open(name, 'r+b'); os.fsync(file.fileno())\n\
         \x20   one = mmap.mmap(file.fileno(), 8192); two = mmap.mmap(file.fileno(), 8192)\n\
         \x20   one[5000:5004] = b'text'\n\
         \x20   assert two[5000:5004] == b'text'\n\
         \x20   if name == 'kept': one.flush()\n",
    );
    assert_eq!(std::fs::read(scratch.path("lost")).unwrap()[5000..5004], *b"text");
    let dropped = scratch.power_failure();
    assert_eq!(dropped.pages, 1);
    assert_eq!(std::fs::read(scratch.path("kept")).unwrap()[5000..5004], *b"text");
    assert_eq!(std::fs::read(scratch.path("lost")).unwrap(), [0; 8192]);
}

#[test]
fn with_survivors_pages_are_torn_and_a_seed_repeats() {
    let torn = |seed| {
        let scratch = Scratch::with(Options { survive: Some(seed) });
        let file = File::create(scratch.path("file")).unwrap();
        file.write_all_at(&vec![1; 16 * 4096], 0).unwrap();
        file.sync_all().unwrap();
        file.write_all_at(&vec![2; 16 * 4096], 0).unwrap();
        scratch.power_failure();
        std::fs::read(scratch.path("file")).unwrap()
    };
    let found = torn(7);
    assert_eq!(found.len(), 16 * 4096);
    assert!(found.contains(&1) && found.contains(&2));
    assert_eq!(found, torn(7));
    assert_ne!(found, torn(8));
}
