// SPDX-License-Identifier: EUPL-1.2
//! The directories of a TIFF file (TIFF 6.0, section 2): where its pages are and what their fields hold.

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::tool::Unreadable;

pub(super) const WIDTH: u16 = 256;
pub(super) const HEIGHT: u16 = 257;
const X_RESOLUTION: u16 = 282;
const RESOLUTION_UNIT: u16 = 296;
/// What scanners use unless they say otherwise.
const USUAL_DPI: u32 = 300;
/// Values of one field, in bytes: a strip for each line of a high page.
const FIELD_MAX: u64 = 4 << 20;

/// A file whose directories were read.
#[derive(Debug)]
pub(super) struct Tiff {
    pub file: File,
    pub length: u64,
    pub little: bool,
    pub pages: Vec<Page>,
}

/// A directory.
#[derive(Debug)]
pub(super) struct Page {
    pub fields: Vec<Field>,
}

/// A field of a directory: its type and the bytes of its values, in the file's order.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub tag: u16,
    pub kind: u16,
    pub count: u32,
    pub value: [u8; 4],
}

impl Field {
    /// Bytes of all its values (section 2, types 1 to 12).
    pub(super) fn length(&self) -> Result<u64, Unreadable> {
        let one = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return Err(Unreadable::Damaged),
        };
        let length = u64::from(self.count) * one;
        if length > FIELD_MAX {
            Err(Unreadable::Damaged)
        } else {
            Ok(length)
        }
    }
}

impl Tiff {
    /// Opens a file and reads its directories, at most so many. One that leads back to another is damaged.
    pub(super) fn open(path: &Path, most: usize) -> Result<Self, Unreadable> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = [0; 8];
        file.read_exact_at(&mut head, 0)?;
        let little = match head.first_chunk() {
            Some(b"II\x2a\0") => true,
            Some(b"MM\0\x2a") => false,
            _ => return Err(Unreadable::Damaged),
        };
        let mut tiff = Self {
            file,
            length,
            little,
            pages: Vec::new(),
        };
        let mut next = tiff.long(head.last_chunk().copied().unwrap_or_default());
        let mut before = HashSet::new();
        while next != 0 {
            if !before.insert(next) || tiff.pages.len() >= most {
                return Err(Unreadable::Damaged);
            }
            let (page, behind) = tiff.directory(u64::from(next))?;
            tiff.pages.push(page);
            next = behind;
        }
        Ok(tiff)
    }

    fn directory(&self, at: u64) -> Result<(Page, u32), Unreadable> {
        let mut count = [0; 2];
        self.file.read_exact_at(&mut count, at)?;
        let count = usize::from(self.short(count));
        let mut bytes = vec![0; count * 12 + 4];
        self.file.read_exact_at(&mut bytes, at + 2)?;
        let (entries, next) = bytes.split_last_chunk::<4>().ok_or(Unreadable::Damaged)?;
        let fields = entries.chunks_exact(12).filter_map(|entry| self.field(entry)).collect();
        Ok((Page { fields }, self.long(*next)))
    }

    fn field(&self, entry: &[u8]) -> Option<Field> {
        Some(Field {
            tag: self.short(*entry.first_chunk()?),
            kind: self.short(*entry.get(2..)?.first_chunk()?),
            count: self.long(*entry.get(4..)?.first_chunk()?),
            value: *entry.get(8..)?.first_chunk()?,
        })
    }

    /// The bytes of a field's values.
    pub(super) fn bytes(&self, field: &Field) -> Result<Vec<u8>, Unreadable> {
        let length = field.length()? as usize;
        if length <= 4 {
            return Ok(field.value.get(..length).unwrap_or_default().to_vec());
        }
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, u64::from(self.long(field.value)))?;
        Ok(bytes)
    }

    /// The whole numbers of a field.
    pub(super) fn numbers(&self, field: &Field) -> Result<Vec<u64>, Unreadable> {
        let bytes = self.bytes(field)?;
        Ok(match field.kind {
            3 => bytes
                .chunks_exact(2)
                .filter_map(|two| Some(u64::from(self.short(*two.first_chunk()?))))
                .collect(),
            4 => bytes
                .chunks_exact(4)
                .filter_map(|four| Some(u64::from(self.long(*four.first_chunk()?))))
                .collect(),
            _ => return Err(Unreadable::Damaged),
        })
    }

    /// The whole number of a page's field.
    pub(super) fn number(&self, page: &Page, tag: u16) -> Result<u64, Unreadable> {
        let field = page
            .fields
            .iter()
            .find(|field| field.tag == tag)
            .ok_or(Unreadable::Damaged)?;
        self.numbers(field)?.first().copied().ok_or(Unreadable::Damaged)
    }

    /// Dots per inch of a page.
    pub(super) fn dpi(&self, page: &Page) -> u32 {
        let centimetres = self.number(page, RESOLUTION_UNIT).is_ok_and(|unit| unit == 3);
        let field = page
            .fields
            .iter()
            .find(|field| field.tag == X_RESOLUTION && field.kind == 5);
        let bytes = field.and_then(|field| self.bytes(field).ok());
        let dpi = bytes.and_then(|bytes| {
            let dividend = self.long(*bytes.first_chunk()?);
            let divisor = self.long(*bytes.get(4..)?.first_chunk()?);
            dividend.checked_div(divisor)
        });
        let dpi = dpi.map(|dpi| {
            if centimetres {
                dpi.saturating_mul(254) / 100
            } else {
                dpi
            }
        });
        dpi.filter(|dpi| (70..=1200).contains(dpi)).unwrap_or(USUAL_DPI)
    }

    pub(super) fn short(&self, bytes: [u8; 2]) -> u16 {
        if self.little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    pub(super) fn long(&self, bytes: [u8; 4]) -> u32 {
        if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    }

    pub(super) fn of_short(&self, number: u16) -> [u8; 2] {
        if self.little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }

    pub(super) fn of_long(&self, number: u32) -> [u8; 4] {
        if self.little {
            number.to_le_bytes()
        } else {
            number.to_be_bytes()
        }
    }
}
