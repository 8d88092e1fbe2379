// SPDX-License-Identifier: EUPL-1.2
//! A page in shades of grey, as a PGM file (netpbm, form P5).

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use crate::tool::Unreadable;

/// More dots than A1 at 300 dpi has.
pub(crate) const DOTS_MAX: u64 = 100_000_000;
/// Edge of the squares in which ink is measured: specks of a scanner are smaller, letters are larger.
const CELL: usize = 8;
/// From this mean darkness a square has ink.
const DARK: u32 = 70;
/// Part of each edge where scanners leave shadows.
const MARGIN: usize = 40;

/// An image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub width: u32,
    pub height: u32,
    /// 0 is black.
    pub luma: Vec<u8>,
}

impl Image {
    /// Reads a PGM file.
    pub(crate) fn read(path: &Path) -> Result<Self, Unreadable> {
        let mut bytes = Vec::new();
        File::open(path)?.take(DOTS_MAX + 100).read_to_end(&mut bytes)?;
        let (numbers, at) = head(&bytes).ok_or(Unreadable::Damaged)?;
        let [width, height, 255] = numbers else {
            return Err(Unreadable::Damaged);
        };
        let luma = bytes.split_off(at);
        if width == 0 || luma.len() as u64 != u64::from(width) * u64::from(height) {
            return Err(Unreadable::Damaged);
        }
        Ok(Self { width, height, luma })
    }

    /// Writes it as a PGM file.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        write!(file, "P5\n{} {}\n255\n", self.width, self.height)?;
        file.write_all(&self.luma)?;
        file.flush()
    }

    fn row(&self, y: usize) -> &[u8] {
        let width = self.width as usize;
        self.luma.get(y * width..(y + 1) * width).unwrap_or_default()
    }

    /// The part of the page that is dark, from 0 to 1, without its outermost edges.
    pub(crate) fn ink(&self) -> f64 {
        let (width, height) = (self.width as usize, self.height as usize);
        let edge = |length: usize| length / MARGIN;
        let (mut dark, mut all) = (0_u64, 0_u64);
        let mut top = edge(height);
        while top + CELL <= height - edge(height) {
            let rows: Vec<&[u8]> = (top..top + CELL).map(|y| self.row(y)).collect();
            let mut left = edge(width);
            while left + CELL <= width - edge(width) {
                let cell = rows.iter().filter_map(|row| row.get(left..left + CELL)).flatten();
                let darkness: u32 = cell.map(|dot| u32::from(255 - dot)).sum();
                dark += u64::from(darkness / (CELL * CELL) as u32 >= DARK);
                all += 1;
                left += CELL;
            }
            top += CELL;
        }
        if all == 0 { 1.0 } else { dark as f64 / all as f64 }
    }

    /// Half as wide and high, each dot the mean of four.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height as usize {
            let (upper, lower) = (self.row(2 * y), self.row((2 * y + 1).min(self.height as usize - 1)));
            for x in 0..width as usize {
                let four = [
                    upper.get(2 * x),
                    upper.get(2 * x + 1),
                    lower.get(2 * x),
                    lower.get(2 * x + 1),
                ];
                let sum: u32 = four.into_iter().map(|dot| u32::from(*dot.unwrap_or(&255))).sum();
                luma.push((sum / 4) as u8);
            }
        }
        Self { width, height, luma }
    }

    /// Parts of `edge` dots that overlap by half, those with ink only.
    pub(crate) fn tiles(&self, edge: u32) -> Vec<Self> {
        let starts = |length: u32| (0..length.max(1)).step_by((edge / 2).max(1) as usize);
        let mut tiles = Vec::new();
        for top in starts(self.height) {
            for left in starts(self.width) {
                let (width, height) = (edge.min(self.width - left), edge.min(self.height - top));
                let rows = (top..top + height).map(|y| self.row(y as usize));
                let part = |row: &[u8]| {
                    row.get(left as usize..(left + width) as usize)
                        .unwrap_or_default()
                        .to_vec()
                };
                let tile = Self {
                    width,
                    height,
                    luma: rows.flat_map(part).collect(),
                };
                if width >= edge / 2 && height >= edge / 2 && tile.ink() > 0.01 {
                    tiles.push(tile);
                }
            }
        }
        tiles
    }
}

/// The three numbers of the head, and where the dots begin.
fn head(bytes: &[u8]) -> Option<([u32; 3], usize)> {
    let mut at = bytes.starts_with(b"P5").then_some(2)?;
    let mut numbers = [0_u32; 3];
    for number in &mut numbers {
        while bytes.get(at)?.is_ascii_whitespace() {
            at += 1;
        }
        while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
            *number = number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
            at += 1;
        }
    }
    Some((numbers, at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(dark: impl Fn(u32, u32) -> bool) -> Image {
        let (width, height) = (800, 1000);
        let dots = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let luma = dots.map(|(x, y)| if dark(x, y) { 0 } else { 255 }).collect();
        Image { width, height, luma }
    }

    #[test]
    fn specks_and_shadows_at_the_edge_are_no_ink() {
        assert!(page(|_, _| false).ink() <= 0.0);
        assert!(page(|x, y| (x * 7 + y * 13) % 97 == 0).ink() <= 0.0);
        assert!(page(|x, _| x < 18).ink() <= 0.0);
        assert!(page(|x, y| (100..400).contains(&x) && (100..120).contains(&y)).ink() > 0.005);
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pgm");
        let image = page(|x, y| x == y);
        image.write(&path).unwrap();
        let read = Image::read(&path).unwrap();
        assert_eq!((read.width, read.height, read.luma), (800, 1000, image.luma));
        for wrong in [
            "",
            "P5",
            "P5 3 3 255\n12345678",
            "P6 1 1 255\n1",
            "P5 99999999999 1 255\n1",
            "P5 1 1 65535\n12",
        ] {
            std::fs::write(&path, wrong).unwrap();
            assert!(Image::read(&path).is_err(), "{wrong}");
        }
    }

    #[test]
    fn halves_and_tiles_keep_what_is_there() {
        let image = page(|x, y| (600..700).contains(&x) && (800..900).contains(&y));
        let half = image.halved();
        assert_eq!((half.width, half.height), (400, 500));
        assert_eq!((half.luma[425 * 400 + 325], half.luma[0]), (0, 255));
        assert!(!half.tiles(200).is_empty());
        assert!(page(|_, _| false).tiles(200).is_empty());
    }
}
