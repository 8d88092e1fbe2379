// SPDX-License-Identifier: EUPL-1.2
//! Files in, when something goes wrong: the process dies, the writer is slow, the file is none.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use connector_testing::{Connector, Hub, eventually, names};
use serde_json::json;

use crate::KIND;
use crate::intake::{drop_file, emptied, hub, settings};

/// The process dies at this step, with three files and a second life: three messages, everything in the archive.
async fn dies_at(step: &str) {
    let mut hub = hub().await;
    for n in 0..3 {
        drop_file(&hub, &format!("{n}.xml"), format!("<n>{n}</n>"));
    }
    let mut first = Connector::start_failing(&hub, step);
    first.died().await;
    let _second = Connector::start(&hub);
    emptied(&hub).await;
    let messages = hub.messages(3).await;
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(
            message.body.native.disclose(),
            format!("<n>{n}</n>").as_bytes(),
            "after {step}"
        );
    }
    assert_eq!(
        names(&hub.path("scan/archive")),
        ["0.xml", "1.xml", "2.xml"],
        "after {step}"
    );
    assert!(names(&hub.path("scan/error")).is_empty(), "after {step}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_step_loses_and_doubles_nothing() {
    for step in [
        "taken",
        "claimed",
        "emitted",
        "archive-moved",
        "archive-moved:2",
        "confirmed",
    ] {
        dies_at(step).await;
    }
}

/// Writes a file in this many pieces, longer in all than a file has to be stable; the longest pause between two of them.
async fn write_slowly(hub: &Hub, name: &str) -> Duration {
    let mut file = fs::File::create(hub.path(&format!("scan/in/{name}"))).unwrap();
    let mut longest = Duration::ZERO;
    let mut before = Instant::now();
    for n in 0..30 {
        writeln!(file, "<piece n=\"{n}\"/>").unwrap();
        longest = longest.max(before.elapsed());
        before = Instant::now();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    longest.max(before.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_half_written_file_is_never_taken() {
    const STABLE: Duration = Duration::from_secs(2);
    let mut slow = settings();
    slow["in"]["stable_ms"] = json!(STABLE.as_millis());
    let mut hub = Hub::start(KIND, slow).await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    let _connector = Connector::start(&hub);
    // A writer that the machine held up for as long as a file has to be stable has shown nothing; another one then has to.
    for attempt in 1.. {
        let longest = write_slowly(&hub, &format!("{attempt}.xml")).await;
        let messages = hub.messages(1).await;
        let native = messages[0].body.native.disclose();
        if longest < STABLE {
            assert_eq!(native.iter().filter(|b| **b == b'\n').count(), 30);
            return;
        }
        assert!(attempt < 10, "this machine cannot write a line in {STABLE:?}");
    }
}

/// Waits until the connector has looked into its folder, begun after this call.
async fn looked_twice(hub: &Hub) {
    let beats = hub.beats.clone();
    eventually("it beats", || !beats.lock().unwrap().is_empty()).await;
    let until = Instant::now() + Duration::from_secs(60);
    let mut seen = BTreeSet::new();
    // The first time may be that of a look that was under way; two more are two whole looks.
    while seen.len() < 3 {
        assert!(Instant::now() < until, "it does not look into its folder");
        if let Some(at) = hub.control("check").await["ok"]["source_ok"].as_str() {
            seen.insert(at.to_owned());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn temporary_names_wait_and_a_rename_counts_at_once() {
    let mut slow = settings();
    slow["in"]["stable_ms"] = json!(3_600_000);
    let mut hub = Hub::start(KIND, slow).await;
    fs::create_dir_all(hub.path("scan/in")).unwrap();
    fs::write(hub.path("scan/in/a.xml.part"), "<a/>").unwrap();
    fs::write(hub.path("scan/in/b.xml"), "<b/>").unwrap();
    let _connector = Connector::start(&hub);
    looked_twice(&hub).await;
    fs::rename(hub.path("scan/in/a.xml.part"), hub.path("scan/in/a.xml")).unwrap();
    assert_eq!(hub.messages(1).await[0].body.native.disclose().as_ref(), b"<a/>");
    eventually("it leaves", || names(&hub.path("scan/in")) == ["b.xml"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_plain_file_goes_to_the_error_folder_with_a_report() {
    let mut hub = hub().await;
    fs::write(hub.path("secret.xml"), "<secret/>").unwrap();
    symlink(hub.path("secret.xml"), hub.path("scan/in/link.xml")).unwrap();
    fs::hard_link(hub.path("secret.xml"), hub.path("scan/in/hard.xml")).unwrap();
    let status = std::process::Command::new("mkfifo")
        .arg(hub.path("scan/in/pipe.xml"))
        .status()
        .unwrap();
    assert!(status.success());
    drop_file(&hub, "empty.xml", "");
    drop_file(&hub, "unknown.exe", "x");
    drop_file(&hub, "alone.pdf", "%PDF");
    drop_file(&hub, "lonely.json", "{}");
    let huge = fs::File::create(hub.path("scan/in/huge.xml")).unwrap();
    huge.set_len(50_000_001).unwrap();
    drop_file(&hub, "good.xml", "<good/>");
    let _connector = Connector::start(&hub);
    assert_eq!(hub.messages(1).await[0].body.native.disclose().as_ref(), b"<good/>");
    emptied(&hub).await;
    let expected = [
        ("alone.pdf", "AH-F104"),
        ("empty.xml", "AH-F105"),
        ("hard.xml", "AH-F102"),
        ("huge.xml", "AH-F106"),
        ("link.xml", "AH-F101"),
        ("lonely.json", "AH-F108"),
        ("pipe.xml", "AH-F109"),
        ("unknown.exe", "AH-F103"),
    ];
    assert_eq!(names(&hub.path("scan/archive")), ["good.xml"]);
    for (name, code) in expected {
        let report = fs::read_to_string(hub.path(&format!("scan/error/{name}.error.txt"))).unwrap();
        assert!(
            report.starts_with(code) && report.contains("Was zu tun ist:"),
            "{name}: {report}"
        );
        assert!(
            hub.path(&format!("scan/error/{name}")).symlink_metadata().is_ok(),
            "{name}"
        );
    }
    assert_eq!(names(&hub.path("scan/error")).len(), 2 * expected.len());
    assert_eq!(fs::read(hub.path("secret.xml")).unwrap(), b"<secret/>");
    let beats = hub.beats.clone();
    hub.control("check").await;
    eventually("the refusals are counted", || {
        beats.lock().unwrap().last().is_some_and(|beat| beat.refused == 8)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_between_report_and_move_leaves_one_report() {
    let mut hub = hub().await;
    drop_file(&hub, "empty.xml", "");
    Connector::start_failing(&hub, "error-reported").died().await;
    let _second = Connector::start(&hub);
    emptied(&hub).await;
    assert_eq!(names(&hub.path("scan/error")), ["empty.xml", "empty.xml.error.txt"]);
    hub.messages(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_swapped_for_a_link_all_the_time_never_leads_outside() {
    let mut hub = hub().await;
    fs::write(hub.path("secret.xml"), "<secret/>").unwrap();
    let _connector = Connector::start(&hub);
    for n in 0..1000 {
        let name = hub.path(&format!("scan/in/{}.xml", n % 7));
        let beside = hub.path("scan/in/.swap");
        if n % 2 == 0 {
            fs::write(&beside, "<open/>").unwrap();
        } else {
            symlink(hub.path("secret.xml"), &beside).unwrap();
        }
        fs::rename(&beside, &name).unwrap();
        if n % 10 == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    emptied(&hub).await;
    let left = hub.bus.pending_inbound(&KIND.connector()).await.unwrap().waiting;
    for message in hub.messages(left as usize).await {
        assert_eq!(message.body.native.disclose().as_ref(), b"<open/>");
    }
    for name in names(&hub.path("scan/archive")) {
        assert!(
            hub.path(&format!("scan/archive/{name}"))
                .symlink_metadata()
                .unwrap()
                .is_file(),
            "{name}"
        );
    }
}
