// SPDX-License-Identifier: EUPL-1.2
//! Decimal numbers of any length, compared digit by digit (XML Schema part 2, section 3.2.3).

use std::cmp::Ordering;

/// A decimal number in the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'t> {
    negative: bool,
    /// Without leading zeros.
    whole: &'t str,
    /// Without trailing zeros.
    fraction: &'t str,
}

impl<'t> Number<'t> {
    /// Reads `-1.50`, `+.5`, `5.`.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    /// Digits that count, on both sides of the mark.
    pub(crate) fn total_digits(&self) -> usize {
        (self.whole.len() + self.fraction.len()).max(1)
    }

    /// Digits behind the mark that count.
    pub(crate) fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().cmp(&other.whole.len());
        whole
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(one: &str, other: &str, expected: Ordering) {
        let (one, other) = (Number::parse(one).unwrap(), Number::parse(other).unwrap());
        assert_eq!(one.cmp(&other), expected);
        assert_eq!(other.cmp(&one), expected.reverse());
    }

    #[test]
    fn numbers_are_compared_by_value() {
        check("1", "01.00", Ordering::Equal);
        check("-0", "0.0", Ordering::Equal);
        check("1.5", "1.49", Ordering::Greater);
        check("-1.5", "-1.49", Ordering::Less);
        check("10", "9", Ordering::Greater);
        check(".5", "-7", Ordering::Greater);
        assert_eq!(Number::parse("001.2300").unwrap().total_digits(), 3);
        assert_eq!(Number::parse("001.2300").unwrap().fraction_digits(), 2);
        assert_eq!(Number::parse("0").unwrap().total_digits(), 1);
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_integers(a in any::<i64>(), b in any::<i64>()) {
            let (one, other) = (a.to_string(), b.to_string());
            prop_assert_eq!(Number::parse(&one).unwrap().cmp(&Number::parse(&other).unwrap()), a.cmp(&b));
        }
    }
}
