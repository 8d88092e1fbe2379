// SPDX-License-Identifier: EUPL-1.2
//! Mappings held against the schema when they are loaded, and the documents that they read and write.

use super::running::{VALID, refused};
use super::{ORDER, lookup};
use crate::sample::shape;
use crate::{Beside, Loaded, Mapping, SchemaPlaces};

const SHAPE: &str = "number!, date~:date, net:number, notes[ text ], paid:bool, kind, lines[ id, net~:number ], party{ name, born:date }";

pub(super) const HEAD: &str = "mapping = 1\nid = 'o'\ntitle = 'o'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n\
    [format]\nkind = 'xml'\nroot = 'o:Order'\nschema = 'main/order.xsd'\n[format.ns]\no = 'urn:order'\nc = 'urn:common'\n";

/// Rows that write a complete order.
pub(super) const COMPLETE: &str = "[always]\n'@version' = '1'\n[fields]\nparty.name = 'c:Person/name'\nparty.born = 'c:Person/born'\nkind = '@kind'\n\
    paid = 'o:Cash | bool'\ndate = 'o:Date | date'\nnumber = 'o:Number'\n\
    [lists.lines]\neach = 'o:Line'\n[lists.lines.fields]\nnet = 'o:Amount | decimal'\n'o:Amount/@currency' = { write = \"'EUR'\" }\nid = 'o:Id'\n\
    [lists.notes]\neach = 'o:Note'\n[lists.notes.fields]\ntext = '.'\n";

pub(super) fn load(text: &str) -> Loaded {
    let find = lookup(ORDER);
    let beside = Beside {
        schema: &find,
        ..Beside::NOTHING
    };
    Mapping::load("o.map.toml", text, &shape(SHAPE), beside)
}

/// The findings as `code characters: sentence (help)`.
fn findings(text: &str) -> Vec<String> {
    let loaded = load(text);
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

/// Replaces one text of the complete mapping.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let whole = format!("{HEAD}{COMPLETE}");
    assert!(whole.contains(from), "{from}");
    assert_eq!(findings(&whole.replacen(from, to, 1)), expected, "{from} -> {to}");
}

#[test]
fn a_mapping_that_fits_has_no_findings() {
    check("o:Number", "o:Number", &[]);
}

#[test]
fn places_that_the_schema_does_not_have() {
    check(
        "'o:Date | date'",
        "'o:Dat | date'",
        &["M103 o:Dat: the order schema has no element `o:Dat` in `o:Order` (did you mean `o:Date`?)"],
    );
    check(
        "'c:Person/born'",
        "'c:Person/birth/x'",
        &["M103 birth: the order schema has no element `birth` in `c:Person`"],
    );
    check(
        "'c:Person/name'",
        "'c:Person/c:name'",
        &[
            "M103 c:name: the order schema has no element `c:name` in `c:Person` (the schema has `name`, in another namespace)",
        ],
    );
    check(
        "'@kind'",
        "'@kinds'",
        &["M103 kinds: the order schema has no attribute `kinds` at `o:Order` (did you mean `kind`?)"],
    );
    check(
        "'o:Id'",
        "\"o:Id[o:x = 'y']\"",
        &["M103 o:x: the order schema has no element `o:x` in `o:Id`"],
    );
    check(
        "each = 'o:Note'",
        "each = 'o:Notes'",
        &["M103 o:Notes: the order schema has no element `o:Notes` in `o:Order` (did you mean `o:Note`?)"],
    );
}

#[test]
fn the_finding_of_the_design() {
    let text = format!("{HEAD}[fields]\nissueDate              = \"cbc:IsueDate | date\"\n")
        .replace("o:Order", "ubl:Invoice")
        .replace("main/order.xsd", "UBL-Invoice-2.1.xsd")
        .replace("o = 'urn:order'\nc = 'urn:common'", "ubl = 'urn:i'\ncbc = 'urn:b'")
        .replace("'read', 'write'", "'read'");
    let files = [
        (
            "UBL-Invoice-2.1.xsd",
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:b='urn:b' targetNamespace='urn:i'><xs:import namespace='urn:b' schemaLocation='b.xsd'/>\
         <xs:element name='Invoice'><xs:complexType><xs:sequence><xs:element ref='b:ID'/><xs:element ref='b:IssueDate'/></xs:sequence></xs:complexType></xs:element></xs:schema>",
        ),
        (
            "b.xsd",
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:b'><xs:element name='ID'/><xs:element name='IssueDate' type='xs:date'/></xs:schema>",
        ),
    ];
    let find = lookup(&files);
    let beside = Beside {
        schema: &find,
        ..Beside::NOTHING
    };
    let loaded = Mapping::load(
        "mappings/ubl-invoice/ubl-invoice.map.toml",
        &text,
        &shape("issueDate:date"),
        beside,
    );
    let shown: Vec<String> = loaded
        .findings
        .iter()
        .map(|finding| finding.render(Some(&text)))
        .collect();
    let line = text.lines().position(|line| line.starts_with("issueDate")).unwrap() + 1;
    let expected = format!(
        "error[AH-M103]: the UBL schema has no element `cbc:IsueDate` in `ubl:Invoice`\n  --> mappings/ubl-invoice/ubl-invoice.map.toml:{line}:27\n\
         {line} | issueDate              = \"cbc:IsueDate | date\"\n   |                           ^^^^^^^^^^^^ did you mean `cbc:IssueDate`?\n"
    );
    assert_eq!(shown, [expected]);
}

#[test]
fn single_rows_over_repeated_elements() {
    let several = "M145 o:Line: `o:Line` may stand several times, and this row reads only the first \
        (add `| first` if the others do not matter, choose with a predicate, or make it a list)";
    check("'@kind'", "{ read = 'o:Line/o:Id', write = '@kind' }", &[several]);
    check("'@kind'", "{ read = 'o:Line/o:Id | first', write = '@kind' }", &[]);
    check(
        "'@kind'",
        "{ read = \"o:Line[o:Id = 'x']/o:See\", write = '@kind' }",
        &[],
    );
}

#[test]
fn what_is_required_and_not_written() {
    let help = "(add a row, or a constant in `[always]`)";
    check(
        "number = 'o:Number'\n",
        "number.read = 'o:Number'\n",
        &[&format!(
            "M146 @version: `o:Order` needs `o:Number`, and no row writes it {help}"
        )],
    );
    check(
        "paid = 'o:Cash | bool'\n",
        "",
        &[&format!(
            "M146 @version: `o:Order` needs one of `o:Cash`, `o:Account`, and no row writes it {help}"
        )],
    );
    check(
        "'@version' = '1'\n",
        "",
        &[
            "M146 c:Person/name: `o:Order` needs the attribute `version`, and no row writes it (add a row with the place `…/@version`, or a constant in `[always]`)",
        ],
    );
    check(
        "'o:Amount/@currency' = { write = \"'EUR'\" }\n",
        "",
        &[
            "M146 o:Amount: `o:Amount` needs the attribute `currency`, and no row writes it (add a row with the place `…/@currency`, or a constant in `[always]`)",
        ],
    );
    check(
        "party.name = 'c:Person/name'\n",
        "",
        &[&format!(
            "M146 c:Person/born: `c:Person` needs `name`, and no row writes it {help}"
        )],
    );
    check("party.name = 'c:Person/name'\nparty.born = 'c:Person/born'\n", "", &[]);
}

#[test]
fn types_that_do_not_fit() {
    check(
        "'o:Cash | bool'",
        "'o:Date'",
        &[
            "M147 o:Date: `o:Date` is of the type `xs:date`, which `bool` never takes (choose a function that fits the type)",
            "M147 o:Date: `o:Date` is of the type `xs:date`, and what this row writes never is (`paid` holds true or false)",
            "M109 o:Date: the place of `date` is written by another row already (the other one is in line 19)",
        ],
    );
    check(
        "'o:Cash | bool'",
        "'o:Account'",
        &["M147 o:Account: `o:Account` holds elements and no text of its own (name one of the places below it)"],
    );
    check(
        "'o:Date | date'",
        "\"o:Date | date('dd.MM.yyyy')\"",
        &[
            "M147 o:Date: `o:Date` is of the type `xs:date`, which `date` never takes (choose a function that fits the type)",
            "M147 o:Date: `o:Date` is of the type `xs:date`, and what this row writes never is (`date` holds a date)",
        ],
    );
    check(
        "'@version' = '1'",
        "'@version' = 'one'",
        &[
            "M147 @version: the schema does not allow `one` at `o:Order/@version` (the value there is of the type `xs:int`)",
        ],
    );
    check(
        "'c:Person/name'",
        "\"c:Person[@x = 'y']/name\"",
        &["M103 x: the order schema has no attribute `x` at `c:Person`"],
    );
}

#[test]
fn tables_and_enumerations() {
    let with = |table: &str| {
        let whole = format!("{HEAD}{COMPLETE}[tables.k]\n{table}\n");
        findings(&whole.replacen("'@kind'", "'@kind | table(k)'", 1))
    };
    assert_eq!(with("inline = { new = 'n', change = 'c' }"), [""; 0]);
    assert_eq!(
        with("inline = { new = 'n' }"),
        [
            "M148 @kind: the table `k` does not cover a code that the schema allows at `o:Order/@kind`: `change` (add them, or say `otherwise`)"
        ]
    );
    assert_eq!(with("inline = { new = 'n' }\notherwise = 'keep'"), [""; 0]);
    assert_eq!(
        with("inline = { new = 'n', change = 'c', old = 'o' }"),
        ["M148 @kind: the table `k` writes a code that the schema does not allow at `o:Order/@kind`: `old`"]
    );
}

#[test]
fn schema_and_settings() {
    check(
        "schema = 'main/order.xsd'",
        "schema = 'order.xsd'",
        &["M140 'order.xsd': there is no schema file `order.xsd` (looked for it in order.xsd)"],
    );
    check(
        "root = 'o:Order'",
        "root = 'o:Orders'",
        &["M144 'o:Orders': the order schema has no root element `o:Orders` (did you mean `Order`?)"],
    );
    check(
        "[format.ns]",
        "[format.order]\n'o:Order' = ['o:Date']\n[format.ns]",
        &["M149 order: the schema gives the order of elements, so `[format.order]` must not (leave one of them out)"],
    );
    check(
        "schema = 'main/order.xsd'",
        "validate = ['read']",
        &["M150 ['read']: `validate` needs a schema (name an XSD file: `schema = \"…\"`)"],
    );
    check(
        "[format.ns]",
        "validate = ['wrote']\n[format.ns]",
        &["M105 'wrote': `wrote` is no direction (did you mean `write`?)"],
    );
}

#[test]
fn findings_of_the_schema_come_before_those_of_the_rows() {
    let bad = VALID.replace("2024-01-01", "SECRET").replace("1.50", "SECRET");
    let found = refused("", &bad);
    let codes: Vec<&str> = found.iter().map(|one| one.split(' ').next().unwrap()).collect();
    assert_eq!(codes, ["AH-X126", "AH-X126", "AH-M210", "AH-M210"]);
    assert!(!found.concat().contains("SECRET"), "{found:?}");
    assert_eq!(
        refused("", "<o:Order xmlns:o='urn:order'>")[0].split(' ').next(),
        Some("AH-X103")
    );
}

#[test]
fn the_schema_belongs_to_the_digest() {
    let digest = |files: &[(&str, &str)]| {
        let find = lookup(files);
        let beside = Beside {
            schema: &find,
            ..Beside::NOTHING
        };
        let loaded = Mapping::load("o.map.toml", &format!("{HEAD}{COMPLETE}"), &shape(SHAPE), beside);
        loaded.mapping.unwrap().digest().clone()
    };
    let changed: Vec<(&str, String)> = ORDER
        .iter()
        .map(|(file, text)| (*file, text.replace("maxLength value=\"8\"", "maxLength value=\"9\"")))
        .collect();
    let changed: Vec<(&str, &str)> = changed.iter().map(|(file, text)| (*file, text.as_str())).collect();
    assert_eq!(digest(ORDER), digest(ORDER));
    assert_ne!(digest(ORDER), digest(&changed));
}

#[test]
fn places_for_an_editor() {
    let find = lookup(ORDER);
    let beside = Beside {
        schema: &find,
        ..Beside::NOTHING
    };
    // The rest of the file need not load.
    let text = format!("{HEAD}[at]\nline = 'o:Line'\n[fields]\nx = 'o:'\n");
    let places = SchemaPlaces::of(&text, beside).unwrap();
    let shown = |place: &str| {
        let docs = places.below(place).into_iter().map(|doc| {
            let max = doc.max.map_or("*".to_owned(), |max| max.to_string());
            format!("{} {}-{max} {}", doc.name, doc.min, doc.kind)
        });
        docs.collect::<Vec<_>>()
    };
    assert_eq!(
        shown(""),
        [
            "o:Number 1-1 c:Code",
            "o:Date 1-1 xs:date",
            "o:Note 0-2 xs:string",
            "o:Cash 0-1 xs:boolean",
            "o:Account 0-1 o:AccountType",
            "o:Line 1-* o:LineType",
            "c:Office 0-1 c:PartyType",
            "c:Person 0-1 c:PersonType",
            "@version 1-1 xs:int",
            "@kind 0-1 o:KindType",
            "@c:lang 0-1 xs:language",
        ]
    );
    assert_eq!(
        shown("{line}"),
        ["o:Id 1-1 xs:ID", "o:See 0-1 xs:IDREF", "o:Amount 1-1 c:AmountType"]
    );
    assert_eq!(shown("o:Line[o:Id = 'x']/o:Amount"), ["@currency 1-1 c:Currency"]);
    assert_eq!(shown("o:Gone"), [""; 0]);
    assert_eq!(places.at("o:Number").unwrap().documentation, "Unique number.");
    assert_eq!(places.at("@kind").unwrap().values, ["new", "change"]);
    assert!(SchemaPlaces::of("[format]\nkind = 'json'\n", beside).is_none());
}
