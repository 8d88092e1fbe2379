// SPDX-License-Identifier: EUPL-1.2
//! Valid documents, and mutants of them that must be refused at the very place.

use super::{ORDER, faults, load};

const VALID: &str = r#"<o:Order xmlns:o="urn:order" xmlns:c="urn:common" version="1" kind=" new " c:lang="de">
  <o:Number>A-1</o:Number>
  <o:Date>2024-02-29</o:Date>
  <o:Note>a &amp; b</o:Note>
  <o:Account><o:Owner>x</o:Owner><o:Iban>DE1</o:Iban></o:Account>
  <o:Line><o:Id>l1</o:Id><o:See>l2</o:See><o:Amount currency="EUR">12.50</o:Amount></o:Line>
  <o:Line><o:Id>l2</o:Id><o:Amount currency="EUR"> 0 </o:Amount></o:Line>
  <c:Person><name>x</name><born>2000-01-01</born></c:Person>
</o:Order>"#;

/// Replaces one text of the valid document; the findings are those of the mutant.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    assert!(VALID.contains(from), "{from}");
    let mutant = VALID.replacen(from, to, 1);
    assert_eq!(faults(&load(ORDER), &mutant), expected, "{from} -> {to}");
}

#[test]
fn the_valid_document_and_its_variants() {
    check("A-1", "A-1", &[]);
    check("  <o:Note>a &amp; b</o:Note>\n", "", &[]);
    check("<o:Note>", "<o:Note/><o:Note>", &[]);
    check(
        "<o:Account><o:Owner>x</o:Owner><o:Iban>DE1</o:Iban></o:Account>",
        "<o:Cash>1</o:Cash>",
        &[],
    );
    check("<born>2000-01-01</born>", "", &[]);
    check(
        "<c:Person><name>x</name><born>2000-01-01</born></c:Person>",
        "<c:Office><name>x</name></c:Office>",
        &[],
    );
    check("</o:Order>", "<x:y xmlns:x='urn:x'><z/></x:y></o:Order>", &[]);
    check(
        "<o:Number>A-1</o:Number>",
        "<!-- c --><Number xmlns='urn:order'><![CDATA[A-1]]></Number>",
        &[],
    );
    let nil = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/>";
    check(
        r#"<o:Amount currency="EUR">12.50</o:Amount>"#,
        &format!("<o:Amount currency='EUR' {nil}"),
        &[],
    );
}

#[test]
fn order_and_number_of_children() {
    check(
        "<o:Number>A-1</o:Number>\n  <o:Date>2024-02-29</o:Date>",
        "<o:Date>2024-02-29</o:Date>\n  <o:Number>A-1</o:Number>",
        &[
            "3:3 /o:Order/o:Number X121 `o:Number` stands in `o:Order` too late: the schema wants it earlier, not behind `o:Date`",
        ],
    );
    check(
        "  <o:Number>A-1</o:Number>\n",
        "",
        &["2:3 /o:Order/o:Date X122 `o:Order` needs `o:Number` before `o:Date`"],
    );
    check(
        "<o:Date>2024-02-29</o:Date>",
        "<o:Date>2024-02-29</o:Date><o:Date>2024-02-28</o:Date>",
        &["3:30 /o:Order/o:Date[2] X123 `o:Date` stands in `o:Order` more often than once"],
    );
    check(
        "<o:Note>",
        "<o:Note/><o:Note/><o:Note>",
        &["4:21 /o:Order/o:Note[3] X123 `o:Note` stands in `o:Order` more often than 2 times"],
    );
    check(
        "<o:Account>",
        "<o:Cash>1</o:Cash><o:Account>",
        &[
            "5:21 /o:Order/o:Account X121 `o:Account` stands in `o:Order` too late: the schema wants it earlier, not behind `o:Cash`",
        ],
    );
    check(
        "<o:Iban>DE1</o:Iban>",
        "",
        &["5:34 /o:Order/o:Account X122 `o:Account` ends without `o:Iban`"],
    );
    check(
        "<o:Owner>x</o:Owner>",
        "<o:Owner>x</o:Owner><o:Owner/>",
        &["5:34 /o:Order/o:Account/o:Owner[2] X123 `o:Owner` stands in `o:Account` more often than once"],
    );
    check(
        "<name>x</name>",
        "",
        &["8:13 /o:Order/c:Person/born X122 `c:Person` needs `name` before `born`"],
    );
}

#[test]
fn names_and_namespaces() {
    check(
        "<o:Date>2024-02-29</o:Date>",
        "<o:Dato>2024-02-29</o:Dato>",
        &[
            "3:3 /o:Order/o:Dato X120 the order schema has no element `o:Dato` in `o:Order`; the schema has `o:Date`",
            "4:3 /o:Order/o:Note X122 `o:Order` needs `o:Date` before `o:Note`",
        ],
    );
    check(
        "<name>x</name>",
        "<c:name>x</c:name>",
        &[
            "8:13 /o:Order/c:Person/c:name X120 the order schema has no element `c:name` in `c:Person`; the schema has `name`, in another namespace",
            "8:31 /o:Order/c:Person/born X122 `c:Person` needs `name` before `born`",
        ],
    );
    check(
        "urn:order",
        "urn:other",
        &["1:1 /o:Order X128 the order schema has no root element `o:Order` in this namespace"],
    );
    check(
        "<o:Owner>x</o:Owner>",
        "<o:Owner><b/>x</o:Owner>",
        &["5:23 /o:Order/o:Account/o:Owner/b X120 `o:Owner` holds no elements, but `b` stands in it"],
    );
    check(
        "<c:Person><name>x</name><born>2000-01-01</born></c:Person>",
        "<c:Party><name>x</name></c:Party>",
        &["8:3 /o:Order/c:Party X129 `c:Party` is abstract, so another element must stand for it"],
    );
}

#[test]
fn values_and_texts() {
    check(
        "A-1",
        "",
        &["2:3 /o:Order/o:Number X126 the value of `o:Number` is not at least 1 characters long"],
    );
    check(
        "A-1",
        "123456789",
        &["2:3 /o:Order/o:Number X126 the value of `o:Number` is not at most 8 characters long"],
    );
    check(
        "2024-02-29",
        "2023-02-29",
        &["3:3 /o:Order/o:Date X126 the value of `o:Date` is not of the type `xs:date`"],
    );
    check(
        "12.50",
        "12.505",
        &[
            "6:43 /o:Order/o:Line/o:Amount X126 the value of `o:Amount` is not a number with at most 2 digits behind the mark",
        ],
    );
    check(
        "12.50",
        "-1",
        &["6:43 /o:Order/o:Line/o:Amount X126 the value of `o:Amount` is not at least 0"],
    );
    check(
        "</o:Number>",
        "</o:Number>text",
        &["2:27 /o:Order X127 text stands in `o:Order`, which holds elements only"],
    );
    check(
        "l1",
        "l2",
        &["7:11 /o:Order/o:Line[2]/o:Id X131 this identifier (`xs:ID`) stands twice in the document"],
    );
    check(
        "<o:See>l2",
        "<o:See>l3",
        &["6:26 /o:Order/o:Line/o:See X131 no element of the document has the identifier that this refers to"],
    );
}

#[test]
fn attributes() {
    check(
        " version=\"1\"",
        "",
        &["1:1 /o:Order X125 `o:Order` needs the attribute `version`"],
    );
    check(
        "version=\"1\"",
        "version=\"x\"",
        &["1:60 /o:Order/@version X126 the value of `@version` is not of the type `xs:int`"],
    );
    check(
        "kind=\" new \"",
        "kind=\"old\"",
        &["1:69 /o:Order/@kind X126 the value of `@kind` is not one of 2 values: `new`, `change`"],
    );
    check(
        "kind=",
        "kinds=",
        &["1:63 /o:Order/@kinds X124 `o:Order` has no attribute `kinds` in the schema; the schema has `kind`"],
    );
    check(
        "c:lang=\"de\"",
        "lang=\"de\"",
        &["1:76 /o:Order/@lang X124 `o:Order` has no attribute `lang` in the schema; the schema has `c:lang`"],
    );
    check(
        "currency=\"EUR\"",
        "currency=\"Euro\"",
        &[
            "6:63 /o:Order/o:Line/o:Amount/@currency X126 the value of `@currency` is not in the form that the schema's pattern demands",
        ],
    );
}

#[test]
fn types_that_documents_name() {
    let xsi = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";
    check(
        "<o:Date>",
        &format!("<o:Date {xsi} xsi:type='o:Gone'>"),
        &["3:65 /o:Order/o:Date/@xsi:type X129 the schema has no type of the name in `xsi:type`"],
    );
    check(
        "<o:Date>",
        &format!("<o:Date {xsi} xsi:type='c:Code'>"),
        &[
            "3:65 /o:Order/o:Date/@xsi:type X129 the type in `xsi:type` is not derived from the one that the schema declares",
        ],
    );
    check("<c:Person>", &format!("<c:Person {xsi} xsi:type='c:PersonType'>"), &[]);
    check(
        "<o:Date>",
        &format!("<o:Date {xsi} xsi:nil='true'>"),
        &[
            "3:65 /o:Order/o:Date/@xsi:nil X129 `o:Date` must not be nil",
            "3:80 /o:Order/o:Date X127 text stands in `o:Date`, which is nil",
        ],
    );
}

#[test]
fn findings_are_many_but_not_endless() {
    let many = "<o:Bad/>".repeat(1000);
    let mutant = VALID.replacen("<o:Number>", &format!("{many}<o:Number>"), 1);
    assert_eq!(faults(&load(ORDER), &mutant).len(), 20);
}
