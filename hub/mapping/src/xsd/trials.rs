// SPDX-License-Identifier: EUPL-1.2
//! Schemas made for tests, and documents that break them one by one.

mod documents;
mod loading;
mod models;
mod running;
mod schemas;
mod types;

use hub_message::Place;

use super::{Validator, Xsd};
use crate::beside::{Wanted, XsdFile, XsdMissing};

/// The schema of an order, in two namespaces and three files, one of them beside the folder of the first.
pub(super) const ORDER: &[(&str, &str)] = &[
    (
        "main/order.xsd",
        r###"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:o="urn:order" xmlns:c="urn:common"
  targetNamespace="urn:order" elementFormDefault="qualified">
  <xs:import namespace="urn:common" schemaLocation="../common/common.xsd"/>
  <xs:include schemaLocation="parts.xsd"/>
  <xs:element name="Order" type="o:OrderType"/>
  <xs:complexType name="OrderType">
    <xs:sequence>
      <xs:element name="Number" type="c:Code"><xs:annotation><xs:documentation>Unique
        number.</xs:documentation></xs:annotation></xs:element>
      <xs:element name="Date" type="xs:date"/>
      <xs:element name="Note" type="xs:string" minOccurs="0" maxOccurs="2"/>
      <xs:choice>
        <xs:element name="Cash" type="xs:boolean"/>
        <xs:element name="Account" type="o:AccountType"/>
      </xs:choice>
      <xs:element name="Line" type="o:LineType" maxOccurs="unbounded"/>
      <xs:element ref="c:Party" minOccurs="0"/>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/>
    </xs:sequence>
    <xs:attribute name="version" type="xs:int" use="required"/>
    <xs:attribute name="kind" type="o:KindType"/>
    <xs:attribute ref="c:lang"/>
  </xs:complexType>
</xs:schema>"###,
    ),
    (
        "main/parts.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:o="urn:order" xmlns:c="urn:common"
  targetNamespace="urn:order" elementFormDefault="qualified">
  <xs:simpleType name="KindType"><xs:restriction base="xs:token">
    <xs:enumeration value="new"/><xs:enumeration value="change"/></xs:restriction></xs:simpleType>
  <xs:complexType name="AccountType"><xs:all>
    <xs:element name="Iban" type="c:Code"/>
    <xs:element name="Owner" type="xs:string" minOccurs="0"/></xs:all></xs:complexType>
  <xs:complexType name="LineType"><xs:sequence>
    <xs:element name="Id" type="xs:ID"/>
    <xs:element name="See" type="xs:IDREF" minOccurs="0"/>
    <xs:element name="Amount" type="c:AmountType" nillable="true"/></xs:sequence></xs:complexType>
</xs:schema>"#,
    ),
    (
        "common/common.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:common" targetNamespace="urn:common">
  <xs:attribute name="lang" type="xs:language"/>
  <xs:simpleType name="Code"><xs:restriction base="xs:token">
    <xs:minLength value="1"/><xs:maxLength value="8"/></xs:restriction></xs:simpleType>
  <xs:complexType name="AmountType"><xs:simpleContent><xs:extension base="Amount">
    <xs:attribute name="currency" type="Currency" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:simpleType name="Amount"><xs:restriction base="xs:decimal">
    <xs:fractionDigits value="2"/><xs:minInclusive value="0"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Currency"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}"/></xs:restriction></xs:simpleType>
  <xs:element name="Party" type="PartyType" abstract="true"/>
  <xs:complexType name="PartyType"><xs:sequence><xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType>
  <xs:element name="Person" substitutionGroup="Party" type="PersonType"/>
  <xs:element name="Office" substitutionGroup="Party"/>
  <xs:complexType name="PersonType"><xs:complexContent><xs:extension base="PartyType"><xs:sequence>
    <xs:element name="born" type="xs:date" minOccurs="0"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
</xs:schema>"#,
    ),
];

/// Finds files by path, references relative to the file that refers.
pub(super) fn lookup<'f>(files: &'f [(&'f str, &'f str)]) -> impl Fn(Wanted<'_>) -> Result<XsdFile, XsdMissing> + 'f {
    move |wanted| {
        let mut path: Vec<&str> = wanted.from.map_or(Vec::new(), |from| from.split('/').collect());
        path.pop();
        for part in wanted.reference.split('/') {
            if part == ".." {
                path.pop();
            } else {
                path.push(part);
            }
        }
        let path = path.join("/");
        let found = files.iter().find(|(file, _)| *file == path);
        found
            .map(|(file, text)| XsdFile {
                file: (*file).to_owned(),
                bytes: text.as_bytes().to_vec(),
            })
            .ok_or_else(|| XsdMissing {
                looked_in: vec![path],
                ..XsdMissing::default()
            })
    }
}

/// A schema that must load without a finding.
#[track_caller]
pub(super) fn load(files: &[(&str, &str)]) -> Xsd {
    let (xsd, findings) = Xsd::load(files[0].0, &[], &lookup(files)).unwrap();
    assert_eq!(findings, []);
    xsd
}

/// A schema in one file, without namespace.
#[track_caller]
pub(super) fn small(content: &str) -> Xsd {
    let text = format!("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>{content}</xs:schema>");
    load(&[("s.xsd", &text)])
}

/// What is wrong with a document: `line:column path code sentence`.
pub(super) fn faults(xsd: &Xsd, text: &str) -> Vec<String> {
    let shown = Validator::faults(xsd, text).into_iter().map(|fault| {
        let place = Place::of(text.as_bytes(), fault.at);
        let path = crate::source::Source::path_at(&crate::xml::Xml::default(), text, fault.of);
        let code = fault.code.trim_start_matches("AH-");
        format!("{place} {path} {code} {}", fault.text)
    });
    shown.collect()
}
