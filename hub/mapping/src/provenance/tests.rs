// SPDX-License-Identifier: EUPL-1.2
//! What is said of documents that were read and written.

use hub_message::{Code, NodeRef, Place, Rejection};

use super::{Coverage, Origin, RowPlace};
use crate::sample::{XML_HEAD, load, load_xml};
use crate::{Facts, Mapping, Worker, json};

const JSON_HEAD: &str =
    "mapping = 1\nid = 'x'\ntitle = 'x'\ncanonical = 'x/1'\ndirections = ['read', 'write']\n[format]\nkind = 'json'\n";

const FACTS: Facts<'_> = Facts {
    message_id: "m1",
    message_time: "2026-11-20T09:30:00Z",
    site_name: "Musterstadt",
    case: None,
};

/// Line of a row, counted from the first line behind the head.
fn line(place: Place, head: &str) -> u32 {
    place.line - head.lines().count() as u32
}

fn shown(row: &RowPlace, head: &str) -> String {
    let used: Vec<String> = row.used_at.iter().map(|at| format!("<{}", line(*at, head))).collect();
    let functions = row.functions.join("|");
    format!("{}{} {functions}", line(row.place, head), used.concat())
}

#[track_caller]
fn read(mapping: &Mapping, head: &str, document: &str, expected: &[&str]) {
    let explained = mapping.explain(document.as_bytes(), &Worker::default()).unwrap();
    let mut found = Vec::new();
    for document_made in &explained.documents {
        for field in &document_made.fields {
            let sources: Vec<String> = field
                .sources
                .iter()
                .map(|s| format!("{} {} '{}'", s.path, s.place, document.get(s.start..s.end).unwrap()))
                .collect();
            let node = document_made.document.at(&field.field).and_then(NodeRef::text);
            assert_eq!(node, Some(field.value.as_str()), "{}", field.field);
            found.push(format!(
                "{}={} < {} < {}",
                field.field,
                field.value,
                sources.join(" + "),
                shown(&field.row, head)
            ));
        }
    }
    assert_eq!(found, expected);
}

#[track_caller]
fn written(mapping: &Mapping, head: &str, canonical: &str, expected: &[&str]) {
    let tree = json::parse(canonical.as_bytes()).unwrap();
    let root = tree.root().unwrap();
    let mut worker = Worker::default();
    let explained = mapping.explain_writing(root, &FACTS, &worker).unwrap();
    assert_eq!(mapping.write(root, &FACTS, &mut worker), Ok(explained.written.clone()));
    let found: Vec<String> = explained
        .places
        .iter()
        .map(|place| {
            let origin = match &place.origin {
                Origin::Fields(fields) => fields.join("+"),
                Origin::Default => "default".to_owned(),
                Origin::Constant => "constant".to_owned(),
                Origin::Fact(fact) => format!("${fact}"),
            };
            let row = shown(&place.row, head);
            format!("{}={} < {origin} < {row}", place.path, place.value)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_leaf_knows_its_place_and_its_row() {
    read(
        &load_xml(
            "d:date, n:number, kind, code, name, all, seller{ id, name }, lines[ n:number, tags[] ], notes[ subject, text ]",
            "[fields]\nd = \"@d | date('dd.MM.yyyy')\"\nn = 'a/n'\nkind = { default = 'x' }\ncode = { path = 'c | table(t)', default = 'z' }\n\
             name = { read = \"p | template('{a} {b}')\" }\nall = { read = \"p/a | join('-')\" }\nseller.'*' = 's | use(s)'\n\
             [lists.lines]\neach = 'l'\n[lists.lines.fields]\nn = 'n'\n[lists.lines.lists.tags]\neach = 't'\n\
             [lists.notes]\neach = 'o'\ntemplate = ['#{subject}#{text}', '{text}']\n\
             [fragments.s]\nid = '@i'\nname = 'n'\n[tables.t]\ninline = { a = 'b' }",
        ),
        XML_HEAD,
        "<r d='31.01.2026'><a>\n<n>1.5</n></a><p><a>A</a><b>B</b></p><p><a>C</a></p><s i='7'><n>N &amp; O</n></s>\
         <l><n>1</n></l><l><n>2</n><t>x</t><t>y</t></l><o>#S#T</o><o>U</o></r>",
        &[
            "d=2026-01-31 < /r/@d 1:7 '31.01.2026' < 2 date('dd.MM.yyyy')",
            "n=1.5 < /r/a/n 2:4 '1.5' < 3 decimal",
            "kind=x <  < 4 ",
            "code=z <  < 5 ",
            "name=A B < /r/p/a 2:21 'A' + /r/p/b 2:29 'B' < 6 template('{a} {b}')",
            "all=A-C < /r/p/a 2:21 'A' + /r/p[2]/a 2:44 'C' < 7 join('-')",
            "seller.id=7 < /r/s/@i 2:59 '7' < 19<8 ",
            "seller.name=N & O < /r/s/n 2:65 '' < 20<8 ",
            "lines[0].n=1 < /r/l/n 2:88 '1' < 12 decimal",
            "lines[1].n=2 < /r/l[2]/n 2:103 '2' < 12 decimal",
            "lines[1].tags[0]=x < /r/l[2]/t 2:111 'x' < 13 ",
            "lines[1].tags[1]=y < /r/l[2]/t[2] 2:119 'y' < 13 ",
            "notes[0].subject=S < /r/o 2:132 'S' < 17 ",
            "notes[0].text=T < /r/o 2:134 'T' < 17 ",
            "notes[1].text=U < /r/o[2] 2:142 'U' < 17 ",
        ],
    );
}

#[test]
fn places_in_json_have_their_index() {
    let rows = "[fields]\nn = 'a/n'\n[lists.lines]\neach = 'l'\n[lists.lines.fields]\nt = 't'";
    read(
        &load("n:number, lines[ t ]", &format!("{JSON_HEAD}{rows}")),
        JSON_HEAD,
        r#"{"l":[{"t":"x"},{"t":"a\"b"}],"a":{"n":7}}"#,
        &[
            "n=7 < /a/n 1:40 '7' < 2 decimal",
            "lines[0].t=x < /l[1]/t 1:13 'x' < 6 ",
            "lines[1].t=a\"b < /l[2]/t 1:23 '' < 6 ",
        ],
    );
}

#[test]
fn every_written_place_knows_its_field_and_its_row() {
    written(
        &load_xml(
            "d:date, n:number, cur, lines[ n:number, u ], notes[ subject, text ], name, pre",
            "[fields]\nd = \"@d | date('dd.MM.yyyy')\"\nn = \"t[k = 'x']/n\"\npre.write = { path = 'q', default = 'P' }\n\
             name = \"p | template('{a} {b}')\"\n[lists.lines]\neach = 'l'\n[lists.lines.fields]\nn = 'n'\nu = 'n/@u'\n\
             \"n/@c\" = { write = '^cur' }\n[lists.notes]\neach = 'o'\ntemplate = ['#{subject}#{text}', '{text}']\n\
             [always]\nm = '$message.id'\nv = '1'",
        ),
        XML_HEAD,
        r#"{"d":"2026-01-31","n":1.5,"cur":"EUR","name":"A B","lines":[{"n":1},{"n":2,"u":"C"}],"notes":[{"subject":"S","text":"T"},{"text":"U"}]}"#,
        &[
            "/r/@d=31.01.2026 < d < 2 date('dd.MM.yyyy')",
            "/r/t/k=x < constant < 3 ",
            "/r/t/n=1.5 < n < 3 decimal",
            "/r/q=P < default < 4 ",
            "/r/p/a=A < name < 5 template('{a} {b}')",
            "/r/p/b=B < name < 5 template('{a} {b}')",
            "/r/l[1]/n/@c=EUR < cur < 11 ",
            "/r/l[1]/n=1 < lines[0].n < 9 decimal",
            "/r/l[2]/n/@u=C < lines[1].u < 10 ",
            "/r/l[2]/n/@c=EUR < cur < 11 ",
            "/r/l[2]/n=2 < lines[1].n < 9 decimal",
            "/r/o[1]=#S#T < notes[0].subject+notes[0].text < 14 ",
            "/r/o[2]=U < notes[1].text < 14 ",
            "/r/m=m1 < $message.id < 16 ",
            "/r/v=1 < constant < 17 ",
        ],
    );
}

fn coverage(mapping: &Mapping, documents: &[&str]) -> Coverage {
    let mut worker = Worker::default();
    worker.watch();
    for document in documents {
        if let Ok(made) = mapping.read(document.as_bytes(), &mut worker) {
            for document in &made {
                let _ = mapping.write(document.root().unwrap(), &FACTS, &mut worker);
            }
        }
    }
    let found = worker.take_coverage(mapping);
    let nothing = worker.take_coverage(mapping);
    assert!(
        nothing
            .rows
            .iter()
            .all(|row| row.read.unwrap_or(0) + row.written.unwrap_or(0) == 0)
    );
    found
}

#[test]
fn rows_are_counted_by_what_they_gave() {
    let mapping = load_xml(
        "a:date, b, c~, kind, lines[ n ], notes[ text ], extra",
        "[fields]\na = 'a | date'\nb = [ { path = 'b' }, { path = 'b2' } ]\n'*' = '. | use(f)'\nextra.read = 'e'\n\
         [lists.lines]\neach = 'l'\n[lists.lines.fields]\nn = 'n'\n\
         [lists.notes]\neach = 'o'\ntemplate = ['#{text}', '{text}']\n\
         [fragments.f]\nc = 'c | table(t)'\nkind = 'k | table(t)'\n[tables.t]\ninline = { x = 'y' }\notherwise = 'keep'\n\
         [coverage]\nknown = [['k1', 'not needed'], ['k2/@a', 'nor this'], ['k3', 'never there']]",
    );
    let found = coverage(
        &mapping,
        &[
            "<r><a>2026-01-01</a><b2>B</b2><c>secret</c><k>q</k><k1><z/></k1><k2 a='1' b='2'/><u/><o>#T</o></r>",
            "<r><a>no date</a><k>x</k></r>",
            "<r><k>q</k></r>",
        ],
    );
    let head = XML_HEAD.lines().count() as u32;
    let rows: Vec<String> = found
        .rows
        .iter()
        .map(|row| {
            let count = |count: Option<u64>| count.map_or("-".to_owned(), |count| count.to_string());
            let line = row.place.line - head;
            format!("{line} {} {} {}", row.field, count(row.read), count(row.written))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2 a 2 1",
            "3 b 0 1",
            "3 b 1 -",
            "4  4 3",
            "5 extra 0 -",
            "6 lines 0 0",
            "9 lines.n 0 0",
            "10 notes 1 1",
            "12 notes 1 1",
            "12 notes 0 0",
            "14 c 1 1",
            "15 kind 3 2",
        ]
    );
    assert_eq!(
        (found.read().used, found.read().all, found.read().percent()),
        (7, 12, 58)
    );
    assert_eq!((found.both().used, found.both().all), (14, 22));
    let outside: Vec<String> = found
        .outside
        .iter()
        .map(|code| {
            let shown = code.code.as_deref().unwrap_or("?");
            format!("{} {} {shown} {} {}", code.table, code.field, code.written, code.count)
        })
        .collect();
    assert_eq!(
        outside,
        ["t c ? false 1", "t kind q false 2", "t c ? true 1", "t kind q true 2"]
    );
    let left_out: Vec<_> = found.left_out.iter().map(|l| (l.path.as_str(), l.count)).collect();
    assert_eq!(left_out, [("k1", 1), ("k2/@a", 1)]);
    let unmapped: Vec<_> = found.unmapped.iter().map(|u| (u.path.as_str(), u.count)).collect();
    assert_eq!(unmapped, [("k2/@b", 1), ("u", 1)]);
}

#[test]
fn a_field_that_the_schema_refuses_is_traced_to_its_row_and_its_place() {
    let mapping = load_xml(
        "a, b, lines[ n ]",
        "[fields]\na = 'a'\nb = 'b'\n[lists.lines]\neach = 'l'\n[lists.lines.fields]\nn = 'n'",
    );
    let input = "<r><a>1</a>\n<l><n>2</n></l><l><n>3</n></l></r>";
    let finding = |field: &str| Rejection::new(Code::new("AH-S107"), "no", "do").at_field(field);
    let mut rejection = finding("lines[1].n");
    let traced = finding("a").by_rule("known:1:1");
    rejection.also = vec![finding("b"), finding("zz"), finding("lines"), traced];
    let found = mapping.blame(vec![(0, rejection)], input.as_bytes(), &Worker::default());
    let found = found.unwrap();
    let head = XML_HEAD.lines().count();
    let row = |line: usize, column: usize| Some(format!("x.map.toml:{}:{column}", head + line));
    let all = std::iter::once(&found).chain(&found.also);
    let shown: Vec<_> = all
        .map(|f| {
            (
                f.rule.clone(),
                f.path.as_deref(),
                f.place.map(|place| place.to_string()),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (row(7, 5), Some("/r/l[2]/n"), Some("2:22".to_owned())),
            (row(3, 5), None, None),
            (None, None, None),
            (row(4, 8), None, None),
            (Some("known:1:1".to_owned()), None, None),
        ]
    );
}
