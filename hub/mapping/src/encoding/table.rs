// SPDX-License-Identifier: EUPL-1.2
//! The upper halves of the encodings with one byte a character.

/// What windows-1252 has at 0x80 to 0x9F. U+FFFD marks the five bytes that mean nothing.
#[rustfmt::skip]
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
    '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// What CP850 (DOS Latin 1) has from 0x80.
#[rustfmt::skip]
const CP850: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', 'ø', '£', 'Ø', '×', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '®', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', 'Á', 'Â', 'À', '©', '╣', '║', '╗', '╝', '¢', '¥', '┐',
    '└', '┴', '┬', '├', '─', '┼', 'ã', 'Ã', '╚', '╔', '╩', '╦', '╠', '═', '╬', '¤',
    'ð', 'Ð', 'Ê', 'Ë', 'È', '\u{131}', 'Í', 'Î', 'Ï', '┘', '┌', '█', '▄', '¦', 'Ì', '▀',
    'Ó', 'ß', 'Ô', 'Ò', 'õ', 'Õ', 'µ', 'þ', 'Þ', 'Ú', 'Û', 'Ù', 'ý', 'Ý', '¯', '´',
    '\u{ad}', '±', '‗', '¾', '¶', '§', '÷', '¸', '°', '¨', '·', '¹', '³', '²', '■', '\u{a0}',
];

/// Where ISO-8859-15 differs from ISO-8859-1.
const LATIN_9: [(u8, char); 8] = [
    (0xa4, '€'),
    (0xa6, 'Š'),
    (0xa8, 'š'),
    (0xb4, 'Ž'),
    (0xb8, 'ž'),
    (0xbc, 'Œ'),
    (0xbd, 'œ'),
    (0xbe, 'Ÿ'),
];

/// An encoding with one byte a character whose lower half is ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Nothing in the upper half.
    Ascii,
    Latin1,
    Latin9,
    Windows1252,
    Cp850,
}

impl Table {
    /// The character of a byte; `None` where the byte means nothing.
    pub(super) fn character(self, byte: u8) -> Option<char> {
        if byte < 0x80 {
            return Some(char::from(byte));
        }
        match self {
            Self::Ascii => None,
            Self::Latin1 => Some(char::from(byte)),
            Self::Latin9 => {
                let other = LATIN_9.iter().find(|(at, _)| *at == byte);
                Some(other.map_or(char::from(byte), |(_, c)| *c))
            }
            Self::Windows1252 => match WINDOWS_1252.get(usize::from(byte - 0x80)) {
                Some(c) => Some(*c).filter(|c| *c != char::REPLACEMENT_CHARACTER),
                None => Some(char::from(byte)),
            },
            Self::Cp850 => CP850.get(usize::from(byte - 0x80)).copied(),
        }
    }

    /// The byte of a character; `None` where the encoding does not have it.
    pub(super) fn byte(self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return u8::try_from(c).ok();
        }
        let latin1 = u8::try_from(u32::from(c)).ok();
        match self {
            Self::Ascii => None,
            Self::Latin1 => latin1,
            Self::Latin9 => match LATIN_9.iter().find(|(_, other)| *other == c) {
                Some((byte, _)) => Some(*byte),
                None => latin1.filter(|byte| LATIN_9.iter().all(|(at, _)| at != byte)),
            },
            Self::Windows1252 => latin1
                .filter(|byte| *byte >= 0xa0)
                .or_else(|| position(&WINDOWS_1252, c)),
            Self::Cp850 => position(&CP850, c),
        }
    }
}

fn position(upper: &[char], c: char) -> Option<u8> {
    if c == char::REPLACEMENT_CHARACTER {
        return None;
    }
    let at = upper.iter().position(|other| *other == c)?;
    u8::try_from(at + 0x80).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_characters_belong_together() {
        for table in [Table::Latin1, Table::Latin9, Table::Windows1252, Table::Cp850] {
            let mut known = 0;
            for byte in 0..=255 {
                if let Some(c) = table.character(byte) {
                    assert_eq!(table.byte(c), Some(byte), "{table:?} {byte:#x}");
                    known += 1;
                }
            }
            assert_eq!(known, if table == Table::Windows1252 { 251 } else { 256 });
        }
    }

    #[test]
    fn latin_1_is_not_windows_1252() {
        assert_eq!(Table::Latin1.character(0x80), Some('\u{80}'));
        assert_eq!(Table::Latin1.byte('€'), None);
        assert_eq!(Table::Latin9.byte('€'), Some(0xa4));
        assert_eq!(Table::Latin9.byte('¤'), None);
        assert_eq!(Table::Windows1252.byte('€'), Some(0x80));
        assert_eq!(Table::Windows1252.byte('\u{80}'), None);
        assert_eq!(Table::Windows1252.character(0x81), None);
        assert_eq!(Table::Cp850.character(0x81), Some('ü'));
        assert_eq!(Table::Cp850.byte('ß'), Some(0xe1));
        assert_eq!(Table::Cp850.byte('\u{fffd}'), None);
    }
}
