// SPDX-License-Identifier: EUPL-1.2
//! Stacks: divided at separators and blank pages, filed once although the connector is killed, with bounded memory.

use std::fs;
use std::process::Command;

use connector_testing::{Connector, Hub, eventually, names};
use hub_message::Message;
use rustix::process::Signal;
use rxing::BarcodeFormat;
use serde_json::{Value, json};

use crate::files::{scanned, tiff};
use crate::office::{assert_cleared, document, emptied, office, scan, settings, sidecar};
use crate::paper::{FONTS, Paper};

/// A small page that says which it is.
fn page(text: &str) -> Paper {
    Paper::sized(105, 74, 200).write(FONTS[0], 12.0, &[text, "Amt für Straßen und Grünflächen"])
}

fn separator(text: &str) -> Paper {
    Paper::sized(105, 74, 200).code(BarcodeFormat::CODE_128, text, (15.0, 20.0), 70.0)
}

/// Two documents behind separators, the second with a key and a blank page behind its two pages, and a third one.
fn stack() -> Vec<Paper> {
    vec![
        separator("TRENN-1"),
        page("Antrag auf Wohngeld"),
        separator("TRENN-2"),
        page("Widerspruch, erste Seite").code(BarcodeFormat::QR_CODE, "AZ:BAU-2026-17", (40.0, 30.0), 25.0),
        page("Widerspruch, zweite Seite"),
        Paper::sized(105, 74, 200),
        page("Rechnung der Gärtnerei"),
    ]
}

/// The pages of a PDF or TIFF file, as the tools count them.
fn pages_of(hub: &Hub, name: &str, content: &[u8]) -> usize {
    let path = hub.path(name);
    fs::write(&path, content).unwrap();
    let output = Command::new("qpdf").arg("--show-npages").arg(&path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// What a stack's messages say: role, pages, number, keys.
fn assert_divided(messages: &[Message]) {
    let all: Vec<Value> = messages.iter().map(sidecar).collect();
    let said: Vec<Value> = all
        .iter()
        .map(|one| json!([one["role"], one["pages"], one["part"], one["firstPage"], one["fields"]]))
        .collect();
    let key = json!([{"name": "Aktenzeichen", "value": "BAU-2026-17"}]);
    let expected = [
        json!(["stack", 7, null, null, []]),
        json!(["part", 1, 1, 2, []]),
        json!(["part", 2, 2, 4, key]),
        json!(["part", 1, 3, 7, []]),
    ];
    assert_eq!(said, expected);
    let kinds: Vec<_> = messages.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["scan.stack.1", "scan.document.1", "scan.document.1", "scan.document.1"]
    );
    for (one, text) in all[1..]
        .iter()
        .zip(["Antrag auf Wohngeld", "Widerspruch, zweite Seite", "Gärtnerei"])
    {
        assert!(one["text"].as_str().unwrap().contains(text), "{one}");
        assert_eq!(one["original"]["pages"], 7);
    }
    assert_eq!(all[0].get("text"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_is_divided_and_kept_whole_as_well() {
    let mut hub = office(settings()).await;
    let _connector = Connector::start(&hub);
    let file = scanned(&stack());
    scan(&hub, "Stapel.pdf", &file);
    let messages = hub.messages(4).await;
    assert_divided(&messages);
    assert_eq!(document(&hub, &messages[0]).await, file);
    for (message, pages) in messages[1..].iter().zip([1, 2, 1]) {
        let part = document(&hub, message).await;
        assert_eq!(pages_of(&hub, "part.pdf", &part), pages);
    }
    let name = |message: &Message| message.body.head.documents[0].name.as_ref().unwrap().disclose().clone();
    let documents: Vec<_> = messages.iter().map(name).collect();
    assert_eq!(
        documents,
        ["Stapel.pdf", "Stapel-1.pdf", "Stapel-2.pdf", "Stapel-3.pdf"]
    );
    emptied(&hub).await;
    assert_eq!(fs::read(hub.path("scan/archive/Stapel.pdf")).unwrap(), file);
    assert_cleared(&hub);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tiff_of_many_pages_is_divided_without_a_change_to_its_images() {
    let mut hub = office(settings()).await;
    let _connector = Connector::start(&hub);
    let papers = stack();
    let file = tiff(&papers);
    scan(&hub, "Fax.tif", &file);
    let messages = hub.messages(4).await;
    assert_divided(&messages);
    assert_eq!(document(&hub, &messages[0]).await, file);
    let part = document(&hub, &messages[2]).await;
    let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(part)).unwrap();
    for paper in [&papers[3], &papers[4]] {
        let tiff::decoder::DecodingResult::U8(luma) = decoder.read_image().unwrap() else {
            panic!("another kind of image")
        };
        assert!(luma == paper.luma);
        if decoder.more_images() {
            decoder.next_image().unwrap();
        }
    }
    assert!(!decoder.more_images());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_arrives_once_wherever_the_connector_dies() {
    let mut hub = office(settings()).await;
    for (number, step) in [
        "page-read:4",
        "stack-read",
        "claimed",
        "emitted",
        "confirmed",
        "archive-moved",
    ]
    .iter()
    .enumerate()
    {
        let mut failing = Connector::start_failing(&hub, step);
        scan(&hub, &format!("{number}.pdf"), scanned(&stack()));
        failing.died().await;
        let mut connector = Connector::start(&hub);
        emptied(&hub).await;
        // Only now: whatever is to come a second time has come.
        assert_divided(&hub.messages(4).await);
        connector.signal(Signal::TERM);
        assert!(connector.ended().await.success(), "{step}");
    }
    assert_eq!(names(&hub.path("scan/archive")).len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_that_is_killed_reads_no_page_twice_and_leaves_no_tool_behind() {
    let mut hub = office(settings()).await;
    let connector = Connector::start(&hub);
    scan(&hub, "a.pdf", scanned(&stack()));
    let lists = || {
        let folders = names(&hub.path("scan/work"));
        let path = folders
            .first()
            .map(|folder| hub.path(&format!("scan/work/{folder}/pages.jsonl")));
        path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
    };
    // Where there is no work folder yet, there is no page.
    eventually("some pages are read", || {
        hub.path("scan/work").exists() && lists().lines().count() >= 2
    })
    .await;
    connector.signal(Signal::KILL);
    drop(connector);
    let before = lists();
    let work = hub.path("scan/work").display().to_string();
    let works_there = |entry: fs::DirEntry| {
        let folder = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        folder.display().to_string().starts_with(&work)
    };
    eventually("no tool is left behind", || {
        let processes = fs::read_dir("/proc").unwrap();
        !processes.filter_map(Result::ok).any(works_there)
    })
    .await;
    // What was read is not read again: a page that says something else stays as it was noted.
    let marked = before.replacen("Wohngeld", "Wohngold", 1);
    assert_ne!(marked, before);
    let folder = names(&hub.path("scan/work")).remove(0);
    fs::write(hub.path(&format!("scan/work/{folder}/pages.jsonl")), marked).unwrap();
    let _connector = Connector::start(&hub);
    let messages = hub.messages(4).await;
    assert!(sidecar(&messages[1])["text"].as_str().unwrap().contains("Wohngold"));
    emptied(&hub).await;
}

/// So many pages; `tests/run --full` says more.
fn many() -> usize {
    let number = std::env::var_os("AMTSHUB_TEST_PAGES").map(|number| number.into_string().unwrap());
    number.map_or(20, |number| number.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_stack_is_filed_with_little_memory() {
    let mut hub = office(settings()).await;
    let connector = Connector::start(&hub);
    let (count, every) = (many(), 5);
    let papers: Vec<Paper> = (0..count)
        .map(|number| {
            if number % every == 0 {
                return separator("TRENN");
            }
            page(&format!("Seite {number} des Stapels"))
        })
        .collect();
    let started = std::time::Instant::now();
    scan(&hub, "gross.pdf", scanned(&papers));
    drop(papers);
    let mut most = 0;
    let mut patience = count * 60;
    while !names(&hub.path("scan/in")).is_empty() {
        most = most.max(connector.resident_kilobytes());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        patience -= 1;
        assert!(patience > 0, "the stack is not filed");
    }
    let messages = hub.messages(1 + count / every).await;
    let pages: u64 = messages[1..]
        .iter()
        .map(|message| sidecar(message)["pages"].as_u64().unwrap())
        .sum();
    assert_eq!(pages as usize, count - count / every);
    println!(
        "{count} pages in {} s, {most} kB resident at most",
        started.elapsed().as_secs()
    );
    assert!(most < 60_000, "{most} kB resident");
}
