// SPDX-License-Identifier: EUPL-1.2
//! The contents that a mapping took out of the input, as files. A file is named by its SHA-256, as the canonical document
//! refers to it; what the sender calls it is never a path.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hub_mapping::Content;

use crate::terminal;

/// Endings by media type, so that a double click opens the file.
const ENDINGS: [(&str, &str); 26] = [
    ("application/pdf", "pdf"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("application/rtf", "rtf"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
    ),
    ("application/pkcs7-signature", "p7s"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pgp-signature", "asc"),
    ("application/ms-tnef", "dat"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/tiff", "tif"),
    ("message/rfc822", "eml"),
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/csv", "csv"),
    ("text/calendar", "ics"),
    ("text/xml", "xml"),
];

/// Writes the contents into a folder and says where they are; without a folder it says that there are some.
pub(super) fn hand_out(folder: Option<&Path>, contents: &[Content]) -> Result<(), String> {
    let Some(folder) = folder else {
        if !contents.is_empty() {
            let count = contents.len();
            terminal::message(&format!(
                "{count} contents were taken out; `--contents DIR` writes them into a folder"
            ));
        }
        return Ok(());
    };
    for content in contents {
        let file = folder.join(name(content));
        write(&file, &content.bytes).map_err(|fault| format!("{}: {fault}", file.display()))?;
        terminal::message(&format!("content: {} ({} bytes)", file.display(), content.bytes.len()));
    }
    Ok(())
}

fn name(content: &Content) -> String {
    let media_type = content.reference.media_type.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|(known, _)| *known == media_type);
    format!(
        "{}.{}",
        content.reference.sha256,
        ending.map_or("bin", |(_, ending)| ending)
    )
}

/// Only this user may read it: it may say something about a person.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(file)?.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use hub_message::{Digest, DocumentRef, Sensitive};

    use super::*;

    fn content(bytes: &'static [u8], media_type: &str, name: &str) -> Content {
        Content {
            reference: DocumentRef {
                sha256: Digest::of(bytes),
                size: bytes.len() as u64,
                media_type: media_type.to_owned(),
                name: Some(Sensitive::new(name.to_owned())),
                capability: None,
            },
            bytes: bytes.into(),
        }
    }

    #[test]
    fn files_are_named_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("new");
        let contents = [
            content(b"a", "Application/PDF", "../../etc/passwd"),
            content(b"b", "../../x", "b.exe"),
        ];
        hand_out(Some(&target), &contents).unwrap();
        hand_out(Some(&target), &contents).unwrap();
        let mut found: Vec<String> = std::fs::read_dir(&target)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        let mut expected = [format!("{}.pdf", Digest::of(b"a")), format!("{}.bin", Digest::of(b"b"))];
        expected.sort();
        assert_eq!(found, expected);
    }
}
