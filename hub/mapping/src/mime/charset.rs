// SPDX-License-Identifier: EUPL-1.2
//! Charsets by the names that mails use.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Why bytes do not become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bad {
    /// Nobody knows a charset of this name.
    Unknown,
    /// The bytes mean nothing in the charset.
    Malformed,
}

/// Names that say nothing: what programs write that do not know it either (RFC 1428).
const UNSAID: [&str; 7] = [
    "",
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
    "unknown-8bit",
    "x-unknown",
    "default",
];

/// Bytes as text. Where the charset is not said, or ASCII is and the bytes are more, they are UTF-8 if they can be,
/// else windows-1252: so every mail program shows them. The names for ISO-8859-1 mean windows-1252, as in browsers.
pub(crate) fn decode<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, Bad> {
    let name = name.trim().to_ascii_lowercase();
    let text = if UNSAID.contains(&name.as_str()) {
        unsaid(bytes)?
    } else if matches!(name.as_str(), "utf-8" | "utf8" | "utf_8" | "unicode-1-1-utf-8") {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Bad::Malformed)?)
    } else {
        legacy(&name, bytes)?
    };
    // A NUL is no text in any format that we write.
    if text.contains('\0') {
        Err(Bad::Malformed)
    } else {
        Ok(text)
    }
}

/// Bytes of which nobody says what they are.
pub(crate) fn unsaid(bytes: &[u8]) -> Result<Cow<'_, str>, Bad> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => legacy("windows-1252", bytes),
    }
}

fn legacy<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, Bad> {
    let decoder = charset_decoder(name.as_bytes()).ok_or(Bad::Unknown)?;
    let text = decoder(bytes);
    // No legacy charset has this character: it stands for bytes that mean nothing.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        Err(Bad::Malformed)
    } else {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: Result<&str, Bad>) {
        assert_eq!(decode(name, bytes).as_deref(), expected.as_deref(), "{name}");
    }

    #[test]
    fn charsets_of_mails() {
        check("UTF-8", "Grüße".as_bytes(), Ok("Grüße"));
        check("utf8", b"\xef\xbb\xbfa", Ok("a"));
        check("ISO-8859-1", b"Gr\xfc\xdfe", Ok("Grüße"));
        check("iso-8859-15", b"\xa4", Ok("€"));
        check("Windows-1252", b"\x80", Ok("€"));
        check("ibm850", b"\x81", Ok("ü"));
        check("koi8-r", b"\xf0", Ok("П"));
        check("utf-16le", b"a\0", Ok("a"));
        check("utf-7", b"+APw-", Ok("ü"));
        check("gb2312", b"\xc4\xe3", Ok("你"));
    }

    #[test]
    fn what_is_not_said_is_utf_8_or_windows_1252() {
        check("", "ü".as_bytes(), Ok("ü"));
        check("us-ascii", b"\xfc", Ok("ü"));
        check("unknown-8bit", b"\xfc", Ok("ü"));
    }

    #[test]
    fn nothing_is_replaced() {
        check("utf-8", b"a\xfcb", Err(Bad::Malformed));
        check("utf-16le", b"\x00\xd8", Err(Bad::Malformed));
        check("x-klingon", b"a", Err(Bad::Unknown));
        check("utf-8", b"a\0b", Err(Bad::Malformed));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(name in "[a-z0-9-]{0,60}|utf-7|utf-16|iso-2022-jp|big5|gb18030", bytes: Vec<u8>) {
            if let Ok(text) = decode(&name, &bytes) {
                prop_assert!(!text.contains('\0'));
            }
        }
    }
}
