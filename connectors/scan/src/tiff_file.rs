// SPDX-License-Identifier: EUPL-1.2
//! TIFF files (TIFF 6.0): how many pages, one of them as an image, some of them as a file of their own. Runs in a child
//! with limits.

mod copying;
mod directory;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde_json::json;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use crate::codes::{DOTS_MAX, Image};
use crate::tool::Unreadable;
pub(crate) use copying::copy_pages;
use directory::Tiff;

/// The file in its folder.
pub(crate) const FILE: &str = "scan.tif";
/// Where a part is made.
pub(crate) const PART: &str = "part.tif";
/// Pages of the largest file, so that the list of them stays short.
const PAGES_MAX: usize = 20_000;

/// Prints the dots per inch of each page.
pub(crate) fn pages(path: &Path) -> Result<String, Unreadable> {
    let tiff = Tiff::open(path, PAGES_MAX)?;
    let mut pages = Vec::with_capacity(tiff.pages.len());
    for page in &tiff.pages {
        let (width, height) = (
            tiff.number(page, directory::WIDTH)?,
            tiff.number(page, directory::HEIGHT)?,
        );
        if width.saturating_mul(height) > DOTS_MAX {
            return Err(Unreadable::TooLarge);
        }
        pages.push(tiff.dpi(page));
    }
    Ok(json!(pages).to_string())
}

/// Draws one page, from 1.
pub(crate) fn draw(path: &Path, number: &str, image: &Path) -> Result<String, Unreadable> {
    let number: usize = number.parse().map_err(|_| Unreadable::Damaged)?;
    let index = number.checked_sub(1).ok_or(Unreadable::Damaged)?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 4 * DOTS_MAX as usize;
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?))
        .map_err(damaged)?
        .with_limits(limits);
    decoder.seek_to_image(index).map_err(damaged)?;
    let (width, height) = decoder.dimensions().map_err(damaged)?;
    if u64::from(width) * u64::from(height) > DOTS_MAX {
        return Err(Unreadable::TooLarge);
    }
    let color = decoder.colortype().map_err(damaged)?;
    let luma = grey(&decoder.read_image().map_err(damaged)?, color, width as usize)?;
    if luma.len() as u64 != u64::from(width) * u64::from(height) {
        return Err(Unreadable::Damaged);
    }
    Image { width, height, luma }.write(image)?;
    Ok("{}".to_owned())
}

fn damaged(_: tiff::TiffError) -> Unreadable {
    Unreadable::Damaged
}

/// Shades of grey, whatever the scanner wrote.
fn grey(read: &DecodingResult, color: ColorType, width: usize) -> Result<Vec<u8>, Unreadable> {
    let bytes = match read {
        DecodingResult::U8(bytes) => bytes,
        DecodingResult::U16(words) if color == ColorType::Gray(16) => {
            return Ok(words.iter().map(|word| (word >> 8) as u8).collect());
        }
        _ => return Err(Unreadable::Damaged),
    };
    Ok(match color {
        ColorType::Gray(8) => bytes.clone(),
        ColorType::Gray(bits @ (1 | 2 | 4)) => unpacked(bytes, usize::from(bits), width),
        ColorType::GrayA(8) => bytes.chunks_exact(2).filter_map(|dot| dot.first().copied()).collect(),
        ColorType::RGB(8) => bytes.chunks_exact(3).map(luma).collect(),
        ColorType::RGBA(8) => bytes.chunks_exact(4).map(luma).collect(),
        ColorType::YCbCr(8) => bytes.chunks_exact(3).filter_map(|dot| dot.first().copied()).collect(),
        ColorType::CMYK(8) => bytes.chunks_exact(4).map(printed).collect(),
        _ => return Err(Unreadable::Damaged),
    })
}

/// Each row begins with a byte of its own.
fn unpacked(bytes: &[u8], bits: usize, width: usize) -> Vec<u8> {
    let most = (1_u16 << bits) - 1;
    let rows = bytes.chunks_exact((width * bits).div_ceil(8).max(1));
    let dot = |row: &[u8], x: usize| {
        let byte = row.get(x * bits / 8).copied().unwrap_or_default();
        let value = u16::from(byte >> (8 - bits - (x * bits) % 8)) & most;
        (value * 255 / most) as u8
    };
    rows.flat_map(|row| (0..width).map(move |x| dot(row, x))).collect()
}

fn luma(dot: &[u8]) -> u8 {
    let weights = [299_u32, 587, 114];
    let sum: u32 = dot
        .iter()
        .zip(weights)
        .map(|(part, weight)| u32::from(*part) * weight)
        .sum();
    (sum / 1000) as u8
}

fn printed(dot: &[u8]) -> u8 {
    let ink: u32 = dot.iter().map(|part| u32::from(*part)).sum();
    255 - ink.min(255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_become_dots() {
        assert_eq!(unpacked(&[0b1010_0000, 0b0100_0000], 1, 3), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpacked(&[0x0f], 4, 2), [0, 255]);
        assert_eq!(unpacked(&[0b1101_1000], 2, 3), [255, 85, 170]);
    }

    #[test]
    fn colours_become_grey() {
        let dots = DecodingResult::U8(vec![255, 255, 255, 0, 0, 0]);
        assert_eq!(grey(&dots, ColorType::RGB(8), 2).unwrap(), [255, 0]);
        let dots = DecodingResult::U8(vec![0, 0, 0, 255, 0, 0, 0, 0]);
        assert_eq!(grey(&dots, ColorType::CMYK(8), 2).unwrap(), [0, 255]);
        assert!(grey(&dots, ColorType::Lab(8), 2).is_err());
    }
}
