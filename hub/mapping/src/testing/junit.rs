// SPDX-License-Identifier: EUPL-1.2
//! Results of tests as JUnit XML, in the form that Jenkins, GitLab, GitHub and Azure read: `testsuites`, `testsuite`,
//! `testcase` with `classname`, `name`, `time`, `file`, `line`; `failure` and `error` with `message` and text.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::TestOutcome;

/// The tests of one mapping.
#[derive(Debug)]
pub struct Suite<'s> {
    /// Id of the mapping.
    pub mapping: &'s str,
    /// Its file.
    pub file: &'s str,
    /// The tests that ran, each with the time it took.
    pub tests: Vec<(&'s TestOutcome, Duration)>,
    /// Why the mapping does not load.
    pub error: Option<String>,
}

impl Suite<'_> {
    fn failures(&self) -> usize {
        self.tests.iter().filter(|(outcome, _)| !outcome.passed()).count()
    }

    fn count(&self) -> usize {
        self.tests.len() + usize::from(self.error.is_some())
    }

    fn time(&self) -> Duration {
        self.tests.iter().map(|(_, time)| *time).sum()
    }
}

/// The results of all suites. `shown` is a failed test in words.
pub fn report(suites: &[Suite<'_>], shown: &dyn Fn(&Suite<'_>, &TestOutcome) -> String) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory does not fail.
    let _ = document(&mut writer, suites, shown);
    let mut out = writer.into_inner();
    out.push(b'\n');
    out
}

fn document(
    writer: &mut Writer<Vec<u8>>,
    suites: &[Suite<'_>],
    shown: &dyn Fn(&Suite<'_>, &TestOutcome) -> String,
) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum = |of: &dyn Fn(&Suite<'_>) -> usize| suites.iter().map(of).sum::<usize>().to_string();
    let time = seconds(suites.iter().map(Suite::time).sum());
    let attributes = [
        ("name", "amtshub test".to_owned()),
        ("tests", sum(&|suite| suite.count())),
        ("failures", sum(&|suite| suite.failures())),
        ("errors", sum(&|suite| usize::from(suite.error.is_some()))),
        ("time", time),
    ];
    let element = writer
        .create_element("testsuites")
        .with_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())));
    if suites.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| suites.iter().try_for_each(|suite| one_suite(writer, suite, shown)))?;
    Ok(())
}

fn one_suite(
    writer: &mut Writer<Vec<u8>>,
    suite: &Suite<'_>,
    shown: &dyn Fn(&Suite<'_>, &TestOutcome) -> String,
) -> std::io::Result<()> {
    let attributes = [
        ("name", clean(suite.mapping)),
        ("tests", suite.count().to_string()),
        ("failures", suite.failures().to_string()),
        ("errors", usize::from(suite.error.is_some()).to_string()),
        ("skipped", "0".to_owned()),
        ("time", seconds(suite.time())),
        ("file", clean(suite.file)),
    ];
    let element = writer
        .create_element("testsuite")
        .with_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())));
    if suite.count() == 0 {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        if let Some(error) = &suite.error {
            let name = "the mapping loads";
            let first = [("classname", clean(suite.mapping)), ("name", name.to_owned())];
            writer
                .create_element("testcase")
                .with_attributes(first.iter().map(|(key, value)| (*key, value.as_str())))
                .write_inner_content(|writer| problem(writer, "error", "AH-M", error))?;
        }
        suite
            .tests
            .iter()
            .try_for_each(|(outcome, time)| one_test(writer, suite, outcome, *time, shown))
    })?;
    Ok(())
}

fn one_test(
    writer: &mut Writer<Vec<u8>>,
    suite: &Suite<'_>,
    outcome: &TestOutcome,
    time: Duration,
    shown: &dyn Fn(&Suite<'_>, &TestOutcome) -> String,
) -> std::io::Result<()> {
    let attributes = [
        ("classname", clean(suite.mapping)),
        ("name", clean(&outcome.name)),
        ("time", seconds(time)),
        ("file", clean(suite.file)),
        ("line", outcome.place.line.to_string()),
    ];
    let element = writer
        .create_element("testcase")
        .with_attributes(attributes.iter().map(|(key, value)| (*key, value.as_str())));
    let Some(first) = outcome.failures.first() else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|writer| problem(writer, "failure", &first.text, &shown(suite, outcome)))?;
    Ok(())
}

fn problem(writer: &mut Writer<Vec<u8>>, element: &str, message: &str, text: &str) -> std::io::Result<()> {
    writer
        .create_element(element)
        .with_attribute(("message", clean(message).as_str()))
        .write_text_content(BytesText::new(&clean(text)))?;
    Ok(())
}

/// Without the characters that XML 1.0 does not have (section 2.2); values of test documents may hold any.
fn clean(text: &str) -> String {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    text.chars().map(|c| if legal(c) { c } else { '\u{FFFD}' }).collect()
}

fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use hub_message::Place;

    use super::super::Failure;
    use super::*;

    #[test]
    fn results_are_escaped_and_summed_up() {
        let outcome = |name: &str, failures: Vec<Failure>| TestOutcome {
            name: name.to_owned(),
            place: Place { line: 7, column: 1 },
            failures,
            updates: Vec::new(),
        };
        let failure = Failure {
            place: Place { line: 9, column: 1 },
            text: "`a` is \"<b>\" & \u{1}".to_owned(),
            differences: Vec::new(),
        };
        let (good, bad) = (outcome("good", vec![]), outcome("bad <1>", vec![failure]));
        let suites = [
            Suite {
                mapping: "x",
                file: "x.map.toml",
                tests: vec![(&good, Duration::from_millis(2)), (&bad, Duration::from_millis(3))],
                error: None,
            },
            Suite {
                mapping: "y",
                file: "y.map.toml",
                tests: vec![],
                error: Some("does not load".to_owned()),
            },
        ];
        let shown = |_: &Suite<'_>, outcome: &TestOutcome| format!("{} ]]> &", outcome.name);
        let text = String::from_utf8(report(&suites, &shown)).unwrap();
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="amtshub test" tests="3" failures="1" errors="1" time="0.005000">
  <testsuite name="x" tests="2" failures="1" errors="0" skipped="0" time="0.005000" file="x.map.toml">
    <testcase classname="x" name="good" time="0.002000" file="x.map.toml" line="7"/>
    <testcase classname="x" name="bad &lt;1&gt;" time="0.003000" file="x.map.toml" line="7">
      <failure message="`a` is &quot;&lt;b&gt;&quot; &amp; &#xFFFD;">bad &lt;1&gt; ]]&gt; &amp;</failure>
    </testcase>
  </testsuite>
  <testsuite name="y" tests="1" failures="0" errors="1" skipped="0" time="0.000000" file="y.map.toml">
    <testcase classname="y" name="the mapping loads">
      <error message="AH-M">does not load</error>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(text, expected.replace("&#xFFFD;", "\u{FFFD}"));
        assert!(
            String::from_utf8(report(&[], &shown))
                .unwrap()
                .ends_with("time=\"0.000000\"/>\n")
        );
    }
}
