// SPDX-License-Identifier: EUPL-1.2
//! Mapping files that somebody made to do harm, or that a program wrote wrongly: each loads or is refused with findings,
//! soon, and none brings the program down.

use std::fmt::Write;

use hub_mapping::{Beside, Mapping};

use crate::golden::{sample, schema};

const HEAD: &str =
    "mapping = 1\nid = \"x\"\ntitle = \"x\"\ncanonical = \"sample/1\"\ndirections = [\"read\", \"write\"]\n";
const XML: &str = "[format]\nkind = \"xml\"\nroot = \"r\"\n";

/// A file with these fields.
fn fields(rows: &str) -> String {
    format!("{HEAD}{XML}[fields]\n{rows}\n")
}

/// A file with one row.
fn row(text: &str) -> String {
    fields(&format!("number = {text:?}"))
}

/// Fragments each of which uses the next one several times.
fn doubling(levels: usize) -> String {
    let mut out = fields("seller.\"*\" = \". | use(f0)\"");
    for level in 0..levels {
        let next = level + 1;
        let _ = write!(
            out,
            "[fragments.f{level}]\n\"*\" = \"a | use(f{next})\"\n[fragments.f{level}.lists.tags]\neach = \"b\"\n\
             [fragments.f{level}.lists.tags.fields]\n\"*\" = \"c | use(f{next})\"\n"
        );
    }
    let _ = write!(out, "[fragments.f{levels}]\nname = \"x\"\n");
    out
}

fn many(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

fn files() -> Vec<(&'static str, String)> {
    let nested = |n: usize, open: &str, close: &str| format!("{}x{}", open.repeat(n), close.repeat(n));
    vec![
        ("nothing", String::new()),
        ("a byte order mark", format!("\u{feff}{}", row("a"))),
        ("line ends of Windows", row("a").replace('\n', "\r\n")),
        ("line ends of old", row("a").replace('\n', "\r")),
        ("NUL", format!("{}\0", row("a"))),
        ("NUL in a place", row("a\0b")),
        ("no end", HEAD.trim_end_matches('\n').trim_end_matches(']').to_owned()),
        ("tables in tables", format!("{HEAD}x = {}", nested(50_000, "[", "]"))),
        (
            "inline tables in inline tables",
            format!("{HEAD}x = {}", nested(20_000, "{a = ", "}")),
        ),
        (
            "a key of many parts",
            format!("{HEAD}{} = 1", vec!["a"; 30_000].join(".")),
        ),
        (
            "a section of many parts",
            format!("{HEAD}[{}]", vec!["a"; 30_000].join(".")),
        ),
        ("a key twice", fields("number = \"a\"\nnumber = \"b\"")),
        ("a section twice", format!("{}[fields]\n", row("a"))),
        ("a number that is none", format!("{HEAD}x = {}", "9".repeat(100_000))),
        ("a long exponent", format!("{HEAD}x = 1e{}", "9".repeat(10_000))),
        ("a long text", row(&"a".repeat(2_000_000))),
        ("a long name", fields(&format!("{} = \"a\"", "n".repeat(500_000)))),
        ("a place of many steps", row(&vec!["a"; 50_000].join("/"))),
        (
            "predicates in predicates",
            row(&format!("a{} = 'x'{}", "[b".repeat(50_000), "]".repeat(50_000))),
        ),
        ("many predicates", row(&format!("a{}", "[b = 'x']".repeat(3_000)))),
        ("open predicates", row(&"a[".repeat(50_000))),
        ("quotation marks", row(&"'".repeat(50_001))),
        ("many functions", row(&format!("a{}", " | trim".repeat(5_000)))),
        (
            "many arguments",
            row(&format!("a | join({})", vec!["'x'"; 20_000].join(", "))),
        ),
        ("brackets", row(&format!("a | {}", "trim(".repeat(50_000)))),
        (
            "not not not",
            fields(&format!(
                "number = {{ path = \"a\", when = \"{} a is present\" }}",
                "not ".repeat(50_000)
            )),
        ),
        (
            "conditions in brackets",
            fields(&format!(
                "number = {{ path = \"a\", when = \"{}\" }}",
                nested(50_000, "(", ")")
            )),
        ),
        (
            "a long condition",
            fields(&format!(
                "number.read = {{ path = \"a\", when = \"{}a is present\" }}",
                "a is present and ".repeat(5_000)
            )),
        ),
        (
            "a large expression",
            row("a | matches('((a{1,1000}){1,1000}){1,1000}')"),
        ),
        (
            "an expression in brackets",
            row(&format!("a | matches('{}')", nested(5_000, "(", ")"))),
        ),
        ("a broken expression", row("a | matches('[')")),
        (
            "a template of many parts",
            row(&format!("a | template('{}')", many(3_000, |n| format!("{{p{n}}} ")))),
        ),
        ("an open template", row("a | template('{a:[')")),
        (
            "fragments in a circle",
            format!(
                "{}[fragments.a]\n\"*\" = \". | use(b)\"\n[fragments.b]\n\"*\" = \". | use(a)\"\n",
                fields("seller.\"*\" = \". | use(a)\"")
            ),
        ),
        ("fragments that double", doubling(40)),
        (
            "many fragments",
            format!(
                "{}{}",
                row("a"),
                many(5_000, |n| format!("[fragments.f{n}]\nx = \"y\"\n"))
            ),
        ),
        (
            "short names on short names",
            format!(
                "{HEAD}{XML}[at]\na0 = \"a\"\n{}[fields]\nnumber = \"{{a2999}}/b\"\n",
                many(2_999, |n| format!("a{} = \"{{a{n}}}/a\"\n", n + 1))
            ),
        ),
        (
            "a table that is not there",
            format!("{}[tables.t]\nfile = \"../../../../etc/passwd\"\n", row("a | table(t)")),
        ),
        (
            "a large table",
            format!(
                "{}[tables.t]\ninline = {{ {} }}\n",
                row("a | table(t)"),
                many(20_000, |n| format!("k{n} = \"v\", ")).trim_end_matches(", ")
            ),
        ),
        ("many rows", fields(&many(5_000, |n| format!("f{n} = \"a{n}\"\n")))),
        (
            "many tests",
            format!("{}{}", row("a"), many(3_000, |n| format!("[[test]]\nname = \"{n}\"\n"))),
        ),
        (
            "many prefixes",
            format!(
                "{HEAD}{XML}[format.ns]\n{}",
                many(5_000, |n| format!("p{n} = \"urn:{n}\"\n"))
            ),
        ),
        (
            "a schema that is not there",
            format!("{HEAD}{XML}schema = \"/dev/zero\"\n[fields]\nnumber = \"a\"\n"),
        ),
        ("right to left", row("a\u{202e}b\u{2066}c")),
        ("letters of other worlds", row("'\u{10ffff}\u{e000}'/'\u{0}'")),
    ]
}

#[test]
fn hostile_files_load_or_are_refused() {
    let schemas = schema();
    let shape = sample(&schemas).shape();
    let files = files();
    assert!(files.len() >= 40);
    for (name, text) in files {
        let loaded = Mapping::load("hostile.map.toml", &text, shape, Beside::NOTHING);
        assert!(loaded.mapping.is_some() || !loaded.findings.is_empty(), "{name}");
        for finding in &loaded.findings {
            assert!(text.get(finding.span.clone()).is_some(), "{name}: {finding:?}");
            assert!(
                finding.text.len() < 10_000 || text.len() > 100_000,
                "{name}: a long sentence"
            );
        }
    }
}

#[test]
fn more_rows_than_programs_can_number_are_refused() {
    let schemas = schema();
    let always = many(40_000, |n| format!("\"a/x{n}\" = \"1\"\n"));
    let text = format!("{}[always]\n{always}", row("a/n"));
    let loaded = Mapping::load("hostile.map.toml", &text, sample(&schemas).shape(), Beside::NOTHING);
    let is_said = loaded.findings.iter().any(|finding| finding.code.as_str() == "AH-M124");
    assert!(loaded.mapping.is_none() && is_said, "{:?}", loaded.findings.first());
}
