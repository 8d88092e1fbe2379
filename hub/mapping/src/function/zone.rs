// SPDX-License-Identifier: EUPL-1.2
//! Offsets from universal time, and the local time of Germany.

use super::date_pattern::{Moment, days_of, push, take};

/// An offset in minutes, -14:00 to +14:00 (XML Schema part 2, section 3.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset(i16);

impl Offset {
    /// Reads `Z`, `+01:00`, `-05:30`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self(0));
        }
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let hours = take(&mut rest, 2)?;
        rest = rest.strip_prefix(':')?;
        let minutes = take(&mut rest, 2)?;
        let total = hours * 60 + minutes;
        (rest.is_empty() && minutes < 60 && total <= 14 * 60).then_some(Self(sign * total as i16))
    }

    /// Minutes east of universal time.
    pub(super) fn minutes(self) -> i16 {
        self.0
    }

    /// `Z` for universal time, else `+01:00`.
    pub(super) fn write(self, out: &mut String) {
        if self.0 == 0 {
            out.push('Z');
            return;
        }
        out.push(if self.0 < 0 { '-' } else { '+' });
        push(out, self.0.unsigned_abs() / 60, 2);
        out.push(':');
        push(out, self.0.unsigned_abs() % 60, 2);
    }
}

/// Where a local time without an offset comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// A fixed offset.
    Fixed(Offset),
    /// Central European time with its summer time.
    Berlin,
}

const WINTER: Offset = Offset(60);
const SUMMER: Offset = Offset(120);

impl Zone {
    /// Reads `Europe/Berlin`, `Z` or an offset.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "Europe/Berlin" => Ok(Self::Berlin),
            _ => Offset::parse(text)
                .map(Self::Fixed)
                .ok_or_else(|| "a zone is 'Europe/Berlin', 'Z' or an offset like '+01:00'".to_owned()),
        }
    }

    /// The offset that clocks showed at this local time. The hour that comes twice in autumn is taken as its first
    /// time; the hour that spring leaves out has none. Summer time is known since 1980; for the years before there is
    /// no answer rather than a wrong one.
    pub(super) fn offset(self, local: Moment) -> Option<Offset> {
        if let Self::Fixed(offset) = self {
            return Some(offset);
        }
        let (begins, ends) = summer(local.year)?;
        let wall = (local.month, local.day, local.hour);
        if wall < (begins.0, begins.1, 2) || wall >= (ends.0, ends.1, 3) {
            Some(WINTER)
        } else if wall >= (begins.0, begins.1, 3) {
            Some(SUMMER)
        } else {
            None
        }
    }

    /// What clocks show at this moment of universal time.
    pub(super) fn local(self, utc: Moment) -> Option<Moment> {
        if let Self::Fixed(offset) = self {
            return Some(utc.shifted(offset.0)).filter(|local| local.year <= 9999);
        }
        // Summer time begins and ends at 1:00 of universal time.
        let (begins, ends) = summer(utc.year)?;
        let at = (utc.month, utc.day, utc.hour);
        let in_summer = at >= (begins.0, begins.1, 1) && at < (ends.0, ends.1, 1);
        Some(utc.shifted(if in_summer { SUMMER.0 } else { WINTER.0 })).filter(|local| local.year <= 9999)
    }
}

/// Month and day on which summer time begins (at 2:00) and ends (at 3:00) in Germany: directive 2000/84/EC and its
/// forerunners. Until 1995 it ended in September.
fn summer(year: u16) -> Option<((u8, u8), (u8, u8))> {
    match year {
        1980 => Some(((4, 6), (9, 28))),
        1981..=1995 => Some(((3, last_sunday(year, 3)), (9, last_sunday(year, 9)))),
        1996.. => Some(((3, last_sunday(year, 3)), (10, last_sunday(year, 10)))),
        _ => None,
    }
}

fn last_sunday(year: u16, month: u8) -> u8 {
    let last = days_of(year, month);
    last - weekday(year, month, last)
}

/// Day of the week, Sunday is 0 (Sakamoto's method).
fn weekday(year: u16, month: u8, day: u8) -> u8 {
    const SHIFT: [u16; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year.saturating_sub(1) } else { year };
    let shift = SHIFT.get(usize::from(month.saturating_sub(1))).copied().unwrap_or(0);
    ((year + year / 4 - year / 100 + year / 400 + shift + u16::from(day)) % 7) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(local: (u16, u8, u8, u8), expected: Option<&str>) {
        let (year, month, day, hour) = local;
        let moment = Moment {
            year,
            month,
            day,
            hour,
            ..Moment::default()
        };
        let written = Zone::Berlin.offset(moment).map(|offset| {
            let mut out = String::new();
            offset.write(&mut out);
            out
        });
        assert_eq!(written.as_deref(), expected);
    }

    #[test]
    fn german_clocks() {
        check((2026, 1, 1, 0), Some("+01:00"));
        check((2026, 7, 1, 0), Some("+02:00"));
        check((2026, 3, 29, 1), Some("+01:00"));
        check((2026, 3, 29, 2), None);
        check((2026, 3, 29, 3), Some("+02:00"));
        check((2026, 10, 25, 2), Some("+02:00"));
        check((2026, 10, 25, 3), Some("+01:00"));
        check((1990, 10, 10, 12), Some("+01:00"));
        check((1996, 10, 10, 12), Some("+02:00"));
        check((1970, 7, 1, 12), None);
    }

    #[test]
    fn offsets_are_checked() {
        for bad in ["", "+1:00", "+01", "+14:01", "+01:60", "01:00", "z"] {
            assert_eq!(Offset::parse(bad), None, "{bad}");
        }
    }
}
