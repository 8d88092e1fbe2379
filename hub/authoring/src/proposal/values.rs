// SPDX-License-Identifier: EUPL-1.2
//! What form the values of a place have, and which function brings them into the form of a canonical field.

use hub_message::LeafKind;
use hub_message::shape::Leaf;

/// The form that all values of a place have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// There is no value to see.
    Unseen,
    /// `2026-11-03`
    IsoDate,
    /// A day by this pattern.
    Date(&'static str),
    /// RFC 3339.
    DateTime,
    /// Digits only.
    Digits,
    /// A number with a point.
    Decimal,
    /// A number with a comma, and perhaps points between thousands.
    GermanDecimal,
    /// Yes and no by these words.
    YesNo(&'static str, &'static str),
    /// Anything.
    Text,
}

const PATTERNS: [(&str, &str); 4] = [
    ("dd.MM.yyyy", "00.00.0000"),
    ("dd/MM/yyyy", "00/00/0000"),
    ("yyyyMMdd", "00000000"),
    ("dd.MM.yy", "00.00.00"),
];

const WORDS: [(&str, &str); 6] = [
    ("true", "false"),
    ("J", "N"),
    ("ja", "nein"),
    ("Ja", "Nein"),
    ("Y", "N"),
    ("yes", "no"),
];

impl Form {
    /// The form of some values.
    pub(super) fn of(values: &[String]) -> Self {
        if values.is_empty() {
            return Self::Unseen;
        }
        let all = |fits: &dyn Fn(&str) -> bool| values.iter().all(|value| fits(value));
        if all(&|value| masked(value) == "0000-00-00" && is_day(value, "yyyy-MM-dd")) {
            return Self::IsoDate;
        }
        if let Some((pattern, _)) = PATTERNS
            .iter()
            .find(|(pattern, mask)| all(&|value| masked(value) == *mask && is_day(value, pattern)))
        {
            return Self::Date(pattern);
        }
        if all(&|value| {
            masked(value).starts_with("0000-00-00T00:00:00")
                && value.ends_with(|c: char| c == 'Z' || c.is_ascii_digit())
                && value.len() > 19
        }) {
            return Self::DateTime;
        }
        if let Some((yes, no)) = WORDS
            .iter()
            .find(|(yes, no)| all(&|value| value == *yes || value == *no))
        {
            return Self::YesNo(yes, no);
        }
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let unsigned = |value: &str| value.strip_prefix('-').unwrap_or(value).to_owned();
        if all(&|value| digits(&unsigned(value))) {
            return Self::Digits;
        }
        let divided = |value: &str, sign: char| {
            let value = unsigned(value);
            value.split_once(sign).map_or_else(
                || digits(&value),
                |(whole, part)| digits(&whole.replace('.', "")) && digits(part),
            )
        };
        if all(&|value| divided(value, '.') && value.matches('.').count() < 2) {
            return Self::Decimal;
        }
        if all(&|value| divided(value, ',')) {
            return Self::GermanDecimal;
        }
        Self::Text
    }

    /// Whether it is more than a text.
    pub(super) fn is_special(self) -> bool {
        !matches!(self, Self::Text | Self::Unseen)
    }

    /// The functions that make a canonical field of it, ` | date`; `None`: it does not fit.
    pub(super) fn functions(self, leaf: &Leaf, values: &[String]) -> Option<String> {
        if let Some(allowed) = &leaf.allowed {
            let fits = |value: &String| allowed.contains(value);
            if values.iter().all(fits) {
                return Some(String::new());
            }
            let lower = values.iter().all(|value| allowed.contains(&value.to_lowercase()));
            return lower.then(|| " | lower".to_owned());
        }
        let made = match (leaf.kind, self) {
            (LeafKind::Text, Self::IsoDate | Self::Date(_) | Self::DateTime) => return None,
            (LeafKind::Text, _) | (_, Self::Unseen) => String::new(),
            (LeafKind::Date, Self::IsoDate) => " | date".to_owned(),
            (LeafKind::Date, Self::Date(pattern)) => format!(" | date('{pattern}')"),
            (LeafKind::DateTime, Self::DateTime) => " | datetime".to_owned(),
            (LeafKind::Number, Self::Digits | Self::Decimal) => " | decimal".to_owned(),
            (LeafKind::Number, Self::GermanDecimal) => {
                let grouped = values.iter().any(|value| value.contains('.'));
                format!(" | decimal(','{})", if grouped { ", '.'" } else { "" })
            }
            (LeafKind::Integer, Self::Digits) => " | integer".to_owned(),
            (LeafKind::Bool, Self::YesNo("true", _)) => " | bool".to_owned(),
            (LeafKind::Bool, Self::YesNo(yes, no)) => format!(" | bool('{yes}', '{no}')"),
            _ => return None,
        };
        Some(made)
    }
}

/// The value with every digit as `0`.
fn masked(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}

/// Whether month and day are possible.
fn is_day(value: &str, pattern: &str) -> bool {
    let part = |letter: char| {
        let digits: String = pattern
            .chars()
            .zip(value.chars())
            .filter(|(p, _)| *p == letter)
            .map(|(_, c)| c)
            .collect();
        digits.parse::<u32>().unwrap_or(0)
    };
    (1..=12).contains(&part('M'))
        && (1..=31).contains(&part('d'))
        && (part('y') < 100 || (1800..2200).contains(&part('y')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_that_all_values_have() {
        let check = |values: &[&str], expected: Form| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(Form::of(&values), expected, "{values:?}");
        };
        check(&[], Form::Unseen);
        check(&["2026-11-03"], Form::IsoDate);
        check(&["03.11.2026", "31.12.2025"], Form::Date("dd.MM.yyyy"));
        check(&["20261103"], Form::Date("yyyyMMdd"));
        check(&["20261399"], Form::Digits);
        check(&["2026-11-24T18:40:05Z", "2026-11-24T18:40:05+01:00"], Form::DateTime);
        check(&["J", "N", "J"], Form::YesNo("J", "N"));
        check(&["12", "-7"], Form::Digits);
        check(&["12.50", "7"], Form::Decimal);
        check(&["1.234,50", "7,00"], Form::GermanDecimal);
        check(&["03.11.2026", "heute"], Form::Text);
    }
}
