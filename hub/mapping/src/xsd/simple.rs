// SPDX-License-Identifier: EUPL-1.2
//! Simple types: what a text must look like. The sentences say what was expected, never what was found.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use regex::Regex;

use super::builtin::{Builtin, White};
use super::moment::Moment;
use super::number::Number;

/// A simple type of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SimpleId(pub(super) u32);

/// What a simple type is made of.
#[derive(Debug, Clone)]
pub(crate) enum Variety {
    Atomic(Builtin),
    /// White space divides the items.
    List(SimpleId),
    Union(Vec<SimpleId>),
}

/// A simple type: a step of a derivation.
#[derive(Debug)]
pub(crate) struct Simple {
    /// As findings spell it; `None` for one without a name.
    pub(crate) label: Option<String>,
    pub(crate) variety: Variety,
    /// What it restricts further.
    pub(crate) base: Option<SimpleId>,
    pub(crate) white: White,
    pub(crate) facets: Facets,
    pub(crate) documentation: Option<String>,
}

/// A bound of the values.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) text: String,
    pub(crate) inclusive: bool,
    pub(crate) upper: bool,
}

/// What a derivation demands beside.
#[derive(Debug, Default)]
pub(crate) struct Facets {
    pub(crate) length: Option<usize>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) total_digits: Option<usize>,
    pub(crate) fraction_digits: Option<usize>,
    pub(crate) bounds: Vec<Bound>,
    /// One of them fits.
    pub(crate) patterns: Vec<Regex>,
    /// In the order of the schema.
    pub(crate) enumeration: Vec<String>,
    /// The same for looking up.
    pub(crate) members: HashSet<String>,
}

/// All simple types of a schema.
#[derive(Debug, Default)]
pub(crate) struct Simples {
    pub(super) list: Vec<Simple>,
}

/// What a text was expected to be: a half sentence behind "the value is not …".
pub(crate) type Expected = String;

impl Simples {
    pub(crate) fn get(&self, id: SimpleId) -> Option<&Simple> {
        self.list.get(id.0 as usize)
    }

    pub(super) fn add(&mut self, simple: Simple) -> SimpleId {
        self.list.push(simple);
        SimpleId(self.list.len() as u32 - 1)
    }

    /// How findings name a type: its name, or what it is derived from.
    pub(crate) fn label(&self, id: SimpleId) -> String {
        let Some(simple) = self.get(id) else {
            return String::new();
        };
        match (&simple.label, simple.base, &simple.variety) {
            (Some(label), _, _) => label.clone(),
            (None, Some(base), _) => self.label(base),
            (None, None, Variety::Atomic(made)) => made.label(),
            (None, None, Variety::List(item)) => format!("a list of {}", self.label(*item)),
            (None, None, Variety::Union(_)) => "a union of types".to_owned(),
        }
    }

    /// The built-in type that it is made of; `None` for lists and unions.
    pub(crate) fn builtin(&self, id: SimpleId) -> Option<Builtin> {
        match self.get(id)?.variety {
            Variety::Atomic(made) => Some(made),
            Variety::List(_) | Variety::Union(_) => None,
        }
    }

    /// The only values that it allows, in the order of the schema; `None` where it does not enumerate them.
    pub(crate) fn allowed(&self, id: SimpleId) -> Option<Vec<&str>> {
        let simple = self.get(id)?;
        if !simple.facets.enumeration.is_empty() {
            return Some(simple.facets.enumeration.iter().map(String::as_str).collect());
        }
        match (&simple.variety, simple.base) {
            (_, Some(base)) => self.allowed(base),
            (Variety::Union(members), None) => {
                let each: Option<Vec<_>> = members.iter().map(|member| self.allowed(*member)).collect();
                each.map(|lists| lists.concat())
            }
            _ => None,
        }
    }

    /// Whether a text is one of the values. The error says what was expected.
    pub(crate) fn check(&self, id: SimpleId, text: &str) -> Result<(), Expected> {
        let Some(simple) = self.get(id) else {
            return Ok(());
        };
        let text = worked_off(text, simple.white);
        self.check_worked_off(id, &text)
    }

    fn check_worked_off(&self, id: SimpleId, text: &str) -> Result<(), Expected> {
        let Some(simple) = self.get(id) else {
            return Ok(());
        };
        match (&simple.variety, simple.base) {
            (_, Some(base)) => self.check_worked_off(base, text)?,
            (Variety::Atomic(made), None) => {
                if !made.accepts(text) {
                    return Err(format!("of the type `{}`", made.label()));
                }
            }
            (Variety::List(item), None) => {
                for part in text.split_ascii_whitespace() {
                    self.check(*item, part)?;
                }
            }
            (Variety::Union(members), None) => {
                if !members.iter().any(|member| self.check(*member, text).is_ok()) {
                    return Err("of one of the types that the schema allows here".to_owned());
                }
            }
        }
        simple.facets.check(&simple.variety, text)
    }

    /// Whether two texts are the same value, for `fixed`.
    pub(crate) fn same(&self, id: SimpleId, one: &str, other: &str) -> bool {
        let white = self.get(id).map_or(White::Preserve, |simple| simple.white);
        let (one, other) = (worked_off(one, white), worked_off(other, white));
        let made = self.builtin(id).unwrap_or(Builtin::String);
        one == other || same_value(made, &one, &other)
    }
}

fn same_value(made: Builtin, one: &str, other: &str) -> bool {
    if made.is_decimal() {
        return Number::parse(one).is_some_and(|number| Some(number) == Number::parse(other));
    }
    let truth = |text: &str| match text {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    };
    match made {
        Builtin::Boolean => truth(one).is_some() && truth(one) == truth(other),
        _ => order(made, one, other) == Some(Ordering::Equal),
    }
}

/// The order of two values, where there is one.
fn order(made: Builtin, one: &str, other: &str) -> Option<Ordering> {
    if made.is_decimal() {
        return Some(Number::parse(one)?.cmp(&Number::parse(other)?));
    }
    if matches!(made, Builtin::Float | Builtin::Double) {
        let float = |text: &str| text.replace("INF", "inf").parse::<f64>().ok();
        return float(one)?.partial_cmp(&float(other)?);
    }
    Moment::parse(made, one)?.compare(&Moment::parse(made, other)?)
}

impl Facets {
    fn check(&self, variety: &Variety, text: &str) -> Result<(), Expected> {
        self.check_length(variety, text)?;
        if let Variety::Atomic(made) = variety {
            self.check_bounds(*made, text)?;
            self.check_digits(*made, text)?;
        }
        if !self.members.is_empty() && !self.members.contains(text) {
            let made = match variety {
                Variety::Atomic(made) => *made,
                _ => Builtin::String,
            };
            if !self.enumeration.iter().any(|member| same_value(made, member, text)) {
                return Err(self.enumerated());
            }
        }
        if !self.patterns.is_empty() && !self.patterns.iter().any(|pattern| pattern.is_match(text)) {
            return Err("in the form that the schema's pattern demands".to_owned());
        }
        Ok(())
    }

    fn enumerated(&self) -> String {
        const SHOWN: usize = 5;
        let mut shown: Vec<String> = self.enumeration.iter().take(SHOWN).map(|v| format!("`{v}`")).collect();
        if self.enumeration.len() > SHOWN {
            shown.push("…".to_owned());
        }
        format!("one of {} values: {}", self.enumeration.len(), shown.join(", "))
    }

    fn check_length(&self, variety: &Variety, text: &str) -> Result<(), Expected> {
        if self.length.or(self.min_length).or(self.max_length).is_none() {
            return Ok(());
        }
        let (length, unit) = match variety {
            Variety::List(_) => (text.split_ascii_whitespace().count(), "items"),
            // Every value of these fits (XML Schema part 2, section 4.3.1.3).
            Variety::Atomic(Builtin::QName | Builtin::Notation) | Variety::Union(_) => return Ok(()),
            Variety::Atomic(Builtin::HexBinary) => (text.len() / 2, "bytes"),
            Variety::Atomic(Builtin::Base64Binary) => {
                let digits = text.bytes().filter(|b| !matches!(b, b' ' | b'=')).count();
                (digits * 3 / 4, "bytes")
            }
            Variety::Atomic(_) => (text.chars().count(), "characters"),
        };
        if let Some(exact) = self.length.filter(|exact| *exact != length) {
            return Err(format!("exactly {exact} {unit} long"));
        }
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Err(format!("at least {least} {unit} long"));
        }
        match self.max_length.filter(|most| length > *most) {
            Some(most) => Err(format!("at most {most} {unit} long")),
            None => Ok(()),
        }
    }

    fn check_bounds(&self, made: Builtin, text: &str) -> Result<(), Expected> {
        for bound in &self.bounds {
            let fits = match order(made, text, &bound.text) {
                None => true,
                Some(Ordering::Equal) => bound.inclusive,
                Some(found) => (found == Ordering::Less) == bound.upper,
            };
            if !fits {
                let words = match (bound.upper, bound.inclusive) {
                    (true, true) => "at most",
                    (true, false) => "less than",
                    (false, true) => "at least",
                    (false, false) => "more than",
                };
                return Err(format!("{words} {}", bound.text));
            }
        }
        Ok(())
    }

    fn check_digits(&self, made: Builtin, text: &str) -> Result<(), Expected> {
        if self.total_digits.or(self.fraction_digits).is_none() || !made.is_decimal() {
            return Ok(());
        }
        let Some(number) = Number::parse(text) else {
            return Ok(());
        };
        if let Some(most) = self.fraction_digits.filter(|most| number.fraction_digits() > *most) {
            return Err(format!("a number with at most {most} digits behind the mark"));
        }
        match self.total_digits.filter(|most| number.total_digits() > *most) {
            Some(most) => Err(format!("a number with at most {most} digits")),
            None => Ok(()),
        }
    }
}

/// White space worked off (section 4.3.6).
pub(super) fn worked_off(text: &str, white: White) -> Cow<'_, str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    match white {
        White::Preserve => Cow::Borrowed(text),
        White::Replace if text.contains(['\t', '\n', '\r']) => Cow::Owned(text.replace(['\t', '\n', '\r'], " ")),
        White::Replace => Cow::Borrowed(text),
        White::Collapse => {
            let trimmed = text.trim_matches(is_space);
            if trimmed.contains("  ") || trimmed.contains(['\t', '\n', '\r']) {
                let words: Vec<&str> = trimmed.split(is_space).filter(|word| !word.is_empty()).collect();
                Cow::Owned(words.join(" "))
            } else {
                Cow::Borrowed(trimmed)
            }
        }
    }
}
