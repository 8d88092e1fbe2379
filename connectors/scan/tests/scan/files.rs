// SPDX-License-Identifier: EUPL-1.2
//! Paper as files: PDF with an image a page, PDF with text, TIFF.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tiff::encoder::colortype::Gray8;
use tiff::encoder::{Compression as TiffCompression, Rational, TiffEncoder};
use tiff::tags::ResolutionUnit;

use crate::paper::Paper;

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A PDF file out of its objects, numbered from 1; the first is the catalogue.
pub(crate) fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    file
}

pub(crate) fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {dictionary} /Length {} >>\nstream\n", bytes.len()).into_bytes();
    object.extend(bytes);
    object.extend(b"\nendstream");
    object
}

/// What a scanner writes: an image on each page.
pub(crate) fn scanned(pages: &[Paper]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 3 + 3 * page)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")).into_bytes(),
    ];
    for page in pages {
        let points = |dots: usize| dots as f64 * 72.0 / page.dpi as f64;
        let (width, height) = (points(page.width), points(page.height));
        let number = objects.len() + 1;
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {} 0 R /Resources << /XObject << /I {} 0 R >> >> >>",
                number + 1,
                number + 2
            )
            .into_bytes(),
        );
        objects.push(stream("", format!("{width} 0 0 {height} 0 0 cm /I Do").as_bytes()));
        objects.push(stream(
            &format!(
                "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
                page.width, page.height
            ),
            &deflated(&page.luma),
        ));
    }
    pdf(&objects)
}

/// What a word processor writes: pages of lines in Helvetica. The texts are ASCII and umlauts (WinAnsi).
pub(crate) fn typed(pages: &[Vec<String>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_vec(),
    ];
    for lines in pages {
        let number = objects.len() + 1;
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents {} 0 R /Resources << /Font << /F 3 0 R >> >> >>",
                number + 1
            )
            .into_bytes(),
        );
        let mut content = b"BT /F 9 Tf 12 TL 20 390 Td ".to_vec();
        for line in lines {
            content.push(b'(');
            content.extend(line.chars().map(|letter| letter as u8));
            content.extend(b") Tj T* ");
        }
        content.extend(b"ET");
        objects.push(stream("", &content));
    }
    pdf(&objects)
}

/// What a fax server writes: pages of a TIFF file.
pub(crate) fn tiff(pages: &[Paper]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file)
        .unwrap()
        .with_compression(TiffCompression::Lzw);
    for page in pages {
        let mut image = encoder
            .new_image::<Gray8>(page.width as u32, page.height as u32)
            .unwrap();
        image.resolution(
            ResolutionUnit::Inch,
            Rational {
                n: page.dpi as u32,
                d: 1,
            },
        );
        image.write_data(&page.luma).unwrap();
    }
    file.into_inner()
}
