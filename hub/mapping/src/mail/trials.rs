// SPDX-License-Identifier: EUPL-1.2
//! Whole mappings over mails.

use proptest::prelude::*;

use crate::sample::{findings, load, read};
use crate::{Mapping, Worker};

const HEAD: &str =
    "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read']\n[format]\nkind = 'mail'\n";

const SHAPE: &str = "id, subject, time:time, from{ name, mail }, to[ name, mail ], references[], text, type, html, \
                     files[ name, type, id, disposition, size:integer, sha ], forwarded[ subject, text, files[ name ], inner ], mail";

const ROWS: &str = "[fields]\nid = 'header:Message-ID'\nsubject = 'header:subject'\ntime = 'header:Date'\n\
    from.name = 'header:From/@name'\nfrom.mail = 'header:From/@address'\ntext = 'body:text'\n\
    [lists.to]\neach = 'header:To'\n[lists.to.fields]\nname = '@name'\nmail = '@address'\n\
    [lists.references]\neach = 'header:References'\n\
    [lists.files]\neach = 'part'\n[lists.files.fields]\nname = '@filename'\ntype = '@type'\nid = '@cid'\n\
    disposition = '@disposition'\nsize = '@size'\nsha = '. | blob'\n\
    [lists.forwarded]\neach = 'message'\n[lists.forwarded.fields]\nsubject = 'header:Subject'\ntext = 'body:text'\n\
    inner = 'message/header:Subject'\n\
    [lists.forwarded.lists.files]\neach = 'part'\n[lists.forwarded.lists.files.fields]\nname = '@filename'\n";

fn mapping(rows: &str) -> Mapping {
    load(SHAPE, &format!("{HEAD}{rows}"))
}

/// Lines as mails have them.
fn crlf(mail: &str) -> Vec<u8> {
    mail.replace('\n', "\r\n").into_bytes()
}

#[track_caller]
fn check(rows: &str, mail: &str, expected: &str) {
    let mapping = mapping(rows);
    assert_eq!(read(&mapping, mail.as_bytes()), expected, "with LF");
    let crlf = crlf(mail);
    let shown = read(&mapping, &crlf);
    if expected.starts_with('{') {
        assert_eq!(shown, expected, "with CR LF");
    } else {
        assert!(!shown.starts_with('{'), "{shown}");
    }
}

const LETTER: &str = "Received: from a.example by b.example; Mon, 1 Jun 2026 10:00:01 +0200\n\
Message-ID: <1@x.example>\nReferences: <a@x>\n <b@x>\nDate: Mon, 1 Jun 2026 10:00:00 +0200\n\
From: =?iso-8859-1?Q?M=FCller=2C_Erika?= <erika@x.example>\nTo: \"Amt, Musterstadt\" <amt@m.example>, b@m.example\n\
Subject: =?utf-8?B?R3LDvMOfZSB6dQ==?= =?utf-8?Q?_V-2026-000001?=\nX-Mailer: Test\nMIME-Version: 1.0\n\
Content-Type: multipart/mixed; boundary=\"b 1\"\n\nkein Text\n--b 1\nContent-Type: multipart/alternative; boundary=b2\n\n\
--b2\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe,=20\n=\nErika\n\n\
--b2\nContent-Type: text/html; charset=utf-8\n\n<p>Grüße</p>\n--b2--\n\
--b 1\nContent-Type: application/pdf; name=\"alt.pdf\"\nContent-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf\n\
Content-Transfer-Encoding: base64\n\nSGFs\nbG8=\n\
--b 1\nContent-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline\n\nbild\n\n--b 1--\nFußzeile\n";

const HALLO: &str = "753692ec36adb4c794c973945eb2a99c1649703ea6f76bf259abb4fb838e013e";

#[test]
fn a_letter_with_everything() {
    let mapping = mapping(ROWS);
    let shown = read(&mapping, LETTER.as_bytes());
    let expected = format!(
        "{{\"id\":\"1@x.example\",\"subject\":\"Grüße zu V-2026-000001\",\"time\":\"2026-06-01T10:00:00+02:00\",\
         \"from\":{{\"name\":\"Müller, Erika\",\"mail\":\"erika@x.example\"}},\
         \"to\":[{{\"name\":\"Amt, Musterstadt\",\"mail\":\"amt@m.example\"}},{{\"mail\":\"b@m.example\"}}],\
         \"references\":[\"a@x\",\"b@x\"],\"text\":\"Grüße, \\nErika\",\
         \"files\":[{{\"name\":\"Grüße.pdf\",\"type\":\"application/pdf\",\"disposition\":\"attachment\",\"size\":5,\"sha\":\"{HALLO}\"}},\
         {{\"type\":\"image/png\",\"id\":\"logo@x\",\"disposition\":\"inline\",\"size\":5,\"sha\":"
    );
    assert!(shown.starts_with(&expected), "{shown}\n{expected}");
}

#[test]
fn contents_come_with_what_the_mail_says_about_them() {
    let mapping = mapping(ROWS);
    let output = mapping.read_whole(LETTER.as_bytes(), &mut Worker::default()).unwrap();
    let contents: Vec<(&[u8], &str, Option<&str>)> = output.contents[0]
        .iter()
        .map(|content| {
            let name = content.reference.name.as_ref().map(|name| name.disclose().as_str());
            (&content.bytes[..], content.reference.media_type.as_str(), name)
        })
        .collect();
    let expected: [(&[u8], &str, Option<&str>); 2] = [
        (b"Hallo", "application/pdf", Some("Grüße.pdf")),
        (b"bild\n", "image/png", None),
    ];
    assert_eq!(contents, expected);
}

#[test]
fn parts_are_chosen_by_what_they_say() {
    check(
        "[fields]\nid = \"part[@type = 'image/png']/@cid\"\nmail = \"part[@disposition = 'attachment']/@filename\"\n",
        LETTER,
        r#"{"id":"logo@x","mail":"Grüße.pdf"}"#,
    );
    check(
        "[fields]\nid = 'header:Received/@date'\ntype = 'body:text/@type'\nhtml = 'body:html'\nmail = 'header:X-MAILER'\n",
        LETTER,
        r#"{"id":"2026-06-01T10:00:01+02:00","type":"text/plain","html":"<p>Grüße</p>","mail":"Test"}"#,
    );
}

const FORWARD: &str = "From: a@x\nSubject: WG\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsiehe unten\n--b\n\
Content-Type: message/rfc822\n\nFrom: c@x\nSubject: =?utf-8?Q?=C3=84rger?=\nContent-Type: multipart/mixed; boundary=c\n\n\
--c\n\ntief\n--c\nContent-Type: application/pdf; name=x.pdf\n\nPDF\n--c\nContent-Type: message/rfc822\n\
Content-Transfer-Encoding: base64\n\nU3ViamVjdDogSW5uZW4KCng=\n--c--\n--b--\n";

#[test]
fn mails_stand_in_mails() {
    check(
        ROWS,
        FORWARD,
        "{\"subject\":\"WG\",\"from\":{\"mail\":\"a@x\"},\"text\":\"siehe unten\",\
        \"forwarded\":[{\"subject\":\"Ärger\",\"text\":\"tief\",\"files\":[{\"name\":\"x.pdf\"}],\"inner\":\"Innen\"}]}",
    );
    // A mail that is nothing but another one.
    check(
        "[fields]\nsubject = 'message/header:Subject'\n",
        "Content-Type: message/rfc822\n\nSubject: a\n\nb\n",
        r#"{"subject":"a"}"#,
    );
    check(
        "[lists.references]\neach = 'message/header:Subject'\n",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: a\n\nb\n--b\n\nSubject: c\n\n--b--\n",
        r#"{"references":["a","c"]}"#,
    );
}

#[test]
fn a_mail_and_a_forwarded_mail_can_be_taken_whole() {
    let mapping = mapping("[fields]\nmail = '. | blob'\n[lists.references]\neach = 'message'\nitem = '. | blob'\n");
    let output = mapping.read_whole(FORWARD.as_bytes(), &mut Worker::default()).unwrap();
    let sizes: Vec<(usize, &str)> = output.contents[0]
        .iter()
        .map(|content| (content.bytes.len(), content.reference.media_type.as_str()))
        .collect();
    assert_eq!(sizes, [(244, "message/rfc822"), (FORWARD.len(), "message/rfc822")]);
    assert!(output.contents[0][0].bytes.starts_with(b"From: c@x"));
}

#[test]
fn html_is_read_where_there_is_no_plain_text() {
    let html = "Subject: a\nContent-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\n\
                <style type=3D\"x\">p {}</style><p>Gr=FC=DFe</p><div>5 =80</div>\n";
    check(
        "[fields]\ntext = 'body:text'\ntype = 'body:text/@type'\n",
        html,
        r#"{"text":"Grüße\n\n5 €","type":"text/html"}"#,
    );
    let alternative = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\nx<br>y\n--b\n\
                       Content-Type: text/calendar\n\nBEGIN\n--b--\n";
    check(
        "[fields]\ntext = 'body:text'\nid = 'part/@type'\nsubject = 'part'\n",
        alternative,
        r#"{"id":"text/calendar","subject":"BEGIN","text":"x\ny"}"#,
    );
}

#[test]
fn what_every_mail_program_reads_is_read() {
    let text = "[fields]\ntext = 'body:text'\nsubject = 'header:Subject'\n";
    check(
        text,
        "From x@y Mon Jun 1\nSubject: a\n\nb\n",
        r#"{"subject":"a","text":"b"}"#,
    );
    check(
        text,
        "Subject: a\nContent-Type: text\n\nb",
        r#"{"subject":"a","text":"b"}"#,
    );
    check(
        text,
        "Subject: a\nContent-Type: text/plain; format=flowed\n\nlang \nund\n> zitiert \n> so\n",
        r#"{"subject":"a","text":"lang und\n> zitiert so"}"#,
    );
    // A mail without a body, and one with an empty one.
    check(text, "Subject: a\n", r#"{"subject":"a"}"#);
    check(text, "Subject: a\n\n\n", r#"{"subject":"a"}"#);
    let mut latin = b"Subject: Gr\xfc\xdfe\n\nK\xf6ln\n".to_vec();
    assert_eq!(read(&mapping(text), &latin), r#"{"subject":"Grüße","text":"Köln"}"#);
    latin.splice(..0, *b"\xef\xbb\xbf");
    assert_eq!(read(&mapping(text), &latin), r#"{"subject":"Grüße","text":"Köln"}"#);
}

#[test]
fn texts_in_several_parts_are_put_together() {
    let mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\neins\n--b\nContent-Disposition: attachment\n\nDatei\n--b\n\n\
                zwei\n--b\nContent-Type: text/plain; name=x.txt\n\nAnlage\n--b--\n";
    check(
        "[fields]\ntext = 'body:text'\n[lists.references]\neach = 'part'\n",
        mail,
        r#"{"references":["Datei","Anlage"],"text":"eins\nzwei"}"#,
    );
}

#[test]
fn what_would_be_lost_is_refused_where_a_row_wants_it() {
    let text = "[fields]\ntext = 'body:text'\n";
    let subject = "[fields]\nsubject = 'header:Subject'\n";
    let head = "Subject: =?x-klingon?Q?a?=\nContent-Type: text/plain; charset=utf-8\n\n";
    let mut mail = head.as_bytes().to_vec();
    mail.push(0xfc);
    assert_eq!(read(&mapping(text), &mail), "AH-E131 4:1");
    assert_eq!(read(&mapping(subject), &mail), "AH-E130 1:10");
    assert_eq!(read(&mapping("[fields]\nid = 'header:Date'\n"), &mail), "{}");
    check(
        text,
        "Subject: a\nContent-Transfer-Encoding: x-uuencode\n\nx\n",
        "AH-E132 2:27",
    );
    check(
        text,
        "Subject: a\nContent-Transfer-Encoding: base64\n\nSGFs\n-- Werbung\n",
        "AH-E133 5:1",
    );
}

#[test]
fn what_makes_parts_uncertain_is_always_refused() {
    let none = "[fields]\nid = 'header:Message-ID'\n";
    check(none, "", "AH-E141 1:1");
    check(none, "\nx", "AH-E141 1:1");
    check(none, "Subject: a\nunsinn\n", "AH-E134 2:1");
    check(none, "Subject: a\nContent-Type: multipart/mixed\n\nx\n", "AH-E138 2:15");
    check(none, "Content-Type: multipart/mixed; boundary=b\n\nx\n", "AH-E139 1:15");
    check(
        none,
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
        "AH-E140 6:1",
    );
    let many = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n",
        "--b\n\nx\n".repeat(1_000)
    );
    check(none, &many, "AH-E136 3001:1");
    let deep: Vec<String> = (0..30)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect();
    let deep = deep.concat();
    check(none, &deep, "AH-E140 91:1");
    let closed: Vec<String> = (0..30).rev().map(|n| format!("--b{n}--\n")).collect();
    let closed = closed.concat();
    check(none, &format!("{deep}\n{closed}"), "AH-E137 63:1");
}

#[test]
fn messages_are_not_followed_for_ever() {
    // Each mail in the mail is encoded, which must not cost more than the mail is long.
    let mut mail = "Subject: innen\n\nx\n".to_owned();
    for _ in 0..12 {
        mail = format!("Content-Type: message/rfc822\n\n{mail}");
    }
    let mapping = mapping("[fields]\nsubject = 'message/message/message/header:Content-Type'\n");
    assert_eq!(read(&mapping, mail.as_bytes()), r#"{"subject":"message/rfc822"}"#);
}

#[test]
fn what_a_row_refuses_is_told_with_its_path() {
    let rows = "[fields]\ntime = 'header:Date'\n[lists.files]\neach = 'part'\n[lists.files.fields]\nsize = '@filename | integer'\n";
    check(rows, "Date: gestern\n\nx", "AH-M210 1:7 /header:Date");
    let named = LETTER.replace("\n\nbild", "; filename=x\n\nbild");
    let mapping = mapping(rows);
    let fault = mapping.read(named.as_bytes(), &mut Worker::default()).unwrap_err();
    let paths: Vec<String> = std::iter::once(&fault)
        .chain(&fault.also)
        .map(|one| format!("{} {}", one.place.unwrap(), one.path.as_deref().unwrap()))
        .collect();
    assert_eq!(paths, ["32:34 /part/@filename", "40:30 /part[2]/@filename"]);
}

#[test]
fn gaps_are_what_the_author_wrote() {
    let mapping = mapping("[fields]\nsubject = 'header:Subject'\n");
    let mut worker = Worker::default();
    mapping.read(LETTER.as_bytes(), &mut worker).unwrap();
    let paths: Vec<String> = worker
        .take_unmapped(&mapping)
        .into_iter()
        .map(|place| place.path)
        .collect();
    assert_eq!(
        paths,
        [
            "body:text",
            "header:Date",
            "header:From",
            "header:Message-ID",
            "header:References",
            "header:To",
            "part"
        ]
    );
}

#[track_caller]
fn found(rows: &str, expected: &[&str]) {
    assert_eq!(findings(SHAPE, &format!("{HEAD}{rows}")), expected);
}

#[test]
fn places_that_no_mail_has_are_found_when_a_mapping_is_loaded() {
    found(
        "[fields]\nsubject = 'header:Subjekt'\n",
        &["AH-M137 header:Subjekt: `Subjekt` is no header field that is known, `Subject` is"],
    );
    found(
        "[fields]\ntext = 'body:txt'\n",
        &["AH-M137 body:txt: the body of a mail has no form `txt` (did you mean `text`?)"],
    );
    found(
        "[fields]\ntext = 'heder:Subject'\n",
        &["AH-M137 heder: a mail has no places `heder:…` (did you mean `header`?)"],
    );
    found(
        "[fields]\ntext = 'Subject'\n",
        &["AH-M137 Subject: a mail has no place `Subject` (did you mean `header:Subject`?)"],
    );
    found(
        "[fields]\ntext = 'pard/@type'\n",
        &["AH-M137 pard: a mail has no place `pard` (did you mean `part`?)"],
    );
    found(
        "[fields]\ntext = 'x'\n",
        &["AH-M137 x: a mail has no place `x` (header:…, body:text, body:html, part, message)"],
    );
}

#[test]
fn what_cannot_be_read_so_is_found_when_a_mapping_is_loaded() {
    let one = |rows: &str, sentence: &str| {
        let found = findings(SHAPE, &format!("{HEAD}{rows}"));
        assert!(found.len() == 1 && found[0].contains(sentence), "{rows}: {found:?}");
    };
    one(
        "[fields]\ntext = 'part/@filname'\n",
        "AH-M137 filname: a part has no `@filname`: did you mean `@filename`?",
    );
    one("[fields]\ntext = 'header:From/@adress'\n", "did you mean `@address`?");
    one("[fields]\ntext = 'header:Subject/@x'\n", "a header field has no `@x`");
    one("[fields]\ntext = 'part/x'\n", "a mail has no place `x`");
    one("[fields]\ntext = 'part/part'\n", "nothing stands below a part");
    one("[fields]\ntext = 'message'\n", "a message has no text of its own");
    one(
        "[fields]\nmail = 'header:Subject | blob'\n",
        "a header field is no file",
    );
    one("[fields]\nmail = 'part | trim | blob'\n", "AH-M136");
    one(
        "[lists.files]\neach = \"part[@typ = 'a']\"\n[lists.files.fields]\nname = '@filename'\n",
        "did you mean `@type`?",
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mail: Vec<u8>) {
        let _ = read(&mapping(ROWS), &mail);
    }

    #[test]
    fn no_mail_makes_it_panic(lines in prop::collection::vec(
        "(Content-Type: (text/(plain|html)|multipart/(mixed|alternative|related)|message/rfc822)(; boundary=b)?(; charset=(utf-8|x))?|\
         Content-Transfer-Encoding: (base64|quoted-printable)|(Subject|From|Date|To): (=\\?utf-8\\?Q\\?a\\?=|<a@b>|1 Jun 2026)|\
         --b(--)?|=C3=BC|SGFs|<p>a|\u{e4}| folded)?", 0..20)) {
        let mapping = mapping(ROWS);
        let mail = format!("Subject: a\n{}", lines.join("\n"));
        let one = read(&mapping, mail.as_bytes());
        prop_assert_eq!(&one, &read(&mapping, mail.as_bytes()));
    }
}
