// SPDX-License-Identifier: EUPL-1.2
//! What reading makes of documents.

use crate::Worker;
use crate::sample::load_xml;

#[track_caller]
fn check(shape: &str, rows: &str, document: &str, expected: &str) {
    let mapping = load_xml(shape, rows);
    let made = mapping.read(document.as_bytes(), &mut Worker::default());
    match made {
        Ok(trees) => {
            let shown: Vec<String> = trees.iter().map(hub_message::Tree::to_json).collect();
            assert_eq!(shown.join("\n"), expected);
        }
        Err(rejection) => {
            let all = std::iter::once(&rejection).chain(&rejection.also);
            let shown: Vec<String> = all
                .map(|r| {
                    format!(
                        "{} {} {} {} {}",
                        r.code,
                        r.field.as_deref().unwrap_or("-"),
                        r.path.as_deref().unwrap_or("-"),
                        r.place.map_or("-".to_owned(), |p| p.to_string()),
                        r.text
                    )
                })
                .collect();
            assert_eq!(shown.join("\n"), expected);
        }
    }
}

#[test]
fn leaves_and_groups_in_the_schemas_order() {
    check(
        "number, seller{ name, id }, total:number, empty",
        "[fields]\ntotal = 'a/t/@v | decimal'\nseller.id = 'p:s/@id'\nnumber = 'a/n'\nseller.name = 'p:s/p:n'\nempty = 'e'",
        "<r><p:s xmlns:p='urn:p' id='7'><p:n>N</p:n></p:s><a><n>1</n><n>2</n><t v='1.50'/></a><e/></r>",
        r#"{"number":"1","seller":{"name":"N","id":"7"},"total":1.50,"empty":""}"#,
    );
    check("a, b{ c }", "[fields]\na = 'a'\nb.c = 'c'", "<r/>", "{}");
}

#[test]
fn a_document_has_an_end() {
    let document = format!("<r>{}</r>", "<l/>".repeat(40_001));
    check(
        "lines[ id ]",
        "[lists.lines]\neach = 'l'\n[lists.lines.fields]\nid = '@id'",
        &document,
        "AH-M215 - - - the document has more items than this hub reads",
    );
}

#[test]
fn text_is_joined_from_its_pieces() {
    check(
        "a, b",
        "[fields]\na = 'a'\nb = 'b/@c'",
        "<r><a>x &amp; <![CDATA[<y>]]>&#228;<!-- no -->z\r\nw</a><b c=' &lt;1&#10;\n2'/></r>",
        "{\"a\":\"x & <y>äz\\nw\",\"b\":\" <1\\n 2\"}",
    );
}

#[test]
fn nil_is_absent_and_blanks_between_elements_are_layout() {
    check(
        "a, b, c",
        "[fields]\na = 'a'\nb = 'b'\nc = 'c/d'",
        "<r xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'> <a xsi:nil='true'/> <b> </b> <c> <d>1</d> </c> </r>",
        r#"{"b":" ","c":"1"}"#,
    );
}

#[test]
fn lists_nest_and_keep_the_order_of_the_document() {
    check(
        "lines[ id, tags[], subs[ id, n:number ] ]",
        "[lists.lines]\neach = 'b/l'\n[lists.lines.fields]\nid = '@id'\n[lists.lines.lists.tags]\neach = 't'\n\
         [lists.lines.lists.subs]\neach = 's/x'\n[lists.lines.lists.subs.fields]\nid = '.'\nn = '@n'",
        "<r><b><l id='1'><t>a</t><s><x n='1'>i</x></s><t>b</t></l></b><b><l/><l id='3'><s><x>j</x><x>k</x></s></l></b></r>",
        r#"{"lines":[{"id":"1","tags":["a","b"],"subs":[{"id":"i","n":1}]},{},{"id":"3","subs":[{"id":"j"},{"id":"k"}]}]}"#,
    );
}

#[test]
fn predicates_choose_at_the_end_of_the_element() {
    let rows = "[fields]\nvat = \"p/t[s/i = 'VAT']/c\"\ntax.read = \"p/t[s/i != 'VAT']/c\"\nd = \"d[@f = '102']\"\n\
                e = \"t[@k = 'x'][m = '1']/v\"\nf = \"g[h[@i = '2']/j = '3']/k\"";
    let shape = "vat, tax, d, e, f";
    check(
        shape,
        rows,
        "<r><p><t><c>1</c><s><i>FC</i></s></t><t><c>2</c><s><i> VAT </i></s></t><t><c>3</c><s><i>VAT</i></s></t></p>\
         <d f='1'>a</d><d f='102'>b</d><t k='x'><v>n</v><m>2</m></t><t k='x'><v>y</v><m>1</m></t>\
         <g><h i='1'><j>3</j></h><k>no</k></g><g><h i='1'/><h i='2'><j>3</j></h><k>yes</k></g></r>",
        r#"{"vat":"2","tax":"1","d":"b","e":"y","f":"yes"}"#,
    );
    check(shape, rows, "<r><p><t><c>1</c></t></p></r>", r#"{"tax":"1"}"#);
}

#[test]
fn lists_share_an_element_by_predicates_with_single_rows() {
    check(
        "allowances[ amount:number ], charges[ amount:number ], first:number",
        "[fields]\nfirst.read = 'c/a'\n[lists.allowances]\neach = \"c[i = 'false']\"\n[lists.allowances.fields]\namount = 'a'\n\
         [lists.charges]\neach.read = \"c[i != 'false']\"\n[lists.charges.fields]\namount = 'a'",
        "<r><c><i>true</i><a>1</a></c><c><a>2</a><i>false</i></c><c><a>3</a></c></r>",
        r#"{"allowances":[{"amount":2}],"charges":[{"amount":1},{"amount":3}],"first":1}"#,
    );
}

#[test]
fn lists_below_predicates() {
    check(
        "lines[ id ]",
        "[lists.lines]\neach = \"b[@k = 'y']/l[m = '1']\"\n[lists.lines.fields]\nid = 'i'",
        "<r><b k='n'><l><m>1</m><i>0</i></l></b><b k='y'><l><i>1</i><m>1</m></l><l><i>2</i></l><l><m>1</m><i>3</i></l></b></r>",
        r#"{"lines":[{"id":"1"},{"id":"3"}]}"#,
    );
}

#[test]
fn templates_take_texts_apart_and_put_places_together() {
    check(
        "notes[ subject, text ], name",
        "[fields]\nname = \"p | template('{f}, {p:g/h?}')\"\n\
         [lists.notes]\neach = 'n'\ntemplate = ['#{subject:[A-Z]{3}}#{text}', '{text}']",
        "<r><n>#AAI#x#</n><n>#AA#y</n><p><f>A</f></p></r>",
        r##"{"notes":[{"subject":"AAI","text":"x#"},{"text":"#AA#y"}],"name":"A, "}"##,
    );
}

#[test]
fn fragments_go_below_and_onto_leaves() {
    check(
        "seller{ name, contact{ name } }, net:number, lines[ net:number, subs[ net:number ] ]",
        "[fields]\nseller.'*' = 's | use(party)'\nnet = 'n | use(amount)'\n[lists.lines]\neach = 'l'\n[lists.lines.fields]\n\
         '*' = '. | use(line)'\n[lists.lines.lists.subs]\neach = 's'\n[lists.lines.lists.subs.fields]\n'*' = '. | use(line)'\n\
         [fragments.party]\nname = 'n'\ncontact.name = 'c/n'\n[fragments.amount]\nvalue = '. | decimal'\n'@c' = { write = '^net' }\n\
         [fragments.line]\nnet = 'n | use(amount)'",
        "<r><s><n>S</n><c><n>C</n></c></s><n c='EUR'>1.0</n><l><n>2</n><s><n>3</n></s></l></r>",
        r#"{"seller":{"name":"S","contact":{"name":"C"}},"net":1.0,"lines":[{"net":2,"subs":[{"net":3}]}]}"#,
    );
}

#[test]
fn options_of_rows() {
    let shape = "a, b, c:number, d, e";
    let rows = "[fields]\na = { path = 'a', default = 'x' }\nb.read = { path = 'b | trim', when = \"k = '1' and b != ''\" }\n\
                c = { default = 5 }\nd.read = { path = 'd', when = \"^a in ('x', 'y')\" }\ne = 'e | table(t)'\n\
                [tables.t]\ninline = { '1' = 'one' }\notherwise = 'keep'";
    check(
        shape,
        rows,
        "<r><b> v </b><k>1</k><d>D</d><e>1</e></r>",
        r#"{"a":"x","b":"v","c":5,"d":"D","e":"one"}"#,
    );
    check(
        shape,
        rows,
        "<r><a>q</a><b>v</b><d>D</d><e>2</e></r>",
        r#"{"a":"q","c":5,"e":"2"}"#,
    );
}

#[test]
fn many_matches() {
    check(
        "last, second, n:integer, sum:number, all",
        "[fields]\nlast = 'a | last'\nsecond.read = \"a | nth(2)\"\nn.read = 'a/@v | count'\nsum.read = 'a/@v | sum'\nall.read = \"a | join('-')\"",
        "<r><a v='1.5'>x</a><a>y</a><a v='2'>z</a></r>",
        r#"{"last":"z","second":"y","n":2,"sum":3.5,"all":"x-y-z"}"#,
    );
}

#[test]
fn all_findings_of_a_document_with_their_places() {
    check(
        "d:date, name~:date, need, lines[ n:number, t ]",
        "[fields]\nd = 'd'\nname = 'n'\nneed = { path = 'x', required = true }\n[lists.lines]\neach = 'l'\n[lists.lines.fields]\n\
         n = 'n'\nt = 't | table(t)'\n[tables.t]\ninline = { a = 'b' }",
        "<r>\n<d>09.01.2015</d><n>Erika</n>\n<l/><l><n>1</n></l><l><n>x</n><t>?</t></l></r>",
        "AH-M210 d /r/d 2:4 the value does not have the form yyyy-MM-dd (`date`) (it is `09.01.2015`)\n\
         AH-M210 name /r/n 2:21 the value does not have the form yyyy-MM-dd (`date`)\n\
         AH-M201 need /r 1:1 `x` is missing; the mapping requires it\n\
         AH-M210 lines[2].n /r/l[3]/n 3:26 the value is not a decimal number with the mark `.` (`decimal`) (it is `x`)\n\
         AH-M212 lines[2].t /r/l[3]/t 3:34 the value is not in the table `t` (it is `?`)",
    );
}

#[test]
fn unmapped_places_are_counted_without_values() {
    let mapping = load_xml(
        "a, b",
        "[fields]\na = 'x/a'\nb.write = 'w/@b'\n[coverage]\nknown = [['k', 'not needed']]",
    );
    let mut worker = Worker::default();
    let text = "<r><x><a>1</a><y>2</y><y/></x><w b='1' c='2'><v/></w><k><z/></k><u/>loose</r>";
    mapping.read(text.as_bytes(), &mut worker).unwrap();
    mapping.read(text.as_bytes(), &mut worker).unwrap();
    let shown: Vec<_> = worker
        .take_unmapped(&mapping)
        .into_iter()
        .map(|u| (u.path, u.count))
        .collect();
    assert_eq!(
        shown.iter().map(|(p, n)| (p.as_str(), *n)).collect::<Vec<_>>(),
        [("text()", 2), ("u", 2), ("w/@c", 2), ("w/v", 2), ("x/y", 4)]
    );
    assert!(worker.take_unmapped(&mapping).is_empty());
}

#[test]
fn unmapped_places_can_reject() {
    check(
        "a",
        "[fields]\na = 'a'\n[coverage]\nunmapped = 'error'",
        "<r><a b='1'/></r>",
        "AH-M214 - /r/a/@b 1:10 no row names the place `a/@b`",
    );
}

#[test]
fn a_predicate_compares_with_a_field_of_the_document() {
    check(
        "currency, tax:number, other:number, second",
        "[fields]\ncurrency = 'c'\nsecond = 's'\ntax = 't[@k = ^currency] | decimal'\nother = 't[@k = ^second] | decimal'",
        "<r><c>EUR</c><t k='GBP'>1</t><t k='EUR'>2</t></r>",
        r#"{"currency":"EUR","tax":2}"#,
    );
    check(
        "currency, lines[ id ]",
        "[fields]\ncurrency = 'c'\n[lists.lines]\neach.read = 'l[k != ^currency]'\n[lists.lines.fields]\nid = '@i'",
        "<r><c> EUR</c><l i='1'><k>EUR </k></l><l i='2'><k>GBP</k></l><l i='3'/></r>",
        r#"{"currency":" EUR","lines":[{"id":"2"},{"id":"3"}]}"#,
    );
}

#[test]
fn a_predicate_asks_whether_a_place_is_there() {
    check(
        "lines[ id ], first",
        "[fields]\nfirst.read = 'l[@x is absent]/i'\n[lists.lines]\neach = 'l[a/b is present]'\n[lists.lines.fields]\nid = 'i'",
        "<r><l x='1'><i>1</i><a><c/></a></l><l><i>2</i><a><b/></a></l><l><a><b><c/></b></a><i>3</i></l></r>",
        r#"{"lines":[{"id":"2"},{"id":"3"}],"first":"2"}"#,
    );
}

#[test]
fn the_first_place_where_something_is_counts() {
    let rows = "[fields]\nid = [ { path = 'g' }, { path = 'i | trim' }, { path = 'x/@y' } ]";
    check("id", rows, "<r><x y='3'/><i> 2 </i><g>1</g></r>", r#"{"id":"1"}"#);
    check("id", rows, "<r><x y='3'/><i> 2 </i></r>", r#"{"id":"2"}"#);
    check("id", rows, "<r><x y='3'/></r>", r#"{"id":"3"}"#);
    check("id", rows, "<r/>", "{}");
}

#[test]
fn several_places_may_be_said_of_reading_alone() {
    let rows = "[fields]\nid.read = [ { path = 'g' }, { path = 'i' } ]";
    check("id", rows, "<r><i>2</i><g>1</g></r>", r#"{"id":"1"}"#);
    check("id", rows, "<r><i>2</i></r>", r#"{"id":"2"}"#);
}

#[test]
fn a_list_has_the_items_of_all_its_places() {
    check(
        "ids[ id, scheme ]",
        "[lists.ids]\neach = [ { path = 'i', when = 'scheme is absent' }, { path = 'g', when = 'scheme is present' } ]\n\
         [lists.ids.fields]\nid = '.'\nscheme = '@s'",
        "<r><g s='a'>1</g><i>2</i><g s='b'>3</g></r>",
        r#"{"ids":[{"id":"2"},{"id":"1","scheme":"a"},{"id":"3","scheme":"b"}]}"#,
    );
}

#[test]
fn a_template_makes_nothing_out_of_nothing() {
    let rows = "[fields]\nname = \"p | template('{a?} {b?}') | trim\"";
    check("name", rows, "<r><p><b>B</b></p></r>", r#"{"name":"B"}"#);
    check("name", rows, "<r><p><c/></p></r>", "{}");
    check("name", rows, "<r/>", "{}");
}
