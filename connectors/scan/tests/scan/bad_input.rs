// SPDX-License-Identifier: EUPL-1.2
//! Bad input: set aside with a code, and what comes behind it is taken.

use std::process::Command;

use connector_testing::{Connector, Hub, names};
use serde_json::json;

use crate::files::{deflated, pdf, stream, tiff, typed};
use crate::office::{assert_cleared, emptied, office, report, scan, settings, sidecar};
use crate::paper::Paper;
use crate::recognition::LETTER;

fn letter() -> Vec<u8> {
    typed(&[LETTER.iter().map(|line| (*line).to_owned()).collect()])
}

/// A file with a password, made by qpdf.
fn encrypted(hub: &Hub) -> Vec<u8> {
    let (from, to) = (hub.path("plain.pdf"), hub.path("secret.pdf"));
    std::fs::write(&from, letter()).unwrap();
    let made = Command::new("qpdf")
        .args(["--encrypt", "geheim", "geheimer", "256", "--"])
        .args([&from, &to])
        .status();
    assert!(made.unwrap().success());
    std::fs::read(to).unwrap()
}

/// A page tree with a hundred thousand pages.
fn endless_tree() -> Vec<u8> {
    let count = 100_000;
    let kids: Vec<String> = (0..count).map(|page| format!("{} 0 R", 3 + page)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Count {count} /Kids [{}] >>", kids.join(" ")).into_bytes(),
    ];
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>".to_vec();
    objects.extend(std::iter::repeat_n(page, count));
    pdf(&objects)
}

/// A page of which a megabyte becomes half a gigabyte of orders to draw.
fn drawing_bomb() -> Vec<u8> {
    let orders = b"0 0 m 9 9 l S\n".repeat(1 << 20);
    let content = deflated(&orders.repeat(16));
    one_page(&stream("/Filter /FlateDecode", &content), "[0 0 300 300]")
}

fn one_page(content: &[u8], media_box: &str) -> Vec<u8> {
    pdf(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_vec(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox {media_box} /Contents 4 0 R >>").into_bytes(),
        content.to_vec(),
    ])
}

/// A table of objects that says it has two thousand million entries.
fn table_bomb() -> Vec<u8> {
    let mut file = b"%PDF-1.5\n1 0 obj\n".to_vec();
    file.extend(stream("/Type /XRef /W [1 2 1] /Size 2000000000 /Root 2 0 R", &[0; 16]));
    file.extend(b"\nendobj\nstartxref\n9\n%%EOF\n");
    file
}

/// A page of a million by a million dots, in a few bytes.
fn tiff_bomb() -> Vec<u8> {
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    let fields: [(u16, u32); 5] = [(256, 1_000_000), (257, 1_000_000), (259, 1), (273, 8), (279, 100)];
    file.extend((fields.len() as u16).to_le_bytes());
    for (tag, value) in fields {
        file.extend(tag.to_le_bytes());
        file.extend(4_u16.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 200]);
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_set_aside_and_stops_nothing_behind_it() {
    let mut limited = settings();
    limited["limits"] = json!({"seconds": 5, "memory_bytes": 1_073_741_824, "file_bytes": 67_108_864});
    let mut hub = office(limited).await;
    let whole = letter();
    let image = tiff(&[Paper::a5(100)]);
    let files: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("verschluesselt.pdf", encrypted(&hub), &["AH-F403"]),
        ("abgeschnitten.pdf", whole[..whole.len() * 2 / 3].to_vec(), &["AH-F402"]),
        ("bombe.tif", tiff_bomb(), &["AH-F405"]),
        ("baum.pdf", endless_tree(), &["AH-F404"]),
        ("brief.docx", b"PK\x03\x04 kein Scan".to_vec(), &["AH-F401"]),
        ("zeichnung.pdf", drawing_bomb(), &["AH-F406"]),
        ("tabelle.pdf", table_bomb(), &["AH-F402", "AH-F406", "AH-F407"]),
        (
            "riese.pdf",
            one_page(&stream("", b""), "[0 0 200000 200000]"),
            &["AH-F405"],
        ),
        ("leer.pdf", b"%PDF-1.4\n%%EOF\n".to_vec(), &["AH-F402"]),
        ("halb.tif", image[..image.len() / 2].to_vec(), &["AH-F402"]),
    ];
    for (name, content, _) in &files {
        scan(&hub, name, content);
    }
    scan(&hub, "zuletzt.pdf", &whole);
    let connector = Connector::start(&hub);
    let messages = hub.messages(1).await;
    assert_eq!(sidecar(&messages[0])["original"]["name"], "zuletzt.pdf");
    emptied(&hub).await;
    for (name, content, codes) in &files {
        let report = report(&hub, name);
        let code = report.lines().next().unwrap();
        println!("{name}: {code}");
        assert!(codes.contains(&code), "{name}: {report}");
        assert!(report.contains("Was zu tun ist"), "{report}");
        assert_eq!(
            &std::fs::read(hub.path(&format!("scan/error/{name}"))).unwrap(),
            content,
            "{name}"
        );
    }
    assert_eq!(names(&hub.path("scan/archive")), ["zuletzt.pdf"]);
    assert_cleared(&hub);
    // Neither log nor status says whose file it was.
    let log = std::fs::read_to_string(hub.path("connector.log")).unwrap();
    assert!(!log.contains("verschluesselt") && !log.contains("Lüdenscheidt"));
    drop(connector);
}
