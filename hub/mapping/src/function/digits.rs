// SPDX-License-Identifier: EUPL-1.2
//! Exact decimal numbers as the digits they are written with. No float anywhere.

use super::Misfit;

/// The most digits of a number. Amounts have twenty; the cap keeps a hostile exponent from filling the memory.
const DIGITS_MAX: usize = 400;

/// A decimal number: sign, digits before the mark without leading zeros (at least one), digits behind it as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `+1234.50`, `.5`, `5.` (XML Schema part 2, section 3.3.3, the lexical space of decimal) with the given mark.
    pub(super) fn parse(text: &str, mark: char) -> Result<Self, Misfit> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = unsigned.split_once(mark).unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err(Misfit::new(format!("is not a decimal number with the mark `{mark}`")));
        }
        Self::of(negative, whole, fraction).ok_or_else(Self::too_long)
    }

    /// Reads a JSON number (RFC 8259, section 6) and works its exponent into the digits.
    pub(super) fn of_json(text: &str) -> Result<Self, Misfit> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            None => return Self::parse(text, '.'),
            Some(at) => text.split_at(at),
        };
        let exponent: i32 = exponent
            .get(1..)
            .and_then(|digits| digits.parse().ok())
            .filter(|e: &i32| e.unsigned_abs() as usize <= DIGITS_MAX)
            .ok_or_else(Self::too_long)?;
        Self::parse(mantissa, '.')?.shifted(exponent).ok_or_else(Self::too_long)
    }

    fn of(negative: bool, whole: &str, fraction: &str) -> Option<Self> {
        let whole = whole.trim_start_matches('0');
        if whole.len() + fraction.len() > DIGITS_MAX {
            return None;
        }
        let nothing = whole.is_empty() && fraction.bytes().all(|b| b == b'0');
        Some(Self {
            negative: negative && !nothing,
            whole: if whole.is_empty() { "0" } else { whole }.to_owned(),
            fraction: fraction.to_owned(),
        })
    }

    pub(super) fn too_long() -> Misfit {
        Misfit::new(format!("has more than {DIGITS_MAX} digits"))
    }

    /// The number times ten to the power of `places`; digits move across the mark and none is lost.
    pub(super) fn shifted(&self, places: i32) -> Option<Self> {
        let distance = places.unsigned_abs() as usize;
        let mut digits = format!("{}{}", self.whole, self.fraction);
        let mark = if places >= 0 {
            let mark = self.whole.len() + distance;
            digits.extend(std::iter::repeat_n('0', mark.saturating_sub(digits.len())));
            mark
        } else {
            let missing = distance.saturating_sub(self.whole.len());
            digits.insert_str(0, &"0".repeat(missing));
            (self.whole.len() + missing).saturating_sub(distance)
        };
        let (whole, fraction) = digits.split_at_checked(mark)?;
        Self::of(self.negative, whole, fraction)
    }

    /// Digits behind the mark.
    pub(super) fn fraction(&self) -> &str {
        &self.fraction
    }

    /// Exactly so many digits behind the mark; `None` when one that is not zero would be lost.
    pub(super) fn scaled(mut self, places: usize) -> Option<Self> {
        let (kept, lost) = self.fraction.split_at_checked(places).unwrap_or((&self.fraction, ""));
        if lost.bytes().any(|b| b != b'0') {
            return None;
        }
        self.fraction = format!("{kept:0<places$}");
        Some(self)
    }

    /// Commercially rounded to so many digits behind the mark: half goes away from zero (DIN 1333).
    pub(super) fn rounded(&self, places: usize) -> Option<Self> {
        let Some((kept, lost)) = self.fraction.split_at_checked(places) else {
            return self.clone().scaled(places);
        };
        let cut = Self::of(self.negative, &self.whole, kept)?;
        if lost.bytes().next().is_none_or(|first| first < b'5') {
            return Some(cut);
        }
        let unit = Self::of(self.negative, "1", "")?.shifted(-(places as i32))?;
        // `cut` may have lost its sign where it became zero; the unit carries it.
        unit.plus(&cut)
    }

    /// The exact sum, with the longer of the two fractions.
    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        let scale = self.fraction.len().max(other.fraction.len());
        let (a, b) = (self.aligned(scale), other.aligned(scale));
        let width = a.len().max(b.len());
        let (a, b) = (left_zeros(&a, width), left_zeros(&b, width));
        let (negative, digits) = if self.negative == other.negative {
            (self.negative, add(&a, &b))
        } else if a >= b {
            (self.negative, subtract(&a, &b))
        } else {
            (other.negative, subtract(&b, &a))
        };
        let (whole, fraction) = digits.split_at_checked(digits.len().checked_sub(scale)?)?;
        Self::of(negative, whole, fraction)
    }

    fn aligned(&self, scale: usize) -> String {
        format!("{}{:0<scale$}", self.whole, self.fraction)
    }

    /// Writes the number with the mark `.`: a JSON number.
    pub(super) fn write(&self, out: &mut String) {
        self.write_with('.', out);
    }

    /// Writes the number with this mark.
    pub(super) fn write_with(&self, mark: char, out: &mut String) {
        if self.negative {
            out.push('-');
        }
        out.push_str(&self.whole);
        if !self.fraction.is_empty() {
            out.push(mark);
            out.push_str(&self.fraction);
        }
    }
}

/// Whether the text is a number as [`Decimal::write`] would write it. Most are, and need no work.
pub(super) fn is_in_form(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        None => (unsigned, None),
        Some((whole, fraction)) => (whole, Some(fraction)),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let no_zero_before = whole == "0" || !whole.starts_with('0');
    let no_negative_zero = unsigned.len() == text.len() || text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    text.len() <= DIGITS_MAX && digits(whole) && fraction.is_none_or(digits) && no_zero_before && no_negative_zero
}

fn left_zeros(digits: &str, width: usize) -> String {
    format!("{digits:0>width$}")
}

/// Adds two digit strings of equal length.
fn add(a: &str, b: &str) -> String {
    let mut carry = 0;
    let mut digits: Vec<u8> = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .map(|(x, y)| {
            let sum = (x - b'0') + (y - b'0') + carry;
            carry = sum / 10;
            b'0' + sum % 10
        })
        .collect();
    digits.push(b'0' + carry);
    digits.iter().rev().map(|&b| char::from(b)).collect()
}

/// Subtracts the smaller digit string from the larger, both of equal length.
fn subtract(larger: &str, smaller: &str) -> String {
    let mut borrow = 0;
    let digits: Vec<u8> = larger
        .bytes()
        .rev()
        .zip(smaller.bytes().rev())
        .map(|(x, y)| {
            let mut difference = 10 + x - y - borrow;
            borrow = u8::from(difference < 10);
            difference %= 10;
            b'0' + difference
        })
        .collect();
    digits.iter().rev().map(|&b| char::from(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of_json(text).unwrap()
    }

    fn text(number: &Decimal) -> String {
        let mut out = String::new();
        number.write(&mut out);
        out
    }

    #[track_caller]
    fn check(input: &str, expected: Option<&str>) {
        assert_eq!(Decimal::of_json(input).ok().as_ref().map(text).as_deref(), expected);
    }

    #[test]
    fn digits_stay_and_exponents_go() {
        check("10.00", Some("10.00"));
        check("-0.0", Some("0.0"));
        check("1e3", Some("1000"));
        check("1.25e1", Some("12.5"));
        check("1.25E-3", Some("0.00125"));
        check("-5e-1", Some("-0.5"));
        check("1e400", None);
        check("1e99999999999", None);
        check("1.2.3", None);
        check("", None);
        check("-", None);
        check(".", None);
    }

    #[track_caller]
    fn rounded(input: &str, places: usize, expected: &str) {
        assert_eq!(text(&decimal(input).rounded(places).unwrap()), expected);
    }

    #[test]
    fn half_goes_away_from_zero() {
        rounded("2.345", 2, "2.35");
        rounded("2.3449", 2, "2.34");
        rounded("-0.005", 2, "-0.01");
        rounded("0.5", 0, "1");
        rounded("-0.4", 0, "0");
        rounded("9.999", 2, "10.00");
        rounded("1", 2, "1.00");
    }

    proptest! {
        #[test]
        fn sums_are_those_of_whole_numbers(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            let as_decimal = |n: i64| decimal(&n.to_string()).shifted(-3).unwrap();
            let sum = as_decimal(a).plus(&as_decimal(b)).unwrap().shifted(3).unwrap();
            prop_assert_eq!(text(&sum), (a + b).to_string());
        }

        #[test]
        fn shifting_back_is_the_same(n in any::<i64>(), places in -30..30) {
            let number = decimal(&n.to_string());
            let back = number.shifted(places).unwrap().shifted(-places).unwrap();
            prop_assert_eq!(back.scaled(0), Some(number));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = Decimal::of_json(&text);
        }

        #[test]
        fn a_number_in_form_is_written_as_it_is(number in "-?[0-9]{1,4}(\\.[0-9]{0,3})?") {
            let written = Decimal::parse(&number, '.').map(|decimal| text(&decimal));
            prop_assert_eq!(is_in_form(&number), written == Ok(number));
        }
    }
}
