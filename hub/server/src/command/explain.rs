// SPDX-License-Identifier: EUPL-1.2
//! `amtshub explain`: what a code means and what to do about it, from the pages that are built in.

use std::fmt::Write;

use clap::ValueEnum;
use hub_codes::{Page, Side};
use hub_message::Code;

use crate::exit::Exit;
use crate::terminal;

/// What the command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The codes: AH-M103, or M103 for short. Without one, all codes are listed.
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    /// Only in this language; both otherwise, German first.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// The languages of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    const BOTH: [Self; 2] = [Self::De, Self::En];

    fn side(self, page: &Page) -> Side {
        match self {
            Self::De => page.german,
            Self::En => page.english,
        }
    }

    fn what_to_do(self) -> &'static str {
        match self {
            Self::De => "Was tun:",
            Self::En => "What to do:",
        }
    }
}

/// Explains. A code that there is not ends with wrong usage, after what is known of the others.
pub(crate) fn execute(arguments: &Arguments) -> Exit {
    let languages = arguments.lang.map_or(Language::BOTH.to_vec(), |one| vec![one]);
    if arguments.codes.is_empty() {
        terminal::data(list(&languages).as_bytes());
        return Exit::Ok;
    }
    let mut exit = Exit::Ok;
    let mut shown = Vec::new();
    for code in &arguments.codes {
        if let Some(page) = hub_codes::page(code) {
            shown.push(explain(&page, &languages));
        } else {
            terminal::message(&unknown(code));
            exit = Exit::Usage;
        }
    }
    terminal::data(shown.join("\n").as_bytes());
    exit
}

/// Says behind findings where there is more about them.
pub(super) fn point<'a>(codes: impl IntoIterator<Item = &'a Code>) {
    if let Some(hint) = hint(codes) {
        terminal::message(&format!("what it means and what to do: {hint}"));
    }
}

/// The command that says more there is about codes that were printed; once in a run, behind all of them.
pub(super) fn hint<'a>(codes: impl IntoIterator<Item = &'a Code>) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for code in codes {
        let known = hub_codes::page(code.as_str()).is_some();
        if known && !words.contains(&code.as_str()) {
            words.push(code.as_str());
        }
    }
    let more = words.len() > HINTED;
    words.truncate(HINTED);
    let end = if more { " …" } else { "" };
    (!words.is_empty()).then(|| format!("amtshub explain {}{end}", words.join(" ")))
}

/// How many codes are named in a hint; who wants them all sees how to ask.
const HINTED: usize = 4;

fn explain(page: &Page, languages: &[Language]) -> String {
    let mut out = String::new();
    for language in languages {
        let side = language.side(page);
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{} · {}\n\n{}\n", page.code, side.title, side.meaning);
        let _ = writeln!(out, "{} {}", language.what_to_do(), side.remedy);
    }
    if let Some(example) = page.example {
        out.push('\n');
        for line in example.lines().filter(|line| !line.starts_with("```")) {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

fn list(languages: &[Language]) -> String {
    let mut out = String::new();
    for area in hub_codes::AREAS {
        let pages: Vec<Page> = hub_codes::all().filter(|page| area.holds(page.code)).collect();
        if pages.is_empty() {
            continue;
        }
        let titles = languages.iter().map(|language| match language {
            Language::De => area.german,
            Language::En => area.title,
        });
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}", titles.collect::<Vec<_>>().join(" · "));
        for page in pages {
            let titles = languages.iter().map(|language| language.side(&page).title);
            let _ = writeln!(out, "  {:<8} {}", page.code, titles.collect::<Vec<_>>().join(" · "));
        }
    }
    out
}

fn unknown(code: &str) -> String {
    let code = hub_codes::full(code);
    let near = hub_message::finding::closest(&code, hub_codes::all().map(|page| page.code));
    match near.and_then(hub_codes::page) {
        Some(page) => format!(
            "there is no code {code}: did you mean {} ({})? `amtshub explain` lists all",
            page.code, page.english.title
        ),
        None => format!("there is no code {code}: `amtshub explain` lists all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(codes: &[&'static str], expected: Option<&str>) {
        let codes: Vec<Code> = codes.iter().map(|code| Code::new(code)).collect();
        assert_eq!(hint(&codes).as_deref(), expected);
    }

    #[test]
    fn a_hint_names_each_code_once_and_not_too_many() {
        check(&[], None);
        check(&["FOLDER-1"], None);
        check(&["AH-M103", "FOLDER-1", "AH-M103"], Some("amtshub explain AH-M103"));
        check(
            &["AH-M101", "AH-M102", "AH-M103", "AH-M104", "AH-M105"],
            Some("amtshub explain AH-M101 AH-M102 AH-M103 AH-M104 …"),
        );
    }
}
