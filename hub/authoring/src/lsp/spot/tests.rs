// SPDX-License-Identifier: EUPL-1.2
//! Marked texts, whole ones and such as come up while somebody types.

use super::*;

/// `¦` is the cursor.
#[track_caller]
fn check(marked: &str, path: &str, expected: &str) {
    let offset = marked.find('¦').unwrap();
    let text = marked.replace('¦', "");
    let found = spot(&text, offset);
    let said = |span: Range<usize>| text.get(span).unwrap();
    let shown = match found.at {
        At::Header(span) => format!("header {}", said(span)),
        At::Key(span) => format!("key {}", said(span)),
        At::Text(span) => format!("text {}", said(span)),
        At::Plain(span) => format!("plain {}", said(span)),
        At::Nowhere => "nowhere".to_owned(),
    };
    assert_eq!(
        (found.path.join("/").as_str(), shown.as_str()),
        (path, expected),
        "{marked}"
    );
}

#[test]
fn the_cursor_is_found_in_whole_files() {
    check("[lists.x.fie¦lds]\n", "", "header lists.x.fields");
    check("[fields]\nsel¦ler.name = 'x'\n", "fields", "key seller.name");
    check(
        "[fields]\nseller.name = 'ä | da¦te'\n",
        "fields/seller/name",
        "text ä | date",
    );
    check(
        "[fields]\na = { path = 'b', req¦uired = true }\n",
        "fields/a",
        "key required",
    );
    check(
        "[fields]\na = { path = 'b', required = tr¦ue }\n",
        "fields/a/required",
        "plain true",
    );
    check(
        "[case]\nkeys = [\n  { field = 'a' },\n  { field = 'b¦' },\n]\n",
        "case/keys/field",
        "text b",
    );
    check(
        "[coverage]\nknown = [\n  [\"a\", \"b\"],\n  [\"c¦\", \"d\"],\n]\n",
        "coverage/known",
        "text c",
    );
    check("[a]\nx = 1 # no¦te\n", "a/x", "nowhere");
    check("[a]\nx = \"\"\"\nz = ¦\n\"\"\"\ny = 1\n", "a/x", "text \nz = \n");
}

#[test]
fn the_cursor_is_found_while_somebody_types() {
    check("[fields]\n¦", "fields", "key ");
    check("[fields]\na = ¦\nb = 'x'\n", "fields/a", "plain ");
    check("[fields]\na = \"x | ¦\nb = 'x'\n", "fields/a", "text x | ");
    check("[fields]\na = \"x\nb = 'y¦'\n", "fields/b", "text y");
    check("[fields]\na = { path = \"x¦\n[tables.t]\n", "fields/a/path", "text x");
    check("[fields]\na = { path = \"x\n[tables.t]\nfi¦\n", "tables/t", "key fi");
    check("[fields]\na = { ¦ }\n", "fields/a", "key ");
    check("[fields]\nseller.¦\n", "fields", "key seller.");
    check("[¦", "", "header ");
    check("[lists.¦]\n", "", "header lists.");
    check("¦", "", "key ");
    check("[a] ¦\n", "a", "nowhere");
    check("x = 'y' ¦\n", "x", "nowhere");
}

#[test]
fn no_text_and_no_place_in_it_does_harm() {
    let text = "ä[[\"x\n]}{'''\n[ü.\"\"]\r\n= = { a = [ #\n ö = \"\\\"";
    for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        let _ = spot(text, offset);
    }
}
