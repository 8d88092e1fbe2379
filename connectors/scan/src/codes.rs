// SPDX-License-Identifier: EUPL-1.2
//! Barcodes on a page, and how much ink it has. Runs in a child with limits.

mod image;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use rxing::{BarcodeFormat, DecodeHints};
use serde::{Deserialize, Serialize};

use crate::tool::Unreadable;
pub(crate) use image::{DOTS_MAX, Image};

/// A kind of barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    #[serde(rename = "code-128")]
    Code128,
    #[serde(rename = "code-39")]
    Code39,
    #[serde(rename = "ean-13")]
    Ean13,
    Itf,
    Qr,
    DataMatrix,
}

impl Format {
    const ALL: [Self; 6] = [
        Self::Code128,
        Self::Code39,
        Self::Ean13,
        Self::Itf,
        Self::Qr,
        Self::DataMatrix,
    ];

    /// What is looked for unless the settings say otherwise. The others are found now and then in the lines of a text.
    pub(crate) fn usual() -> Vec<Self> {
        vec![Self::Code128, Self::Qr, Self::DataMatrix]
    }

    /// Its name in settings and sidecars.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Code128 => "code-128",
            Self::Code39 => "code-39",
            Self::Ean13 => "ean-13",
            Self::Itf => "itf",
            Self::Qr => "qr",
            Self::DataMatrix => "data-matrix",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    fn in_library(self) -> BarcodeFormat {
        match self {
            Self::Code128 => BarcodeFormat::CODE_128,
            Self::Code39 => BarcodeFormat::CODE_39,
            Self::Ean13 => BarcodeFormat::EAN_13,
            Self::Itf => BarcodeFormat::ITF,
            Self::Qr => BarcodeFormat::QR_CODE,
            Self::DataMatrix => BarcodeFormat::DATA_MATRIX,
        }
    }

    fn from_library(format: BarcodeFormat) -> Option<Self> {
        Self::ALL.into_iter().find(|ours| ours.in_library() == format)
    }
}

/// A barcode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Code {
    pub format: Format,
    pub text: String,
}

/// What the reader prints.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Look {
    /// The part of the page that is dark, from 0 to 1, specks left out.
    pub ink: f64,
    pub codes: Vec<Code>,
}

/// Codes of a page are not more, and their texts not longer.
const CODES_MAX: usize = 200;
const TEXT_MAX: usize = 4096;
/// Parts of a page that are looked at alone for small square codes, in dots.
const TILE: u32 = 500;

/// Looks at an image and prints what it found.
pub(crate) fn look_for(path: &Path, formats: &[&str]) -> Result<String, Unreadable> {
    let image = Image::read(path)?;
    let formats: Vec<Format> = formats.iter().filter_map(|name| Format::of(name)).collect();
    let look = Look {
        ink: image.ink(),
        codes: if image.ink() > 0.0 {
            codes(&image, &formats)
        } else {
            Vec::new()
        },
    };
    serde_json::to_string(&look).map_err(|_| Unreadable::Damaged)
}

/// All codes, each once. Noise hides them at full size and thin lines are lost at half, so it looks twice; and a square code
/// is found by its surroundings, so that it has to be looked for in small parts of a page full of text.
fn codes(image: &Image, formats: &[Format]) -> Vec<Code> {
    let half = image.halved();
    let (lines, squares): (Vec<Format>, Vec<Format>) = formats
        .iter()
        .partition(|format| !matches!(format, Format::Qr | Format::DataMatrix));
    let mut found = BTreeSet::new();
    for of in [image, &half] {
        detect(of, &lines, &mut found);
    }
    for square in squares {
        for of in [image, &half] {
            detect(of, &[square], &mut found);
        }
        if square == Format::DataMatrix {
            for tile in half.tiles(TILE) {
                detect(&tile, &[square], &mut found);
            }
        }
    }
    found.into_iter().take(CODES_MAX).collect()
}

fn detect(image: &Image, formats: &[Format], found: &mut BTreeSet<Code>) {
    if formats.is_empty() {
        return;
    }
    let mut hints = DecodeHints {
        PossibleFormats: Some(formats.iter().map(|format| format.in_library()).collect::<HashSet<_>>()),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    // Nothing found is an error there.
    let results =
        rxing::helpers::detect_multiple_in_luma_with_hints(image.luma.clone(), image.width, image.height, &mut hints);
    for result in results.unwrap_or_default() {
        let text = result.getText();
        if let Some(format) = Format::from_library(*result.getBarcodeFormat())
            && !text.is_empty()
            && text.len() <= TEXT_MAX
        {
            found.insert(Code {
                format,
                text: text.to_owned(),
            });
        }
    }
}
