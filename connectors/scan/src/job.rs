// SPDX-License-Identifier: EUPL-1.2
//! One scanned file while it is worked on: a folder with a copy of it and what its pages say.
//!
//! The pages stand there as they are read, so that a connector that was killed in the middle of a stack reads none twice,
//! and that the texts of a stack are never in memory together.

mod making;
mod pages;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use amtshub_connector_folder::Ticket as FileTicket;
use connector_sdk::Content;
use connector_sdk::source::Record;
use hub_message::Digest;
use sha2::{Digest as _, Sha256};

use crate::refusal;
use crate::settings::Settings;
use crate::sidecar::Original;
use crate::tool::{Halt, Workshop};
use crate::{pdf, tiff_file};
pub(crate) use making::Made;
pub(crate) use pages::{Pages, read_all};

/// The format of a file, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Pdf,
    Tiff,
}

impl Form {
    /// PDF may have something before its mark (ISO 32000-1, annex H, implementation note 13).
    fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"II\x2a\0") || head.starts_with(b"MM\0\x2a") {
            return Some(Self::Tiff);
        }
        head.windows(5).any(|window| window == b"%PDF-").then_some(Self::Pdf)
    }

    /// The name of the copy.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Pdf => pdf::FILE,
            Self::Tiff => tiff_file::FILE,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Tiff => "image/tiff",
        }
    }
}

/// A file that is worked on.
#[derive(Debug)]
pub(crate) struct Job {
    /// The file in the scanner's folder.
    pub record: Record<FileTicket>,
    pub form: Form,
    pub workshop: Workshop,
    /// The copy.
    pub content: Content,
    pub original: Original,
}

/// What came of copying a file.
#[derive(Debug)]
pub(crate) enum Begun {
    Job(Box<Job>),
    /// It changed meanwhile; it will come again.
    Changed,
    /// It is never taken.
    Unfit(Box<Record<FileTicket>>, connector_sdk::Refusal),
}

const HEAD: usize = 1024;
const TAIL: u64 = 4096;
const PIECE: u64 = 256 * 1024;

/// Makes the folder of a file and copies it there. Another file's folder is of no use any more: one file is worked on at a
/// time, and what was not brought to its end begins with the same file.
pub(crate) fn begin(record: Record<FileTicket>, settings: &Settings) -> Result<Begun, Halt> {
    let work = settings.work();
    let id = id(&record, settings);
    keep_only(&work, &id)?;
    let folder = work.join(&id);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let Some(form) = Form::of(&head(&record.native)?) else {
        fs::remove_dir_all(&folder)?;
        return Ok(Begun::Unfit(Box::new(record), refusal::neither()));
    };
    let path = folder.join(form.file());
    let sha256 = copy(&record.native, &path)?;
    if sha256 != record.native.sha256() {
        return Ok(Begun::Changed);
    }
    let (file, size) = (File::open(&path)?, record.native.size());
    if form == Form::Pdf && !is_whole(&file, size)? {
        fs::remove_dir_all(&folder)?;
        return Ok(Begun::Unfit(Box::new(record), refusal::damaged("Ende suchen")));
    }
    let original = Original {
        name: record
            .name
            .as_ref()
            .map(|name| name.disclose().clone())
            .unwrap_or_default(),
        sha256: sha256.as_str().to_owned(),
        size,
        media_type: form.media_type(),
        pages: 0,
    };
    let content = Content::File {
        file: Arc::new(file),
        size,
        sha256,
    };
    Ok(Begun::Job(Box::new(Job {
        record,
        form,
        workshop: Workshop {
            folder,
            limits: settings.limits,
        },
        content,
        original,
    })))
}

impl Job {
    /// Removes the folder: the file is on its way out.
    pub(crate) fn clear(&self) -> io::Result<()> {
        fs::remove_dir_all(&self.workshop.folder)
    }
}

/// The name of the folder: the same when the same file is to be read in the same way.
fn id(record: &Record<FileTicket>, settings: &Settings) -> String {
    let mut hash = Sha256::new();
    for part in &record.identity {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(settings.of_reading());
    Digest::from_raw(hash.finalize().into()).as_str().to_owned()
}

/// Removes the folders of other files. Only what looks like one: somebody may have named a folder with other things in it.
fn keep_only(work: &Path, id: &str) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(work)?;
    for entry in fs::read_dir(work)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.len() == id.len() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if ours && name != id && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn head(content: &Content) -> io::Result<Vec<u8>> {
    match content {
        Content::Inline(bytes) => Ok(bytes.disclose().iter().take(HEAD).copied().collect()),
        Content::File { file, .. } => {
            let mut head = vec![0; HEAD];
            let length = file.read_at(&mut head, 0)?;
            head.truncate(length);
            Ok(head)
        }
    }
}

/// Whether a PDF has its end (ISO 32000-1, 7.5.5). Without it the readers guess, and a page that is missing shows nowhere.
fn is_whole(file: &File, size: u64) -> io::Result<bool> {
    let mut tail = vec![0; TAIL.min(size) as usize];
    file.read_exact_at(&mut tail, size - TAIL.min(size))?;
    Ok(tail.windows(5).any(|window| window == b"%%EOF"))
}

fn copy(content: &Content, path: &PathBuf) -> io::Result<Digest> {
    let mut to = File::create(path)?;
    let mut hash = Sha256::new();
    let mut put = |bytes: &[u8]| {
        hash.update(bytes);
        to.write_all(bytes)
    };
    match content {
        Content::Inline(bytes) => put(bytes.disclose())?,
        Content::File { file, size, .. } => {
            let mut at = 0;
            let mut piece = vec![0; PIECE as usize];
            while at < *size {
                let length = file.read_at(&mut piece, at)?;
                if length == 0 {
                    break;
                }
                put(piece.get(..length).unwrap_or_default())?;
                at += length as u64;
            }
        }
    }
    Ok(Digest::from_raw(hash.finalize().into()))
}

/// The digest and length of a file that was made here.
pub(crate) fn made_content(path: &Path) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE as usize];
    let mut size = 0;
    loop {
        let length = file.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hash.update(piece.get(..length).unwrap_or_default());
        size += length as u64;
    }
    Ok(Content::File {
        file: Arc::new(file),
        size,
        sha256: Digest::from_raw(hash.finalize().into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        assert_eq!(Form::of(b"%PDF-1.7"), Some(Form::Pdf));
        assert_eq!(Form::of(b"\xef\xbb\xbf%PDF-1.4"), Some(Form::Pdf));
        assert_eq!(Form::of(b"II\x2a\0...."), Some(Form::Tiff));
        assert_eq!(Form::of(b"MM\0\x2a...."), Some(Form::Tiff));
        assert_eq!(Form::of(b"GIF89a"), None);
        assert_eq!(Form::of(b""), None);
    }

    #[test]
    fn folders_that_are_not_ours_stay() {
        let work = tempfile::tempdir().unwrap();
        let (id, other) = ("a".repeat(64), "b".repeat(64));
        for name in [id.as_str(), &other, "Papiere"] {
            fs::create_dir(work.path().join(name)).unwrap();
        }
        keep_only(work.path(), &id).unwrap();
        let mut names: Vec<_> = fs::read_dir(work.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["Papiere", id.as_str()]);
    }
}
