// SPDX-License-Identifier: EUPL-1.2
//! Schemas that do not load, or not whole: nothing is passed over in silence.

use super::{ORDER, lookup};
use crate::xsd::Xsd;

/// The findings about a set of files as `file at: code sentence (help)`.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let (_, findings) = Xsd::load(files[0].0, &[], &lookup(files)).unwrap();
    let shown = findings.iter().map(|finding| {
        let text = files.iter().find(|(file, _)| *file == finding.file).unwrap().1;
        let at = text.get(finding.span.clone()).unwrap_or_default();
        let help = finding.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        let code = finding.code.as_str().trim_start_matches("AH-");
        format!("{} {at}: {code} {}{help}", finding.file, finding.text)
    });
    shown.collect()
}

#[track_caller]
fn check(content: &str, expected: &[&str]) {
    let text = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' targetNamespace='urn:t'>{content}</xs:schema>"
    );
    assert_eq!(findings(&[("s.xsd", &text)]), expected, "{content}");
}

#[test]
fn a_schema_that_is_not_there() {
    let missing = Xsd::load("UBL-Invoice-2.1.xsd", &[], &lookup(&[])).unwrap_err();
    assert_eq!(missing.text, "there is no schema file `UBL-Invoice-2.1.xsd`");
    assert_eq!(missing.help, "looked for it in UBL-Invoice-2.1.xsd");
}

/// `uppsala` drops such a reference and says nothing.
#[test]
fn an_import_that_leads_out_of_the_folder_and_nowhere() {
    let without: Vec<_> = ORDER
        .iter()
        .filter(|(file, _)| *file != "common/common.xsd")
        .copied()
        .collect();
    let found = findings(&without);
    assert_eq!(
        found[0],
        "main/order.xsd ../common/common.xsd: M142 the schema imports `../common/common.xsd`, which is not there (looked for it in common/common.xsd)"
    );
    assert!(found[1..].iter().all(|finding| finding.contains("M143")), "{found:#?}");
    let without: Vec<_> = ORDER
        .iter()
        .filter(|(file, _)| *file != "main/parts.xsd")
        .copied()
        .collect();
    assert!(findings(&without)[0].contains("M142 the schema includes `parts.xsd`, which is not there"));
}

#[test]
fn references_inside_of_the_schema() {
    check(
        "<xs:element name='a' type='t:Dato'/><xs:simpleType name='Date'><xs:restriction base='xs:date'/></xs:simpleType>",
        &["s.xsd t:Dato: M143 the schema has no type `t:Dato` (did you mean `Date`?)"],
    );
    check(
        "<xs:element name='a' type='u:Date'/>",
        &["s.xsd u:Date: M141 the prefix `u` is not declared"],
    );
    check(
        "<xs:element name='a' type='xs:Dato'/>",
        &[
            "s.xsd xs:Dato: M143 the schema has no type `xs:Dato` (no file of the schema declares the namespace `http://www.w3.org/2001/XMLSchema`)",
        ],
    );
    let group = |inner: &str| format!("<xs:complexType name='T'><xs:sequence>{inner}</xs:sequence></xs:complexType>");
    check(
        &group("<xs:element ref='t:b'/>"),
        &["s.xsd t:b: M143 the schema has no element `t:b` (no file of the schema declares the namespace `urn:t`)"],
    );
    check(
        &group("<xs:group ref='t:g'/>"),
        &["s.xsd t:g: M143 the schema has no group `t:g` (no file of the schema declares the namespace `urn:t`)"],
    );
    check(
        "<xs:complexType name='T'><xs:attribute ref='t:a'/><xs:attributeGroup ref='t:g'/></xs:complexType>",
        &[
            "s.xsd t:a: M143 the schema has no attribute `t:a` (no file of the schema declares the namespace `urn:t`)",
            "s.xsd t:g: M143 the schema has no attribute group `t:g` (no file of the schema declares the namespace `urn:t`)",
        ],
    );
    check(
        &group("<xs:element name='a' minOccurs='x'/>"),
        &["s.xsd x: M141 `minOccurs` is a number"],
    );
    check(
        &group("<xs:element name='a' minOccurs='2'/>"),
        &["s.xsd xs:element: M141 `minOccurs` is greater than `maxOccurs`"],
    );
}

#[test]
fn circles_end() {
    let derived =
        "<xs:complexType name='T'><xs:complexContent><xs:extension base='t:T'/></xs:complexContent></xs:complexType>";
    check(derived, &["s.xsd t:T: M143 a type is derived from itself"]);
    check(
        "<xs:simpleType name='S'><xs:restriction base='t:S'/></xs:simpleType>",
        &["s.xsd xs:simpleType: M143 the type `S` is derived from itself"],
    );
    let group = "<xs:group name='g'><xs:sequence><xs:group ref='t:g' minOccurs='0'/></xs:sequence></xs:group>\
        <xs:complexType name='T'><xs:group ref='t:g'/></xs:complexType>";
    check(
        group,
        &["s.xsd xs:sequence: M143 groups contain each other without end, or deeper than 100"],
    );
    let twice = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='OTHER'/><xs:element name='a'/></xs:schema>";
    let (one, other) = (
        twice.replace("OTHER", "b.xsd"),
        twice.replace("OTHER", "a.xsd").replace("'a'/", "'b'/"),
    );
    assert_eq!(findings(&[("a.xsd", &one), ("b.xsd", &other)]), [""; 0]);
}

#[test]
fn what_is_no_schema() {
    assert_eq!(findings(&[("a.xsd", "<a/>")]), ["a.xsd a: M141 this is no XML Schema"]);
    assert_eq!(
        findings(&[("a.xsd", "<a>")]),
        ["a.xsd : M141 the file ends before its root element does"]
    );
    assert_eq!(
        findings(&[("a.xsd", "<?xml version='1.0' encoding='EBCDIC'?><a/>")]).len(),
        1
    );
    let importing = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:import namespace='urn:x' schemaLocation='b.xsd'/></xs:schema>";
    let other = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:y'/>";
    assert_eq!(
        findings(&[("a.xsd", importing), ("b.xsd", other)]),
        ["a.xsd b.xsd: M141 `b.xsd` declares the namespace `urn:y`, not `urn:x`"]
    );
}

#[test]
fn what_is_not_checked_is_said() {
    check(
        "<xs:element name='a'><xs:key name='k'><xs:selector xpath='b'/><xs:field xpath='@c'/></xs:key></xs:element>",
        &["s.xsd xs:key: M152 `xs:key` is not checked"],
    );
    check(
        "<xs:simpleType name='S'><xs:restriction base='xs:string'><xs:pattern value='\\p{IsKlingon}'/></xs:restriction></xs:simpleType>",
        &["s.xsd \\p{IsKlingon}: M152 this pattern is not checked: the block `Klingon` is not known here"],
    );
}

#[test]
fn titles_of_schemas() {
    for (name, title) in [
        ("UBL-Invoice-2.1.xsd", "UBL"),
        ("x/xdomea.xsd", "xdomea"),
        ("CrossIndustryInvoice_100pD16B.xsd", "CrossIndustryInvoice"),
        ("3.xsd", "3.xsd"),
    ] {
        assert_eq!(crate::xsd::title(name), title);
    }
}
