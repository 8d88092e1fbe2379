// SPDX-License-Identifier: EUPL-1.2
//! Tests of tests: each expectation passes and fails.

use std::sync::Arc;

use super::{Surroundings, TestOutcome, Tests, Update, rewrite, run};
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
    assert_eq!(shown(&outcomes[0]).as_deref(), expected);
    assert_eq!(outcomes[0].name, "t");
}

/// What fails, each place that differs behind it.
fn shown(outcome: &TestOutcome) -> Option<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let failures = outcome.failures.iter().map(|failure| {
        let differences = failure.differences.iter();
        let differences = differences.map(|d| format!(" | {} {} > {}", d.path, value(&d.before), value(&d.after)));
        format!("{}{}", failure.text, differences.collect::<String>())
    });
    let failures: Vec<String> = failures.collect();
    (!outcome.passed()).then(|| failures.join("; "))
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
        Some("the canonical document is not `equals_text` | n - > 1.50 | l[0].x - > 1 | l[1].x - > 2"),
    );
    check(
        "read = 'd.xml'\nequals_text = '{\"a\":\"2026-01-02\",\"n\":2,\"l\":[]}'",
        Some("the canonical document is not `equals_text` | n 2 > 1.50 | l[0].x - > 1 | l[1].x - > 2"),
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
        Some("the canonical document is not what `expect` says | l[2].x 2 > -"),
    );
    check(
        "read = 'd.xml'\nexpect = { n = 2, a = 'x', \"l[0].x\" = 1 }",
        Some("the canonical document is not what `expect` says | n 2 > 1.50 | a x > 2026-01-02"),
    );
    check("read = 'd.xml'\nabsent = ['2027']\nnever = ['l.y']", None);
    check("read = 'd.xml'\nabsent = ['2026']", Some("`2026` stands in the output"));
    check("read = 'd.xml'\nnever = ['l.x']", Some("`l.x` is there"));
}

#[test]
fn documents_that_are_written() {
    check("write = 'd.json'\nequals = 'out.xml'\nroundtrip = true", None);
    check(
        "read_text = '<r><n>1</n></r>'\nvia = 'x'\nequals_text = '<r/>'",
        Some("what was written is not `equals_text` | /r  > - | /r/n - > 1"),
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

#[test]
fn every_expectation_that_fails_is_told_with_its_place() {
    let block = "read = 'd.xml'\nabsent = ['2026', 'x9', '1.5']\nnever = ['l.x', 'n', 'o']\nexpect.n = 3\nvalid = true";
    let mapping = load_xml("a:date, n:number, l[ x ]", &format!("{ROWS}{block}"));
    let around = Surroundings {
        library: &|_| None,
        file: &|_| Some(DOCUMENT.into()),
        validate: &|_| Err("never valid".into()),
    };
    let outcome = &run(&mapping, &around)[0];
    let found: Vec<String> = outcome
        .failures
        .iter()
        .map(|failure| format!("{} {}", failure.place.line - outcome.place.line, failure.text))
        .collect();
    assert_eq!(
        found,
        [
            "4 the canonical document is not what `expect` says",
            "2 `2026` stands in the output",
            "2 `1.5` stands in the output",
            "3 `l.x` is there",
            "3 `n` is there",
            "5 never valid",
        ]
    );
}

#[test]
fn what_is_written_otherwise_only_is_shown_by_line() {
    check(
        "write = 'd.json'\nequals_text = '''<?xml version=\"1.0\" encoding=\"UTF-8\"?><r xmlns:p=\"urn:p\"><n>1.5</n><a>2026-01-02</a>\n\
         <l><x>1</x></l><l><x>*</x></l></r>'''",
        Some(
            "what was written is not `equals_text` | line 3 <n>1.5 > <a>2026-01-02 | line 4 </n> > </a> | line 5 <a>2026-01-02 > <n>1.5 | line 6 </a> > </n>",
        ),
    );
}

#[test]
fn expectations_are_brought_up_to_date() {
    let block = "read = 'd.xml'\nequals = 'c.json' # stays\nexpect = { n = 2, a = 'x', \"l[0].x\" = \"7\", o = 1 }\n\
        [[test]]\nname = 'u'\nread = 'd.xml'\nequals_text = '{}'\n\
        [[test]]\nname = 'w'\nwrite = 'c.json'\nequals = 'new.xml'\n\
        [[test]]\nname = 'r'\nread_text = '<r><a>x</a></r>'\nexpect = { n = 1 }\n";
    let text = format!("{ROWS}{block}");
    let mapping = load_xml("a:date, n:number, l[ x ]", &text);
    let around = Surroundings {
        library: &|_| None,
        file: &|name| match name {
            "d.xml" => Some(DOCUMENT.into()),
            "c.json" => Some("{\n  \"n\": 1.5,\n  \"a\": \"2026-01-02\",\n  \"m\": 1\n}\n".into()),
            _ => None,
        },
        validate: &|_| Ok(()),
    };
    let outcomes = run(&mapping, &around);
    assert!(outcomes[3].updates.is_empty());
    let updates = || outcomes.iter().flat_map(|outcome| &outcome.updates);
    let whole = crate::sample::XML_HEAD.to_owned() + &text;
    assert_eq!(
        rewrite(&whole, updates()),
        whole
            .replace(
                "n = 2, a = 'x', \"l[0].x\" = \"7\"",
                "n = 1.50, a = '2026-01-02', \"l[0].x\" = \"1\""
            )
            .replace("'{}'", r#"'{"a":"2026-01-02","n":1.50,"l":[{"x":"1"},{"x":"2"}]}'"#)
    );
    let files: Vec<(&str, String)> = updates()
        .filter_map(|update| match update {
            Update::File { name, contents } => Some((name.as_str(), String::from_utf8_lossy(contents).into_owned())),
            Update::Text { .. } => None,
        })
        .collect();
    let canonical = "{\n  \"a\": \"2026-01-02\",\n  \"n\": 1.5,\n  \"l\": [\n    {\n      \"x\": \"1\"\n    },\n    {\n      \"x\": \"2\"\n    }\n  ]\n}\n";
    let written = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r xmlns:p=\"urn:p\"><a>2026-01-02</a><n>1.5</n></r>\n";
    assert_eq!(
        files,
        [("c.json", canonical.to_owned()), ("new.xml", written.to_owned())]
    );
}

#[test]
fn the_rows_that_tests_touch_are_known() {
    let block = "read_text = '<r><n>1</n></r>'\nexpect.n = 1\n\
        [[test]]\nname = 'u'\nread_text = '<r><l><x>1</x></l></r>'\nroundtrip = true\n";
    let mapping = load_xml("a:date, n:number, l[ x ]", &format!("{ROWS}{block}"));
    let around = Surroundings {
        library: &|_| None,
        file: &|_| None,
        validate: &|_| Ok(()),
    };
    let touched = |tests: Tests<'_>| {
        let coverage = tests.coverage();
        (coverage.read().used, coverage.written().used, coverage.both().all)
    };
    let mut tests = Tests::new(&mapping, &around);
    assert_eq!(tests.names().collect::<Vec<_>>(), ["t", "u"]);
    assert!(tests.run(0).unwrap().passed() && tests.run(2).is_none());
    assert_eq!(touched(tests), (1, 0, 8));
    let mut tests = Tests::new(&mapping, &around);
    assert!(tests.run(0).unwrap().passed() && tests.run(1).unwrap().passed());
    assert_eq!(touched(tests), (3, 2, 8));
}

#[test]
fn what_is_written_is_valid_by_the_schema_of_its_format() {
    const SCHEMA: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:element name='n' type='xs:int' minOccurs='0'/></xs:sequence></xs:complexType></xs:element></xs:schema>";
    let head = crate::sample::XML_HEAD.replace("root = 'r'", "root = 'r'\nschema = 's.xsd'\nvalidate = []");
    let head = head.replace("[format.ns]\np = 'urn:p'\n", "");
    let text = format!("{head}[fields]\nn = 'n'\n[[test]]\nname = 't'\nwrite = 'd.json'\nvalid = true\n");
    let schema = |_: crate::beside::Wanted<'_>| {
        Ok(crate::beside::XsdFile {
            file: "s.xsd".to_owned(),
            bytes: SCHEMA.into(),
        })
    };
    let beside = crate::beside::Beside {
        schema: &schema,
        ..crate::beside::Beside::NOTHING
    };
    let loaded = crate::Mapping::load("x.map.toml", &text, &crate::sample::shape("n"), beside);
    let mapping = loaded.mapping.unwrap_or_else(|| panic!("{:?}", loaded.findings));
    let outcome = |number: &str| {
        let document = format!("{{\"n\":\"{number}\"}}");
        let around = Surroundings {
            library: &|_| None,
            file: &|_| Some(document.clone().into_bytes()),
            validate: &|_| Ok(()),
        };
        run(&mapping, &around).remove(0)
    };
    assert_eq!(shown(&outcome("7")), None);
    let failed = shown(&outcome("seven")).unwrap();
    assert!(failed.contains("AH-X") && failed.contains("not valid"), "{failed}");
}
