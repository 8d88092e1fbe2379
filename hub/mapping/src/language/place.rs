// SPDX-License-Identifier: EUPL-1.2
//! Places: `{doc}/ram:IncludedNote`, `cac:PartyTaxScheme[cac:TaxScheme/cbc:ID = 'VAT']/cbc:CompanyID`, `@unitCode`, `.`.
//!
//! ```text
//! place     = "." | [ "{" name "}" [ "/" ] ] steps
//! steps     = step { "/" step } [ "/@" name ] | "@" name
//! step      = name { "[" place test "]" }
//! test      = ("=" | "!=") ( "'" literal "'" | "^" field ) | "is" ("present" | "absent")
//! name      = [ prefix ":" ] local | "'" any text "'"
//! ```

use std::fmt;
use std::ops::Range;

use super::scan::{Fault, Scan};

/// A name of a step or an attribute.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) prefix: Option<String>,
    pub(crate) local: String,
    /// Byte range in the string that the place was parsed from.
    pub(crate) range: Range<usize>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix && self.local == other.local
    }
}

impl Eq for Name {}

/// A place relative to another one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// A short name out of `[at]` at the beginning.
    pub(crate) at: Option<Name>,
    pub(crate) steps: Vec<Step>,
    pub(crate) attribute: Option<Name>,
}

/// A step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: Name,
    pub(crate) predicates: Vec<Predicate>,
}

/// What a place is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Against {
    /// `'VAT'`
    Text(String),
    /// `^currency`: a canonical field of the document, which must stand before the place that is compared.
    Field(String),
    /// Nothing: it is enough that the place is there.
    Presence,
}

/// A condition on the occurrences of a step. `!=` also holds where the place is absent.
#[derive(Debug, Clone)]
pub(crate) struct Predicate {
    pub(crate) place: Place,
    pub(crate) negated: bool,
    pub(crate) against: Against,
    /// Byte range of what stands between the brackets.
    pub(crate) range: Range<usize>,
    /// Byte range of what the place is compared with.
    pub(crate) against_range: Range<usize>,
}

impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.negated == other.negated && self.against == other.against
    }
}

impl Eq for Predicate {}

/// The most steps of a place: no document that is read nests deeper.
pub(crate) const STEPS_MAX: usize = 64;

/// The deepest nesting of predicates.
const PREDICATES_DEEP: usize = 8;

/// Whether a character may stand in a name that is not quoted.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

impl Place {
    /// Parses a whole string.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut scan = Scan::new(text, "AH-M106");
        scan.space();
        let place = Self::scan(&mut scan)?;
        scan.space();
        scan.end()?;
        Ok(place)
    }

    /// Parses a place and stops behind it.
    pub(crate) fn scan(scan: &mut Scan<'_>) -> Result<Self, Fault> {
        Self::scan_in(scan, 0)
    }

    /// Parses a place that stands in so many predicates.
    fn scan_in(scan: &mut Scan<'_>, deep: usize) -> Result<Self, Fault> {
        let mut place = Self::default();
        if scan.peek() == Some('{') {
            place.at = Some(scan_at(scan)?);
            if !scan.eat("/") {
                return Ok(place);
            }
        } else if scan.peek() == Some('.') && !scan.rest().chars().nth(1).is_some_and(in_name) {
            scan.next();
            if !scan.eat("/") {
                return Ok(place);
            }
        }
        loop {
            if scan.eat("@") {
                place.attribute = Some(scan_name(scan)?);
                return Ok(place);
            }
            if place.steps.len() == STEPS_MAX {
                return Err(scan.fault(format!(
                    "a place has at most {STEPS_MAX} steps, for no document nests deeper"
                )));
            }
            place.steps.push(scan_step(scan, deep)?);
            if !scan.eat("/") {
                return Ok(place);
            }
        }
    }

    /// Whether it is the place itself, `.`.
    pub(crate) fn is_here(&self) -> bool {
        self.at.is_none() && self.steps.is_empty() && self.attribute.is_none()
    }
}

fn scan_at(scan: &mut Scan<'_>) -> Result<Name, Fault> {
    scan.expect("{")?;
    let start = scan.at();
    let local = scan.take_while(in_name).to_owned();
    let range = start..scan.at();
    if local.is_empty() {
        return Err(scan.fault("a short name out of `[at]` expected"));
    }
    scan.expect("}")?;
    Ok(Name {
        prefix: None,
        local,
        range,
    })
}

fn scan_step(scan: &mut Scan<'_>, deep: usize) -> Result<Step, Fault> {
    let name = scan_name(scan)?;
    let mut predicates = Vec::new();
    while scan.eat("[") {
        scan.space();
        let start = scan.at();
        if deep == PREDICATES_DEEP {
            return Err(scan.fault(format!("predicates are nested more than {PREDICATES_DEEP} deep")));
        }
        let place = Place::scan_in(scan, deep + 1)?;
        scan.space();
        let (negated, against, against_range) = scan_test(scan)?;
        let range = start..scan.at();
        scan.space();
        scan.expect("]")?;
        predicates.push(Predicate {
            place,
            negated,
            against,
            range,
            against_range,
        });
    }
    Ok(Step { name, predicates })
}

/// What a predicate says of its place, and where it says so.
fn scan_test(scan: &mut Scan<'_>) -> Result<(bool, Against, Range<usize>), Fault> {
    let start = scan.at();
    if scan.eat_word("is") {
        scan.space();
        let negated = scan.eat_word("absent");
        if !negated && !scan.eat_word("present") {
            return Err(scan.fault("`present` or `absent` expected"));
        }
        return Ok((negated, Against::Presence, start..scan.at()));
    }
    let negated = scan.eat("!=");
    if !negated && !scan.eat("=") {
        return Err(scan.fault("`=` or `!=` expected"));
    }
    scan.space();
    let start = scan.at();
    let against = if scan.eat("^") {
        Against::Field(super::row::dotted(scan)?)
    } else {
        Against::Text(scan.literal()?)
    };
    Ok((negated, against, start..scan.at()))
}

fn scan_name(scan: &mut Scan<'_>) -> Result<Name, Fault> {
    let start = scan.at();
    if scan.peek() == Some('\'') {
        let local = scan.literal()?;
        let range = start..scan.at();
        if local.is_empty() {
            return Err(scan.fault_at(range, "a name must not be empty"));
        }
        return Ok(Name {
            prefix: None,
            local,
            range,
        });
    }
    let first = scan.take_while(in_name).to_owned();
    if first.is_empty() {
        return Err(scan.fault("a name expected"));
    }
    let (prefix, local) = if scan.eat(":") {
        let local = scan.take_while(in_name).to_owned();
        if local.is_empty() {
            return Err(scan.fault("a name expected behind the prefix"));
        }
        (Some(first), local)
    } else {
        (None, first)
    };
    Ok(Name {
        prefix,
        local,
        range: start..scan.at(),
    })
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            return write!(f, "{prefix}:{}", self.local);
        }
        if self.local.chars().all(in_name) && !self.local.starts_with('.') {
            f.write_str(&self.local)
        } else {
            write!(f, "'{}'", self.local.replace('\'', "''"))
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_here() {
            return f.write_str(".");
        }
        let mut between = "";
        if let Some(at) = &self.at {
            write!(f, "{{{}}}", at.local)?;
            between = "/";
        }
        for step in &self.steps {
            write!(f, "{between}{}", step.name)?;
            for predicate in &step.predicates {
                let operator = if predicate.negated { "!=" } else { "=" };
                match &predicate.against {
                    Against::Text(text) => {
                        write!(f, "[{} {operator} '{}']", predicate.place, text.replace('\'', "''"))?;
                    }
                    Against::Field(field) => write!(f, "[{} {operator} ^{field}]", predicate.place)?,
                    Against::Presence if predicate.negated => write!(f, "[{} is absent]", predicate.place)?,
                    Against::Presence => write!(f, "[{} is present]", predicate.place)?,
                }
            }
            between = "/";
        }
        if let Some(attribute) = &self.attribute {
            write!(f, "{between}@{attribute}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, (Range<usize>, &str)>) {
        match (Place::parse(text), expected) {
            (Ok(place), Ok(shown)) => assert_eq!(place.to_string(), shown, "{text}"),
            (Err(fault), Err((range, sentence))) => assert_eq!((fault.range, fault.text.as_str()), (range, sentence)),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }

    #[test]
    fn places_of_the_grammar() {
        for same in [
            ".",
            "cbc:ID",
            "@currencyID",
            "{doc}/ram:ID",
            "{doc}",
            "{doc}/@x",
            "01/caseNo",
            "'Betrag in €'/x",
            "n:identifikation.nachricht/code",
            "a:b[c:d/e:f = 'VAT']/g:h/@i",
            "a[@b = 'it''s']",
            "a[. = 'x'][b != 'y']",
            "a[@b = ^seller.id]/c",
            "a[b/c is present][@d is absent]",
        ] {
            check(same, Ok(same));
        }
        check(" a[b='x'] ", Ok("a[b = 'x']"));
        check("./a/b", Ok("a/b"));
    }

    #[test]
    fn faults_point_at_the_character() {
        check("", Err((0..0, "a name expected")));
        check("a//b", Err((2..3, "a name expected")));
        check("a b", Err((2..3, "`b` does not belong here")));
        check("a[b='x'", Err((7..7, "`]` expected, but the text ends")));
        check("a[b='x", Err((4..6, "this text has no closing quotation mark")));
        check("a[b]", Err((3..4, "`=` or `!=` expected")));
        check("a:", Err((2..2, "a name expected behind the prefix")));
        check("{x", Err((2..2, "`}` expected, but the text ends")));
        check("a/@b/c", Err((4..5, "`/` does not belong here")));
    }

    fn place() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            "[a-zA-Z][a-zA-Z0-9_-]{0,5}",
            "[a-z]{1,3}:[A-Z][a-z]{0,4}",
            "'[ -&(-~]{1,6}'"
        ];
        let predicate = (name.clone(), "[ -&(-~]{0,5}").prop_map(|(name, text)| format!("[{name} = '{text}']"));
        let step = (name.clone(), prop::collection::vec(predicate, 0..3)).prop_map(|(name, p)| name + &p.concat());
        (prop::collection::vec(step, 1..5), prop::option::of(name))
            .prop_map(|(steps, attribute)| steps.join("/") + &attribute.map_or(String::new(), |a| format!("/@{a}")))
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_to_the_same(text in place()) {
            let once = Place::parse(&text).unwrap();
            prop_assert_eq!(Place::parse(&once.to_string()).unwrap(), once);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            if let Err(fault) = Place::parse(&text) {
                prop_assert!(fault.range.end <= text.len());
            }
        }
    }
}
