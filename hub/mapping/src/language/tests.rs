// SPDX-License-Identifier: EUPL-1.2
//! Findings about mapping files: all at once, each at its characters.

use crate::sample::{XML_HEAD, shape};
use crate::{Beside, Mapping};

const SHAPE: &str = "number!, issueDate:date, n:integer, net:number, paid:bool, kind='a'|'b', seller{ name!, vatId }, notes[ subject, text ], \
                     tags[], lines[ id, net:number, parts[ id ] ]";

/// The findings as `code characters: sentence (help)`.
fn findings(text: &str) -> Vec<String> {
    let beside = |name: &str| (name == "t.csv").then(|| "code,name\na,A\n".to_owned());
    let beside = Beside {
        file: &beside,
        ..Beside::NOTHING
    };
    let loaded = Mapping::load("x.map.toml", text, &shape(SHAPE), beside);
    assert_eq!(
        loaded.mapping.is_none(),
        loaded
            .findings
            .iter()
            .any(|f| f.severity == hub_message::Severity::Error)
    );
    let shown = loaded.findings.iter().map(|finding| {
        let at = text.get(finding.span.clone()).unwrap();
        let help = finding.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        format!(
            "{} {at}: {}{help}",
            finding.code.as_str().trim_start_matches("AH-"),
            finding.text
        )
    });
    shown.collect()
}

/// Findings about rows, apart from the one about `number`.
#[track_caller]
fn check(rows: &str, expected: &[&str]) {
    let rows = if rows.contains("[fields]") {
        rows.replace("[fields]", "[fields]\nnumber = 'nr'")
    } else {
        format!("[fields]\nnumber = 'nr'\n{rows}")
    };
    assert_eq!(findings(&format!("{XML_HEAD}{rows}")), expected);
}

#[track_caller]
fn check_head(from: &str, to: &str, expected: &[&str]) {
    let head = XML_HEAD.replace(from, to);
    assert_ne!(head, XML_HEAD);
    assert_eq!(findings(&format!("{head}[fields]\nnumber = 'nr'\n")), expected);
}

#[test]
fn the_head_of_the_file() {
    check_head(
        "mapping = 1",
        "mapping = 2",
        &["M101 2: this program reads version 1 of the mapping language (write `mapping = 1`)"],
    );
    check_head(
        "mapping = 1\n",
        "",
        &["M101 : this is no mapping file: `mapping` is missing (write `mapping = 1` first)"],
    );
    check_head(
        "id = 'x'",
        "id = 'ä x'",
        &["M105 'ä x': an id has letters, digits, `-` and `.` only"],
    );
    check_head(
        "'x/1'",
        "'x'",
        &["M105 'x': `x` is no schema id: a name of small letters, digits and `-`, then `/` and the major version"],
    );
    check_head(
        "'write'",
        "'wriet'",
        &["M105 'wriet': `wriet` is no direction (did you mean `write`?)"],
    );
    check_head(
        "kind = 'xml'",
        "kind = 'xlm'",
        &["M105 'xlm': there is no format `xlm` (did you mean `xml`?)"],
    );
    check_head(
        "root = 'r'",
        "root = 'q:r'",
        &["M110 q: the prefix `q` is not bound in `[format.ns]` (did you mean `p`?)"],
    );
    check_head(
        "title",
        "titel",
        &[
            "M105 : `title` is missing",
            "M104 titel: there is no key `titel` here (did you mean `title`?)",
        ],
    );
}

#[test]
fn what_is_no_toml_and_what_belongs_to_routes() {
    let all = findings(&format!(
        "{XML_HEAD}[fields]\nnumber = 'a'\nnumber = 'b'\nissueDate = \n"
    ));
    assert!(all.iter().all(|f| f.starts_with("M100")) && all.len() == 2, "{all:?}");
    let text = format!("purpose = 'x'\n{XML_HEAD}[fields]\nnumber = 'a'");
    assert_eq!(
        findings(&text),
        [
            "M120 purpose: `purpose` is the route's business: a mapping says how a format reads, not who may have it (move it to routes/*.toml)"
        ]
    );
}

#[test]
fn canonical_fields() {
    check(
        "issuDate = 'a'",
        &["M102 issuDate: the schema x/1 has no field `issuDate` (did you mean `issueDate`?)"],
    );
    check(
        "seller.nmae = 'a'\nseller.name = 'b'",
        &["M102 nmae: the schema x/1 has no field `seller.nmae` (did you mean `name`?)"],
    );
    check(
        "seller = 'a'",
        &["M102 seller: `seller` is a group of fields in the schema (its fields are name, vatId, …)"],
    );
    check(
        "lines = 'a'",
        &["M107 lines: `lines` is a list in the schema (write `[lists.\"lines\"]`)"],
    );
    check(
        "lines.id = 'a'",
        &["M107 lines: `lines` is a list in the schema (write `[lists.\"lines\"]`)"],
    );
    check(
        "[lists.seller]\neach = 'a'",
        &["M107 seller: `seller` is no list in the schema"],
    );
    check(
        "[lists.'lines.parts']\neach = 'a'",
        &[
            "M107 'lines.parts': `lines` is a list, so its fields are mapped item by item (put the row into `[lists.\"lines\".fields]`)",
        ],
    );
    check(
        "[lists.lines]\neach = 'a'\nitem = '.'",
        &["M107 '.': `item` is for lists of plain values; this list has objects"],
    );
    check(
        "[lists.lines]\neach = '@a'",
        &["M106 lines: `each` names a place below, not an attribute and not `.`"],
    );
    check(
        "seller.vatId = 'a'",
        &["M119 : the schema requires `seller.name`, and no row reads it (add a row, or one with `default` only)"],
    );
}

#[test]
fn places_and_names_in_them() {
    check(
        "seller.name = 'p:a/q:b'",
        &["M110 q: the prefix `q` is not bound in `[format.ns]` (did you mean `p`?)"],
    );
    check("seller.name = 'a//b'", &["M106 /: a name expected"]);
    check("seller.name = \"a[b='x'\"", &["M106 : `]` expected, but the text ends"]);
    check(
        "seller.name = '{doc}/b'\n[at]\ndok = 'a'",
        &["M115 doc: there is no short name `doc` in `[at]` (did you mean `dok`?)"],
    );
    check(
        "[lists.lines]\neach = \"a[b != 'x']\"",
        &["M116 !=: a place with `!=` cannot be written (split the row into `.read` and `.write`)"],
    );
    check(
        "seller.name = \"a[b != 'x']\"",
        &["M116 !=: a place with `!=` cannot be written (split the row into `.read` and `.write`)"],
    );
}

#[test]
fn functions_tables_and_fragments() {
    check(
        "issueDate = 'a | dat'",
        &["M111 dat: there is no function `dat` (did you mean `date`?)"],
    );
    check(
        "seller.name = 'a | left'",
        &[
            "M112 left: `left` does not work with these arguments: it takes one argument, a number of characters (left(length))",
        ],
    );
    check(
        "seller.name = 'a | hash'",
        &[
            "M117 hash: `hash` cannot be undone, and this row is written (split the row into `.read` and `.write`, or leave \"write\" out of `directions`)",
        ],
    );
    check("seller.name.read = 'a | hash'", &[]);
    check(
        "kind = 'a | table(t)'",
        &["M113 table(t): there is no table `t` in `[tables]`"],
    );
    check(
        "seller.'*' = 'a | use(prty)'\n[fragments.party]\nname = 'b'",
        &["M114 use(prty): there is no fragment `prty` (did you mean `party`?)"],
    );
    check(
        "seller.'*' = 'a | use(x)'\n[fragments.x]\n'*' = 'b | use(x)'",
        &["M124 use(x): the fragment `x` uses itself"],
    );
    check(
        "seller.name = 'a | trim | first'",
        &[
            "M112 first: `first` chooses among the matches of the place, so it comes first (put it directly behind the place)",
        ],
    );
}

#[test]
fn types() {
    check(
        "n = 'a | date'",
        &["M108 date: this row makes a date, but the field holds a whole number"],
    );
    check(
        "n = 'a | decimal'",
        &["M108 decimal: this row makes a number, but the field holds a whole number"],
    );
    check("net = 'a | integer'\npaid = 'b'\nissueDate = 'c'\nn = 'd'", &[]);
    check(
        "n = { path = 'a', default = 'x' }",
        &["M108 'a': the default of `n` is not what the field holds"],
    );
    check(
        "[lists.notes]\neach = 'a'\ntemplate = ['{n}', '{tex}']",
        &[
            "M102 n: the schema x/1 has no field `notes.n`",
            "M102 tex: the schema x/1 has no field `notes.tex` (did you mean `text`?)",
        ],
    );
}

#[test]
fn tables_and_enumerations() {
    check(
        "kind = 'a | table(t)'\n[tables.t]\ninline = { x = 'a', y = 'c' }",
        &[
            "M118 table(t): the table `t` makes values that the schema does not allow: `c`",
            "M118 table(t): the table `t` has no code for values that the schema allows: `b`",
        ],
    );
    check("kind.read = 'a | table(t)'\n[tables.t]\nfile = 't.csv'", &[]);
    check(
        "kind.read = 'a | table(t)'\n[tables.t]\nfile = 'u.csv'",
        &["M113 'u.csv': there is no file `u.csv` beside the mapping"],
    );
}

#[test]
fn overlaps() {
    check(
        "n.read = 'b'\nnet = 'b'\nseller.name = 'b'",
        &["M109 'b': the place of `seller.name` is written by another row already (the other one is the row of `net`)"],
    );
    check(
        "seller.'*' = 's | use(x)'\nseller.name = 'a'\n[fragments.x]\nname = 'n'",
        &["M109 'a': `seller.name` is read by another row already (the other one is the row of `seller.name`)"],
    );
    check("n.write = { path = 'b', when = 'net is absent' }\nnet = 'b'", &[]);
}

#[test]
fn conditions_options_and_facts() {
    check(
        "n = { path = 'a', when = \"b = '1'\" }",
        &[
            "M122 \"b = '1'\": `when` looks at places when reading and at canonical fields when writing (split the row into `.read` and `.write`)",
        ],
    );
    check(
        "n.read = { path = 'a', when = 'b ~ 1' }",
        &["M122 ~: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is present` or `is absent` expected"],
    );
    check(
        "n.write = { path = 'a', when = 'nett is present' }",
        &["M102 'nett is present': the schema x/1 has no field `nett` (did you mean `net`?)"],
    );
    check(
        "n = { path = 'a', dfault = 1 }",
        &["M104 dfault: there is no key `dfault` here (did you mean `default`?)"],
    );
    check(
        "n = 1",
        &["M105 1: a row is a text, `place | function`, or a table with `path`"],
    );
    check(
        "[always]\n'a' = '$mesage.id'",
        &["M125 $mesage.id: the hub gives no fact `$mesage.id` (did you mean `message.id`?)"],
    );
    check(
        "'@a' = { write = '^nubmer' }",
        &["M102 ^nubmer: the schema x/1 has no field `nubmer` (did you mean `number`?)"],
    );
    check(
        "n.read = \"a | uuid5('x', ^seller.name)\"",
        &[
            "M112 \"a | uuid5('x', ^seller.name)\": `^seller.name` is not read by a plain row of the document (only such rows can be asked for)",
        ],
    );
}

#[test]
fn coverage_case_and_tests() {
    check(
        "seller.name = 'a/b/@c'\n[coverage]\nmust_not_map = ['a/b']",
        &["M123 'a/b/@c': `seller.name` reads a place that `must_not_map` forbids"],
    );
    check(
        "[coverage]\nunmapped = 'eror'",
        &["M105 'eror': `eror` is no way to treat unmapped places (did you mean `error`?)"],
    );
    check(
        "[case]\nkeys = [{ field = 'numbr', system = 'x', kind = 'invoice' }]",
        &["M102 'numbr': the schema x/1 has no field `numbr` (did you mean `number`?)"],
    );
    check(
        "[case]\nkeys = [{ field = 'number', system = '$seller.vatId', kind = 'invoice', strength = 'strong' }]",
        &["M105 'strong': `strong` is no strength"],
    );
    check(
        "[[test]]\nname = 'x'\nread = 'y'",
        &["M126 'x': this test expects nothing, so it cannot fail"],
    );
    check(
        "[[test]]\nname = 'x'\nvalid = true",
        &["M126 'x': a test has one of `read`, `read_text` and `write`"],
    );
}

#[test]
fn everything_is_found_at_once() {
    let all = findings(&format!(
        "{XML_HEAD}[fields]\nissuDate = 'a'\nnet = 'a | dcimal'\nn = 'q:a'\nx = 'a'\n[lists.lnes]\neach = 'b'\n"
    ));
    let codes: Vec<&str> = all.iter().map(|f| f.split(' ').next().unwrap()).collect();
    assert_eq!(codes, ["M119", "M102", "M111", "M110", "M102", "M102"]);
}

#[test]
fn json_has_one_value_at_a_place() {
    let head = XML_HEAD.replace(
        "kind = 'xml'\nroot = 'r'\n[format.ns]\np = 'urn:p'\n",
        "kind = 'json'\n",
    );
    assert_eq!(
        findings(&format!("{head}[fields]\nnumber = 'a'\nnet = 'a/b'\nn = 'c/@d'\n")),
        [
            "M103 'a': `a` has a value and something below it; in JSON it can have only one of them",
            "M103 'c/@d': JSON has no attributes",
        ]
    );
}
