// SPDX-License-Identifier: EUPL-1.2
//! Barcodes: each is found, also on pages that are full of text, skewed and noisy.

use connector_testing::Connector;
use rxing::BarcodeFormat;
use serde_json::{Value, json};

use crate::files::{scanned, tiff};
use crate::office::{office, scan, settings, sidecar};
use crate::paper::{FONTS, Paper};
use crate::recognition::LETTER;

const CODES: [(BarcodeFormat, &str, &str); 3] = [
    (BarcodeFormat::CODE_128, "code-128", "AZ:BAU-2026-0017"),
    (BarcodeFormat::QR_CODE, "qr", "Vorgang 4711 / Größe"),
    (BarcodeFormat::DATA_MATRIX, "data-matrix", "DM-2026-000815"),
];

/// A full page with a code of each kind, spread over it.
fn page(dpi: usize) -> Paper {
    Paper::a5(dpi)
        .write(FONTS[1], 45.0, &LETTER)
        .code(CODES[0].0, CODES[0].2, (20.0, 14.0), 60.0)
        .code(CODES[1].0, CODES[1].2, (105.0, 12.0), 25.0)
        .code(CODES[2].0, CODES[2].2, (20.0, 170.0), 14.0)
}

fn sorted(sidecar: &Value) -> Vec<(String, String)> {
    let mut codes: Vec<_> = sidecar["barcodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| [&code["format"], &code["text"]].map(|text| text.as_str().unwrap().to_owned()))
        .map(|[format, text]| (format, text))
        .collect();
    codes.sort();
    codes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_of_every_page_is_found() {
    let mut only_codes = settings();
    only_codes["split"] = json!({});
    let mut hub = office(only_codes).await;
    let _connector = Connector::start(&hub);
    let cases = [
        ("clean, 300 dpi", page(300)),
        ("clean, 200 dpi", page(200)),
        ("skewed by 2°, 300 dpi", page(300).skewed(2.0)),
        ("skewed by -3°, 200 dpi", page(200).skewed(-3.0)),
        ("noisy, 300 dpi", page(300).noisy()),
        ("skewed and noisy, 200 dpi", page(200).skewed(1.0).noisy()),
    ];
    for (number, (_, page)) in cases.iter().enumerate() {
        let page = std::slice::from_ref(page);
        let (name, file) = if number % 2 == 0 {
            ("pdf", scanned(page))
        } else {
            ("tif", tiff(page))
        };
        scan(&hub, &format!("{number}.{name}"), file);
    }
    let mut expected: Vec<_> = CODES
        .iter()
        .map(|(_, format, text)| ((*format).to_owned(), (*text).to_owned()))
        .collect();
    expected.sort();
    let messages = hub.messages(cases.len()).await;
    let all: Vec<_> = messages.iter().map(sidecar).collect();
    for ((what, _), of_page) in cases.iter().zip(&all) {
        println!("{what}: {:?}", sorted(of_page));
    }
    for ((what, _), of_page) in cases.iter().zip(&all) {
        assert_eq!(sorted(of_page), expected, "{what}");
        assert_eq!(
            of_page["fields"],
            json!([{"name": "Aktenzeichen", "value": "BAU-2026-0017"}])
        );
    }
}
