// SPDX-License-Identifier: EUPL-1.2
//! What settings are taken, and what is said of the others.

use serde_json::{Value, json};

use super::*;

fn good() -> Value {
    json!({
        "imap": {"host": "mail.example", "user": "post", "password": "geheim"},
        "in": {"type": "mail.letter.1"},
        "smtp": {"host": "mail.example", "user": "post", "password": "geheim"},
        "out": {"from": "post@stadt.example"},
    })
}

/// Changes one place of good settings and expects this sentence.
#[track_caller]
fn check(pointer: &str, value: Value, sentence: &str) {
    let mut settings = good();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    settings.pointer_mut(parent).unwrap()[key] = value;
    let said = Settings::read(&settings).unwrap_err().0;
    assert!(said.contains(sentence), "{said}");
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn good_settings_are_taken() {
    let read = Settings::read(&good()).unwrap();
    assert_eq!(read.own_domain(), Some("stadt.example"));
    assert_eq!(read.intake.unwrap().folder, "INBOX");
}

#[test]
fn what_cannot_work_is_said() {
    check("/imap/password", Value::Null, "user und password gehören zusammen");
    check("/imap/password", json!("geheim\n"), "Zeilenumbruch");
    check("/imap/security", json!("none"), "nur auf diesem Rechner");
    check("/imap/host", json!("a b"), "kein Rechnername");
    check("/imap", Value::Null, "[settings.in] braucht [settings.imap]");
    check("/smtp", Value::Null, "[settings.out] braucht [settings.smtp]");
    check("/in/accepted_folder", json!("INBOX"), "andere Ordner");
    check("/in/folder", json!("a\r\nb"), "Steuerzeichen");
    check("/in/unknown", json!(1), "unknown field");
    check("/in/max_bytes", json!("geheim"), "nicht die erwartete Form");
    check(
        "/out/from",
        json!("Post <post@stadt.example>"),
        "keine einfache Adresse",
    );
    check("/out/domain", json!("a b"), "kein Name");
    check(
        "/out/wrap",
        json!({"to": "nobody", "subject": "x"}),
        "keine brauchbare Adresse",
    );
    check(
        "/out/wrap",
        json!({"to": "a@b.example", "subject": "x\r\nBcc: c@d.example"}),
        "Steuerzeichen",
    );
    assert!(Settings::read(&json!({})).unwrap_err().0.contains("weder"));
}
