// SPDX-License-Identifier: EUPL-1.2
//! Text: of clean pages nearly every letter, of skewed and noisy ones enough, of typed ones all.

use connector_testing::Connector;
use serde_json::json;

use crate::files::{scanned, tiff, typed};
use crate::office::{assert_cleared, document, emptied, office, scan, settings, sidecar};
use crate::paper::{FONTS, Paper};

/// A letter as offices get them, with every letter that German has more than English.
pub(crate) const LETTER: [&str; 14] = [
    "Sehr geehrte Frau Müller-Lüdenscheidt,",
    "für die Überlassung der Unterlagen über das Grundstück",
    "in der Großen Straße 17 danken wir Ihnen. Die Prüfung",
    "hat ergeben, dass die Maße der Gaube größer sind, als es",
    "der Bebauungsplan zulässt. Äußern Sie sich bitte bis zum",
    "18. November 2026 schriftlich oder persönlich im Bauamt.",
    "Öffnungszeiten: Montag bis Freitag von 8 bis 12 Uhr.",
    "Gebühr: 125,50 Euro, Kassenzeichen 4711-0815-2026.",
    "Ihr Schreiben vom 3. Oktober haben wir geprüft; die",
    "beigefügten Pläne (Grundriss, Schnitt, Ansicht) sind",
    "vollständig. Übrigens müssen Sie für den Stellplatz keine",
    "Ablösung zahlen. Ärgerlich ist nur, dass die Anhörung der",
    "Nachbarn länger dauert. Mit freundlichen Grüßen",
    "Jörg Weiß, Amt für Bauen, Öffentlichkeit und Verkehr",
];

/// How many letters of the first text one would have to change to get the second, spaces left out.
fn distance(expected: &str, found: &str) -> usize {
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| !letter.is_whitespace())
            .collect::<Vec<_>>()
    };
    let (expected, found) = (letters(expected), letters(found));
    let mut row: Vec<usize> = (0..=found.len()).collect();
    for (at, wanted) in expected.iter().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (column, is) in found.iter().enumerate() {
            let changed = before + usize::from(wanted != is);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row[found.len()]
}

/// The share of letters that were found.
fn found(text: &str) -> f64 {
    let expected = LETTER.join("\n");
    let letters = expected.chars().filter(|letter| !letter.is_whitespace()).count();
    1.0 - distance(&expected, text) as f64 / letters as f64
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clean_pages_are_read_nearly_without_a_mistake_and_others_well_enough() {
    let mut hub = office(settings()).await;
    let _connector = Connector::start(&hub);
    let mut cases = Vec::new();
    for font in FONTS {
        cases.push((
            format!("clean, 300 dpi, {font}"),
            Paper::a5(300).write(font, 20.0, &LETTER),
            0.98,
        ));
    }
    let page = |dpi| Paper::a5(dpi).write(FONTS[0], 20.0, &LETTER);
    cases.push(("clean, 200 dpi".to_owned(), page(200), 0.97));
    cases.push(("skewed by 1.5°, 300 dpi".to_owned(), page(300).skewed(1.5), 0.95));
    cases.push(("noisy, 300 dpi".to_owned(), page(300).noisy(), 0.95));
    cases.push((
        "skewed and noisy, 200 dpi".to_owned(),
        page(200).skewed(-1.0).noisy(),
        0.90,
    ));
    let pages: Vec<Paper> = cases.iter().map(|(_, page, _)| page.clone()).collect();
    let (first, second) = pages.split_at(4);
    // One message for each page: a part of the pages as PDF, the others as TIFF.
    for (number, page) in first.iter().enumerate() {
        scan(&hub, &format!("{number}.pdf"), scanned(std::slice::from_ref(page)));
    }
    emptied(&hub).await;
    for (number, page) in second.iter().enumerate() {
        scan(&hub, &format!("{number}.tif"), tiff(std::slice::from_ref(page)));
    }
    let messages = hub.messages(cases.len()).await;
    let mut shares = Vec::new();
    for (what, _, least) in &cases {
        let of_case = messages.iter().map(sidecar).nth(shares.len()).unwrap();
        let share = found(of_case["text"].as_str().unwrap_or_default());
        println!(
            "{what}: {:.2} % of the letters, confidence {}",
            share * 100.0,
            of_case["confidence"]
        );
        assert_eq!(of_case["role"], "document");
        assert_eq!(of_case["textFrom"], "recognition", "{what}");
        shares.push((what, share, *least, of_case["review"].clone()));
    }
    for (what, share, least, review) in shares {
        assert!(share >= least, "{what}: {share}");
        assert_eq!(review, json!(false), "{what}");
    }
    emptied(&hub).await;
    assert_cleared(&hub);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_page_says_its_text_and_the_original_stays_what_it_is() {
    let mut hub = office(settings()).await;
    let _connector = Connector::start(&hub);
    let lines: Vec<String> = LETTER.iter().map(|line| (*line).to_owned()).collect();
    let file = typed(&[lines.clone(), lines]);
    scan(&hub, "Brief.pdf", &file);
    let messages = hub.messages(1).await;
    let of_file = sidecar(&messages[0]);
    assert_eq!(messages[0].kind.as_str(), "scan.document.1");
    assert_eq!((&of_file["textFrom"], &of_file["pages"]), (&json!("file"), &json!(2)));
    assert_eq!(of_file.get("confidence"), None);
    let once = LETTER.join("\n");
    assert_eq!(distance(&format!("{once}{once}"), of_file["text"].as_str().unwrap()), 0);
    assert_eq!(document(&hub, &messages[0]).await, file);
    assert_eq!(
        of_file["original"]["sha256"],
        json!(messages[0].body.head.documents[0].sha256.as_str())
    );
    assert_eq!(messages[0].body.head.documents[0].media_type, "application/pdf");
    emptied(&hub).await;
    assert_eq!(std::fs::read(hub.path("scan/archive/Brief.pdf")).unwrap(), file);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_read_is_marked_for_a_person() {
    let mut hub = office(settings()).await;
    let _connector = Connector::start(&hub);
    let mut scribble = Paper::a5(200);
    let (width, height) = (scribble.width, scribble.height);
    for step in 0..40_000_usize {
        let x = width / 2 + ((step as f32 * 0.011).sin() * (step as f32 * 0.0037).cos() * width as f32 * 0.4) as usize;
        let y = height / 2 + ((step as f32 * 0.0071).sin() * height as f32 * 0.4) as usize;
        for (right, below) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 2)] {
            if x + right < width && y + below < height {
                scribble.luma[(y + below) * width + x + right] = 30;
            }
        }
    }
    scan(&hub, "Zettel.tif", tiff(&[scribble]));
    let messages = hub.messages(1).await;
    let of_file = sidecar(&messages[0]);
    assert_eq!(
        (&of_file["review"], &of_file["unclearPages"]),
        (&json!(true), &json!([1])),
        "{of_file}"
    );
}
