// SPDX-License-Identifier: EUPL-1.2
//! Documents that are not well formed, or not wanted, each with the code that refuses it; and ones that are well formed
//! though they look odd.

use hub_message::Rejection;
use proptest::prelude::*;

use super::{State, Xml};
use crate::heard::Heard;
use crate::source::Source;

fn xml() -> Xml {
    Xml {
        namespace: String::new(),
        local: "r".to_owned(),
        spelled: "r".to_owned(),
    }
}

fn read(bytes: &[u8]) -> Result<String, Rejection> {
    let source = xml();
    let text = source.decode(bytes)?;
    Heard::of(&source, &text)
}

#[track_caller]
fn refused(document: impl AsRef<[u8]>, code: &str) {
    let bytes = document.as_ref();
    let shown = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap()).into_owned();
    match read(bytes) {
        Ok(heard) => panic!("{shown}: not refused\n{heard}"),
        Err(rejection) => {
            assert_eq!(rejection.code.as_str(), format!("AH-{code}"), "{shown}: {rejection}");
            assert!(
                rejection.place.is_some() && !rejection.remedy.is_empty(),
                "{shown}: {rejection:?}"
            );
        }
    }
}

#[track_caller]
fn accepted(document: impl AsRef<[u8]>) {
    let bytes = document.as_ref();
    if let Err(rejection) = read(bytes) {
        panic!("{}: {rejection}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn structure() {
    for (document, code) in [
        ("", "X114"),
        ("   ", "X114"),
        ("<?xml version='1.0'?>", "X114"),
        ("<!-- only -->", "X114"),
        ("r", "X102"),
        ("<r/>x", "X102"),
        ("x<r/>", "X102"),
        ("<r/><r/>", "X102"),
        ("<r></r><s/>", "X102"),
        ("<r/>&amp;", "X102"),
        ("&#32;<r/>", "X102"),
        ("<r/><![CDATA[x]]>", "X102"),
        ("<![CDATA[ ]]><r/>", "X102"),
        ("<r>", "X103"),
        ("<r><a></r>", "X103"),
        ("<r><a></b></r>", "X103"),
        ("<r></R>", "X103"),
        ("</r>", "X103"),
        ("<r/></r>", "X103"),
        ("<r><a/></a></r>", "X103"),
        ("<r><p:a xmlns:p='u'></a></r>", "X103"),
        ("<r", "X100"),
        ("<r a='1", "X100"),
        ("<r><", "X100"),
        ("<r><![CDATA[x</r>", "X100"),
        ("<r><!-- x</r>", "X100"),
        ("<r><?p x</r>", "X100"),
        ("<r><!x></r>", "X100"),
        ("<r><![cdata[x]]></r>", "X100"),
        ("<s/>", "X113"),
        ("<r xmlns='urn:x'/>", "X113"),
    ] {
        refused(document, code);
    }
}

#[test]
fn document_types() {
    for document in [
        "<!DOCTYPE r><r/>",
        "<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
        "<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>",
        "<?xml version='1.0'?>\n<!DOCTYPE r PUBLIC 'x' 'y'><r/>",
        "<r><!DOCTYPE r></r>",
        "<r/><!DOCTYPE r>",
    ] {
        refused(document, "X101");
    }
}

#[test]
fn characters() {
    for document in [
        "<r>\u{0}</r>",
        "<r>\u{1}</r>",
        "<r>\u{b}</r>",
        "<r a='\u{1f}'/>",
        "<r>\u{fffe}</r>",
        "<r>\u{ffff}</r>",
        "<r><!-- \u{8} --></r>",
        "<r/>\u{0}",
    ] {
        refused(document, "X104");
    }
    accepted("<r>\u{7f}\u{85}\u{2028}\u{fffd}\u{10ffff}\u{feff}</r>");
}

#[test]
fn attributes() {
    for (document, code) in [
        ("<r a='1' a='2'/>", "X105"),
        ("<r xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>", "X105"),
        ("<r xmlns:p='u' xmlns:p='v'/>", "X105"),
        ("<r a/>", "X100"),
        ("<r a=/>", "X100"),
        ("<r a=1/>", "X100"),
        ("<r a='1'b='2'/>", "X100"),
        ("<r a='<'/>", "X100"),
        ("<r a='1' '2'/>", "X100"),
        ("<r ='1'/>", "X109"),
        ("<r 1a='1'/>", "X109"),
        ("<r a:b:c='1'/>", "X109"),
        ("<r a='&x;'/>", "X107"),
        ("<r a='&amp'/>", "X107"),
        ("<r a='&'/>", "X107"),
        ("<r a='&#0;'/>", "X107"),
        ("<r a='& b;'/>", "X107"),
    ] {
        refused(document, code);
    }
    accepted("<r a = '1'\n\tb\r\n=\"2'3\" />");
    accepted("<r xmlns:p='u' a='1' p:a='2'/>");
    accepted("<r xmlns:p='u' xmlns:q='v' p:a='1' q:a='2'/>");
}

#[test]
fn namespaces() {
    for (document, code) in [
        ("<r><p:a/></r>", "X106"),
        ("<r p:a='1'/>", "X106"),
        ("<r><a xmlns:p='u'/><p:b/></r>", "X106"),
        ("<r xmlns:p=''/>", "X106"),
        ("<r xmlns:xmlns='u'/>", "X106"),
        ("<r xmlns:xml='u'/>", "X106"),
        ("<r xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "X106"),
        ("<r xmlns:p='http://www.w3.org/2000/xmlns/'/>", "X106"),
        ("<r xmlns:1='u'/>", "X106"),
        ("<r xmlns:='u'/>", "X109"),
        ("<r><xmlns:a/></r>", "X106"),
        ("<r><a:b:c xmlns:a='u'/></r>", "X109"),
        ("<r><:a/></r>", "X109"),
        ("<r><a:/></r>", "X109"),
        ("<r><1/></r>", "X109"),
        ("<r><-a/></r>", "X109"),
        ("<r><a$/></r>", "X109"),
    ] {
        refused(document, code);
    }
    accepted("<r xml:lang='de'><a xmlns='u' xmlns:p='v'><p:b p:c='1'/><b xmlns=''/></a></r>");
    accepted("<r xmlns:xml='http://www.w3.org/XML/1998/namespace'><äöü·-.x/></r>");
}

#[test]
fn references_and_markup() {
    for (document, code) in [
        ("<r>&x;</r>", "X107"),
        ("<r>&nbsp;</r>", "X107"),
        ("<r>&#x0;</r>", "X107"),
        ("<r>&#xD800;</r>", "X107"),
        ("<r>&#xFFFE;</r>", "X107"),
        ("<r>&#x110000;</r>", "X107"),
        ("<r>&#;</r>", "X107"),
        ("<r>&#x;</r>", "X107"),
        ("<r>&#X41;</r>", "X107"),
        ("<r>&#-1;</r>", "X107"),
        ("<r>&#+65;</r>", "X107"),
        ("<r>&;</r>", "X107"),
        ("<r>&amp</r>", "X100"),
        ("<r>a & b</r>", "X100"),
        ("<r>]]></r>", "X108"),
        ("<r><!-- a -- b --></r>", "X108"),
        ("<r><!-- a ---></r>", "X108"),
        ("<r><?1 x?></r>", "X108"),
        ("<r><? x?></r>", "X108"),
        ("<r><??></r>", "X108"),
        ("<r><?a:b x?></r>", "X108"),
        ("<r><?XML x?></r>", "X112"),
    ] {
        refused(document, code);
    }
    accepted("<r>&lt;&gt;&amp;&apos;&quot;&#65;&#x41;&#x10FFFF;</r>");
    accepted("<!-- a - b --><?p?><r><?p x?>]] ><![CDATA[]] >&x;<]]></r><!----><?q y?>\n");
}

#[test]
fn declarations() {
    for document in [
        " <?xml version='1.0'?><r/>",
        "<r/><?xml version='1.0'?>",
        "<?xml?><r/>",
        "<?xml encoding='UTF-8'?><r/>",
        "<?xml version='1.'?><r/>",
        "<?xml version='1.0.0'?><r/>",
        "<?xml version='2.0'?><r/>",
        "<?xml version='1.0' standalone='maybe'?><r/>",
        "<?xml version='1.0' standalone='yes' encoding='UTF-8'?><r/>",
        "<?xml version='1.0' x='y'?><r/>",
        "<?xml version='1.0' version='1.0'?><r/>",
        "<?xml version='1.0'encoding='UTF-8'?><r/>",
    ] {
        refused(document, "X112");
    }
    // The fifth edition takes every 1.x for 1.0.
    accepted("<?xml version='1.1'?><r/>");
    accepted("<?xml version=\"1.0\" encoding=\"utf-8\" standalone='no' ?><r/>");
}

#[test]
fn limits() {
    let nested = |n: usize| format!("<r>{}{}</r>", "<a>".repeat(n), "</a>".repeat(n));
    accepted(nested(63));
    refused(nested(64), "X110");
    refused(nested(100_000), "X110");
    let many = |n: usize| {
        format!(
            "<r{}/>",
            (0..n).map(|i| format!(" a{i}=''")).collect::<Vec<_>>().concat()
        )
    };
    accepted(many(256));
    refused(many(257), "X110");
    let declared = |n: usize| {
        let prefixes: Vec<String> = (0..n).map(|i| format!(" xmlns:p{i}='u'")).collect();
        let (outer, inner) = prefixes.split_at(n / 2);
        format!("<r{}><a{}/><p1:a/></r>", outer.concat(), inner.concat())
    };
    accepted(declared(256));
    refused(declared(257), "X110");
    accepted(format!("<r><{}/></r>", "a".repeat(1024)));
    refused(format!("<r><{}/></r>", "a".repeat(1025)), "X110");
    refused(format!("<r {}='1'/>", "a".repeat(1025)), "X110");
    let text = |n: usize| format!("<r>{}</r>", "x".repeat(n));
    accepted(text(super::TEXT_BYTES_MAX));
    refused(text(super::TEXT_BYTES_MAX + 1), "X110");
    refused(
        format!("<r>{0}<!-- -->{0}</r>", "x".repeat(super::TEXT_BYTES_MAX / 2 + 1)),
        "X110",
    );
}

#[test]
fn encodings() {
    let declared = |name: &str, body: &[u8]| {
        let mut bytes = format!("<?xml version='1.0' encoding='{name}'?><r>").into_bytes();
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"</r>");
        bytes
    };
    #[track_caller]
    fn heard(bytes: &[u8], expected: &str) {
        let heard = read(bytes).unwrap();
        assert!(heard.contains(expected), "{heard}");
    }
    let wide = |name: &str| -> Vec<u8> {
        let text = format!("\u{feff}<?xml version='1.0' encoding='{name}'?><r>ü</r>");
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    heard(&declared("ISO-8859-1", b"M\xfcller"), "Müller");
    heard(&declared("iso-8859-15", b"5 \xa4"), "5 €");
    heard(&declared("Windows-1252", b"5 \x80"), "5 €");
    heard(&declared("UTF-8", "5 €".as_bytes()), "5 €");
    heard(b"\xef\xbb\xbf<r>\xc3\xbc</r>", "ü");
    let utf16: Vec<u8> = "\u{feff}<?xml version='1.0' encoding='UTF-16'?><r>ü𝄞</r>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    heard(&utf16, "ü𝄞");
    let big: Vec<u8> = "\u{feff}<r>ü</r>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    heard(&big, "ü");
    refused(b"<r>M\xfcller</r>", "X111");
    refused(declared("UTF-8", b"\xfc"), "X111");
    refused(declared("windows-1252", b"\x81"), "X111");
    refused(declared("US-ASCII", "ü".as_bytes()), "X111");
    refused(b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><r/>", "X111");
    refused(wide("UTF-8"), "X111");
    refused(wide("UTF-16BE"), "X111");
    heard(&wide("UTF-16LE"), "ü");
    // However far the encoding stands from the beginning.
    let far = format!("ISO-8859-1'{}standalone='no", " ".repeat(5000));
    heard(&declared(&far, b"\xfc"), "ü");
    refused(declared("UTF-16", b"x"), "X111");
    refused(declared("EBCDIC-37", b"x"), "X111");
    refused(declared("Shift_JIS", b"x"), "X111");
    refused(b"\xff\xfe<\x00r\x00/\x00>", "X111");
    refused(b"\xef\xbb\xbf<r>\xed\xa0\x80</r>", "X111");
}

#[test]
fn places_count_lines_and_characters() {
    let rejection = read("<r>\n<ä>ü&x;</ä></r>".as_bytes()).unwrap_err();
    assert_eq!(rejection.place.unwrap().to_string(), "2:5");
}

#[test]
fn a_worker_meets_other_prefixes_for_the_same_names() {
    let source = Xml {
        namespace: "urn:p".to_owned(),
        ..xml()
    };
    let mut state = State::default();
    for document in [
        "<p:r xmlns:p='urn:p'><p:a/></p:r>",
        "<r xmlns='urn:p'><a/></r>",
        "<q:r xmlns:q='urn:p' xmlns:p='urn:q'><p:a/></q:r>",
    ] {
        let mut heard = Heard::new(document);
        source.read(document, &mut state, &mut heard).unwrap();
    }
    let mut heard = Heard::new("");
    assert_eq!(
        source
            .read("<p:r xmlns:p='urn:q'/>", &mut state, &mut heard)
            .unwrap_err()
            .code
            .as_str(),
        "AH-X113"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_markup_makes_it_panic(text in "(<|>|/|r|a|p:|xmlns|=|'|\"|&|;|#|x|!|-|\\[|\\]|CDATA|\\?|xml| |ä|1){0,60}") {
        let _ = read(text.as_bytes());
        let _ = xml().path_at(&text, text.len() / 2);
    }

    #[test]
    fn what_is_written_reads_the_same(value in "[\\t\\n\\r -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]{0,40}", attribute in "\\PC{0,20}") {
        use crate::sink::{Sink, ValueKind};
        let mut names = crate::source::Names::default();
        let (a, b) = (names.intern("", None, "a"), names.intern("", None, "b"));
        let mut written = super::Written::new("r", &[]);
        written.name(&names);
        let mut out = Vec::new();
        let mut sink = super::XmlSink::new(&written, &mut out);
        sink.begin().unwrap();
        sink.enter(a).unwrap();
        prop_assume!(sink.attribute(b, &attribute).is_ok() && sink.value(&value, ValueKind::Text).is_ok());
        sink.leave(a).unwrap();
        sink.end().unwrap();
        let mapping = crate::sample::load_xml("a, b", "[fields]\na = 'a'\nb = 'a/@b'");
        let read = mapping.read(&out, &mut crate::Worker::default()).unwrap();
        let root = read[0].root().unwrap();
        prop_assert_eq!(root.get("a").unwrap().text(), Some(value.as_str()));
        prop_assert_eq!(root.get("b").unwrap().text(), Some(attribute.as_str()));
    }
}
