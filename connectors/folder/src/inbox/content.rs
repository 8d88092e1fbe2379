// SPDX-License-Identifier: EUPL-1.2
//! Reading a file without trusting that it stays what it was when it was seen.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use connector_sdk::{Content, Refusal};
use hub_message::Digest;
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::refusal;
use super::settling::Seen;
use crate::directory::{Directory, Signature};

/// What came of reading one file.
#[derive(Debug)]
pub(crate) enum Reading {
    /// Its content.
    Content(Content),
    /// It is no longer what was seen: another look decides.
    Changed,
    /// It may never be read.
    Refused(Refusal),
}

const CHUNK: usize = 256 * 1024;

/// Reads what was seen: into memory up to `inline_bytes_max`, else as an open file with its digest.
pub(crate) fn read(directory: &Directory, seen: &Seen, inline_bytes_max: u64) -> io::Result<Reading> {
    let file = match directory.read(&seen.name) {
        Ok(file) => file,
        Err(e) => {
            return match e.kind() {
                io::ErrorKind::PermissionDenied => Ok(Reading::Refused(refusal::unreadable())),
                _ if is_swapped(&e) => Ok(Reading::Changed),
                _ => Err(e),
            };
        }
    };
    if Signature::of_file(&file)? != seen.signature {
        return Ok(Reading::Changed);
    }
    let content = if seen.signature.size <= inline_bytes_max {
        inline(&file, seen.signature.size)?
    } else {
        streamed(file.try_clone()?, seen.signature.size)?
    };
    match content {
        Some(content) if Signature::of_file(&file)? == seen.signature => Ok(Reading::Content(content)),
        _ => Ok(Reading::Changed),
    }
}

/// Gone, or swapped for a link or a socket since it was seen.
fn is_swapped(error: &io::Error) -> bool {
    [Errno::NOENT, Errno::LOOP, Errno::NXIO]
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

fn inline(file: &File, size: u64) -> io::Result<Option<Content>> {
    let mut bytes = Vec::with_capacity(size as usize + 1);
    file.take(size + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == size).then(|| Content::inline(bytes)))
}

/// A file as content, with its digest; `None` when it has another length.
pub(super) fn streamed(mut file: File, size: u64) -> io::Result<Option<Content>> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut length = 0;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        length += read as u64;
        hash.update(chunk.get(..read).unwrap_or_default());
    }
    Ok((length == size).then(|| Content::File {
        file: Arc::new(file),
        size,
        sha256: Digest::from_raw(hash.finalize().into()),
    }))
}

/// The media type by the ending of a name.
pub(crate) fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    match ending.as_str() {
        "xml" => "application/xml",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "tif" | "tiff" => "image/tiff",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "eml" => "message/rfc822",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt" => "application/vnd.oasis.opendocument.text",
        _ => "application/octet-stream",
    }
}
