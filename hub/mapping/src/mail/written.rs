// SPDX-License-Identifier: EUPL-1.2
//! Whole mappings that write mails.

use proptest::prelude::*;

use crate::sample::{findings, load, read, text_of};
use crate::{Facts, Mapping, Worker, json};

const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n\
     [format]\nkind = 'mail'\ndomain = 'm.example'\n";
const SHAPE: &str = "subject, text, html, to[ name, mail ], answers, files[ name, type, text ]";
const ALWAYS: &str = "[always]\n'header:From' = '\"Musterstadt, Bürgeramt\" <post@m.example>'\n\
     'header:Message-ID' = '$message.id'\n'header:Date' = '$message.time'\n";
const ROWS: &str = "[fields]\nsubject = 'header:Subject'\nanswers = 'header:In-Reply-To'\ntext = 'body:text'\nhtml = 'body:html'\n\
     [lists.to]\neach = 'header:To'\n[lists.to.fields]\nname = '@name'\nmail = '@address'\n\
     [lists.files]\neach = 'part'\n[lists.files.fields]\nname = '@filename'\ntype = '@type'\ntext = '.'\n";

fn mapping() -> Mapping {
    load(SHAPE, &format!("{HEAD}{ALWAYS}{ROWS}"))
}

#[track_caller]
fn check(document: &str, expected: Result<&str, &str>) {
    let written = text_of(&mapping(), document);
    let written = written.as_deref().map_err(String::as_str);
    assert_eq!(
        written,
        expected
            .map(|text| text.replace('\n', "\r\n"))
            .as_deref()
            .map_err(|code| *code)
    );
}

#[test]
fn a_mail_is_written() {
    check(
        r#"{"subject":"Ihr Antrag","text":"Guten Tag\n","to":[{"mail":"a@x.example"}]}"#,
        Ok("From: =?utf-8?B?TXVzdGVyc3RhZHQsIELDvHJnZXJhbXQ=?= <post@m.example>\n\
            Message-ID: <0123456789abcdef0123456789abcdef@m.example>\nDate: Mon, 1 Jun 2026 08:00:00 +0000\n\
            Subject: Ihr Antrag\nTo: a@x.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
            Content-Transfer-Encoding: 7bit\n\nGuten Tag\n"),
    );
}

#[test]
fn nobody_puts_a_field_of_his_own_into_the_header() {
    for value in ["a\\r\\nBcc: b@x.example", "a\\nb", "a\\rb", "a\\u0000", "a\\tb"] {
        check(
            &format!(r#"{{"subject":"{value}","to":[{{"mail":"a@x"}}]}}"#),
            Err("AH-E160"),
        );
        check(
            &format!(r#"{{"to":[{{"name":"{value}","mail":"a@x"}}]}}"#),
            Err("AH-E160"),
        );
        check(&format!(r#"{{"answers":"{value}@x"}}"#), Err("AH-E160"));
        check(
            &format!(r#"{{"files":[{{"name":"{value}","text":"x"}}]}}"#),
            Err("AH-E160"),
        );
    }
    check(r#"{"to":[{"mail":"a@x>, <b@x"}]}"#, Err("AH-E161"));
    check(r#"{"to":[{"name":"Erika"}]}"#, Err("AH-E161"));
    check(r#"{"answers":"a b@x"}"#, Err("AH-E162"));
}

#[test]
fn a_refused_value_is_told_once_with_its_row() {
    let rows = ROWS.replace("[fields]", "[fields]\nsender = 'header:From'");
    let mapping = load(
        &format!("sender, {SHAPE}"),
        &format!("{HEAD}{}{rows}", ALWAYS.replace("'header:From'", "'header:X'")),
    );
    let document = json::parse(br#"{"sender":"Musterstadt, Amt <a@x>","to":[{"mail":"no"}]}"#).unwrap();
    let written = mapping.write(document.root().unwrap(), &Facts::default(), &mut Worker::default());
    let fault = written.unwrap_err();
    let told: Vec<String> = std::iter::once(&fault)
        .chain(&fault.also)
        .map(|one| format!("{} {}", one.code, one.field.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(told, ["AH-E162 ", "AH-E164 ", "AH-E161 sender", "AH-E161 to[0].mail"]);
}

#[test]
fn what_every_mail_needs_must_be_written() {
    let found = findings(SHAPE, &format!("{HEAD}{ROWS}"));
    let starts: Vec<&str> = found.iter().map(|finding| finding.get(..18).unwrap()).collect();
    assert_eq!(starts, ["AH-M139 'mail': a "; 3], "{found:?}");
    let row = "[always]\n'header:Message-ID' = '$message.id'\n'header:Date' = '$message.time'\n\
               [fields]\nsubject = 'header:From'\n";
    assert_eq!(
        text_of(&load(SHAPE, &format!("{HEAD}{row}")), "{}"),
        Err("AH-E163".to_owned())
    );
}

#[test]
fn a_field_that_stands_once_is_not_written_twice() {
    let rows = "[lists.to]\neach = 'header:Subject'\n[lists.to.fields]\nmail = '.'\n";
    assert_eq!(
        text_of(
            &load(SHAPE, &format!("{HEAD}{ALWAYS}{rows}")),
            r#"{"to":[{"mail":"1"},{"mail":"2"}]}"#
        ),
        Err("AH-E165".to_owned())
    );
}

#[test]
fn what_cannot_be_written_is_found_when_a_mapping_is_loaded() {
    for (row, sentence) in [
        (
            "subject = 'message/header:Subject'",
            "a mail in a mail cannot be written",
        ),
        ("subject = 'header:Content-Type'", "is made when a mail is written"),
        ("subject = 'part/@size'", "`@size` cannot be written"),
        ("subject = 'header:To/@group'", "`@group` cannot be written"),
    ] {
        let found = findings(SHAPE, &format!("{HEAD}{ALWAYS}[fields]\n{row}\n"));
        assert!(found.len() == 1 && found[0].contains(sentence), "{row}: {found:?}");
    }
    let found = findings(
        SHAPE,
        &format!("{}{ALWAYS}{ROWS}", HEAD.replace("m.example", "m example")),
    );
    assert!(found[0].starts_with("AH-M138 'm example'"), "{found:?}");
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(
        subject in "[!-~äß€][ -~äß€]{0,120}[!-~äß]",
        text in "[!-~ä][ -~ä\n\t=]{0,200}[!-~ß]",
        html in prop::option::of("<p>[a-zß ]{0,100}</p>"),
        name in "[!-~ä]([ -~ä]{0,60}[!-~ä])?",
        file in prop::option::of(("[a-zA-Zäß .%']{1,40}x", "[ -~ä\n]{0,100}x")),
    ) {
        let mut document = serde_json::json!({ "subject": subject, "text": text });
        if let Some(html) = html {
            document["html"] = html.into();
        }
        document["to"] = serde_json::json!([{ "name": name, "mail": "a@x.example" }, { "mail": "b@x.example" }]);
        if let Some((name, text)) = file {
            document["files"] = serde_json::json!([{ "name": name, "type": "text/csv", "text": text }]);
        }
        let mapping = mapping();
        let written = text_of(&mapping, &document.to_string()).unwrap();
        prop_assert!(written.is_ascii() && written.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
        let read: serde_json::Value = serde_json::from_str(&read(&mapping, written.as_bytes())).unwrap();
        prop_assert_eq!(read, document, "{}", written);
    }
}
