// SPDX-License-Identifier: EUPL-1.2
//! Decimal numbers compared exactly by value: `1`, `1.00` and `10e-1` are equal, and no float is ever between.

use std::cmp::Ordering;

/// A decimal number: `0.digits × 10^exponent`, without zeros at either end of `digits`; zero has no digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads a JSON number (RFC 8259, section 6); `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, parse_power(power)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let padded = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || padded || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(Self::normal(negative, whole, fraction, power))
    }

    fn normal(negative: bool, whole: &str, fraction: &str, power: i64) -> Self {
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = all.len() - significant.len();
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Self {
                negative: false,
                digits,
                exponent: 0,
            };
        }
        Self {
            negative,
            digits,
            exponent: power.saturating_add(whole.len() as i64 - leading as i64),
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

/// The power of ten behind `e`. One that no machine integer holds is cut to the nearest end: numbers that far out
/// differ from every number that anybody writes.
fn parse_power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse::<i64>().unwrap_or(i64::MAX / 2);
    Some(if text.starts_with('-') { -power } else { power })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        self.sign().cmp(&other.sign()).then_with(|| match self.sign() {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, expected: Ordering) {
        let (a, b) = (Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
        assert_eq!((a.cmp(&b), b.cmp(&a)), (expected, expected.reverse()));
    }

    #[test]
    fn values_count_not_spellings() {
        check("1", "1.00", Ordering::Equal);
        check("10e-1", "1", Ordering::Equal);
        check("-0", "0.0", Ordering::Equal);
        check("0.1", "0.09", Ordering::Greater);
        check("-2", "-10", Ordering::Greater);
        check("100", "99.99", Ordering::Greater);
        check("0.30000000000000004", "0.3", Ordering::Greater);
        check(
            "123456789012345678901234567890",
            "123456789012345678901234567891",
            Ordering::Less,
        );
        check("1e99999999999999999999", "9", Ordering::Greater);
        check("1e-99999999999999999999", "0", Ordering::Greater);
    }

    #[test]
    fn only_json_numbers_are_decimals() {
        for bad in ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "1,5", "0x1", "1 ", "NaN"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn integers_compare_like_integers(a: i64, b: i64, zeros in 0usize..4) {
            let spelled = format!("{b}.{}", "0".repeat(zeros + 1));
            let ordering = Decimal::parse(&a.to_string()).unwrap().cmp(&Decimal::parse(&spelled).unwrap());
            prop_assert_eq!(ordering, a.cmp(&b));
        }

        #[test]
        fn moving_the_point_by_the_exponent_changes_nothing(n in 0u64..u64::MAX, shift in 0i64..30) {
            let moved = Decimal::parse(&format!("{n}e-{shift}")).unwrap();
            let digits = format!("{n:0>width$}", width = shift as usize + 1);
            let (whole, fraction) = digits.split_at(digits.len() - shift as usize);
            let written = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
            prop_assert_eq!(moved, Decimal::parse(&written).unwrap());
        }

        #[test]
        fn any_text_is_taken_without_panic(text: String) {
            let _ = Decimal::parse(&text);
        }
    }
}
