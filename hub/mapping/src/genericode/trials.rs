// SPDX-License-Identifier: EUPL-1.2
//! Lists made for tests.

use super::{CodeList, Difference, ImportedTable};

/// A list with the columns `nr` (key), `code` (recommended key) and `name`; rows are `nr|code|name`.
fn list(rows: &[&str]) -> String {
    let cell = |column: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<Value ColumnRef='{column}'><SimpleValue>{text}</SimpleValue></Value>"),
    };
    let rows = rows.iter().map(|row| {
        let mut cells = row.split('|');
        let mut next = |column: &str| cell(column, cells.next().unwrap_or_default());
        format!("<Row>{}{}{}</Row>", next("n"), next("c"), next("x"))
    });
    format!(
        "<gc:CodeList xmlns:gc='http://docs.oasis-open.org/codelist/ns/genericode/1.0/' xmlns:xoev='urn:xoev'>\
         <Identification><ShortName>stufe</ShortName><Version>1.1</Version><CanonicalVersionUri>urn:stufe_1.1</CanonicalVersionUri></Identification>\
         <ColumnSet><Column Id='n' Use='required'><ShortName>nr</ShortName></Column><Column Id='c'><ShortName>code</ShortName></Column>\
         <Column Id='x'><ShortName>value</ShortName></Column>\
         <Key Id='k1'><ShortName>k1</ShortName><ColumnRef Ref='n'/></Key>\
         <Key Id='k2'><Annotation><AppInfo><xoev:empfohleneCodeSpalte/></AppInfo></Annotation><ColumnRef Ref='c'/></Key></ColumnSet>\
         <SimpleCodeList>{}</SimpleCodeList></gc:CodeList>",
        rows.collect::<Vec<_>>().concat()
    )
}

/// The table, or the findings as `code characters: sentence (help)`.
fn imported(text: &str, key: Option<&str>, value: Option<&str>) -> Result<String, Vec<String>> {
    let list = CodeList::parse("l.xml", text.as_bytes()).and_then(|list| list.table(key, value));
    list.map(|table| table.to_csv()).map_err(|findings| {
        let shown = findings.iter().map(|finding| {
            let at = text.get(finding.span.clone()).unwrap_or_default();
            let help = finding.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
            format!(
                "{} {at}: {}{help}",
                finding.code.as_str().trim_start_matches("AH-"),
                finding.text
            )
        });
        shown.collect()
    })
}

#[track_caller]
fn check(rows: &[&str], key: Option<&str>, value: Option<&str>, expected: &str) {
    assert_eq!(imported(&list(rows), key, value).unwrap(), expected);
}

#[track_caller]
fn refused(text: &str, key: Option<&str>, expected: &[&str]) {
    assert_eq!(imported(text, key, None).unwrap_err(), expected);
}

const ROWS: &[&str] = &["2|B|zwei, \"II\"", "1|A|eins\n  eins", "3|C|"];

#[test]
fn lists_become_tables() {
    check(
        ROWS,
        None,
        None,
        "code,nr,list_value\nB,2,\"zwei, \"\"II\"\"\"\nA,1,eins eins\nC,3,\n",
    );
    check(
        ROWS,
        Some("nr"),
        Some("c"),
        "code,value,list_value\n2,B,\"zwei, \"\"II\"\"\"\n1,A,eins eins\n3,C,\n",
    );
    check(
        ROWS,
        Some("n"),
        None,
        "code,list_code,list_value\n2,B,\"zwei, \"\"II\"\"\"\n1,A,eins eins\n3,C,\n",
    );
    let list = CodeList::parse("l.xml", list(ROWS).as_bytes()).unwrap();
    assert_eq!(
        (list.name.as_str(), list.version.as_str(), list.uri.as_str()),
        ("stufe", "1.1", "urn:stufe_1.1")
    );
}

#[test]
fn values_without_reference_stand_in_order() {
    let text = list(&["1|A|x"])
        .replace(" ColumnRef='c'", "")
        .replace(" ColumnRef='x'", "");
    assert_eq!(imported(&text, None, None).unwrap(), "code,nr,list_value\nA,1,x\n");
}

#[test]
fn what_is_wrong_is_found_with_its_place() {
    refused(
        &list(&["1|A|x", "2||y", "3|A|z"]),
        None,
        &[
            "M156 Row: this row has no `code`",
            "M157 Row: `A` stands twice in the column `code` (choose another column: --key)",
        ],
    );
    refused(&list(&["1||x"]), None, &["M156 Row: this row has no `code`"]);
    refused(
        &list(&["1|A|x"]),
        Some("names"),
        &["M155 : the code list has no column `names` (its columns are nr, code, value)"],
    );
    refused(
        &list(&["1|A|x"]),
        Some("cod"),
        &["M155 : the code list has no column `cod` (did you mean `code`?)"],
    );
    refused(
        &list(&["1|A|x"]).replace("ColumnRef='c'", "ColumnRef='d'"),
        None,
        &["M155 d: the code list has no column `d` (did you mean `n`?)"],
    );
    refused(
        "<CodeList/>",
        None,
        &["M154 CodeList: this is no code list in genericode 1.0"],
    );
    refused("<CodeList", None, &["M154 <: this is not well-formed XML"]);
    refused(
        &list(&[]).replace("SimpleCodeList>", "Other>"),
        None,
        &["M154 gc:CodeList: the code list has no rows of its own"],
    );
    refused(
        &list(&[]).replace("ColumnSet", "Columns"),
        None,
        &["M154 gc:CodeList: the code list has no columns of its own"],
    );
}

#[test]
fn a_newer_version_shows_what_it_changes() {
    let table = |rows: &[&str]| {
        let list = CodeList::parse("l.xml", list(rows).as_bytes()).unwrap();
        list.table(None, None).unwrap()
    };
    let (old, new) = (
        table(&["1|A|a", "2|B|b", "3|C|c"]),
        table(&["1|A|a", "3|C|sea", "4|D|d"]),
    );
    let difference = Difference::between(&ImportedTable::of_csv(&old.to_csv()), &new);
    assert_eq!(difference.to_string(), "- B  2, b\n+ D  4, d\n~ C  3, c\n     3, sea\n");
    assert!(Difference::between(&old, &old).is_empty());
}

#[test]
fn the_canonical_values_of_a_table_are_kept() {
    let mut table = CodeList::parse("l.xml", list(&["1|A|a", "4|D|d"]).as_bytes())
        .unwrap()
        .table(None, None)
        .unwrap();
    let before = ImportedTable::of_csv("code,value,name\nA,first,a\nB,second,b\n");
    assert_eq!(table.keep_values(&before), ["D"]);
    assert_eq!(table.to_csv(), "code,value,nr,list_value\nA,first,1,a\nD,D,4,d\n");
    let plain = ImportedTable::of_csv("code,name\nA,a\n");
    assert_eq!(table.clone().keep_values(&plain), [""; 0]);
}
