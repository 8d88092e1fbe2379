// SPDX-License-Identifier: EUPL-1.2
//! Pages of a TIFF file as a file of their own: the compressed strips are copied as they are, so that nothing of the image
//! changes.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::PAGES_MAX;
use super::directory::{Field, Page, Tiff};
use crate::tool::Unreadable;

/// Offsets of strips and tiles, and the fields with their lengths.
const DATA: [(u16, u16); 2] = [(273, 279), (324, 325)];
/// Fields that point at something else in the file: SubIFDs, EXIF, GPS, Interoperability. No page needs them to be drawn.
const POINTERS: [u16; 4] = [330, 34665, 34853, 40965];
/// The old way of JPEG (section 22), which points into itself; it was withdrawn.
const OLD_JPEG: u16 = 513;
/// Strips of a page.
const STRIPS_MAX: usize = 200_000;
const PIECE: u64 = 1 << 20;

/// Writes some pages, from 1, into a new file.
pub(crate) fn copy_pages(path: &Path, part: &Path, numbers: &[&str]) -> Result<String, Unreadable> {
    let tiff = Tiff::open(path, PAGES_MAX)?;
    let mut copy = Copy {
        to: BufWriter::new(File::create(part)?),
        at: 8,
    };
    copy.to.write_all(if tiff.little {
        b"II\x2a\0\0\0\0\0"
    } else {
        b"MM\0\x2a\0\0\0\0"
    })?;
    let mut link = 4;
    for number in numbers {
        let number: usize = number.parse().map_err(|_| Unreadable::Damaged)?;
        let index = number.checked_sub(1).ok_or(Unreadable::Damaged)?;
        let page = tiff.pages.get(index).ok_or(Unreadable::Damaged)?;
        link = copy.page(&tiff, page, link)?;
    }
    copy.to.flush()?;
    Ok("{}".to_owned())
}

struct Copy {
    to: BufWriter<File>,
    /// Where the file ends so far.
    at: u64,
}

impl Copy {
    /// Copies a page, enters it at `link`, and returns where the next one is entered.
    fn page(&mut self, tiff: &Tiff, page: &Page, link: u64) -> Result<u64, Unreadable> {
        let mut entries: Vec<(Field, Vec<u8>)> = Vec::with_capacity(page.fields.len());
        for field in page.fields.iter().filter(|field| !POINTERS.contains(&field.tag)) {
            if field.tag == OLD_JPEG {
                return Err(Unreadable::Damaged);
            }
            let lengths = DATA.iter().find(|(offsets, _)| *offsets == field.tag);
            match lengths {
                Some((_, lengths)) => entries.push(self.data(tiff, page, field, *lengths)?),
                None => entries.push((field.clone(), tiff.bytes(field)?)),
            }
        }
        for (field, bytes) in &mut entries {
            if bytes.len() > 4 {
                let at = self.append(bytes)?;
                field.value = tiff.of_long(at);
            } else {
                field.value = [0; 4];
                for (to, from) in field.value.iter_mut().zip(bytes.iter()) {
                    *to = *from;
                }
            }
        }
        let mut directory = tiff.of_short(entries.len() as u16).to_vec();
        for (field, _) in &entries {
            directory.extend(tiff.of_short(field.tag));
            directory.extend(tiff.of_short(field.kind));
            directory.extend(tiff.of_long(field.count));
            directory.extend(field.value);
        }
        let next = directory.len() as u64;
        directory.extend([0; 4]);
        let at = self.append(&directory)?;
        self.to.seek(SeekFrom::Start(link))?;
        self.to.write_all(&tiff.of_long(at))?;
        self.to.seek(SeekFrom::Start(self.at))?;
        Ok(u64::from(at) + next)
    }

    /// Copies strips or tiles; the field that it returns has their new places.
    fn data(
        &mut self,
        tiff: &Tiff,
        page: &Page,
        offsets: &Field,
        lengths: u16,
    ) -> Result<(Field, Vec<u8>), Unreadable> {
        let lengths = page
            .fields
            .iter()
            .find(|field| field.tag == lengths)
            .ok_or(Unreadable::Damaged)?;
        let (from, lengths) = (tiff.numbers(offsets)?, tiff.numbers(lengths)?);
        if from.len() != lengths.len() || from.len() > STRIPS_MAX {
            return Err(Unreadable::Damaged);
        }
        let mut places = Vec::with_capacity(from.len() * 4);
        for (from, length) in from.into_iter().zip(lengths) {
            if from.saturating_add(length) > tiff.length {
                return Err(Unreadable::Damaged);
            }
            places.extend(tiff.of_long(self.strip(tiff, from, length)?));
        }
        let field = Field {
            kind: 4,
            ..offsets.clone()
        };
        Ok((field, places))
    }

    fn strip(&mut self, tiff: &Tiff, from: u64, length: u64) -> Result<u32, Unreadable> {
        let mut place = None;
        let mut done = 0;
        while done < length || place.is_none() {
            let mut piece = vec![0; PIECE.min(length - done) as usize];
            tiff.file.read_exact_at(&mut piece, from + done)?;
            done += piece.len() as u64;
            let at = if place.is_none() {
                self.append(&piece)?
            } else {
                self.go_on(&piece)?
            };
            place.get_or_insert(at);
        }
        place.ok_or(Unreadable::Damaged)
    }

    /// Writes at the end, on an even place as the standard demands.
    fn append(&mut self, bytes: &[u8]) -> Result<u32, Unreadable> {
        if !self.at.is_multiple_of(2) {
            self.go_on(&[0])?;
        }
        self.go_on(bytes)
    }

    fn go_on(&mut self, bytes: &[u8]) -> Result<u32, Unreadable> {
        let at = u32::try_from(self.at).map_err(|_| Unreadable::TooLarge)?;
        self.to.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use tiff::encoder::{TiffEncoder, colortype::Gray8};

    use super::*;
    use crate::tiff_file::{draw, pages};

    /// Three pages, each of one shade.
    fn file(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("a.tif");
        let mut encoder = TiffEncoder::new(File::create(&path).unwrap()).unwrap();
        for shade in [10, 20, 30] {
            encoder.write_image::<Gray8>(33, 7, &[shade; 33 * 7]).unwrap();
        }
        path
    }

    #[test]
    fn pages_are_copied_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let (part, image) = (folder.path().join("part.tif"), folder.path().join("page.pgm"));
        copy_pages(&path, &part, &["3", "1"]).unwrap();
        assert_eq!(
            serde_json::from_str::<Vec<u32>>(&pages(&part).unwrap()).unwrap().len(),
            2
        );
        for (number, shade) in [("1", 30), ("2", 10)] {
            draw(&part, number, &image).unwrap();
            let read = crate::codes::Image::read(&image).unwrap();
            assert_eq!((read.width, read.height, read.luma[100]), (33, 7, shade));
        }
        assert!(draw(&part, "3", &image).is_err());
        assert!(copy_pages(&path, &part, &["4"]).is_err());
    }

    #[test]
    fn a_damaged_file_is_refused_wherever_it_is_cut_or_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path());
        let (part, image) = (folder.path().join("part.tif"), folder.path().join("page.pgm"));
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(3) {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(
                copy_pages(&path, &part, &["1", "2", "3"]).is_err(),
                "cut after {length}"
            );
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            std::fs::write(&path, &bytes).unwrap();
            // Whatever comes of it, it ends.
            let _ = (pages(&path), copy_pages(&path, &part, &["1"]), draw(&path, "2", &image));
        }
    }

    #[test]
    fn directories_that_go_round_in_a_circle_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tif");
        std::fs::write(&path, b"II\x2a\0\x08\0\0\0\0\0\x08\0\0\0").unwrap();
        assert!(pages(&path).is_err());
    }
}
