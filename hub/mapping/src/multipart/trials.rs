// SPDX-License-Identifier: EUPL-1.2
//! Whole mappings over multipart forms.

use proptest::prelude::*;

use crate::sample::{findings, load, read, text_of};
use crate::{Mapping, Worker};

const HEAD: &str = "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read']\n\
     [format]\nkind = 'multipart'\n";
const SHAPE: &str = "name, note, tags[], files[ name, mediaType, size:integer, text, sha ]";
const ROWS: &str = "[fields]\nname = 'name'\nnote = 'note'\n[lists.tags]\neach = 'tag'\n\
     [lists.files]\neach = 'upload'\n[lists.files.fields]\nname = '@filename'\nmediaType = '@type'\nsize = '@size'\n\
     sha = '. | blob'\n";

fn mapping() -> Mapping {
    load(SHAPE, &format!("{HEAD}{ROWS}"))
}

/// A form of parts, each `name | header after the name | content`.
fn form(parts: &[(&str, &str, &str)]) -> String {
    let shown = parts.iter().map(|(name, more, content)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
    });
    shown.collect::<String>() + "--b--\r\n"
}

#[track_caller]
fn check(form: &str, expected: &str) {
    assert_eq!(read(&mapping(), form.as_bytes()), expected, "{form}");
}

const PDF: &str = "; filename=\"Grüße \\\"1\\\" %22x%22.pdf\"\r\nContent-Type: application/pdf";
const HALLO: &str = "753692ec36adb4c794c973945eb2a99c1649703ea6f76bf259abb4fb838e013e";

#[test]
fn texts_and_files_are_read() {
    let parts = [
        ("name", "", "Erika\r\nMüller"),
        ("tag", "", "a"),
        ("tag", "", "b"),
        ("upload", PDF, "Hallo"),
        // Fields and files that nobody filled in.
        ("note", "", ""),
        (
            "upload",
            "; filename=\"\"\r\nContent-Type: application/octet-stream",
            "",
        ),
    ];
    let expected = format!(
        "{{\"name\":\"Erika\\nMüller\",\"tags\":[\"a\",\"b\"],\"files\":[{{\"name\":\"Grüße \\\"1\\\" \\\"x\\\".pdf\",\
         \"mediaType\":\"application/pdf\",\"size\":5,\"sha\":\"{HALLO}\"}}]}}"
    );
    check(&form(&parts), &expected);
    let with_header = format!(
        "content-type: multipart/form-data; boundary=\"b\"\r\nX: y\r\n\r\n{}",
        form(&parts)
    );
    check(&with_header, &expected);
}

#[test]
fn files_keep_every_byte() {
    let content: Vec<u8> = (0..=255).chain(*b"\r\n--bb\r\n\r\n").collect();
    let mut input = b"--b\r\nContent-Disposition: form-data; name=upload; filename=x\r\n\r\n".to_vec();
    input.extend_from_slice(&content);
    input.extend_from_slice(b"\r\n--b--");
    let output = mapping().read_whole(&input, &mut Worker::default()).unwrap();
    assert_eq!(output.contents[0][0].bytes, content);
    let reference = &output.contents[0][0].reference;
    assert_eq!(
        (reference.size, reference.media_type.as_str()),
        (content.len() as u64, "application/octet-stream")
    );
}

#[test]
fn charsets_of_texts() {
    let latin = |more: &str| {
        let mut input = form(&[("_charset_", "", "iso-8859-1")])
            .replace("--b--\r\n", "")
            .into_bytes();
        input.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=name{more}\r\n\r\n").as_bytes());
        input.extend_from_slice(b"M\xfcller\r\n--b--\r\n");
        read(&mapping(), &input)
    };
    assert_eq!(latin(""), r#"{"name":"Müller"}"#);
    assert_eq!(latin("\r\nContent-Type: text/plain; charset=utf-8"), "AH-E131 9:1");
    assert_eq!(latin("\r\nContent-Type: text/plain; charset=x-klingon"), "AH-E130 9:1");
    assert_eq!(latin("\r\nContent-Transfer-Encoding: x"), "AH-E132 7:28");
}

#[test]
fn broken_forms_are_refused() {
    check("", "AH-E110 1:1");
    check("name=Erika", "AH-E110 1:1");
    check("--\r\n", "AH-E110 1:1");
    check("X: y\r\n\r\n", "AH-E110 1:1");
    check("Content-Type: text/plain; boundary=b\r\n\r\n--b--", "AH-E111 1:15");
    check("Content-Type: multipart/form-data\r\n\r\n--b--", "AH-E111 1:15");
    check("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "AH-E112 4:2");
    check(
        "--b\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--b--",
        "AH-E113 2:1",
    );
    check("--b\r\nContent-Disposition: form-data\r\n\r\n\r\n--b--", "AH-E113 2:1");
    check("--b\r\nunsinn\r\n\r\n--b--", "AH-E134 2:1");
    check(&format!("{}x", form(&[("a", "", "")])), "AH-E115 6:1");
    check(&form(&vec![("a", "", ""); 10_001]), "AH-E136 40002:1");
}

#[test]
fn what_a_row_refuses_is_told_with_its_path() {
    let rows = "[lists.files]\neach = 'upload'\n[lists.files.fields]\nsize = '@filename | integer'\n";
    let mapping = load(SHAPE, &format!("{HEAD}{rows}"));
    let form = form(&[("upload", "; filename=1", "x"), ("upload", "; filename=y", "x")]);
    assert_eq!(read(&mapping, form.as_bytes()), "AH-M210 6:48 /upload[2]/@filename");
}

#[test]
fn places_that_no_form_has_are_found_when_a_mapping_is_loaded() {
    let one = |rows: &str, sentence: &str| {
        let found = findings(SHAPE, &format!("{HEAD}{rows}"));
        assert!(found.len() == 1 && found[0].contains(sentence), "{rows}: {found:?}");
    };
    one("[fields]\nname = 'a/@filname'\n", "did you mean `@filename`?");
    one("[fields]\nname = 'a/b'\n", "nothing stands below a part");
    one("[fields]\nname = '. | blob'\n", "name a part");
    one("[fields]\nname = 'a | trim | blob'\n", "AH-M136");
}

const WRITES: &str = "[fields]\nname = 'name'\nnote = 'note'\n[lists.tags]\neach = 'tag'\n\
     [lists.files]\neach = 'upload'\n[lists.files.fields]\nname = '@filename'\nmediaType = '@type'\ntext = '.'\n";

fn writing(more: &str) -> Mapping {
    load(
        SHAPE,
        &format!("{}{more}{WRITES}", HEAD.replace("'read'", "'read', 'write'")),
    )
}

#[test]
fn forms_are_written() {
    let document = r#"{"name":"a\nb","files":[{"name":"ä\".xml","mediaType":"text/xml","text":"<a/>\n"}]}"#;
    let written = text_of(&writing(""), document).unwrap();
    let boundary = written
        .lines()
        .next()
        .unwrap()
        .strip_prefix("Content-Type: multipart/form-data; boundary=")
        .unwrap();
    let expected = format!(
        "Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"name\"\r\n\r\na\r\nb\r\n--{boundary}\r\n\
         Content-Disposition: form-data; name=\"upload\"; filename=\"ä%22.xml\"\r\nContent-Type: text/xml\r\n\r\n<a/>\n\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(written, expected);
    assert_eq!(
        text_of(&writing(""), document).unwrap(),
        written,
        "the same document gives the same bytes"
    );
    let bare = text_of(&writing("header = false\n"), document).unwrap();
    assert_eq!(
        format!("Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n{bare}"),
        written
    );
}

#[test]
fn nobody_writes_a_header_of_his_own() {
    let document = r#"{"files":[{"name":"x\"\r\nContent-Type: text/html\r\n\r\n","text":"a"}]}"#;
    assert_eq!(text_of(&writing(""), document), Err("AH-E119".to_owned()));
    let found = findings(
        SHAPE,
        &format!("{}{WRITES}", HEAD.replace("'read'", "'write'")).replace("'@type'", "'@size'"),
    );
    assert!(found[0].contains("`@size` cannot be written"), "{found:?}");
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(name in "[ -~äß\n]{1,20}", tags in prop::collection::vec("[ -~ł\n-]{1,6}", 1..4)) {
        let document = serde_json::json!({ "name": name, "tags": tags }).to_string();
        let mapping = writing("");
        let written = text_of(&mapping, &document).unwrap();
        prop_assert_eq!(read(&mapping, written.as_bytes()), document);
    }

    #[test]
    fn no_bytes_make_it_panic(input: Vec<u8>, lines in prop::collection::vec(
        "(--b(--)?|Content-Disposition: form-data(; name=a)?(; filename=x)?|Content-Type: (text/plain|x)|x)?", 0..12)) {
        let _ = read(&mapping(), &input);
        let _ = read(&mapping(), format!("--b\r\n{}", lines.join("\r\n")).as_bytes());
    }
}
