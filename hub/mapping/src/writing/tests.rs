// SPDX-License-Identifier: EUPL-1.2
//! What writing makes of canonical documents.

use hub_message::{CaseFacts, CaseKey, Sensitive, Strength};

use crate::sample::{XML_HEAD, load, load_xml};
use crate::{Facts, Mapping, Worker, json};

fn written(mapping: &Mapping, canonical: &str) -> Result<String, String> {
    let tree = json::parse(canonical.as_bytes()).unwrap();
    let case = CaseFacts {
        id: "V-1".into(),
        references: vec![CaseKey {
            system: "eakte".into(),
            kind: "file-number".into(),
            value: Sensitive::new("12.3".into()),
            strength: Strength::Exact,
        }],
    };
    let facts = Facts {
        message_id: "m1",
        message_time: "2026-11-20T09:30:00Z",
        site_name: "Musterstadt",
        case: Some(&case),
    };
    let mut worker = Worker::default();
    let made = mapping.write(tree.root().unwrap(), &facts, &mut worker);
    if let Ok(bytes) = &made {
        // The second time, the buffers are used again.
        assert_eq!(
            mapping.write(tree.root().unwrap(), &facts, &mut worker).as_ref(),
            Ok(bytes)
        );
    }
    made.map(|bytes| String::from_utf8(bytes).unwrap())
        .map_err(|rejection| {
            let all = std::iter::once(&rejection).chain(&rejection.also);
            let shown = all.map(|r| format!("{} {} {}", r.code, r.field.as_deref().unwrap_or("-"), r.text));
            shown.collect::<Vec<_>>().join("\n")
        })
}

#[track_caller]
fn check(shape: &str, rows: &str, canonical: &str, expected: &str) {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns:p=\"urn:p\"";
    let shown = match written(&load_xml(shape, rows), canonical) {
        Ok(text) => text.strip_prefix(head).unwrap().trim_end().to_owned(),
        Err(text) => text,
    };
    assert_eq!(shown, expected);
}

#[test]
fn rows_with_equal_prefixes_share_the_element() {
    check(
        "number, seller{ name, id }, total:number, paid:bool, empty",
        "[fields]\nseller.name = 'p:s/p:n'\nnumber = 'a/n'\nseller.id = 'p:s/@id'\ntotal = 'a/@t'\npaid = 'p'\nempty = 'e'",
        r#"{"number":"<1>&\"","seller":{"name":"N","id":"\"7\n"},"total":1.50,"paid":true,"empty":""}"#,
        "><p:s id=\"&quot;7&#10;\"><p:n>N</p:n></p:s><a t=\"1.50\"><n>&lt;1&gt;&amp;\"</n></a><p>true</p><e/></r>",
    );
}

#[test]
fn empty_containers_are_not_written() {
    check(
        "a, b{ c }, l[ x ]",
        "[fields]\na = 'a/b'\nb.c = 'c/d/e'\n[lists.l]\neach = 'l/i'\n[lists.l.fields]\nx = 'x'",
        "{\"l\":[]}",
        "></r>",
    );
}

#[test]
fn predicates_are_made() {
    let rows = "[fields]\nvat = \"t[s/i = 'VAT']/c\"\ntax.read = \"t[s/i != 'VAT']/c\"\ntax.write = \"t[s/i = 'FC']/c\"\n\
                id = \"g[i/@k = 'VA']/i\"\nday = \"d[@f = '102'] | date('yyyyMMdd')\"";
    let shape = "vat, tax, id, day:date";
    check(
        shape,
        rows,
        r#"{"vat":"1","tax":"2","id":"3","day":"2026-11-20"}"#,
        "><t><s><i>VAT</i></s><c>1</c></t><t><s><i>FC</i></s><c>2</c></t><g><i k=\"VA\">3</i></g><d f=\"102\">20261120</d></r>",
    );
    check(shape, rows, r#"{"tax":"2"}"#, "><t><s><i>FC</i></s><c>2</c></t></r>");
}

#[test]
fn what_a_predicate_asks_for_is_not_written_for_itself() {
    // A day that accompanies: without it, its place is not there, whatever the predicate says.
    let rows = "[fields]\nnet = 'x/n'\nday.read = \"x/d/s[@f = '1']\"\n[lists.l]\neach = 'l'\n[lists.l.fields]\na = 'a'\n\
                \"d/s[@f = '1']\" = { write = '^day' }\n\"d/q[k/@z = '2']/@y\" = { write = '^net' }\n";
    let shape = "net, day, l[ a ]";
    check(
        shape,
        rows,
        r#"{"net":"5","day":"6","l":[{"a":"A"}]}"#,
        "><x><n>5</n></x><l><a>A</a><d><s f=\"1\">6</s><q y=\"5\"><k z=\"2\"/></q></d></l></r>",
    );
    check(shape, rows, r#"{"l":[{"a":"A"}]}"#, "><l><a>A</a></l></r>");
    check(shape, rows, r#"{"day":"6","l":[{}]}"#, "></r>");
}

#[test]
fn lists_nest_and_stand_next_to_each_other() {
    check(
        "cur, net:number, lines[ id, tags[], subs[ id, n:number ] ], charges[ a:number ], allowances[ a:number ]",
        "[fields]\nnet = 'x/n'\n[lists.allowances]\neach = \"x/c[i = 'false']\"\n[lists.allowances.fields]\na = 'a | use(amount)'\n\
         [lists.lines]\neach = 'l'\n[lists.lines.fields]\nid = '@id'\n[lists.lines.lists.tags]\neach = 't'\n\
         [lists.lines.lists.subs]\neach = 's/y'\n[lists.lines.lists.subs.fields]\nid = '.'\nn = '@n'\n\
         [lists.charges]\neach = \"x/c[i = 'true']\"\n[lists.charges.fields]\na = 'a | use(amount)'\n[lists.charges.always]\n'z' = 'Z'\n\
         [fragments.amount]\nvalue = '. | decimal'\n'@cur' = { write = '^cur' }",
        r#"{"cur":"EUR","net":1,"lines":[{"id":"1","tags":["a","b"],"subs":[{"id":"i","n":1}]},{"tags":["c"]}],"charges":[{"a":2},{}],"allowances":[{"a":3}]}"#,
        "><x><n>1</n><c><i>false</i><a cur=\"EUR\">3</a></c><c><i>true</i><a cur=\"EUR\">2</a><z>Z</z></c><c><i>true</i><z>Z</z></c></x>\
         <l id=\"1\"><t>a</t><t>b</t><s><y n=\"1\">i</y></s></l><l><t>c</t></l></r>",
    );
}

#[test]
fn constants_and_facts() {
    check(
        "a, b",
        "[always]\n'h/@v' = '1'\n'h/m' = '$message.id'\n'h/t' = '$message.time'\n'h/s' = '$site.name'\n'h/c' = '$case.id'\n\
         'h/f' = '$case.file-number'\n'h/none' = '$case.order'\n'e' = ''\n[fields]\na = 'a'\nb = { path = 'b', from = 'a' }\n\
         '@x' = { write = \"'y' | upper\" }\n",
        r#"{"a":"A"}"#,
        " x=\"Y\"><h v=\"1\"><m>m1</m><t>2026-11-20T09:30:00Z</t><s>Musterstadt</s><c>V-1</c><f>12.3</f></h><e/><a>A</a><b>A</b></r>",
    );
    assert!(load_xml("a", "[always]\n'h' = '$case.id'\n[fields]\na = 'a'").asks_case());
    assert!(!load_xml("a", "[always]\n'h' = '$site.name'\n[fields]\na = 'a'").asks_case());
}

#[test]
fn templates_write() {
    let rows = "[fields]\nname = \"p | template('{f}, {g/h?}')\"\n[lists.notes]\neach = 'n'\n\
                template = ['#{subject:[A-Z]{3}}#{text}', '{text}']";
    let shape = "notes[ subject, text ], name";
    check(
        shape,
        rows,
        r#"{"notes":[{"subject":"AAI","text":"x"},{"text":"y"}],"name":"A, "}"#,
        "><p><f>A</f></p><n>#AAI#x</n><n>y</n></r>",
    );
    check(
        shape,
        rows,
        r#"{"notes":[{"subject":"aai","text":"x"}],"name":"A"}"#,
        "AH-M213 name the value does not fit the template\nAH-M213 notes[0] the value fits none of the templates",
    );
}

#[test]
fn conditions_and_defaults_of_rows_that_write() {
    let rows = "[fields]\na.write = { path = 'a', when = \"b = 'x' and l is absent\" }\nb.write = { path = 'b', default = '-' }\n\
                c.write = { path = 'a', required = true }\n[lists.l]\neach = 'l'\n[lists.l.fields]\n\
                d.write = { path = 'd', when = \"^b = 'x'\" }";
    let shape = "a, b, c, l[ d ]";
    check(shape, rows, r#"{"a":"A","b":"x","c":"C"}"#, "><a>A</a><b>x</b></r>");
    check(
        shape,
        rows,
        r#"{"a":"A","c":"C","l":[{"d":"D"}]}"#,
        "><a>C</a><b>-</b></r>",
    );
    check(
        shape,
        rows,
        r#"{"a":"A","b":"x","c":"C","l":[{"d":"D"}]}"#,
        "><a>C</a><b>x</b><l><d>D</d></l></r>",
    );
    check(
        shape,
        rows,
        "{}",
        "AH-M202 c the value is missing; the mapping requires it",
    );
}

#[test]
fn the_order_of_children_can_be_given() {
    check(
        "a, b, l[ x, y ]",
        "[fields]\nb = 'b'\na = \"t[k = '1']/a\"\n[lists.l]\neach = 'l'\n[lists.l.fields]\ny = 'y'\nx = 'x'\n\
         [format.order]\nr = ['l', 't', 'b']\nt = ['a', 'k']\nl = ['x', 'y']",
        r#"{"a":"A","b":"B","l":[{"x":"X","y":"Y"}]}"#,
        "><l><x>X</x><y>Y</y></l><t><a>A</a><k>1</k></t><b>B</b></r>",
    );
}

#[test]
fn all_that_is_wrong_is_told_and_nothing_is_written() {
    check(
        "a, l[ n, t ]",
        "[fields]\na = 'a'\n[lists.l]\neach = 'l'\n[lists.l.fields]\nn = 'n'\nt = 't | table(t)'\n[tables.t]\ninline = { a = 'b' }",
        "{\"a\":\"\\u0001\",\"l\":[{\"n\":\"x\"},{\"n\":\"a\\uffff\",\"t\":\"c\"}]}",
        "AH-M217 a character 1 of the value cannot be written in XML\n\
         AH-M212 l[1].t the value is not in the table `t`\n\
         AH-M217 l[1].n character 2 of the value cannot be written in XML",
    );
}

#[test]
fn what_writing_reads_is_known() {
    let mapping = load_xml(
        "cur, a, b, n:number, l[ x, y, t[], s[ q ] ], notread",
        "[fields]\na.write = { path = 'a', when = 'b is present' }\nnotread.read = 'nr'\nn = 'n | use(amount)'\n[lists.l]\neach = 'l'\n[lists.l.fields]\nx = 'x'\n\
         [lists.l.lists.t]\neach = 't'\n[lists.l.lists.s]\neach = 's'\ntemplate = ['{q}']\n\
         [fragments.amount]\nvalue = '.'\n'@c' = { write = '^cur' }",
    );
    assert_eq!(
        mapping.fields_read_by_write(),
        ["a", "b", "cur", "l.s.q", "l.t", "l.x", "n"]
    );
}

#[test]
fn other_formats_are_written_with_the_same_rows() {
    let json_head = XML_HEAD.replace(
        "kind = 'xml'\nroot = 'r'\n[format.ns]\np = 'urn:p'\n",
        "kind = 'json'\n",
    );
    let rows = "[fields]\na = 'x/a'\nn = 'x/n'\nvat = \"ids[k = 'VAT']/v\"\nfc = \"ids[k = 'FC']/v\"\n[lists.tags]\neach = 'tags'\n\
                [lists.l]\neach = 'items/item'\n[lists.l.fields]\nd = 'day'";
    let mapping = load(
        "a, n:number, vat, fc, tags[], l[ d:date ]",
        &format!("{json_head}{rows}"),
    );
    let canonical = r#"{"a":"A","n":1.50,"vat":"1","fc":"2","tags":["t","u"],"l":[{"d":"2026-11-20"}]}"#;
    let text = written(&mapping, canonical).unwrap();
    assert_eq!(
        text.trim_end(),
        r#"{"x":{"a":"A","n":1.50},"ids":[{"k":"VAT","v":"1"},{"k":"FC","v":"2"}],"tags":["t","u"],"items":{"item":[{"day":"2026-11-20"}]}}"#
    );
    let back = mapping.read(text.as_bytes(), &mut Worker::default()).unwrap();
    assert_eq!(back[0].to_json(), canonical);
}

#[test]
fn a_predicate_writes_a_field_of_the_document() {
    check(
        "currency, second, tax:number, other:number, lines[ net:number ]",
        "[fields]\ncurrency = 'c'\nsecond = 's'\ntax = 't[a/@k = ^currency]/a'\nother = 't[a/@k = ^second]/a'\n\
         [lists.lines]\neach.read = 't/l'\neach.write = 't[a/@k = ^currency]/l[@k = ^currency]'\n[lists.lines.fields]\nnet = 'n'",
        r#"{"currency":"EUR","second":"GBP","tax":1,"other":2,"lines":[{"net":3}]}"#,
        "><c>EUR</c><s>GBP</s><t><a k=\"EUR\">1</a><l k=\"EUR\"><n>3</n></l></t><t><a k=\"GBP\">2</a></t></r>",
    );
}

#[test]
fn a_field_is_written_where_its_condition_says() {
    let rows = "[fields]\nid = [ { path = 'g', when = 'scheme is present' }, { path = 'i', when = 'scheme is absent' } ]\n\
                scheme = 'g/@s'\nname = [ { path = 'a' }, { path = 'b' } ]";
    check(
        "id, scheme, name",
        rows,
        r#"{"id":"1","name":"N"}"#,
        "><i>1</i><a>N</a></r>",
    );
    check(
        "id, scheme, name",
        rows,
        r#"{"id":"1","scheme":"x"}"#,
        "><g s=\"x\">1</g></r>",
    );
}

#[test]
fn items_are_written_where_their_condition_says() {
    let rows = "[lists.ids]\neach = [ { path = 'p/i', when = 'scheme is absent' }, { path = 'q/g', when = 'scheme is present' } ]\n\
                [lists.ids.fields]\nid = '.'\nscheme = '@s'";
    check(
        "ids[ id, scheme ]",
        rows,
        r#"{"ids":[{"id":"1","scheme":"a"},{"id":"2"}]}"#,
        "><p><i>2</i></p><q><g s=\"a\">1</g></q></r>",
    );
    check(
        "ids[ id, scheme ]",
        rows,
        r#"{"ids":[{"id":"2"}]}"#,
        "><p><i>2</i></p></r>",
    );
}

#[test]
fn one_way_may_have_several_places() {
    let rows = "[fields]\nb = 'b'\na.write = [ { path = 'x', when = 'b is present' }, { path = 'y' } ]\n\
                n.write = [ { path = 'n', when = 'n is present' }, { path = 'n', default = '1', when = 'b is present' } ]";
    check(
        "a, b, n",
        rows,
        r#"{"a":"1","b":"2"}"#,
        "><b>2</b><x>1</x><y>1</y><n>1</n></r>",
    );
    check("a, b, n", rows, r#"{"a":"1","n":"7"}"#, "><y>1</y><n>7</n></r>");
}
