// SPDX-License-Identifier: EUPL-1.2
//! Uploads as connectors make them, broken off and gone on with.

use std::time::Duration;

use super::*;
use crate::documents::Limits;

fn open(folder: &tempfile::TempDir) -> Documents {
    let limits = Limits {
        document_bytes: 1 << 20,
        reserve_bytes: 0,
    };
    Documents::open(folder.path().to_str().unwrap(), limits).unwrap()
}

fn scan() -> ConnectorName {
    "scan".parse().unwrap()
}

fn content(bytes: usize) -> (Bytes, Digest) {
    let content: Vec<u8> = (0..bytes).map(|n| (n * 31 % 251) as u8).collect();
    let digest = Digest::of(&content);
    (Bytes::from(content), digest)
}

/// Sends the content in pieces from where the upload is until `until`.
async fn send(documents: &Documents, content: &Bytes, digest: &Digest, until: usize) -> u64 {
    let size = content.len() as u64;
    let mut offset = documents.begin(&scan(), digest, size).await.unwrap().offset;
    while offset < until as u64 {
        let end = (offset as usize + 1000).min(until);
        let piece = content.slice(offset as usize..end);
        offset = documents.append(&scan(), digest, offset, piece).await.unwrap();
    }
    offset
}

#[tokio::test]
async fn an_upload_goes_on_after_a_crash_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (content, digest) = content(10_000);
    assert_eq!(send(&open(&folder), &content, &digest, 4_500).await, 4_500);
    // Another process: nothing is known but what is on the disk.
    let documents = open(&folder);
    let begun = documents.begin(&scan(), &digest, 10_000).await.unwrap();
    let exists = false;
    assert_eq!(begun, Begun { offset: 4_500, exists });
    assert!(
        documents.size(&digest).await.unwrap().is_none(),
        "not there before it is whole"
    );
    send(&documents, &content, &digest, 10_000).await;
    documents.commit(&scan(), &digest).await.unwrap();
    documents.commit(&scan(), &digest).await.unwrap();
    assert_eq!(documents.get(&digest, 10_000).await.unwrap(), content);
    assert!(documents.begin(&scan(), &digest, 10_000).await.unwrap().exists);
}

#[tokio::test]
async fn knowing_a_digest_is_not_having_the_content() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    let (content, digest) = content(2_000);
    send(&documents, &content, &digest, 2_000).await;
    documents.commit(&scan(), &digest).await.unwrap();
    let curious: ConnectorName = "curious".parse().unwrap();
    let begun = documents.begin(&curious, &digest, 2_000).await.unwrap();
    assert_eq!((begun.exists, begun.offset), (false, 0));
    assert!(!documents.was_sent_by(&curious, &digest).await.unwrap());
    let fault = documents.commit(&curious, &digest).await.unwrap_err();
    assert!(matches!(fault, DocumentsFault::Incomplete { offset: 0, .. }), "{fault}");
}

#[tokio::test]
async fn bytes_for_another_place_are_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    let (content, digest) = content(3_000);
    assert_eq!(send(&documents, &content, &digest, 1_000).await, 1_000);
    for wrong in [0, 2_000] {
        let piece = content.slice(wrong..wrong + 1_000);
        let reached = documents.append(&scan(), &digest, wrong as u64, piece).await.unwrap();
        assert_eq!(reached, 1_000);
    }
    assert_eq!(send(&documents, &content, &digest, 3_000).await, 3_000);
    documents.commit(&scan(), &digest).await.unwrap();
}

#[tokio::test]
async fn what_is_not_what_was_announced_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    let (content, _) = content(3_000);
    let announced = Digest::of(b"something else");
    send(&documents, &content, &announced, 3_000).await;
    let fault = documents.commit(&scan(), &announced).await.unwrap_err();
    assert!(matches!(fault, DocumentsFault::Mismatch), "{fault}");
    assert_eq!(documents.begin(&scan(), &announced, 3_000).await.unwrap().offset, 0);
    let fault = documents
        .append(&scan(), &announced, 0, Bytes::from(vec![0; 3_001]))
        .await
        .unwrap_err();
    assert!(matches!(fault, DocumentsFault::Mismatch), "{fault}");
}

#[tokio::test]
async fn a_torn_file_is_found_out_by_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let (content, digest) = content(5_000);
    send(&open(&folder), &content, &digest, 4_000).await;
    // A power failure left zeros where bytes were not written through.
    let file = open(&folder).file_of(&address::unfinished(&scan(), &digest));
    let mut torn = std::fs::read(&file).unwrap();
    torn[2_000..].fill(0);
    std::fs::write(&file, torn).unwrap();
    let documents = open(&folder);
    send(&documents, &content, &digest, 5_000).await;
    let fault = documents.commit(&scan(), &digest).await.unwrap_err();
    assert!(matches!(fault, DocumentsFault::Mismatch), "{fault}");
    send(&documents, &content, &digest, 5_000).await;
    documents.commit(&scan(), &digest).await.unwrap();
}

#[tokio::test]
async fn too_large_a_document_and_a_full_disk_are_refused_before_a_byte_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (_, digest) = content(1);
    let fault = open(&folder).begin(&scan(), &digest, (1 << 20) + 1).await.unwrap_err();
    assert!(matches!(fault, DocumentsFault::TooLarge { .. }), "{fault}");
    let mut full = open(&folder);
    full.limits.reserve_bytes = u64::MAX;
    let fault = full.begin(&scan(), &digest, 1).await.unwrap_err();
    assert!(matches!(fault, DocumentsFault::Unavailable(_)), "{fault}");
}

#[tokio::test]
async fn a_connector_leaves_at_most_a_few_uploads_unfinished() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    for n in 0..40_u32 {
        let digest = Digest::of(&n.to_be_bytes());
        documents.begin(&scan(), &digest, 100).await.unwrap();
    }
    assert_eq!(sweep::unfinished(&documents.root).unwrap().len(), UNFINISHED_MAX);
    assert_eq!(documents.sweep(Duration::from_secs(3600)).await.unwrap(), 0);
    assert_eq!(documents.sweep(Duration::ZERO).await.unwrap(), UNFINISHED_MAX);
    let fault = documents
        .append(&scan(), &Digest::of(&39_u32.to_be_bytes()), 0, Bytes::from_static(b"x"))
        .await
        .unwrap_err();
    assert!(matches!(fault, DocumentsFault::Missing), "{fault}");
}

#[tokio::test]
async fn what_the_object_store_left_unfinished_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    let digest = documents.put(&Bytes::from_static(b"whole")).await.unwrap();
    let whole = documents.file_of(&address::content(&digest));
    std::fs::write(format!("{}#1", whole.display()), b"wh").unwrap();
    assert_eq!(documents.sweep(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(documents.get(&digest, 9).await.unwrap(), "whole");
}

#[tokio::test]
async fn an_empty_document_is_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let documents = open(&folder);
    let (content, digest) = content(0);
    send(&documents, &content, &digest, 0).await;
    documents.commit(&scan(), &digest).await.unwrap();
    assert_eq!(documents.get(&digest, 0).await.unwrap(), content);
}
