// SPDX-License-Identifier: EUPL-1.2
//! What mappings take out of messages, the attachments of mails, comes to the recipient whole and once, though the hub
//! is killed again and again; small ones and such as are too large to travel with their message.

use std::collections::BTreeMap;

use amtshub_tests::record;
use amtshub_tests::town::Town;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hub_message::Digest;

pub(crate) const MAILS: usize = 150;

pub(crate) fn town() -> Town {
    let town = Town::new();
    town.connector(
        "post",
        "kind = \"folder\"\ntitle = \"Poststelle\"\n[types]\n\"letter.mail.1\" = { mapping = \"mail-letter\" }\n[settings.in]\n\
         path = \"post/in\"\nstable_ms = 50\n[[settings.in.files]]\npattern = \"*.eml\"\ntype = \"letter.mail.1\"\n\
         media_type = \"message/rfc822\"\n",
    );
    town.connector(
        "akte",
        "kind = \"folder\"\ntitle = \"E-Akte\"\n[settings.out]\npath = \"akte/in\"\nfile_name = \"{sequence}-{delivery}.json\"\n\
         documents = \"beside\"\n",
    );
    let route = record::route("post", "akte")
        .replace("mapping = \"record\"\n", "")
        .replace("record.xml.1", "canonical.communication.1")
        .replace("documents = \"none\"", "documents = \"all\"")
        .replace("\"attachments.size\"", "\"attachments.size\", \"attachments.sha256\"");
    town.route("alle", &route);
    town
}

/// The content of a mail's attachment: every tenth is larger than what travels with a message.
fn content(number: usize) -> Vec<u8> {
    let length = if number.is_multiple_of(10) { 600_000 } else { 3_000 };
    let mut state = number as u32 + 1;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| byte()).collect()
}

pub(crate) fn mail(number: usize) -> String {
    let encoded = STANDARD.encode(content(number));
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("Base64"))
        .collect();
    format!(
        "From: Erika Beispiel <erika@x.example>\nDate: Mon, 1 Jun 2026 10:00:00 +0200\nMessage-ID: <{number}@x.example>\n\
         Subject: Unterlagen {number}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nanbei\n--b\n\
         Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=anlage-{number}.bin\n\
         Content-Transfer-Encoding: base64\n\n{}\n--b--\n",
        lines.join("\n")
    )
}

/// What was delivered: each message's digest of its attachment by subject, and each document by its own name.
struct Delivered {
    said: BTreeMap<String, Vec<String>>,
    documents: BTreeMap<String, Vec<Digest>>,
}

fn delivered(town: &Town) -> Delivered {
    let mut found = Delivered {
        said: BTreeMap::new(),
        documents: BTreeMap::new(),
    };
    for file in town.files("akte/in") {
        let bytes = std::fs::read(&file).expect("a delivered file");
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if let Some(at) = name.find("anlage-") {
            let document = found.documents.entry(name[at..].to_owned()).or_default();
            document.push(Digest::of(&bytes));
        } else {
            let message: serde_json::Value = serde_json::from_slice(&bytes).expect("canonical JSON");
            let digests = message["attachments"].as_array().into_iter().flatten();
            let digests = digests.filter_map(|one| one["sha256"].as_str().map(str::to_owned));
            let subject = message["subject"].as_str().unwrap_or_default().to_owned();
            found.said.entry(subject).or_default().extend(digests);
        }
    }
    found
}

#[test]
fn attachments_arrive_whole_and_once_though_the_hub_is_killed() {
    let mut town = town();
    for number in 0..MAILS {
        town.drop_file("post/in", &format!("{number:04}.eml"), mail(number).as_bytes());
    }
    for turn in 1..=3 {
        town.start();
        town.wait("the middle of the mails", |town| {
            town.files("akte/in").len() >= turn * MAILS / 3
        });
        town.kill_hub();
    }
    town.start();
    check(&town);
}

/// Waits until all attachments have arrived, then looks at them.
pub(crate) fn check(town: &Town) {
    town.wait("everything is delivered", |town| {
        town.files("akte/in").len() >= 2 * MAILS && town.connector_status("akte")["waiting"] == 0
    });
    let found = delivered(town);
    for number in 0..MAILS {
        let digest = Digest::of(&content(number));
        let said = found.said.get(&format!("Unterlagen {number}"));
        assert_eq!(said, Some(&vec![digest.as_str().to_owned()]), "message {number}");
        let document = found.documents.get(&format!("anlage-{number}.bin"));
        assert_eq!(document, Some(&vec![digest]), "document {number}");
    }
    assert_eq!((found.said.len(), found.documents.len()), (MAILS, MAILS));
    let letters = town.json(["deadletter", "list"]);
    assert_eq!(letters["items"].as_array().map(Vec::len), Some(0), "no dead letters");
}
