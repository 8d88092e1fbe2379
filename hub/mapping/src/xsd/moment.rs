// SPDX-License-Identifier: EUPL-1.2
//! Dates, times and durations of XML Schema (part 2, sections 3.2.6 to 3.2.14), as far as validation needs them.

use std::cmp::Ordering;

use super::builtin::Builtin;

/// A point in time, or what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    year: i64,
    month: u32,
    day: u32,
    /// Seconds of the day.
    seconds: i64,
    /// Digits behind the seconds, without trailing zeros.
    fraction: String,
    /// Offset from UTC in minutes.
    offset: Option<i64>,
}

impl Moment {
    /// Reads a value of one of the types with dates or times.
    pub(crate) fn parse(kind: Builtin, text: &str) -> Option<Self> {
        let mut scan = Scan { rest: text };
        let mut made = Self {
            year: 2000,
            month: 1,
            day: 1,
            seconds: 0,
            fraction: String::new(),
            offset: None,
        };
        match kind {
            Builtin::DateTime => {
                made.date(&mut scan)?;
                scan.eat("T")?;
                made.time(&mut scan)?;
            }
            Builtin::Date => made.date(&mut scan)?,
            Builtin::Time => made.time(&mut scan)?,
            Builtin::GYearMonth => {
                made.year = scan.year()?;
                scan.eat("-")?;
                made.month = scan.two(1, 12)?;
            }
            Builtin::GYear => made.year = scan.year()?,
            Builtin::GMonthDay => {
                scan.eat("--")?;
                made.month = scan.two(1, 12)?;
                scan.eat("-")?;
                made.day = scan.two(1, days(2000, made.month))?;
            }
            Builtin::GDay => {
                scan.eat("---")?;
                made.day = scan.two(1, 31)?;
            }
            Builtin::GMonth => {
                scan.eat("--")?;
                made.month = scan.two(1, 12)?;
            }
            _ => return None,
        }
        if !scan.rest.is_empty() {
            made.offset = Some(scan.offset()?);
        }
        scan.rest.is_empty().then_some(made)
    }

    fn date(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        self.year = scan.year()?;
        scan.eat("-")?;
        self.month = scan.two(1, 12)?;
        scan.eat("-")?;
        self.day = scan.two(1, days(self.year, self.month))?;
        Some(())
    }

    fn time(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        let hour = scan.two(0, 24)?;
        scan.eat(":")?;
        let minute = scan.two(0, 59)?;
        scan.eat(":")?;
        let second = scan.two(0, 59)?;
        if scan.eat(".").is_some() {
            let digits = scan.digits();
            if digits.is_empty() {
                return None;
            }
            digits.trim_end_matches('0').clone_into(&mut self.fraction);
        }
        // 24:00:00 is the end of the day.
        if hour == 24 && (minute, second, self.fraction.as_str()) != (0, 0, "") {
            return None;
        }
        self.seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        Some(())
    }

    /// The order of two values; `None` where one says its offset and the other does not.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.offset.is_some() != other.offset.is_some() {
            return None;
        }
        let key = |moment: &Self| {
            let days = day_number(moment.year, moment.month, moment.day);
            days * 86_400 + moment.seconds - moment.offset.unwrap_or(0) * 60
        };
        Some(
            key(self)
                .cmp(&key(other))
                .then_with(|| self.fraction.cmp(&other.fraction)),
        )
    }
}

/// Days since 1 March of the year 0, in the Gregorian calendar before it was made as well.
fn day_number(year: i64, month: u32, day: u32) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * i64::from(month) + 2) / 5
        + i64::from(day)
}

fn days(year: i64, month: u32) -> u32 {
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Scan<'t> {
    rest: &'t str,
}

impl<'t> Scan<'t> {
    fn eat(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn digits(&mut self) -> &'t str {
        let end = self
            .rest
            .bytes()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or(("", self.rest));
        self.rest = rest;
        digits
    }

    /// Exactly two digits.
    fn two(&mut self, least: u32, most: u32) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(2)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        digits.parse().ok().filter(|n| (least..=most).contains(n))
    }

    /// At least four digits, no leading zero beyond them, with a sign before Christ.
    fn year(&mut self) -> Option<i64> {
        let negative = self.eat("-").is_some();
        let digits = self.digits();
        let is_year = digits.len() == 4 || (digits.len() > 4 && !digits.starts_with('0') && digits.len() <= 12);
        let year: i64 = digits.parse().ok().filter(|_| is_year)?;
        Some(if negative { -year } else { year })
    }

    /// `Z` or `+01:00`, in minutes.
    fn offset(&mut self) -> Option<i64> {
        if self.eat("Z").is_some() {
            return Some(0);
        }
        let sign = if self.eat("+").is_some() {
            1
        } else {
            self.eat("-")?;
            -1
        };
        let hours = self.two(0, 14)?;
        self.eat(":")?;
        let minutes = self.two(0, if hours == 14 { 0 } else { 59 })?;
        Some(sign * (i64::from(hours) * 60 + i64::from(minutes)))
    }
}

/// `P1Y2M3DT4H5M6.7S` (section 3.2.6).
pub(super) fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(text) = text.strip_prefix('P') else {
        return false;
    };
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let (Some(dates), Some(times)) = (units(date, "YMD", false), units(time.unwrap_or(""), "HMS", true)) else {
        return false;
    };
    dates + times > 0 && (time.is_none() || times > 0)
}

/// How many numbers with units stand in a text, each unit once and in this order.
fn units(text: &str, order: &str, fraction: bool) -> Option<usize> {
    let mut scan = Scan { rest: text };
    let mut allowed = order;
    let mut count = 0;
    while !scan.rest.is_empty() {
        let mut digits = !scan.digits().is_empty();
        let has_fraction = fraction && scan.eat(".").is_some();
        if has_fraction {
            digits &= !scan.digits().is_empty();
        }
        let unit = scan.rest.chars().next().filter(|_| digits)?;
        let at = allowed.find(unit)?;
        if has_fraction && unit != 'S' {
            return None;
        }
        allowed = allowed.get(at + 1..)?;
        scan.rest = scan.rest.get(1..)?;
        count += 1;
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, fits: &[&str], others: &[&str]) {
        let kind = Builtin::named(kind).unwrap();
        for text in fits {
            assert!(Moment::parse(kind, text).is_some(), "{text}");
        }
        for text in others {
            assert!(Moment::parse(kind, text).is_none(), "{text}");
        }
    }

    #[test]
    fn dates_and_times() {
        let dates = [
            "2024-02-29",
            "2024-02-28Z",
            "-0044-03-15",
            "12024-01-01+14:00",
            "1900-02-28-05:30",
        ];
        check(
            "date",
            &dates,
            &[
                "2023-02-29",
                "1900-02-29",
                "24-02-01",
                "2024-2-1",
                "2024-02-01T",
                "02024-01-01",
                "",
            ],
        );
        let times = [
            "2024-02-29T00:00:00",
            "2024-02-29T24:00:00Z",
            "2024-02-29T12:30:59.123+01:00",
        ];
        check(
            "dateTime",
            &times,
            &[
                "2024-02-29",
                "2024-02-29T24:00:01",
                "2024-02-29T12:30",
                "2024-02-29 12:30:00",
            ],
        );
        check(
            "time",
            &["23:59:59.9", "00:00:00Z"],
            &["23:60:00", "23:59:60", "1:00:00", "12:00:00+15:00", "12:00:00."],
        );
        check("gYearMonth", &["2024-02", "2024-12Z"], &["2024-13", "2024"]);
        check("gYear", &["2024", "-0001"], &["24", "2024-01"]);
        check("gMonthDay", &["--02-29"], &["--02-30", "02-29"]);
        check("gDay", &["---31"], &["---32", "31"]);
        check("gMonth", &["--12"], &["--13"]);
        check("string", &[], &["2024"]);
    }

    #[test]
    fn offsets_count_when_comparing() {
        let compare = |one: &str, other: &str| {
            let of = |text| Moment::parse(Builtin::DateTime, text).unwrap();
            of(one).compare(&of(other))
        };
        let cases = [
            (
                "2024-01-01T00:00:00Z",
                "2024-01-01T01:00:00+01:00",
                Some(Ordering::Equal),
            ),
            ("2024-01-01T00:00:00", "2023-12-31T24:00:00", Some(Ordering::Equal)),
            ("2024-03-01T00:00:00", "2024-02-29T23:59:59.9", Some(Ordering::Greater)),
            (
                "2024-01-01T00:00:00.5",
                "2024-01-01T00:00:00.25",
                Some(Ordering::Greater),
            ),
            ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(compare(one, other), expected, "{one} {other}");
        }
    }
}
