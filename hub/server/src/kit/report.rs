// SPDX-License-Identifier: EUPL-1.2
//! The report of a run: for people, for programs, and as a page to print and sign.

use std::fmt::Write;

use hub_message::Manifest;
use serde_json::{Value, json};

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As it should.
    Passed,
    /// Not as it should; why, in a sentence.
    Failed(String),
    /// The connector has nothing that could be checked; why.
    NotApplicable(String),
}

/// One check in the report.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) german: &'static str,
    pub(crate) english: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) millis: u64,
}

/// The report.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    /// What was tested.
    pub(crate) title: String,
    /// What the connector says of itself.
    pub(crate) manifest: Option<Manifest>,
    /// The checks.
    pub(crate) rows: Vec<Row>,
}

impl Report {
    /// An empty report.
    pub(super) fn new(title: String) -> Self {
        Self {
            title,
            manifest: None,
            rows: Vec::new(),
        }
    }

    /// Whether every check that applies has passed, and at least one did apply.
    pub(crate) fn passed(&self) -> bool {
        let failed = self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed(_)));
        !failed && self.rows.iter().any(|row| row.outcome == Outcome::Passed)
    }

    fn count(&self, of: impl Fn(&Outcome) -> bool) -> usize {
        self.rows.iter().filter(|row| of(&row.outcome)).count()
    }

    /// The whole in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let (passed, failed) = (
            self.count(|outcome| *outcome == Outcome::Passed),
            self.count(|outcome| matches!(outcome, Outcome::Failed(_))),
        );
        let beside = self.rows.len() - passed - failed;
        if self.passed() {
            return format!("Bestanden: {passed} Prüfungen, {beside} nicht anwendbar.");
        }
        let all = passed + failed;
        format!("Nicht bestanden: {failed} von {all} Prüfungen, {beside} nicht anwendbar.")
    }

    /// For programs.
    pub(crate) fn json(&self, at: &str) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        json!({
            "connector": self.title, "at": at, "kit": env!("CARGO_PKG_VERSION"), "protocol": 1,
            "manifest": self.manifest, "passed": self.passed(), "checks": rows,
        })
    }

    /// A page to print.
    pub(crate) fn html(&self, at: &str) -> String {
        let mut rows = String::new();
        for row in &self.rows {
            let (class, word, detail) = match &row.outcome {
                Outcome::Passed => ("ok", "bestanden", ""),
                Outcome::Failed(why) => ("bad", "nicht bestanden", why.as_str()),
                Outcome::NotApplicable(why) => ("none", "nicht anwendbar", why.as_str()),
            };
            let _ = writeln!(
                rows,
                "<tr class=\"{class}\"><td><b>{}</b><br><span lang=\"en\">{}</span>{}</td><td>{word}</td><td class=\"n\">{},{} s</td></tr>",
                escaped(row.german),
                escaped(row.english),
                if detail.is_empty() {
                    String::new()
                } else {
                    format!("<p lang=\"en\">{}</p>", escaped(detail))
                },
                row.millis / 1000,
                row.millis % 1000 / 100,
            );
        }
        let told = self.manifest.as_ref().map_or_else(String::new, |manifest| {
            let class = manifest.target_class.map_or("–", |class| match class {
                hub_message::TargetClass::Idempotent => "idempotent",
                hub_message::TargetClass::Queryable => "queryable",
                hub_message::TargetClass::Neither => "neither",
            });
            format!(
                "<dt>Konnektor</dt><dd>{} {}</dd><dt>Hersteller</dt><dd>{}</dd><dt>Zielklasse</dt><dd>{class}</dd>",
                escaped(&manifest.name),
                escaped(&manifest.version),
                escaped(&manifest.vendor)
            )
        });
        format!(
            "<!doctype html>\n<html lang=\"de\"><head><meta charset=\"utf-8\"><title>Konformitätsprüfung: {title}</title>\n<style>{STYLE}</style></head>\n\
             <body><main><h1>Konformitätsprüfung</h1>\n<p class=\"{verdict}\" role=\"status\">{sentence}</p>\n\
             <dl><dt>Geprüft</dt><dd>{title}</dd>{told}<dt>Zeitpunkt</dt><dd>{at}</dd><dt>Prüfwerkzeug</dt><dd>Amtshub {version}, Konnektor-Protokoll 1</dd></dl>\n\
             <table><thead><tr><th scope=\"col\">Prüfung</th><th scope=\"col\">Ergebnis</th><th scope=\"col\">Dauer</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n\
             <footer><p>Geprüft von: <span class=\"line\"></span> Datum: <span class=\"line short\"></span></p></footer></main></body></html>\n",
            title = escaped(&self.title),
            verdict = if self.passed() { "verdict ok" } else { "verdict bad" },
            sentence = self.sentence(),
            at = escaped(at),
            version = env!("CARGO_PKG_VERSION"),
        )
    }
}

const STYLE: &str = "body{font:11pt/1.4 system-ui,sans-serif;color:#1a1a1a;margin:0}main{max-width:50rem;margin:auto;padding:2rem}\
h1{font-size:1.5rem;margin:0 0 .5rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{color:#555}dd{margin:0}\
table{border-collapse:collapse;width:100%;font-size:10pt}td,th{border-bottom:1px solid #bbb;padding:.35rem .5rem;text-align:left;vertical-align:top}\
td span,td p{color:#555;margin:0}.n{text-align:right;white-space:nowrap}.verdict{font-weight:bold;padding:.6rem .8rem;border-left:.4rem solid}\
.verdict.ok{background:#e8f4ea;border-color:#1d6b2d}.verdict.bad{background:#fbe9e7;border-color:#a3200d}tr.bad td:nth-child(2){color:#a3200d;font-weight:bold}\
tr.none td{color:#666}.line{display:inline-block;border-bottom:1px solid #333;width:14rem}.short{width:8rem}footer{margin-top:2rem}@page{size:A4;margin:15mm}\
@media print{body{font-size:9pt}main{padding:0}table{font-size:8.5pt}td,th{padding:.2rem .4rem}td br{display:none}\
td span::before{content:\" · \"}tr{break-inside:avoid}footer{margin-top:1rem}}";

fn row(row: &Row) -> Value {
    let (outcome, detail) = match &row.outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Failed(why) => ("failed", Some(why)),
        Outcome::NotApplicable(why) => ("not-applicable", Some(why)),
    };
    json!({"id": row.id, "title": row.german, "title_en": row.english, "outcome": outcome, "detail": detail, "millis": row.millis})
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: Outcome) -> Report {
        let mut report = Report::new("a <b>".to_owned());
        report.rows.push(Row {
            id: "hello",
            german: "Meldet sich an",
            english: "Says hello",
            outcome,
            millis: 1234,
        });
        report
    }

    #[test]
    fn only_what_was_checked_can_pass() {
        assert!(report(Outcome::Passed).passed());
        assert!(!report(Outcome::Failed("why".into())).passed());
        assert!(!report(Outcome::NotApplicable("why".into())).passed());
        assert!(!Report::new(String::new()).passed());
    }

    #[test]
    fn the_page_shows_what_is_wrong_and_holds_no_foreign_markup() {
        let page = report(Outcome::Failed("<script>".into())).html("2026-11-26");
        assert!(page.contains("nicht bestanden") && page.contains("1,2 s") && page.contains("a &lt;b&gt;"));
        assert!(!page.contains("<script>"));
        let json = report(Outcome::Passed).json("2026-11-26");
        assert_eq!(json["checks"][0]["outcome"], "passed");
    }
}
