// SPDX-License-Identifier: EUPL-1.2
//! Compares an invoice with its oracle, value by value, none counted twice.

use std::fmt;

use sha2::{Digest, Sha256};

use super::term::{Group, Term};

/// What came of a comparison.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Values of the oracle, attributes included, and surplus values of ours.
    pub(super) total: usize,
    /// Those that stand where they belong.
    pub(super) right: usize,
    /// Notes of UBL that were compared with subject code and text put together again.
    pub(super) joined: usize,
    pub(super) misses: Vec<Miss>,
}

/// A value that is missing, wrong, or that the oracle does not have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) term: String,
    place: String,
    expected: Option<String>,
    found: Option<String>,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |text: &Option<String>| match text {
            Some(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
            None => "nothing".to_owned(),
        };
        write!(
            f,
            "{} at {}: {} expected, {} found",
            self.term,
            self.place,
            short(&self.expected),
            short(&self.found)
        )
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.total += other.total;
        self.right += other.right;
        self.joined += other.joined;
        self.misses.extend(other.misses);
    }

    pub(super) fn percent(&self) -> f64 {
        self.right as f64 * 100.0 / self.total.max(1) as f64
    }

    fn count(&mut self, right: bool, miss: impl FnOnce() -> Miss) {
        self.total += 1;
        if right {
            self.right += 1;
        } else {
            self.misses.push(miss());
        }
    }
}

/// Terms of which CII states the tax scheme as an attribute. The standard has no number for it: what the term is says
/// it already, and the canonical field has no place for it.
const IMPLIED: [(&str, &str); 4] = [("BT-31", "VA"), ("BT-32", "FC"), ("BT-48", "VA"), ("BT-63", "VA")];

/// Compares the whole invoice.
///
/// `ubl`: CEN/TS 16931-3-2 has BT-21 in front of BT-22, as `#code#text` in one element. KoSIT's stylesheet leaves the
/// two together in BT-22, the canonical invoice has them apart. Such a note is right when both, put together again, are
/// what the oracle has.
pub(super) fn compare(oracle: &Group, ours: &Group, ubl: bool) -> Tally {
    let mut tally = Tally::default();
    group(oracle, ours, "invoice", ubl, &mut tally);
    tally
}

fn group(oracle: &Group, ours: &Group, place: &str, ubl: bool, tally: &mut Tally) {
    let joined = (ubl && ours.term == "BG-1").then(|| joined_note(ours));
    let own = joined.as_ref().unwrap_or(ours);
    tally.joined += usize::from(own.values.len() < ours.values.len());
    values(&oracle.values, &own.values, place, tally);
    let mut terms: Vec<&str> = oracle
        .groups
        .iter()
        .chain(&own.groups)
        .map(|g| g.term.as_str())
        .collect();
    terms.sort_unstable();
    terms.dedup();
    let empty = Group::default();
    for term in terms {
        let of = |groups: &'_ [Group]| groups.iter().filter(|g| g.term == term).cloned().collect::<Vec<_>>();
        let (theirs, own) = (of(&oracle.groups), of(&own.groups));
        for index in 0..theirs.len().max(own.len()) {
            let place = format!("{place}/{term}[{index}]");
            let (one, other) = (theirs.get(index).unwrap_or(&empty), own.get(index).unwrap_or(&empty));
            group(one, other, &place, ubl, tally);
        }
    }
}

fn joined_note(note: &Group) -> Group {
    let mut note = note.clone();
    let subject = note
        .values
        .iter()
        .position(|v| v.term == "BT-21")
        .map(|at| note.values.remove(at));
    if let (Some(subject), Some(text)) = (subject, note.values.iter_mut().find(|v| v.term == "BT-22")) {
        text.text = format!("#{}#{}", subject.text, text.text);
    }
    note
}

fn values(oracle: &[Term], ours: &[Term], place: &str, tally: &mut Tally) {
    let mut left: Vec<&Term> = ours.iter().collect();
    let mut unmatched = Vec::new();
    for value in oracle {
        match left
            .iter()
            .position(|own| alike(value, own) && missing_parts(value, own).is_empty())
        {
            Some(at) => {
                let own = left.swap_remove(at);
                count_parts(value, Some(own), place, tally);
            }
            None => unmatched.push(value),
        }
    }
    for value in unmatched {
        let at = left.iter().position(|own| alike(value, own));
        let at = at.or_else(|| left.iter().position(|own| own.term == value.term));
        let own = at.map(|at| left.swap_remove(at));
        count_parts(value, own, place, tally);
    }
    for own in left {
        tally.count(false, || miss(&own.term, place, None, Some(&own.text)));
        for (part, text) in &own.parts {
            tally.count(false, || miss(&format!("{}-{part}", own.term), place, None, Some(text)));
        }
    }
}

fn count_parts(value: &Term, own: Option<&Term>, place: &str, tally: &mut Tally) {
    let right = own.is_some_and(|own| alike(value, own));
    tally.count(right, || {
        miss(&value.term, place, Some(&value.text), own.map(|o| o.text.as_str()))
    });
    let found = |part: &str| {
        own.and_then(|o| o.parts.iter().find(|(p, _)| p == part))
            .map(|(_, t)| t.as_str())
    };
    for (part, text) in &value.parts {
        let right = found(part) == Some(text) || (own.is_some() && implied(value, text));
        tally.count(right, || {
            miss(&format!("{}-{part}", value.term), place, Some(text), found(part))
        });
    }
    let surplus = own.into_iter().flat_map(|o| &o.parts);
    for (part, text) in surplus.filter(|(part, _)| !value.parts.iter().any(|(p, _)| p == part)) {
        tally.count(false, || {
            miss(&format!("{}-{part}", value.term), place, None, Some(text))
        });
    }
}

fn missing_parts<'a>(value: &'a Term, own: &'a Term) -> Vec<&'a (String, String)> {
    let both = value
        .parts
        .iter()
        .filter(|part| !own.parts.contains(part) && !implied(value, &part.1));
    both.chain(own.parts.iter().filter(|part| !value.parts.contains(part)))
        .collect()
}

fn implied(value: &Term, scheme: &str) -> bool {
    IMPLIED.contains(&(value.term.as_str(), scheme))
}

fn miss(term: &str, place: &str, expected: Option<&str>, found: Option<&str>) -> Miss {
    Miss {
        term: term.to_owned(),
        place: place.to_owned(),
        expected: expected.map(str::to_owned),
        found: found.map(str::to_owned),
    }
}

fn alike(value: &Term, own: &Term) -> bool {
    if value.term != own.term {
        return false;
    }
    if let Some(sum) = value.text.strip_prefix("sha256:") {
        return hex(&Sha256::digest(own.text.as_bytes())) == sum;
    }
    value.text == own.text || (own.number && plain(&value.text).is_some_and(|v| Some(v) == plain(&own.text)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A decimal without sign for zero, leading and trailing zeros; `None` for anything else.
fn plain(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    if whole.is_empty() && part.is_empty() {
        return Some("0".to_owned());
    }
    Some(format!("{sign}{whole}.{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(term: &str, text: &str, number: bool, parts: &[(&str, &str)]) -> Term {
        Term {
            term: term.into(),
            text: text.into(),
            number,
            parts: parts.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect(),
        }
    }

    fn with(values: Vec<Term>) -> Group {
        Group {
            values,
            ..Group::default()
        }
    }

    /// How many values there are, how many are right, and the terms of the misses.
    #[track_caller]
    fn check(oracle: Vec<Term>, ours: Vec<Term>, total: usize, right: usize, misses: &[&str]) {
        let tally = compare(&with(oracle), &with(ours), false);
        let terms: Vec<&str> = tally.misses.iter().map(|m| m.term.as_str()).collect();
        assert_eq!((tally.total, tally.right, terms.as_slice()), (total, right, misses));
    }

    #[test]
    fn decimals_are_compared_by_value_and_texts_by_letters() {
        let number = |text: &str| vec![value("BT-106", text, true, &[])];
        check(number("5.00"), number("5.0000"), 1, 1, &[]);
        check(number("-0"), number("0.00"), 1, 1, &[]);
        check(number("5.00"), number("-5"), 1, 0, &["BT-106"]);
        check(number("50"), number("5"), 1, 0, &["BT-106"]);
        let text = |text: &str| vec![value("BT-1", text, false, &[])];
        check(text("5.00"), text("5.0"), 1, 0, &["BT-1"]);
    }

    #[test]
    fn no_value_is_counted_twice() {
        let id = |text: &str| value("BT-29", text, false, &[]);
        check(vec![id("1"), id("1")], vec![id("1")], 2, 1, &["BT-29"]);
        check(vec![id("1")], vec![id("1"), id("1")], 2, 1, &["BT-29"]);
        check(vec![id("1"), id("2")], vec![id("2"), id("1")], 2, 2, &[]);
    }

    #[test]
    fn attributes_count() {
        let with_scheme = |scheme: &[(&str, &str)]| vec![value("BT-29", "1", false, scheme)];
        check(with_scheme(&[("1", "0088")]), with_scheme(&[("1", "0088")]), 2, 2, &[]);
        check(with_scheme(&[("1", "0088")]), with_scheme(&[]), 2, 1, &["BT-29-1"]);
        check(with_scheme(&[]), with_scheme(&[("1", "0088")]), 2, 1, &["BT-29-1"]);
        check(
            vec![value("BT-31", "DE1", false, &[("1", "VA")])],
            vec![value("BT-31", "DE1", false, &[])],
            2,
            2,
            &[],
        );
        check(
            vec![value("BT-31", "DE1", false, &[("1", "FC")])],
            vec![value("BT-31", "DE1", false, &[])],
            2,
            1,
            &["BT-31-1"],
        );
    }

    #[test]
    fn long_values_are_compared_by_digest() {
        let sum = format!("sha256:{}", hex(&Sha256::digest(b"abc")));
        check(
            vec![value("BT-125", &sum, false, &[])],
            vec![value("BT-125", "abc", false, &[])],
            1,
            1,
            &[],
        );
        check(
            vec![value("BT-125", &sum, false, &[])],
            vec![value("BT-125", "abd", false, &[])],
            1,
            0,
            &["BT-125"],
        );
    }

    #[test]
    fn a_note_of_ubl_is_put_together_again() {
        let note = |values: Vec<Term>| Group {
            groups: vec![Group {
                term: "BG-1".into(),
                values,
                groups: Vec::new(),
            }],
            ..Group::default()
        };
        let oracle = note(vec![value("BT-22", "#ADU#Text", false, &[])]);
        let ours = note(vec![
            value("BT-21", "ADU", false, &[]),
            value("BT-22", "Text", false, &[]),
        ]);
        assert_eq!(compare(&oracle, &ours, true).right, 1);
        assert_eq!(compare(&oracle, &ours, false).right, 0);
        let wrong = note(vec![
            value("BT-21", "AAC", false, &[]),
            value("BT-22", "Text", false, &[]),
        ]);
        assert_eq!(compare(&oracle, &wrong, true).right, 0);
    }

    #[test]
    fn groups_are_compared_in_order() {
        let line = |id: &str| Group {
            term: "BG-25".into(),
            values: vec![value("BT-126", id, false, &[])],
            groups: Vec::new(),
        };
        let invoice = |groups: Vec<Group>| Group {
            groups,
            ..Group::default()
        };
        let tally = compare(
            &invoice(vec![line("1"), line("2")]),
            &invoice(vec![line("2"), line("1")]),
            false,
        );
        assert_eq!((tally.total, tally.right), (2, 0));
        let tally = compare(&invoice(vec![line("1")]), &invoice(vec![line("1"), line("2")]), false);
        assert_eq!((tally.total, tally.right), (2, 1));
    }
}
