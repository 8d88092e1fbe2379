// SPDX-License-Identifier: EUPL-1.2
//! Paper: pages with text in real fonts and with barcodes, as a scanner sees them.

use ab_glyph::{Font, FontVec, PxScale, ScaleFont, point};
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

/// Fonts of Debian's fonts-liberation and fonts-dejavu-core.
pub(crate) const FONTS: [&str; 4] = [
    "liberation/LiberationSans-Regular",
    "liberation/LiberationSerif-Regular",
    "dejavu/DejaVuSans",
    "liberation/LiberationMono-Regular",
];

/// A page.
#[derive(Clone)]
pub(crate) struct Paper {
    pub width: usize,
    pub height: usize,
    pub dpi: usize,
    /// 0 is black.
    pub luma: Vec<u8>,
}

impl Paper {
    /// A blank page of this size in millimetres.
    pub(crate) fn sized(width: usize, height: usize, dpi: usize) -> Self {
        let dots = |millimetres: usize| millimetres * dpi * 10 / 254;
        let (width, height) = (dots(width), dots(height));
        Self {
            width,
            height,
            dpi,
            luma: vec![255; width * height],
        }
    }

    /// A blank page of A5.
    pub(crate) fn a5(dpi: usize) -> Self {
        Self::sized(148, 210, dpi)
    }

    fn dots(&self, millimetres: f32) -> f32 {
        millimetres * self.dpi as f32 / 25.4
    }

    fn darken(&mut self, x: usize, y: usize, ink: f32) {
        if x < self.width && y < self.height {
            let dot = &mut self.luma[y * self.width + x];
            *dot = dot.saturating_sub((ink * 255.0) as u8);
        }
    }

    /// Writes lines of 11 points from `top` millimetres on.
    pub(crate) fn write(mut self, font: &str, top: f32, lines: &[&str]) -> Self {
        let bytes = std::fs::read(format!("/usr/share/fonts/truetype/{font}.ttf")).unwrap();
        let font = FontVec::try_from_vec(bytes).unwrap();
        let height = 11.0 * self.dpi as f32 / 72.0 * font.height_unscaled() / font.units_per_em().unwrap();
        let scaled = font.as_scaled(PxScale::from(height));
        let (left, mut y) = (self.dots(15.0), self.dots(top) + scaled.ascent());
        let mut drawn = Vec::new();
        for line in lines {
            let mut x = left;
            for letter in line.chars() {
                let glyph = scaled.scaled_glyph(letter);
                let advance = scaled.h_advance(glyph.id);
                let mut glyph = glyph;
                glyph.position = point(x, y);
                drawn.extend(font.outline_glyph(glyph));
                x += advance;
            }
            assert!(x < self.width as f32, "the line is too long: {line}");
            y += height * 1.25;
        }
        for outline in drawn {
            let bounds = outline.px_bounds();
            outline.draw(|x, y, ink| {
                self.darken(
                    bounds.min.x as usize + x as usize,
                    bounds.min.y as usize + y as usize,
                    ink,
                );
            });
        }
        self
    }

    /// Prints a barcode; left, top and width in millimetres. Lines are 12 mm high.
    pub(crate) fn code(mut self, format: BarcodeFormat, text: &str, (left, top): (f32, f32), width: f32) -> Self {
        let matrix = MultiFormatWriter.encode(text, &format, 0, 0).unwrap();
        let (columns, rows) = (matrix.getWidth(), matrix.getHeight());
        let module = (self.dots(width) / columns as f32).max(1.0);
        let row = if rows < 8 {
            self.dots(12.0) / rows as f32
        } else {
            module
        };
        let (left, top) = (self.dots(left), self.dots(top));
        for y in 0..(row * rows as f32) as usize {
            for x in 0..(module * columns as f32) as usize {
                let (column, line) = ((x as f32 / module) as u32, (y as f32 / row) as u32);
                if matrix.get(column.min(columns - 1), line.min(rows - 1)) {
                    self.darken(left as usize + x, top as usize + y, 1.0);
                }
            }
        }
        self
    }

    /// As a feeder draws it in: turned by so many degrees.
    pub(crate) fn skewed(&self, degrees: f32) -> Self {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f32 / 2.0, self.height as f32 / 2.0);
        let dot = |x: i64, y: i64| {
            let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
            if inside {
                f32::from(self.luma[y as usize * self.width + x as usize])
            } else {
                255.0
            }
        };
        let mut turned = self.clone();
        for (at, to) in turned.luma.iter_mut().enumerate() {
            let (x, y) = ((at % self.width) as f32 - middle_x, (at / self.width) as f32 - middle_y);
            let (from_x, from_y) = (x * cosine + y * sine + middle_x, y * cosine - x * sine + middle_y);
            let (left, top) = (from_x.floor(), from_y.floor());
            let (right, below) = (from_x - left, from_y - top);
            let (left, top) = (left as i64, top as i64);
            let upper = dot(left, top) * (1.0 - right) + dot(left + 1, top) * right;
            let lower = dot(left, top + 1) * (1.0 - right) + dot(left + 1, top + 1) * right;
            *to = (upper * (1.0 - below) + lower * below) as u8;
        }
        turned
    }

    /// As a tired scanner sees it: a grey veil over everything and black specks, always the same ones.
    pub(crate) fn noisy(&self) -> Self {
        let mut noisy = self.clone();
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for dot in &mut noisy.luma {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let veil = (seed % 41) as i32 - 20;
            *dot = (i32::from(*dot) * 225 / 255 + veil).clamp(0, 255) as u8;
            if (seed >> 32).is_multiple_of(400) {
                *dot = 40;
            }
        }
        noisy
    }
}
