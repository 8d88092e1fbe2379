// SPDX-License-Identifier: EUPL-1.2
//! Templates: one text ↔ several named parts, `#{subject:[A-Z]{3}}#{text}`.
//!
//! ```text
//! template  = { text | "{{" | "}}" | "{" name [ "?" ] [ ":" regex ] "}" }
//! ```
//!
//! In `template = […]` of a list a name is a canonical field of the item, in the function `template('…')` it is a place.
//! `{name?}` may be empty or absent. A part without a regex takes as little as fits, the last one all that is left.
//! Making a text, a template fits when every part without `?` is there and matches its regex, and no part is left over
//! that the template does not name.

use std::fmt::Write;
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::scan::{Fault, Scan};

/// A checked template.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
    parts: Vec<Part>,
    pattern: Regex,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Part(usize),
}

/// A named part of a template.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) optional: bool,
    /// Byte range of the name in the template's string.
    pub(crate) range: Range<usize>,
    pattern: Option<Regex>,
    /// Its group in the pattern of the whole.
    group: usize,
}

/// Size limit of a compiled pattern, in bytes.
const PATTERN_BYTES: usize = 1 << 20;

fn compile(pattern: &str, scan: &Scan<'_>, range: Range<usize>) -> Result<Regex, Fault> {
    RegexBuilder::new(pattern)
        .size_limit(PATTERN_BYTES)
        .dot_matches_new_line(true)
        .build()
        .map_err(|error| {
            let shown = error.to_string();
            let reason = shown.lines().last().unwrap_or_default().trim_start_matches("error: ");
            scan.fault_at(range, format!("this regular expression does not work: {reason}"))
        })
}

impl Template {
    /// Parses and checks a template; `name` takes the name of a part.
    pub(crate) fn parse(text: &str, name: fn(&mut Scan<'_>) -> Result<String, Fault>) -> Result<Self, Fault> {
        let mut scan = Scan::new(text, "AH-M121");
        let mut draft = Draft::default();
        while let Some(c) = scan.peek() {
            if c == '{' && !scan.rest().starts_with("{{") {
                draft.part(&mut scan, name)?;
                continue;
            }
            scan.next();
            if (c == '{' || c == '}') && !scan.eat(&c.to_string()) {
                return Err(scan.fault_at(scan.at() - 1..scan.at(), "a brace as text is written twice, `}}`"));
            }
            draft.plain.push(c);
        }
        draft.finish(&scan, text)
    }

    /// Its parts in order.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Takes `text` apart: `put(part, text)` for every part that is there. `false`: it does not fit.
    pub(crate) fn take<'t>(&self, text: &'t str, put: &mut dyn FnMut(usize, &'t str)) -> bool {
        let Some(found) = self.pattern.captures(text) else {
            return false;
        };
        for (index, part) in self.parts.iter().enumerate() {
            let value = found.get(part.group).map_or("", |m| m.as_str());
            if !(part.optional && value.is_empty()) {
                put(index, value);
            }
        }
        true
    }

    /// Makes the text from its parts. `false`: it does not fit, and `out` is as it was.
    pub(crate) fn make<'v>(&self, value: &mut dyn FnMut(usize) -> Option<&'v str>, out: &mut String) -> bool {
        let before = out.len();
        let fits = self.pieces.iter().all(|piece| match piece {
            Piece::Text(text) => {
                out.push_str(text);
                true
            }
            Piece::Part(index) => self.parts.get(*index).is_some_and(|part| match value(*index) {
                Some(text) => {
                    out.push_str(text);
                    part.accepts(text)
                }
                None => part.optional,
            }),
        });
        if !fits {
            out.truncate(before);
        }
        fits
    }
}

impl Part {
    fn accepts(&self, text: &str) -> bool {
        (self.optional && text.is_empty()) || self.pattern.as_ref().is_none_or(|own| own.is_match(text))
    }
}

/// A template while it is parsed.
#[derive(Default)]
struct Draft {
    pieces: Vec<Piece>,
    parts: Vec<Part>,
    whole: String,
    plain: String,
}

impl Draft {
    fn part(&mut self, scan: &mut Scan<'_>, name: fn(&mut Scan<'_>) -> Result<String, Fault>) -> Result<(), Fault> {
        self.flush();
        scan.expect("{")?;
        let start = scan.at();
        let name = name(scan)?;
        let range = start..scan.at();
        let optional = scan.eat("?");
        let own = if scan.eat(":") { Some(scan_pattern(scan)?) } else { None };
        scan.expect("}")?;
        if self.parts.iter().any(|p| p.name == name) {
            return Err(scan.fault_at(range, format!("`{name}` stands in the template twice")));
        }
        let pattern = match &own {
            Some(own) => Some(compile(&format!("^(?:{own})$"), scan, range.clone())?),
            None => None,
        };
        let index = self.parts.len();
        let own = own.unwrap_or_else(|| ".*?".to_owned());
        let maybe = if optional { "?" } else { "" };
        let _ = write!(self.whole, "(?P<part{index}>(?:{own}){maybe})");
        self.pieces.push(Piece::Part(index));
        self.parts.push(Part {
            name,
            optional,
            range,
            pattern,
            group: 0,
        });
        Ok(())
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            self.whole.push_str(&regex::escape(&self.plain));
            self.pieces.push(Piece::Text(std::mem::take(&mut self.plain)));
        }
    }

    fn finish(mut self, scan: &Scan<'_>, text: &str) -> Result<Template, Fault> {
        self.flush();
        if self.parts.is_empty() {
            return Err(scan.fault_at(0..text.len(), "a template needs at least one {name}"));
        }
        let pattern = compile(&format!("^{}$", self.whole), scan, 0..text.len())?;
        for (index, part) in self.parts.iter_mut().enumerate() {
            let name = format!("part{index}");
            part.group = pattern
                .capture_names()
                .position(|found| found == Some(name.as_str()))
                .unwrap_or(0);
        }
        Ok(Template {
            pieces: self.pieces,
            parts: self.parts,
            pattern,
        })
    }
}

/// Takes a regular expression up to the brace that closes the part.
fn scan_pattern(scan: &mut Scan<'_>) -> Result<String, Fault> {
    let start = scan.at();
    let mut open = 0;
    while let Some(c) = scan.peek() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Ok(scan.since(start).to_owned()),
            '}' => open -= 1,
            '\\' => {
                scan.next();
            }
            _ => {}
        }
        scan.next();
    }
    Err(scan.fault_at(start..scan.at(), "this part has no closing brace"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::row::dotted;
    use proptest::prelude::*;

    #[track_caller]
    fn check(template: &str, text: &str, expected: Option<&[(&str, &str)]>) {
        let template = Template::parse(template, dotted).unwrap();
        let mut found = Vec::new();
        let fits = template.take(text, &mut |part, value| {
            found.push((template.parts()[part].name.clone(), value.to_owned()));
        });
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(fits.then_some(found.as_slice()), expected);
        if fits {
            let mut out = String::new();
            let value = |part: usize| found.iter().find(|f| f.0 == template.parts()[part].name).map(|f| f.1);
            assert!(template.make(&mut { value }, &mut out));
            assert_eq!(out, text);
        }
    }

    #[test]
    fn texts_are_taken_apart_and_made_again() {
        check(
            "#{subject:[A-Z]{3}}#{text}",
            "#AAI#a\nb#",
            Some(&[("subject", "AAI"), ("text", "a\nb#")]),
        );
        check("#{subject:[A-Z]{3}}#{text}", "#AA#x", None);
        check("{text}", "", Some(&[("text", "")]));
        check("{a}, {b?}", "x, ", Some(&[("a", "x")]));
        check("{{{a}}}", "{1}", Some(&[("a", "1")]));
        check("{a:(x|y)}{b?:[0-9]+}", "x12", Some(&[("a", "x"), ("b", "12")]));
    }

    #[test]
    fn a_value_that_does_not_match_is_not_written() {
        let template = Template::parse("#{subject:[A-Z]{3}}#{text}", dotted).unwrap();
        let mut out = String::from("kept");
        assert!(!template.make(&mut |part| Some(if part == 0 { "abc" } else { "t" }), &mut out));
        assert!(!template.make(&mut |part| (part == 1).then_some("t"), &mut out));
        assert_eq!(out, "kept");
    }

    #[test]
    fn faults() {
        let fault = |text: &str| Template::parse(text, dotted).unwrap_err();
        assert_eq!(fault("{a}{a}").range, 4..5);
        assert_eq!(fault("x").text, "a template needs at least one {name}");
        assert_eq!(fault("{a:[").text, "this part has no closing brace");
        assert_eq!(fault("a}b").range, 1..2);
        assert!(fault("{a:(}").text.starts_with("this regular expression does not work"));
    }

    proptest! {
        #[test]
        fn what_is_made_is_taken_apart_the_same(subject in "[A-Z]{3}", text in "\\PC{0,30}") {
            let template = Template::parse("#{subject:[A-Z]{3}}#{text}", dotted).unwrap();
            let mut out = String::new();
            let fits = template.make(&mut |part| Some(if part == 0 { &subject } else { &text }), &mut out);
            prop_assert!(fits);
            let mut found = Vec::new();
            let fits = template.take(&out, &mut |_, value| found.push(value.to_owned()));
            prop_assert!(fits);
            prop_assert_eq!(found, vec![subject, text]);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Template::parse(&text, dotted);
        }
    }
}
