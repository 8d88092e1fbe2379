// SPDX-License-Identifier: EUPL-1.2
//! Character encodings, strict in both directions: bytes that mean nothing are refused, and a character that a target
//! cannot carry is refused or transliterated. Nothing ever becomes `?` or U+FFFD.

pub(crate) mod fold;
mod table;

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use table::Table;

/// A character encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8; a byte order mark is skipped when reading and not written.
    Utf8,
    /// UTF-8 with a byte order mark: written with it, read with or without.
    Utf8Bom,
    /// UTF-16: read in the order of its byte order mark (big-endian without one, RFC 2781), written little-endian with it.
    Utf16,
    /// UTF-16 little-endian; a byte order mark is skipped and not written.
    Utf16Le,
    /// UTF-16 big-endian; a byte order mark is skipped and not written.
    Utf16Be,
    /// US-ASCII: the seven bits that all others have in common.
    Ascii,
    /// ISO-8859-1 as the standard says, with control characters at 0x80 to 0x9F.
    Latin1,
    /// ISO-8859-15.
    Latin9,
    /// windows-1252.
    Windows1252,
    /// CP850.
    Cp850,
}

/// What becomes of a character that the target cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lossy {
    /// The document is rejected.
    #[default]
    Reject,
    /// Basic letters stand for it, as in the search form of DIN 91379; what has none is rejected.
    Transliterate,
}

impl Lossy {
    /// The policy as mapping files spell it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "reject" => Some(Self::Reject),
            "transliterate" => Some(Self::Transliterate),
            _ => None,
        }
    }
}

/// Bytes that mean nothing in the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadBytes {
    /// Offset of the first of them, from 0.
    pub offset: usize,
}

/// A character that the target cannot carry. Which one is not told: it would be a part of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncarried {
    /// Its position in the value, in characters from 0.
    pub position: usize,
}

/// Encodings by the names that mapping files and XML declarations use, in small letters.
const NAMES: [(&str, Encoding); 20] = [
    ("utf-8", Encoding::Utf8),
    ("utf8", Encoding::Utf8),
    ("us-ascii", Encoding::Ascii),
    ("ascii", Encoding::Ascii),
    ("utf-8-bom", Encoding::Utf8Bom),
    ("utf-16", Encoding::Utf16),
    ("utf-16le", Encoding::Utf16Le),
    ("utf-16be", Encoding::Utf16Be),
    ("iso-8859-1", Encoding::Latin1),
    ("iso8859-1", Encoding::Latin1),
    ("latin1", Encoding::Latin1),
    ("iso-8859-15", Encoding::Latin9),
    ("iso8859-15", Encoding::Latin9),
    ("latin9", Encoding::Latin9),
    ("windows-1252", Encoding::Windows1252),
    ("cp1252", Encoding::Windows1252),
    ("cp850", Encoding::Cp850),
    ("ibm850", Encoding::Cp850),
    ("cp-850", Encoding::Cp850),
    ("ibm-850", Encoding::Cp850),
];

/// The names to suggest to people.
pub const SUGGESTED: [&str; 8] = [
    "UTF-8",
    "UTF-8-BOM",
    "UTF-16",
    "ISO-8859-1",
    "ISO-8859-15",
    "windows-1252",
    "CP850",
    "UTF-16LE",
];

impl Encoding {
    /// The encoding of this name, whatever the case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, encoding)| *encoding)
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 | Self::Utf8Bom => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Ascii => "US-ASCII",
            Self::Latin1 => "ISO-8859-1",
            Self::Latin9 => "ISO-8859-15",
            Self::Windows1252 => "windows-1252",
            Self::Cp850 => "CP850",
        }
    }

    /// Whether every byte is one character, so that columns can be counted in bytes.
    pub fn is_single_byte(self) -> bool {
        self.table().is_some()
    }

    fn table(self) -> Option<Table> {
        match self {
            Self::Ascii => Some(Table::Ascii),
            Self::Latin1 => Some(Table::Latin1),
            Self::Latin9 => Some(Table::Latin9),
            Self::Windows1252 => Some(Table::Windows1252),
            Self::Cp850 => Some(Table::Cp850),
            Self::Utf8 | Self::Utf8Bom | Self::Utf16 | Self::Utf16Le | Self::Utf16Be => None,
        }
    }

    /// Bytes as text; borrowed where they are UTF-8 (or ASCII) already.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, BadBytes> {
        if let Some(table) = self.table() {
            return decode_table(table, bytes);
        }
        match self {
            Self::Utf16 | Self::Utf16Le | Self::Utf16Be => self.decode_utf16(bytes).map(Cow::Owned),
            _ => {
                let bom = bytes.strip_prefix(b"\xef\xbb\xbf");
                let skipped = if bom.is_some() { 3 } else { 0 };
                let text = std::str::from_utf8(bom.unwrap_or(bytes));
                text.map(Cow::Borrowed).map_err(|fault| BadBytes {
                    offset: fault.valid_up_to() + skipped,
                })
            }
        }
    }

    fn decode_utf16(self, bytes: &[u8]) -> Result<String, BadBytes> {
        let little = self == Self::Utf16Le || (self == Self::Utf16 && bytes.starts_with(b"\xff\xfe"));
        let pairs = bytes.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(BadBytes {
                offset: bytes.len() - 1,
            });
        }
        let units = pairs.map(|pair| match pair {
            [a, b] if little => u16::from_le_bytes([*a, *b]),
            [a, b] => u16::from_be_bytes([*a, *b]),
            _ => 0,
        });
        let mut text = String::with_capacity(bytes.len() / 2);
        let mut offset = 0;
        for c in char::decode_utf16(units) {
            let c = c.map_err(|_| BadBytes { offset })?;
            if !(c == '\u{feff}' && offset == 0) {
                text.push(c);
            }
            offset += c.len_utf16() * 2;
        }
        Ok(text)
    }

    /// What stands before the first character of a file: the byte order mark, where there is one.
    pub fn begin(self, out: &mut Vec<u8>) {
        match self {
            Self::Utf8Bom => out.extend_from_slice(b"\xef\xbb\xbf"),
            Self::Utf16 => out.extend_from_slice(b"\xff\xfe"),
            _ => {}
        }
    }

    /// Appends a value in this encoding. On an error `out` ends where the value began.
    pub fn encode(self, text: &str, lossy: Lossy, out: &mut Vec<u8>) -> Result<(), Uncarried> {
        match self {
            Self::Utf8 | Self::Utf8Bom => out.extend_from_slice(text.as_bytes()),
            Self::Utf16 | Self::Utf16Le => text.encode_utf16().for_each(|unit| out.extend(unit.to_le_bytes())),
            Self::Utf16Be => text.encode_utf16().for_each(|unit| out.extend(unit.to_be_bytes())),
            _ if text.is_ascii() => out.extend_from_slice(text.as_bytes()),
            _ => {
                let start = out.len();
                let table = self.table().unwrap_or(Table::Latin1);
                let done = encode_table(table, text, lossy, out);
                if done.is_err() {
                    out.truncate(start);
                }
                return done;
            }
        }
        Ok(())
    }
}

fn decode_table(table: Table, bytes: &[u8]) -> Result<Cow<'_, str>, BadBytes> {
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| bytes.is_ascii()) {
        return Ok(Cow::Borrowed(text));
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 16);
    for (offset, byte) in bytes.iter().enumerate() {
        text.push(table.character(*byte).ok_or(BadBytes { offset })?);
    }
    Ok(Cow::Owned(text))
}

/// Letters written with separate marks are composed first: that loses nothing, and `u` with two dots then has its byte.
fn encode_table(table: Table, text: &str, lossy: Lossy, out: &mut Vec<u8>) -> Result<(), Uncarried> {
    let composed: Cow<'_, str> = if is_nfc(text) {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    };
    let folded: Cow<'_, str> = match lossy {
        Lossy::Reject => composed,
        Lossy::Transliterate => {
            let mut folded = String::with_capacity(composed.len());
            fold::fold(&composed, |c| table.byte(c).is_some(), &mut folded)?;
            folded.into()
        }
    };
    for (position, c) in folded.chars().enumerate() {
        out.push(table.byte(c).ok_or(Uncarried { position })?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn refused(encoding: Encoding, bytes: &[u8], offset: usize) {
        assert_eq!(encoding.decode(bytes), Err(BadBytes { offset }));
    }

    #[test]
    fn bytes_that_mean_nothing_are_refused_with_their_offset() {
        refused(Encoding::Utf8, b"ab\xff", 2);
        refused(Encoding::Utf8, b"\xef\xbb\xbfab\xe4", 5);
        refused(Encoding::Utf8, b"\xed\xa0\x80", 0);
        refused(Encoding::Utf8, b"\xc0\x80", 0);
        refused(Encoding::Ascii, b"M\xc3\xbcller", 1);
        refused(Encoding::Windows1252, b"M\x81ller", 1);
        refused(Encoding::Utf16, b"\x00a\x00", 2);
        refused(Encoding::Utf16, b"\x00a\xd8\x00\x00b", 2);
    }

    #[test]
    fn byte_order_marks_are_no_text() {
        assert_eq!(Encoding::Utf8.decode(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
        assert_eq!(Encoding::Utf16.decode(b"\xff\xfea\x00").as_deref(), Ok("a"));
        assert_eq!(Encoding::Utf16.decode(b"\xfe\xff\x00a").as_deref(), Ok("a"));
        assert_eq!(Encoding::Utf16.decode(b"\x00a").as_deref(), Ok("a"));
        assert_eq!(
            Encoding::Utf16Be.decode(b"\xff\xfea\x00").as_deref(),
            Ok("\u{fffe}\u{6100}")
        );
    }

    #[track_caller]
    fn written(text: &str, lossy: Lossy, expected: Result<&[u8], usize>) {
        let mut out = b"-".to_vec();
        let done = Encoding::Windows1252.encode(text, lossy, &mut out);
        assert_eq!(done.map_err(|fault| fault.position), expected.map(|_| ()));
        assert_eq!(&out[1..], expected.unwrap_or_default());
    }

    #[test]
    fn what_cannot_be_carried_is_refused_or_transliterated_never_a_question_mark() {
        written("Müller €", Lossy::Reject, Ok(b"M\xfcller \x80"));
        written("Mu\u{308}ller", Lossy::Reject, Ok(b"M\xfcller"));
        written("Łuczak", Lossy::Reject, Err(0));
        written("Řehoř Müller", Lossy::Transliterate, Ok(b"Rehor M\xfcller"));
        written("Αθήνα", Lossy::Transliterate, Err(0));
        written("C\u{308}a", Lossy::Reject, Err(1));
        written("C\u{308}a", Lossy::Transliterate, Ok(b"Ca"));
    }

    #[test]
    fn names_are_found_whatever_the_case() {
        assert_eq!(Encoding::named("Windows-1252"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::named("KOI8"), None);
        assert!(SUGGESTED.iter().all(|name| Encoding::named(name).is_some()));
    }

    const ALL: [Encoding; 10] = [
        Encoding::Ascii,
        Encoding::Utf8,
        Encoding::Utf8Bom,
        Encoding::Utf16,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Latin1,
        Encoding::Latin9,
        Encoding::Windows1252,
        Encoding::Cp850,
    ];

    proptest! {
        #[test]
        fn text_comes_back(text: String) {
            for encoding in ALL {
                let mut bytes = Vec::new();
                encoding.begin(&mut bytes);
                if encoding.encode(&text, Lossy::Reject, &mut bytes).is_ok() {
                    let expected: String = if encoding.is_single_byte() { text.nfc().collect() } else { text.clone() };
                    let back = encoding.decode(&bytes).unwrap().into_owned();
                    // A text that itself begins with U+FEFF loses it: there it is a byte order mark.
                    prop_assert_eq!(back.trim_start_matches('\u{feff}'), expected.trim_start_matches('\u{feff}'));
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            for encoding in ALL {
                if let Ok(text) = encoding.decode(&bytes) {
                    prop_assert!(!encoding.is_single_byte() || text.chars().count() == bytes.len());
                }
            }
        }
    }
}
