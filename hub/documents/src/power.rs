// SPDX-License-Identifier: EUPL-1.2
//! What was confirmed is there after a power failure: the invariant of this crate, on a disk that forgets what was not
//! fsynced. Takes root and `/dev/fuse`.

use std::fs::{self, File};
use std::path::Path;

use amtshub_powerfs::{Mounted, PowerFs};
use bytes::Bytes;
use hub_message::{ConnectorName, Digest};

use crate::address;
use crate::documents::{Documents, Limits};

const CONTENT: Bytes = Bytes::from_static(b"a document");

/// Does something on such a disk and then lets the power fail.
async fn on_the_disk(work: impl AsyncFnOnce(&Path, Documents)) -> (Mounted, tempfile::TempDir, Documents) {
    let folder = tempfile::tempdir().unwrap();
    let disk = PowerFs::mount(folder.path(), folder.path()).unwrap();
    work(disk.at(), open(disk.at())).await;
    // Something that is lost each time, to see that the power failed.
    fs::write(disk.at().join("canary"), b"lost").unwrap();
    let dropped = disk.cut_power();
    assert!(dropped.bytes >= 4, "{dropped:?}");
    disk.restore();
    let documents = open(disk.at());
    (disk, folder, documents)
}

fn open(root: &Path) -> Documents {
    Documents::open(root.to_str().unwrap(), Limits::default()).unwrap()
}

fn sender() -> ConnectorName {
    "scan".parse().unwrap()
}

/// Gives a content its name as a hub does that is killed before the name is on the disk.
fn name_and_be_killed(root: &Path, address: &object_store::path::Path, content: &[u8]) {
    let (beside, file) = (root.join("beside"), root.join(address.as_ref()));
    fs::write(&beside, content).unwrap();
    File::open(&beside).unwrap().sync_all().unwrap();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::rename(beside, file).unwrap();
}

async fn check(documents: &Documents) {
    let found = documents.get(&Digest::of(&CONTENT), 100).await;
    assert_eq!(found.unwrap(), CONTENT);
}

#[tokio::test]
async fn what_the_hub_kept_is_there() {
    let put = async |_: &Path, documents: Documents| {
        documents.put(&CONTENT).await.unwrap();
    };
    let (_disk, _folder, documents) = on_the_disk(put).await;
    check(&documents).await;
}

#[tokio::test]
async fn what_a_connector_sent_is_there() {
    let digest = Digest::of(&CONTENT);
    let upload = async |_: &Path, documents: Documents| {
        let size = CONTENT.len() as u64;
        documents.begin(&sender(), &digest, size).await.unwrap();
        documents.append(&sender(), &digest, 0, CONTENT).await.unwrap();
        documents.commit(&sender(), &digest).await.unwrap();
    };
    let (_disk, _folder, documents) = on_the_disk(upload).await;
    check(&documents).await;
    assert!(documents.was_sent_by(&sender(), &digest).await.unwrap());
}

#[tokio::test]
async fn what_a_killed_hub_left_is_there_once_it_is_confirmed() {
    let put = async |root: &Path, documents: Documents| {
        name_and_be_killed(root, &address::content(&Digest::of(&CONTENT)), &CONTENT);
        documents.put(&CONTENT).await.unwrap();
    };
    let (_disk, _folder, documents) = on_the_disk(put).await;
    check(&documents).await;
}

#[tokio::test]
async fn what_a_killed_hub_received_is_there_once_it_is_said_to_exist() {
    let digest = Digest::of(&CONTENT);
    let size = CONTENT.len() as u64;
    for again in [false, true] {
        let begin = async |root: &Path, documents: Documents| {
            name_and_be_killed(root, &address::content(&digest), &CONTENT);
            name_and_be_killed(root, &address::sent(&sender(), &digest), b"");
            if again {
                documents.commit(&sender(), &digest).await.unwrap();
            } else {
                assert!(documents.begin(&sender(), &digest, size).await.unwrap().exists);
            }
        };
        let (_disk, _folder, documents) = on_the_disk(begin).await;
        check(&documents).await;
        assert!(documents.was_sent_by(&sender(), &digest).await.unwrap());
    }
}
