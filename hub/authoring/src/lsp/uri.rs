// SPDX-License-Identifier: EUPL-1.2
//! Paths as the protocol spells them: `file:///home/m%C3%BCller/a.map.toml`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use lsp_types::Uri;

/// The path of a file; `None` for what is not a file on this machine.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.get(rest.find('/')?..)?;
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        if byte == b'%' {
            let digits = [left.next()?, left.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // `/C:/a` of Windows is `C:/a`.
    let drive = text.as_bytes().get(2) == Some(&b':');
    Some(PathBuf::from(if drive { text.get(1..)? } else { text.as_str() }))
}

/// The address of a file.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', "/");
    let mut out = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: Option<&str>) {
        let found = path(&address.parse().unwrap());
        assert_eq!(found.as_deref(), expected.map(Path::new));
        if let Some(found) = found {
            assert_eq!(path(&of(&found).unwrap()), Some(found));
        }
    }

    #[test]
    fn addresses_of_files_are_paths() {
        check(
            "file:///home/m%C3%BCller/a%20b.map.toml",
            Some("/home/müller/a b.map.toml"),
        );
        check("file:///C:/a.toml", Some("C:/a.toml"));
        check("file://host/a.toml", Some("/a.toml"));
        check("untitled:Untitled-1", None);
    }
}
