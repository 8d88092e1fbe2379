// SPDX-License-Identifier: EUPL-1.2
//! Tests of tests: each expectation passes and fails.

use std::sync::Arc;

use super::{Surroundings, run};
use crate::sample::load_xml;

const ROWS: &str =
    "[fields]\na = 'a | date'\nn = 'n'\n[lists.l]\neach = 'l'\n[lists.l.fields]\nx = 'x'\n[[test]]\nname = 't'\n";
const DOCUMENT: &str = "<r><a>2026-01-02</a><n>1.50</n><l><x>1</x></l><l><x>2</x></l></r>";
const CANONICAL: &str = r#"{"n":1.5,"a":"2026-01-02","l":[{"x":"1"},{"x":"*"}]}"#;

#[track_caller]
fn check(block: &str, expected: Option<&str>) {
    let mapping = Arc::new(load_xml("a:date, n:number, l[ x ]", &format!("{ROWS}{block}")));
    let via = Arc::clone(&mapping);
    let outcomes = run(
        &mapping,
        &Surroundings {
            library: &|id| (id == "x").then(|| Arc::clone(&via)),
            file: &|name| {
                match name {
                "d.xml" => Some(DOCUMENT.into()),
                "d.json" => Some(CANONICAL.into()),
                "out.xml" => Some("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns:p=\"urn:p\">\n  <a>2026-01-02</a> <n>1.5</n><l><x>1</x></l><l><x>*</x></l></r>".into()),
                _ => None,
            }
            },
            validate: &|tree| {
                if tree.at("a").is_some() {
                    Ok(())
                } else {
                    Err("no a".into())
                }
            },
        },
    );
    assert_eq!(outcomes[0].failure.as_deref(), expected);
    assert_eq!(outcomes[0].name, "t");
}

#[test]
fn documents_that_are_read() {
    check(
        "read = 'd.xml'\nequals = 'd.json'\nvalid = true\nroundtrip = true",
        None,
    );
    check(&format!("read = 'd.xml'\nequals_text = '{CANONICAL}'"), None);
    check(
        "read = 'd.xml'\nequals_text = '{\"a\":\"2026-01-02\"}'",
        Some("`n` is there, and is not expected"),
    );
    check(
        "read = 'd.xml'\nequals_text = '{\"a\":\"2026-01-02\",\"n\":2,\"l\":[]}'",
        Some("`n` is `1.50`, not `2`"),
    );
    check("read = 'e.xml'\nvalid = true", Some("there is no file `e.xml`"));
    check("read_text = '<r/>'\nvalid = true", Some("no a"));
}

#[test]
fn leaves() {
    check(
        "read = 'd.xml'\nexpect = { \"l[1].x\" = '2', n = 1.5, \"[0].a\" = '2026-01-02' }",
        None,
    );
    check(
        "read = 'd.xml'\nexpect = { \"l[2].x\" = '2' }",
        Some("`l[2].x` is absent, not `2`"),
    );
    check("read = 'd.xml'\nexpect.n = 2", Some("`n` is `1.50`, not `2`"));
    check("read = 'd.xml'\nabsent = ['2027']\nnever = ['l.y']", None);
    check("read = 'd.xml'\nabsent = ['2026']", Some("`2026` stands in the output"));
    check("read = 'd.xml'\nnever = ['l.x']", Some("`l.x` is there"));
}

#[test]
fn documents_that_are_written() {
    check("write = 'd.json'\nequals = 'out.xml'\nroundtrip = true", None);
    check(
        "read_text = '<r><n>1</n></r>'\nvia = 'x'\nequals_text = '<r/>'",
        Some("line 1 is `<?xml version=\"1.0\" encoding=\"UTF-8\"?>`, not `<r/>`"),
    );
    check(
        "read = 'd.xml'\nvia = 'y'\nvalid = true",
        Some("there is no mapping `y` for `via`"),
    );
}

#[test]
fn rejections() {
    check(
        "read_text = '<r><a>x</a></r>'\nerror = { code = 'M210', field = 'a', source = '1:7' }",
        None,
    );
    check(
        "read_text = '<r><a>x</a><n>y</n></r>'\nerror = { code = 'AH-M210', field = 'n' }",
        None,
    );
    check(
        "read = 'd.xml'\nerror = { code = 'M210' }",
        Some("the document was not rejected"),
    );
    check(
        "read_text = '<r><a>x</a></r>'\nerror = { field = 'n' }",
        Some(
            "rejected otherwise: AH-M210: the value does not have the form yyyy-MM-dd (`date`) (it is `x`) (at 1:7) [a] by x.map.toml:12:5",
        ),
    );
    check(
        "read_text = '<r>'\nvalid = true",
        Some("AH-X103: the document ends before its root element is closed (at 1:4)"),
    );
}
