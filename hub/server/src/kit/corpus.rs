// SPDX-License-Identifier: EUPL-1.2
//! The hostile corpus: contents, names and envelopes that somebody made to do harm, or that a program wrote wrongly. All
//! are made here. A connector is not asked to understand them: it hands over what it gets, or says that it does not.

use std::fmt::Write;

use bytes::Bytes;
use hub_message::body::INLINE_BYTES_MAX;

/// A hostile content.
#[derive(Debug, Clone)]
pub(super) struct Specimen {
    /// What is hostile in it.
    pub(super) what: String,
    /// The bytes.
    pub(super) bytes: Bytes,
}

/// Characters that control something: C0 and DEL.
pub(super) fn controls() -> impl Iterator<Item = u8> {
    (0..=31).chain([127])
}

/// All contents, no two of them equal. Each that has room for it holds `canary`, by which it is found where it must not be.
pub(super) fn contents(canary: &str) -> Vec<Specimen> {
    let mut all: Vec<Specimen> = controls()
        .map(|control| {
            let bytes = [format!("{canary} a").as_bytes(), &[control], b"b\n"].concat();
            specimen(format!("the control character {control:#04x}"), bytes)
        })
        .collect();
    all.extend(broken_texts(canary));
    all.extend(sizes(canary));
    all.extend(texts(canary));
    all
}

fn specimen(what: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Specimen {
    Specimen {
        what: what.into(),
        bytes: bytes.into().into(),
    }
}

/// Bytes that are no text, or another one than most expect.
fn broken_texts(canary: &str) -> Vec<Specimen> {
    let behind = |bytes: &[u8]| [canary.as_bytes(), b" ", bytes, b"\n"].concat();
    let wide = |of: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{canary} ä\r\n")
            .encode_utf16()
            .flat_map(of)
            .collect::<Vec<u8>>()
    };
    vec![
        specimen("a byte that continues nothing", behind(b"\x80")),
        specimen("a character that breaks off", behind(b"\xe2\x82")),
        specimen("an overlong slash", behind(b"\xc0\xaf")),
        specimen("half of a surrogate pair", behind(b"\xed\xa0\x80")),
        specimen("a character behind the last one", behind(b"\xf4\x90\x80\x80")),
        specimen("the byte 0xff", behind(b"\xff\xfe\xff")),
        specimen(
            "all bytes",
            [canary.as_bytes(), &(0..=255).collect::<Vec<u8>>()].concat(),
        ),
        specimen("Latin-1", behind(b"Stra\xdfe")),
        specimen("the mark of UTF-8", format!("\u{feff}{canary}\n")),
        specimen("the mark of UTF-8 twice", format!("\u{feff}\u{feff}{canary}\n")),
        specimen("UTF-16, little end first", wide(u16::to_le_bytes)),
        specimen("UTF-16, big end first", wide(u16::to_be_bytes)),
        specimen("letters taken apart", format!("{canary} Gru\u{308}\u{308}ße\n")),
        specimen("right to left", format!("{canary} \u{202e}txt.exe\u{2066}\n")),
        specimen("separators of Unicode", format!("{canary}\u{2028}a\u{2029}b\u{85}c\n")),
    ]
}

/// Nothing, very little, and what lies around the border at which contents go to the document store.
fn sizes(canary: &str) -> Vec<Specimen> {
    let long = |length: usize| {
        let mut bytes = canary.as_bytes().to_vec();
        bytes.resize(length, b'x');
        bytes
    };
    vec![
        specimen("nothing at all", ""),
        specimen("a single NUL", "\0"),
        specimen("a single line feed", "\n"),
        specimen("line ends of three kinds", format!("{canary}\r\na\rb\n\r\n\n")),
        specimen("no line end", canary),
        specimen("white space alone", " \t\r\n \u{a0}\u{feff}"),
        specimen("one byte below the limit", long(INLINE_BYTES_MAX - 1)),
        specimen("exactly the limit", long(INLINE_BYTES_MAX)),
        specimen("one byte above the limit", long(INLINE_BYTES_MAX + 1)),
        specimen("more NULs than a message may hold", vec![0; INLINE_BYTES_MAX + 2]),
        specimen("no text, above the limit", vec![0xff; INLINE_BYTES_MAX + 3]),
    ]
}

/// Texts that are orders to somebody: templates, formulas, markup, other protocols, and our own.
fn texts(canary: &str) -> Vec<Specimen> {
    let line = |what: &str, text: &str| specimen(what, format!("{text} {canary}\n"));
    let mut all: Vec<Specimen> = [
        "{{7*7}}",
        "${7*7}",
        "${jndi:ldap://127.0.0.1/a}",
        "#{7*7}",
        "<%= 7*7 %>",
        "{name}",
        "{work}",
        "%s%n%x",
        "%00%0d%0a",
    ]
    .iter()
    .map(|text| line(&format!("the template {text}"), text))
    .collect();
    all.extend(["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"].map(|text| line("a formula", text)));
    all.extend(
        [
            "$(reboot)",
            "`reboot`",
            "; reboot #",
            "| reboot",
            "' OR '1'='1",
            "'; DROP TABLE row; --",
            "--help",
        ]
        .map(|text| line("an order to a shell or a database", text)),
    );
    all.extend(documents(canary));
    all
}

/// Documents with something in them that a reader might follow, and messages of protocols.
fn documents(canary: &str) -> Vec<Specimen> {
    let line = |what: &str, text: &str| specimen(what, format!("{text} {canary}\n"));
    let nested = |open: &str, close: &str| format!("{}\"{canary}\"{}", open.repeat(50_000), close.repeat(50_000));
    vec![
        specimen("JSON, 50 000 deep", nested("[", "]")),
        specimen(
            "JSON with a key twice",
            format!("{{\"a\":\"{canary}\",\"a\":1e999999}}"),
        ),
        line(
            "a DOCTYPE with a file",
            "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><r>&e;</r>",
        ),
        line("entities of entities", &laughs()),
        line(
            "an XInclude",
            "<x:include xmlns:x=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/hostname\"/>",
        ),
        line("a frame", "12 {\"hints\":[]}\nabc"),
        line(
            "the server's own protocol",
            "\r\nPUB out.other.x.1 3\r\nabc\r\nPING\r\n",
        ),
        line(
            "a request behind the request",
            "0\r\n\r\nPOST /x HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
        line("header lines", "\r\nHub-Route: finance\r\nNats-Msg-Id: 1\r\n\r\n"),
        line(
            "the end of a form",
            "\r\n--amtshub-00000000000000000000000000000001--\r\n",
        ),
        line(
            "an order to a connector",
            "{\"drain\":{}}\n{\"result\":{\"delivery\":\"00000000000000000000000000000001\",\"outcome\":\"done\"}}",
        ),
        specimen("a ZIP archive with a path", archive(&format!("../../{canary}"))),
        specimen(
            "a PDF with an order",
            format!("%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS({canary})>>>>\n%%EOF"),
        ),
    ]
}

fn laughs() -> String {
    let mut entities = String::new();
    for n in 1..9 {
        let _ = write!(entities, "<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    }
    format!("<!DOCTYPE r [<!ENTITY l0 \"ha\">{entities}]><r>&l8;</r>")
}

/// A ZIP archive of one stored, empty file of this name.
fn archive(name: &str) -> Vec<u8> {
    let length = (name.len() as u16).to_le_bytes();
    // What local and central header have in common: version, flags, method, time, CRC and two sizes, length of the name.
    let shared = [[20, 0].as_slice(), &[0; 20], &length].concat();
    let local = [b"PK\x03\x04".as_slice(), &shared, &[0, 0], name.as_bytes()].concat();
    let central = [b"PK\x01\x02".as_slice(), &[20, 0], &shared, &[0; 16], name.as_bytes()].concat();
    let sizes = [central.len() as u32, local.len() as u32]
        .map(u32::to_le_bytes)
        .concat();
    let end = [b"PK\x05\x06".as_slice(), &[0, 0, 0, 0, 1, 0, 1, 0], &sizes, &[0, 0]].concat();
    [local, central, end].concat()
}

/// Names of records, as far as a file system has them. Each ends in `.txt`; the flag says that a connector may leave the
/// record alone, as temporary names are left alone.
pub(super) fn record_names(canary: &str) -> Vec<(String, bool)> {
    let controls: String = controls().filter(|&control| control > 0).map(char::from).collect();
    let long = |letter: &str| {
        let fill = letter.repeat((251 - canary.len()) / letter.len());
        format!("{canary}{fill}.txt")
    };
    let mut names: Vec<(String, bool)> = [
        "a\nb",
        "a\r\nX-Injected: 1",
        "..",
        "..\\..\\a",
        "%2e%2e%2fa",
        "a%00",
        "-rf",
        "--help",
        "~a~",
        "$(reboot)",
        "`reboot`",
        "; reboot",
        "*?[a]",
        "'\"",
        " a ",
        "a:b",
        "{name}",
        "{{7*7}}",
        "=cmd()",
        "@SUM(A1)",
        "CON",
        "\u{202e}a",
        "Gru\u{308}ße",
        "\u{1f600}",
        "a.",
        "<b>&amp;",
    ]
    .iter()
    .map(|name| (format!("{canary}{name}.txt"), false))
    .collect();
    names.extend(
        ["-", "=", "@", "{", "$", "%", " ", "\t", "\u{7f}", "\u{feff}"]
            .map(|first| (format!("{first}{canary}.txt"), false)),
    );
    names.extend([
        (format!("{canary}{controls}.txt"), false),
        (long("n"), false),
        (long("ä"), false),
    ]);
    names.extend([".", "..", "~"].map(|first| (format!("{first}{canary}.txt"), true)));
    names
}

/// Names of documents in a delivery: all that JSON can say. `outside` is a folder that is not the target's.
pub(super) fn document_names(canary: &str, outside: &str) -> Vec<String> {
    let mut names: Vec<String> = [
        "../",
        "../../",
        "..\\",
        "a/../../",
        "./",
        "-",
        ".",
        "%2e%2e%2f",
        "\u{202e}",
        "a\0/../../",
        "a\r\n",
    ]
    .iter()
    .map(|before| format!("{before}{canary}"))
    .collect();
    let controls: String = controls().map(char::from).collect();
    names.extend([
        format!("{outside}/{canary}"),
        format!("file://{outside}/{canary}"),
        format!("{canary}{controls}"),
        format!("{canary}\r\nContent-Type: text/html\r\n\r\n<b>"),
        format!("{canary}\"; filename=\"a"),
        format!("{canary}/"),
        format!("{canary}/.."),
        format!("{canary}{}", "n".repeat(3000)),
        format!("{canary}{{{{7*7}}}}${{HOME}}$(reboot)"),
        format!("=cmd|' /C calc'!A0{canary}"),
    ]);
    names.extend(["", ".", "..", "/", "\\", "\0", "CON", "nul.txt"].map(str::to_owned));
    names
}

/// Values of headers, as far as they pass the border: no control characters, at most 512 bytes.
pub(super) fn header_values(canary: &str, outside: &str) -> Vec<String> {
    let mut values: Vec<String> = [
        "../",
        "../../",
        "..\\",
        "%2e%2e%2f",
        "=",
        "@",
        "-",
        "?a=1&b=",
        "#",
        "//127.0.0.1/",
        "http://127.0.0.1/",
        "ä",
        "\u{202e}",
        "'; --",
        "{{7*7}}",
        "${HOME}",
        "$(reboot)",
        "*",
        ">",
    ]
    .iter()
    .map(|before| format!("{before}{canary}"))
    .collect();
    values.extend([
        format!("{outside}/{canary}"),
        format!("{canary}; charset=\"../../{canary}\"; boundary=\"\""),
        format!("{canary}{}", "n".repeat(512 - canary.len())),
        " ".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
    ]);
    values
}

/// Message types, as far as they are valid: short, strange, and as long as they may be.
pub(super) fn kinds() -> Vec<String> {
    vec![
        "a.1".to_owned(),
        "-.0".to_owned(),
        format!("{}.1", "n".repeat(98)),
        format!("a{}.1", ".a".repeat(48)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn contents_are_many_and_all_different() {
        let all = contents("kanarie");
        assert!(all.len() >= 90, "{}", all.len());
        let bytes: HashSet<&Bytes> = all.iter().map(|one| &one.bytes).collect();
        assert_eq!(bytes.len(), all.len());
        assert_eq!(controls().count(), 33);
        let text = all
            .iter()
            .filter(|one| one.bytes.windows(7).any(|part| part == b"kanarie"));
        assert!(text.count() > 80);
    }

    #[test]
    fn names_fit_where_they_are_used() {
        let names = record_names("kanarie");
        assert!(
            names.iter().all(|(name, _)| name.len() <= 255
                && !name.contains(['/', '\0'])
                && name.strip_suffix(".txt").is_some())
        );
        assert_eq!(names.iter().filter(|(name, _)| name.len() == 255).count(), 2);
        let different: HashSet<&String> = names.iter().map(|(name, _)| name).collect();
        assert_eq!(different.len(), names.len());
        for value in header_values("kanarie", "/x") {
            assert!(value.len() <= 512 && !value.chars().any(char::is_control), "{value}");
        }
        assert!(document_names("kanarie", "/x").len() > 25);
    }
}
