// SPDX-License-Identifier: EUPL-1.2
//! `datetime`, `datetime('dd.MM.yyyy HH:mm', 'Europe/Berlin')`: a point in time.

use super::date::existing;
use super::date_pattern::{Moment, Pattern, take};
use super::zone::{Offset, Zone};
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const DATETIME: Function = Function {
    name: "datetime",
    arguments: "'pattern'?, 'zone'?",
    law: Law::Normalising,
    english: "Date, time and offset (RFC 3339). A source without offset needs the zone: 'Europe/Berlin' or a fixed \
              offset. With a pattern writing gives the zone's local time. Blank is absent.",
    german: "Datum, Uhrzeit und Abstand zur Weltzeit (RFC 3339). Eine Quelle ohne Abstand braucht die Zone: \
             'Europe/Berlin' oder einen festen Abstand. Mit Muster schreibt sie die Ortszeit. Leer heißt: fehlt.",
    example: Example {
        arguments: &["'dd.MM.yyyy HH:mm'", "'Europe/Berlin'"],
        source: "20.07.2026 09:30",
        canonical: "2026-07-20T09:30:00+02:00",
    },
    prepare: |arguments| {
        let form = Form::of(arguments)?;
        let written = form.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::DateTime,
            move |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => form.read(text, out).map(|()| Made::Text),
            },
            move |input, out| written.write(input.text, out).map(|()| Made::Text),
        )))
    },
};

#[derive(Debug, Clone)]
struct Form {
    pattern: Option<Pattern>,
    zone: Option<Zone>,
}

impl Form {
    fn of(arguments: &[Argument]) -> Result<Self, String> {
        let (pattern, zone) = match arguments {
            [] => (None, None),
            [Argument::Text(zone)] if Zone::parse(zone).is_ok() => (None, Some(Zone::parse(zone)?)),
            [Argument::Text(pattern)] => {
                moment_pattern(pattern)?;
                return Err(
                    "a pattern has no offset, so the zone is needed: datetime('…', 'Europe/Berlin')".to_owned(),
                );
            }
            [Argument::Text(pattern), Argument::Text(zone)] => {
                (Some(moment_pattern(pattern)?), Some(Zone::parse(zone)?))
            }
            _ => return Err("it takes a pattern and a zone, a zone, or nothing".to_owned()),
        };
        Ok(Self { pattern, zone })
    }

    fn read(&self, text: &str, out: &mut String) -> Result<(), Misfit> {
        let stamp = match &self.pattern {
            Some(pattern) => Stamp {
                moment: pattern.read(text)?,
                fraction: "",
                offset: None,
            },
            None => Stamp::parse(text).ok_or_else(|| Misfit::new("does not have the form yyyy-MM-ddTHH:mm:ss"))?,
        };
        let offset = stamp
            .offset
            .or_else(|| self.zone?.offset(stamp.moment))
            .ok_or_else(|| {
                Misfit::new(match self.zone {
                    Some(_) => "is a local time that the zone's clocks did not show",
                    None => "has no offset from universal time, and the function names no zone",
                })
            })?;
        stamp.checked()?.write(offset, out);
        Ok(())
    }

    fn write(&self, text: &str, out: &mut String) -> Result<(), Misfit> {
        let stamp = Stamp::parse(text)
            .ok_or_else(|| Misfit::new("is not a date and time of the canonical form"))?
            .checked()?;
        let offset = stamp
            .offset
            .ok_or_else(|| Misfit::new("has no offset from universal time"))?;
        let Some(pattern) = &self.pattern else {
            stamp.write(offset, out);
            return Ok(());
        };
        let local = self
            .zone
            .and_then(|zone| zone.local(stamp.moment.shifted(-offset.minutes())));
        let local = local.ok_or_else(|| Misfit::new("lies before the zone's clocks are known"))?;
        pattern.write(local, out);
        Ok(())
    }
}

fn moment_pattern(text: &str) -> Result<Pattern, String> {
    let pattern = Pattern::parse(text)?;
    if !pattern.holds_date() || !pattern.holds_time() || pattern.short_years() {
        return Err("the pattern of a date and time names yyyy, MM, dd, HH and mm".to_owned());
    }
    Ok(pattern)
}

/// A date and time as XML Schema and RFC 3339 write it.
struct Stamp<'t> {
    moment: Moment,
    /// Digits of the second's fraction.
    fraction: &'t str,
    offset: Option<Offset>,
}

impl<'t> Stamp<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let mut rest = text;
        let mut moment = take_date(&mut rest)?;
        rest = rest.strip_prefix('T')?;
        take_time(&mut rest, &mut moment)?;
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            (fraction, rest) = after.split_at_checked(digits)?;
            if fraction.is_empty() {
                return None;
            }
        }
        let offset = if rest.is_empty() {
            None
        } else {
            Some(Offset::parse(rest)?)
        };
        Some(Self {
            moment,
            fraction,
            offset,
        })
    }

    fn checked(self) -> Result<Self, Misfit> {
        existing(self.moment)?;
        if self.moment.is_time() && self.fraction.len() <= 9 {
            Ok(self)
        } else {
            Err(Misfit::new("is a time that the clock does not have"))
        }
    }

    fn write(&self, offset: Offset, out: &mut String) {
        self.moment.write_date(out);
        out.push('T');
        self.moment.write_time(out);
        if !self.fraction.is_empty() {
            out.push('.');
            out.push_str(self.fraction);
        }
        offset.write(out);
    }
}

/// Takes `yyyy-MM-dd` from the front.
pub(super) fn take_date(rest: &mut &str) -> Option<Moment> {
    let year = take(rest, 4)?;
    *rest = rest.strip_prefix('-')?;
    let month = take(rest, 2)? as u8;
    *rest = rest.strip_prefix('-')?;
    let day = take(rest, 2)? as u8;
    Some(Moment {
        year,
        month,
        day,
        ..Moment::default()
    })
}

/// Takes `hh:mm:ss` from the front.
pub(super) fn take_time(rest: &mut &str, moment: &mut Moment) -> Option<()> {
    moment.hour = take(rest, 2)? as u8;
    *rest = rest.strip_prefix(':')?;
    moment.minute = take(rest, 2)? as u8;
    *rest = rest.strip_prefix(':')?;
    moment.second = take(rest, 2)? as u8;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::laws::{read, write};

    #[track_caller]
    fn check(arguments: &[&str], source: &str, expected: Option<&str>) {
        assert_eq!(
            read("datetime", arguments, source).ok(),
            expected.map(|at| Some(at.to_owned()))
        );
    }

    #[test]
    fn points_in_time_have_an_offset() {
        check(&[], "2026-11-20T09:30:00+01:00", Some("2026-11-20T09:30:00+01:00"));
        check(&[], "2026-11-20T09:30:00.123+00:00", Some("2026-11-20T09:30:00.123Z"));
        check(&[], "2026-11-20T09:30:00", None);
        check(
            &["'Europe/Berlin'"],
            "2026-11-20T09:30:00",
            Some("2026-11-20T09:30:00+01:00"),
        );
        check(
            &["'Europe/Berlin'"],
            "2026-11-20T09:30:00Z",
            Some("2026-11-20T09:30:00Z"),
        );
        check(&["'Europe/Berlin'"], "2026-03-29T02:30:00", None);
        check(&["'Z'"], "2026-11-20T24:00:00", None);
        check(&["'Z'"], "2026-11-20 09:30:00", None);
        check(&["'Z'"], "2026-02-30T09:30:00", None);
        check(
            &["'yyyyMMddHHmmss'", "'+01:00'"],
            "20261120093001",
            Some("2026-11-20T09:30:01+01:00"),
        );
    }

    #[track_caller]
    fn local(canonical: &str, expected: &str) {
        let arguments = ["'dd.MM.yyyy HH:mm'", "'Europe/Berlin'"];
        assert_eq!(write("datetime", &arguments, canonical), Ok(Some(expected.to_owned())));
    }

    #[test]
    fn writing_with_a_pattern_gives_local_time() {
        local("2026-07-20T09:30:00+02:00", "20.07.2026 09:30");
        local("2026-07-20T09:30:00Z", "20.07.2026 11:30");
        local("2026-12-31T23:30:00Z", "01.01.2027 00:30");
        local("2026-03-29T00:59:59Z", "29.03.2026 01:59");
        local("2026-03-29T01:00:00Z", "29.03.2026 03:00");
        local("2026-10-25T00:59:00Z", "25.10.2026 02:59");
        local("2026-10-25T01:00:00Z", "25.10.2026 02:00");
        local("2024-03-01T00:10:00+14:00", "29.02.2024 11:10");
    }

    #[test]
    fn a_pattern_needs_a_zone() {
        assert!(
            read("datetime", &["'yyyyMMddHHmm'"], "x")
                .unwrap_err()
                .starts_with("prepare:")
        );
    }
}
