// SPDX-License-Identifier: EUPL-1.2
//! Patterns of dates and times: `yyyy`, `yy`, `MM`, `dd`, `HH`, `mm`, `ss`; any other character stands for itself.

use super::Misfit;

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Year,
    /// Two digits: 1970 to 2069.
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(char),
}

/// A checked pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    tokens: Vec<Token>,
}

/// A date and time as far as a pattern holds them; what it does not hold is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Moment {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
}

impl Moment {
    /// Whether the calendar has this day (Gregorian, ISO 8601).
    pub(super) fn is_day(self) -> bool {
        self.year >= 1 && self.day >= 1 && self.day <= days_of(self.year, self.month)
    }

    /// Whether the clock has this time. Leap seconds are not told apart in any source we know.
    pub(super) fn is_time(self) -> bool {
        self.hour < 24 && self.minute < 60 && self.second < 60
    }

    /// The moment so many minutes later, at most a day and a half away.
    pub(super) fn shifted(mut self, minutes: i16) -> Self {
        const DAY: i32 = 24 * 60;
        let mut total = i32::from(self.hour) * 60 + i32::from(self.minute) + i32::from(minutes);
        while total < 0 {
            total += DAY;
            self.day -= 1;
            if self.day == 0 {
                (self.year, self.month) = match self.month {
                    1 => (self.year.saturating_sub(1), 12),
                    month => (self.year, month - 1),
                };
                self.day = days_of(self.year, self.month);
            }
        }
        while total >= DAY {
            total -= DAY;
            self.day += 1;
            if self.day > days_of(self.year, self.month) {
                self.day = 1;
                (self.year, self.month) = match self.month {
                    12 => (self.year + 1, 1),
                    month => (self.year, month + 1),
                };
            }
        }
        (self.hour, self.minute) = ((total / 60) as u8, (total % 60) as u8);
        self
    }

    /// `YYYY-MM-DD`
    pub(super) fn write_date(self, out: &mut String) {
        push(out, self.year, 4);
        out.push('-');
        push(out, self.month.into(), 2);
        out.push('-');
        push(out, self.day.into(), 2);
    }

    /// `hh:mm:ss`
    pub(super) fn write_time(self, out: &mut String) {
        push(out, self.hour.into(), 2);
        out.push(':');
        push(out, self.minute.into(), 2);
        out.push(':');
        push(out, self.second.into(), 2);
    }
}

/// Days of a month; 0 for a month that there is not.
pub(super) fn days_of(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Appends a number of at most four digits with leading zeros, in so many digits.
pub(super) fn push(out: &mut String, number: u16, width: usize) {
    for power in [1000, 100, 10, 1].into_iter().skip(4_usize.saturating_sub(width)) {
        out.push(char::from(b'0' + (number / power % 10) as u8));
    }
}

/// Takes so many digits from the front.
pub(super) fn take(rest: &mut &str, width: usize) -> Option<u16> {
    let (digits, after) = rest.split_at_checked(width)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    *rest = after;
    digits.parse().ok()
}

impl Pattern {
    /// Takes a pattern in. Letters that mean nothing here are refused, so that `YYYY` or `mm` for months is found.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (token, length) = match rest {
                r if r.starts_with("yyyy") => (Token::Year, 4),
                r if r.starts_with("yy") => (Token::ShortYear, 2),
                r if r.starts_with("MM") => (Token::Month, 2),
                r if r.starts_with("dd") => (Token::Day, 2),
                r if r.starts_with("HH") => (Token::Hour, 2),
                r if r.starts_with("mm") => (Token::Minute, 2),
                r if r.starts_with("ss") => (Token::Second, 2),
                _ if c.is_alphanumeric() && c != 'T' => {
                    return Err(format!(
                        "`{c}` means nothing in a pattern: it knows yyyy, yy, MM, dd, HH, mm, ss"
                    ));
                }
                _ => (Token::Literal(c), c.len_utf8()),
            };
            if !matches!(token, Token::Literal(_)) && tokens.contains(&token) {
                return Err("the pattern names a part twice".to_owned());
            }
            tokens.push(token);
            rest = rest.get(length..).unwrap_or_default();
        }
        let text = text.to_owned();
        Ok(Self { text, tokens })
    }

    /// Whether year, month and day are all named.
    pub(super) fn holds_date(&self) -> bool {
        let has = |token| self.tokens.contains(&token);
        (has(Token::Year) || has(Token::ShortYear)) && has(Token::Month) && has(Token::Day)
    }

    /// Whether any part of a date is named.
    pub(super) fn names_date(&self) -> bool {
        [Token::Year, Token::ShortYear, Token::Month, Token::Day]
            .iter()
            .any(|token| self.tokens.contains(token))
    }

    /// Whether hour and minute are named, and nothing finer without them.
    pub(super) fn holds_time(&self) -> bool {
        self.tokens.contains(&Token::Hour) && self.tokens.contains(&Token::Minute)
    }

    /// Whether any part of a time is named.
    pub(super) fn names_time(&self) -> bool {
        [Token::Hour, Token::Minute, Token::Second]
            .iter()
            .any(|token| self.tokens.contains(token))
    }

    /// Whether seconds are named.
    pub(super) fn names_seconds(&self) -> bool {
        self.tokens.contains(&Token::Second)
    }

    /// Whether years have two digits only.
    pub(super) fn short_years(&self) -> bool {
        self.tokens.contains(&Token::ShortYear)
    }

    /// Reads a text that is exactly of this pattern. Whether the day exists is for the caller.
    pub(super) fn read(&self, text: &str) -> Result<Moment, Misfit> {
        self.try_read(text)
            .ok_or_else(|| Misfit::new(format!("does not have the form {}", self.text)))
    }

    fn try_read(&self, text: &str) -> Option<Moment> {
        let mut moment = Moment::default();
        let mut rest = text;
        for token in &self.tokens {
            match token {
                Token::Year => moment.year = take(&mut rest, 4)?,
                Token::ShortYear => {
                    let year = take(&mut rest, 2)?;
                    moment.year = if year < 70 { 2000 + year } else { 1900 + year };
                }
                Token::Month => moment.month = take(&mut rest, 2)? as u8,
                Token::Day => moment.day = take(&mut rest, 2)? as u8,
                Token::Hour => moment.hour = take(&mut rest, 2)? as u8,
                Token::Minute => moment.minute = take(&mut rest, 2)? as u8,
                Token::Second => moment.second = take(&mut rest, 2)? as u8,
                Token::Literal(c) => rest = rest.strip_prefix(*c)?,
            }
        }
        rest.is_empty().then_some(moment)
    }

    /// Writes a moment in this pattern.
    pub(super) fn write(&self, moment: Moment, out: &mut String) {
        for token in &self.tokens {
            match token {
                Token::Year => push(out, moment.year, 4),
                Token::ShortYear => push(out, moment.year % 100, 2),
                Token::Month => push(out, moment.month.into(), 2),
                Token::Day => push(out, moment.day.into(), 2),
                Token::Hour => push(out, moment.hour.into(), 2),
                Token::Minute => push(out, moment.minute.into(), 2),
                Token::Second => push(out, moment.second.into(), 2),
                Token::Literal(c) => out.push(*c),
            }
        }
    }
}
