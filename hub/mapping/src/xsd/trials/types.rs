// SPDX-License-Identifier: EUPL-1.2
//! Types, derivations, wildcards.

use super::{faults, load, small};
use crate::xsd::Xsd;

#[track_caller]
fn check(xsd: &Xsd, document: &str, expected: &[&str]) {
    assert_eq!(faults(xsd, document), expected, "{document}");
}

/// A schema whose root element has a simple type.
fn simple(definition: &str) -> Xsd {
    small(&format!(
        "<xs:element name='r'><xs:simpleType>{definition}</xs:simpleType></xs:element>"
    ))
}

#[test]
fn derived_simple_types() {
    let list = simple(
        "<xs:restriction><xs:simpleType><xs:list itemType='xs:int'/></xs:simpleType><xs:maxLength value='2'/></xs:restriction>",
    );
    check(&list, "<r> 1\n 2 </r>", &[]);
    check(&list, "<r/>", &[]);
    check(
        &list,
        "<r>1 2 3</r>",
        &["1:1 /r X126 the value of `r` is not at most 2 items long"],
    );
    check(
        &list,
        "<r>1 x</r>",
        &["1:1 /r X126 the value of `r` is not of the type `xs:int`"],
    );
    let union = simple(
        "<xs:union memberTypes='xs:date xs:gYear'><xs:simpleType><xs:restriction base='xs:string'><xs:enumeration value='?'/></xs:restriction></xs:simpleType></xs:union>",
    );
    for fits in ["2024-01-01", "2024", "?"] {
        check(&union, &format!("<r>{fits}</r>"), &[]);
    }
    check(
        &union,
        "<r>!</r>",
        &["1:1 /r X126 the value of `r` is not of one of the types that the schema allows here"],
    );
    let patterns = simple(
        "<xs:restriction><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='a.*'/><xs:pattern value='b.*'/></xs:restriction></xs:simpleType>\
         <xs:pattern value='.*z'/></xs:restriction>",
    );
    check(&patterns, "<r>az</r>", &[]);
    check(&patterns, "<r>bz</r>", &[]);
    check(
        &patterns,
        "<r>cz</r>",
        &["1:1 /r X126 the value of `r` is not in the form that the schema's pattern demands"],
    );
    check(
        &patterns,
        "<r>aa</r>",
        &["1:1 /r X126 the value of `r` is not in the form that the schema's pattern demands"],
    );
    let number = simple(
        "<xs:restriction base='xs:decimal'><xs:enumeration value='1.0'/><xs:enumeration value='2'/></xs:restriction>",
    );
    check(&number, "<r>1</r>", &[]);
    check(
        &number,
        "<r>3</r>",
        &["1:1 /r X126 the value of `r` is not one of 2 values: `1.0`, `2`"],
    );
    let digits = simple(
        "<xs:restriction base='xs:decimal'><xs:totalDigits value='3'/><xs:maxExclusive value='500'/></xs:restriction>",
    );
    check(&digits, "<r>012.30</r>", &[]);
    check(
        &digits,
        "<r>12.345</r>",
        &["1:1 /r X126 the value of `r` is not a number with at most 3 digits"],
    );
    check(
        &digits,
        "<r>500.0</r>",
        &["1:1 /r X126 the value of `r` is not less than 500"],
    );
    let dates = simple("<xs:restriction base='xs:date'><xs:minInclusive value='2000-01-01'/></xs:restriction>");
    check(
        &dates,
        "<r>1999-12-31</r>",
        &["1:1 /r X126 the value of `r` is not at least 2000-01-01"],
    );
    let bytes = simple("<xs:restriction base='xs:base64Binary'><xs:length value='2'/></xs:restriction>");
    check(&bytes, "<r>QUI=</r>", &[]);
    check(
        &bytes,
        "<r>QQ==</r>",
        &["1:1 /r X126 the value of `r` is not exactly 2 bytes long"],
    );
}

#[test]
fn fixed_and_default_values() {
    let xsd = small(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' type='xs:decimal' fixed='1.0'/>\
         <xs:element name='b' type='xs:int' default='5'/></xs:sequence><xs:attribute name='v' type='xs:token' fixed='x y'/></xs:complexType></xs:element>",
    );
    check(&xsd, "<r v=' x  y '><a>1</a><b/></r>", &[]);
    check(&xsd, "<r><a/><b>7</b></r>", &[]);
    check(
        &xsd,
        "<r v='x'><a>2</a><b/></r>",
        &[
            "1:7 /r/@v X130 `@v` must have the value `x y`",
            "1:10 /r/a X130 `a` must have the value `1.0`",
        ],
    );
}

#[test]
fn mixed_and_empty_content() {
    let xsd = small(
        "<xs:element name='r'><xs:complexType mixed='true'><xs:sequence><xs:element name='b' minOccurs='0'><xs:complexType/></xs:element>\
         <xs:element name='any' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>",
    );
    check(&xsd, "<r>a<b/>c<any x='1'>text<y/></any></r>", &[]);
    check(
        &xsd,
        "<r><b>x</b></r>",
        &["1:7 /r/b X127 text stands in `b`, which holds elements only"],
    );
    check(
        &xsd,
        "<r><b><c/></b></r>",
        &["1:7 /r/b/c X120 the s schema has no element `c` in `b`"],
    );
}

#[test]
fn wildcards() {
    let of = |attributes: &str| {
        small(&format!(
            "<xs:element name='known' type='xs:int'/><xs:element name='r'><xs:complexType><xs:sequence><xs:any {attributes}/></xs:sequence>\
             <xs:anyAttribute namespace='urn:x' processContents='skip'/></xs:complexType></xs:element>"
        ))
    };
    let strict = of("");
    check(&strict, "<r><known>1</known></r>", &[]);
    check(
        &strict,
        "<r><known>x</known></r>",
        &["1:4 /r/known X126 the value of `known` is not of the type `xs:int`"],
    );
    check(
        &strict,
        "<r><gone/></r>",
        &["1:4 /r/gone X120 `gone` is not declared in the s schema"],
    );
    let lax = of("processContents='lax'");
    check(
        &lax,
        "<r><gone><known>x</known></gone></r>",
        &["1:10 /r/gone/known X126 the value of `known` is not of the type `xs:int`"],
    );
    let skip = of("processContents='skip'");
    check(&skip, "<r><known>x</known></r>", &[]);
    check(&skip, "<r xmlns:x='urn:x' x:a='1'><a/></r>", &[]);
    check(
        &skip,
        "<r a='1'><a/></r>",
        &["1:4 /r/@a X124 `r` has no attribute `a` in the schema"],
    );
    let other = of("namespace='##local urn:y' processContents='skip'");
    check(&other, "<r><a/></r>", &[]);
    check(&other, "<r><a xmlns='urn:y'/></r>", &[]);
    check(
        &other,
        "<r><a xmlns='urn:z'/></r>",
        &[
            "1:4 /r/a X120 the s schema has no element `a` in `r`",
            "1:22 /r X122 `r` ends without another element",
        ],
    );
}

#[test]
fn restrictions_and_groups() {
    let xsd = small(
        "<xs:complexType name='B'><xs:sequence><xs:element name='a' minOccurs='0'/><xs:group ref='g'/></xs:sequence>\
         <xs:attributeGroup ref='at'/></xs:complexType>\
         <xs:group name='g'><xs:choice><xs:element name='b' type='xs:int'/><xs:element name='c'/></xs:choice></xs:group>\
         <xs:attributeGroup name='at'><xs:attribute name='x' type='xs:int'/><xs:attribute name='y'/></xs:attributeGroup>\
         <xs:complexType name='R'><xs:complexContent><xs:restriction base='B'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence>\
         <xs:attribute name='y' use='prohibited'/></xs:restriction></xs:complexContent></xs:complexType>\
         <xs:element name='r' type='R'/><xs:element name='b' type='B'/>",
    );
    check(&xsd, "<b x='1' y=''><a/><c/></b>", &[]);
    check(&xsd, "<r x='1'><b>1</b></r>", &[]);
    check(
        &xsd,
        "<r y=''><b>1</b></r>",
        &["1:4 /r/@y X124 `r` has no attribute `y` in the schema; the schema has `x`"],
    );
    check(
        &xsd,
        "<r><c/></r>",
        &[
            "1:4 /r/c X120 the s schema has no element `c` in `r`; the schema has `b`",
            "1:8 /r X122 `r` ends without `b`",
        ],
    );
}

#[test]
fn redefined_components() {
    let base = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>\
        <xs:simpleType name='S'><xs:restriction base='xs:string'><xs:maxLength value='5'/></xs:restriction></xs:simpleType>\
        <xs:complexType name='T'><xs:sequence><xs:element name='a' type='S'/></xs:sequence></xs:complexType>\
        <xs:group name='g'><xs:sequence><xs:element name='a'/></xs:sequence></xs:group></xs:schema>";
    let redefining = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' targetNamespace='urn:t'>\
        <xs:redefine schemaLocation='base.xsd'>\
        <xs:simpleType name='S'><xs:restriction base='S'><xs:minLength value='2'/></xs:restriction></xs:simpleType>\
        <xs:complexType name='T'><xs:complexContent><xs:extension base='T'><xs:sequence><xs:element name='b'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
        <xs:group name='g'><xs:sequence><xs:group ref='g'/><xs:element name='z'/></xs:sequence></xs:group>\
        </xs:redefine><xs:element name='r' type='T'/><xs:element name='g'><xs:complexType><xs:group ref='g'/></xs:complexType></xs:element></xs:schema>";
    let xsd = load(&[("main.xsd", redefining), ("base.xsd", base)]);
    check(&xsd, "<t:r xmlns:t='urn:t'><a>ab</a><b/></t:r>", &[]);
    check(
        &xsd,
        "<t:r xmlns:t='urn:t'><a>a</a><b/></t:r>",
        &["1:22 /t:r/a X126 the value of `a` is not at least 2 characters long"],
    );
    check(
        &xsd,
        "<t:r xmlns:t='urn:t'><a>abcdef</a><b/></t:r>",
        &["1:22 /t:r/a X126 the value of `a` is not at most 5 characters long"],
    );
    check(
        &xsd,
        "<t:r xmlns:t='urn:t'><a>ab</a></t:r>",
        &["1:31 /t:r X122 `t:r` ends without `b`"],
    );
    check(&xsd, "<t:g xmlns:t='urn:t'><a/><z/></t:g>", &[]);
    check(
        &xsd,
        "<t:g xmlns:t='urn:t'><z/></t:g>",
        &["1:22 /t:g/z X122 `t:g` needs `a` before `z`"],
    );
}

#[test]
fn abstract_types_need_another() {
    let xsd = small(
        "<xs:complexType name='A' abstract='true'/><xs:complexType name='B'><xs:complexContent><xs:extension base='A'><xs:sequence>\
         <xs:element name='b'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType><xs:element name='r' type='A'/>",
    );
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    check(
        &xsd,
        "<r/>",
        &["1:1 /r X129 the type of `r` is abstract, so `xsi:type` must name another"],
    );
    check(&xsd, &format!("<r {xsi} xsi:type='B'><b/></r>"), &[]);
    check(
        &xsd,
        &format!("<r {xsi} xsi:type='B'/>"),
        &["1:1 /r X122 `r` ends without `b`"],
    );
}
