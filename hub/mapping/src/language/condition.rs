// SPDX-License-Identifier: EUPL-1.2
//! Conditions: `amount != ''`, `kind in ('a', 'b') and not paid is present`, `totals.payable > 1000.00`.
//!
//! ```text
//! condition = and { "or" and }
//! and       = not { "and" not }
//! not       = "not" not | "(" condition ")" | compare
//! compare   = operand ("=" | "!=" | "<" | "<=" | ">" | ">=") literal
//!           | operand "in" "(" literal { "," literal } ")"
//!           | operand "is" ("present" | "absent")
//! literal   = "'" text "'" | number | "true" | "false"
//! ```
//!
//! An operand that is absent makes every comparison false except `!=`, which is the contrary of `=`. A number as literal
//! compares by value (`10` = `10.00`), a text compares by characters, white space at both ends aside.

use std::cmp::Ordering;
use std::ops::Range;

use super::row::dotted;
use super::scan::{Fault, Scan};

/// How an operand compares with a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What an operand is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// What it is.
    pub value: LiteralValue,
    /// Byte range in the text of the condition.
    pub range: Range<usize>,
}

/// What a literal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiteralValue {
    /// `'text'`
    Text(String),
    /// `10.00`
    Number(String),
    /// `true`, `false`
    Bool(bool),
}

/// A condition over operands of type `O`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition<O> {
    /// Operand, comparison, literal.
    Compare(O, Comparison, Literal),
    /// Operand and the values of which it must be one.
    In(O, Vec<Literal>),
    /// `is present`
    Present(O),
    /// `is absent`
    Absent(O),
    /// `not`
    Not(Box<Condition<O>>),
    /// All of them.
    And(Vec<Condition<O>>),
    /// One of them.
    Or(Vec<Condition<O>>),
}

/// What is wrong with a condition, at which bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionFault {
    /// Byte range.
    pub range: Range<usize>,
    /// A sentence.
    pub text: String,
}

/// Parses a condition over dotted canonical fields, as routes have them: `totals.payable > 0 and currency = 'EUR'`.
pub fn over_fields(text: &str) -> Result<Condition<String>, ConditionFault> {
    parse(text, &mut dotted).map_err(|fault| ConditionFault {
        range: fault.range,
        text: fault.text,
    })
}

/// Parses a condition with the operands that `operand` takes.
pub(crate) fn parse<O>(
    text: &str,
    operand: &mut dyn FnMut(&mut Scan<'_>) -> Result<O, Fault>,
) -> Result<Condition<O>, Fault> {
    let mut scan = Scan::new(text, "AH-M122");
    let condition = any(&mut scan, operand, 0)?;
    scan.end()?;
    Ok(condition)
}

type Operand<'f, O> = &'f mut dyn FnMut(&mut Scan<'_>) -> Result<O, Fault>;

/// Nesting allowed in a condition.
const DEPTH: usize = 16;

fn any<O>(scan: &mut Scan<'_>, operand: Operand<'_, O>, depth: usize) -> Result<Condition<O>, Fault> {
    let mut parts = vec![all(scan, operand, depth)?];
    while scan.eat_word("or") {
        parts.push(all(scan, operand, depth)?);
    }
    Ok(one_or(parts, Condition::Or))
}

fn all<O>(scan: &mut Scan<'_>, operand: Operand<'_, O>, depth: usize) -> Result<Condition<O>, Fault> {
    let mut parts = vec![not(scan, operand, depth)?];
    while scan.eat_word("and") {
        parts.push(not(scan, operand, depth)?);
    }
    Ok(one_or(parts, Condition::And))
}

fn one_or<O>(mut parts: Vec<Condition<O>>, many: fn(Vec<Condition<O>>) -> Condition<O>) -> Condition<O> {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    many(parts)
}

fn not<O>(scan: &mut Scan<'_>, operand: Operand<'_, O>, depth: usize) -> Result<Condition<O>, Fault> {
    if depth > DEPTH {
        return Err(scan.fault("this condition is nested too deeply"));
    }
    scan.space();
    if scan.eat_word("not") {
        return Ok(Condition::Not(Box::new(not(scan, operand, depth + 1)?)));
    }
    let found = if scan.eat("(") {
        let inner = any(scan, operand, depth + 1)?;
        scan.expect(")")?;
        inner
    } else {
        compare(scan, operand)?
    };
    scan.space();
    Ok(found)
}

fn compare<O>(scan: &mut Scan<'_>, operand: Operand<'_, O>) -> Result<Condition<O>, Fault> {
    let operand = operand(scan)?;
    scan.space();
    if scan.eat_word("is") {
        scan.space();
        if scan.eat_word("present") {
            return Ok(Condition::Present(operand));
        }
        if scan.eat_word("absent") {
            return Ok(Condition::Absent(operand));
        }
        return Err(scan.fault("`present` or `absent` expected"));
    }
    if scan.eat_word("in") {
        return Ok(Condition::In(operand, literals(scan)?));
    }
    let comparisons = [
        ("!=", Comparison::Unequal),
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("=", Comparison::Equal),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    let Some((_, comparison)) = comparisons.into_iter().find(|(sign, _)| scan.eat(sign)) else {
        return Err(scan.fault("`=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `is present` or `is absent` expected"));
    };
    scan.space();
    Ok(Condition::Compare(operand, comparison, literal(scan)?))
}

fn literals(scan: &mut Scan<'_>) -> Result<Vec<Literal>, Fault> {
    scan.space();
    scan.expect("(")?;
    let mut found = Vec::new();
    loop {
        scan.space();
        found.push(literal(scan)?);
        scan.space();
        if scan.eat(")") {
            return Ok(found);
        }
        scan.expect(",")?;
    }
}

fn literal(scan: &mut Scan<'_>) -> Result<Literal, Fault> {
    let start = scan.at();
    let value = literal_value(scan)?;
    Ok(Literal {
        value,
        range: start..scan.at(),
    })
}

fn literal_value(scan: &mut Scan<'_>) -> Result<LiteralValue, Fault> {
    for (word, value) in [("true", true), ("false", false)] {
        if scan.eat_word(word) {
            return Ok(LiteralValue::Bool(value));
        }
    }
    if scan.peek() == Some('\'') {
        return scan.literal().map(LiteralValue::Text);
    }
    let start = scan.at();
    scan.eat("-");
    scan.take_while(|c| c.is_ascii_digit() || c == '.');
    let digits = scan.since(start);
    if Decimal::parse(digits).is_none() {
        let sentence = "a text in single quotation marks or a number expected";
        return Err(match digits {
            "" => scan.fault(sentence),
            _ => scan.fault_at(start..scan.at(), sentence),
        });
    }
    Ok(LiteralValue::Number(digits.to_owned()))
}

impl<O> Condition<O> {
    /// Whether it holds, given the text of each operand.
    pub fn holds<'v>(&self, value: &mut dyn FnMut(&O) -> Option<&'v str>) -> bool {
        match self {
            Self::Compare(operand, comparison, literal) => compare_texts(value(operand), *comparison, literal),
            Self::In(operand, literals) => {
                let value = value(operand);
                literals.iter().any(|l| compare_texts(value, Comparison::Equal, l))
            }
            Self::Present(operand) => value(operand).is_some(),
            Self::Absent(operand) => value(operand).is_none(),
            Self::Not(inner) => !inner.holds(value),
            Self::And(parts) => parts.iter().all(|part| part.holds(value)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(value)),
        }
    }

    /// Every operand, in order.
    pub fn operands<'c>(&'c self, found: &mut Vec<&'c O>) {
        match self {
            Self::Compare(operand, ..) | Self::In(operand, _) | Self::Present(operand) | Self::Absent(operand) => {
                found.push(operand);
            }
            Self::Not(inner) => inner.operands(found),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.operands(found)),
        }
    }

    /// Every comparison with literals: operand, literals, and whether it asks for order rather than equality.
    pub(crate) fn comparisons<'c>(&'c self, found: &mut Vec<(&'c O, &'c [Literal], bool)>) {
        match self {
            Self::Compare(operand, comparison, literal) => {
                let equality = matches!(comparison, Comparison::Equal | Comparison::Unequal);
                found.push((operand, std::slice::from_ref(literal), !equality));
            }
            Self::In(operand, literals) => found.push((operand, literals, false)),
            Self::Present(_) | Self::Absent(_) => {}
            Self::Not(inner) => inner.comparisons(found),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.comparisons(found)),
        }
    }

    /// The same condition over other operands; `None` if one of them has no counterpart.
    pub(crate) fn map<P>(&self, change: &mut dyn FnMut(&O) -> Option<P>) -> Option<Condition<P>> {
        let mut many = |parts: &[Self]| parts.iter().map(|part| part.map(change)).collect::<Option<Vec<_>>>();
        Some(match self {
            Self::Compare(operand, comparison, literal) => {
                Condition::Compare(change(operand)?, *comparison, literal.clone())
            }
            Self::In(operand, literals) => Condition::In(change(operand)?, literals.clone()),
            Self::Present(operand) => Condition::Present(change(operand)?),
            Self::Absent(operand) => Condition::Absent(change(operand)?),
            Self::Not(inner) => Condition::Not(Box::new(inner.map(change)?)),
            Self::And(parts) => Condition::And(many(parts)?),
            Self::Or(parts) => Condition::Or(many(parts)?),
        })
    }
}

fn compare_texts(value: Option<&str>, comparison: Comparison, literal: &Literal) -> bool {
    let Some(value) = value.map(str::trim) else {
        return comparison == Comparison::Unequal;
    };
    let order = match &literal.value {
        LiteralValue::Text(text) => Some(value.cmp(text.as_str())),
        LiteralValue::Bool(wanted) => Some(value.cmp(if *wanted { "true" } else { "false" })),
        LiteralValue::Number(digits) => compare_numbers(value, digits),
    };
    match (comparison, order) {
        (Comparison::Unequal, order) => order != Some(Ordering::Equal),
        (_, None) => false,
        (Comparison::Equal, Some(order)) => order.is_eq(),
        (Comparison::Less, Some(order)) => order.is_lt(),
        (Comparison::AtMost, Some(order)) => order.is_le(),
        (Comparison::Greater, Some(order)) => order.is_gt(),
        (Comparison::AtLeast, Some(order)) => order.is_ge(),
    }
}

/// How two decimal texts compare by value; `None` unless both are decimal numbers without exponent.
pub fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Decimal::parse(a)?, Decimal::parse(b)?);
    Some(match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => a.magnitude(&b),
        (true, true) => b.magnitude(&a),
    })
}

/// A decimal number as pieces of its text: no leading zeros in front, no trailing ones behind.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    part: &'a str,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let fits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !fits(whole) || !fits(part) {
            return None;
        }
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        let negative = digits.len() < text.len() && !(whole.is_empty() && part.is_empty());
        Some(Self { negative, whole, part })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        (self.whole.len(), self.whole, self.part).cmp(&(other.whole.len(), other.whole, other.part))
    }
}

#[cfg(test)]
mod tests;
