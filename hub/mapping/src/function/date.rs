// SPDX-License-Identifier: EUPL-1.2
//! `date`, `date('dd.MM.yyyy')`: a day of the calendar.

use super::date_pattern::{Moment, Pattern};
use super::zone::Offset;
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const DATE: Function = Function {
    name: "date",
    arguments: "'pattern'?",
    law: Law::Normalising,
    english: "A day that the calendar has: `yyyy-MM-dd`, or as the pattern says. Without a pattern a zone behind it \
              (XML Schema) is dropped. Blank is absent.",
    german: "Ein Tag, den es im Kalender gibt: `yyyy-MM-dd` oder wie das Muster sagt. Ohne Muster entfällt eine \
             Zeitzone dahinter (XML Schema). Leer heißt: fehlt.",
    example: Example {
        arguments: &["'dd.MM.yyyy'"],
        source: "03.11.2026",
        canonical: "2026-11-03",
    },
    prepare: |arguments| {
        let pattern = match arguments {
            [] => None,
            [Argument::Text(pattern)] => Some(day_pattern(pattern)?),
            _ => return Err("it takes a pattern like 'dd.MM.yyyy', or nothing for yyyy-MM-dd".to_owned()),
        };
        let written = pattern.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Date,
            move |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => {
                    let day = match &pattern {
                        Some(pattern) => pattern.read(text)?,
                        None => iso_day(text)?,
                    };
                    existing(day)?.write_date(out);
                    Ok(Made::Text)
                }
            },
            move |input, out| {
                let day = existing(iso_day(input.text)?)?;
                match &written {
                    Some(pattern) if pattern.short_years() && !(1970..2070).contains(&day.year) => {
                        return Err(Misfit::new("has a year that two digits cannot tell"));
                    }
                    Some(pattern) => pattern.write(day, out),
                    None => day.write_date(out),
                }
                Ok(Made::Text)
            },
        )))
    },
};

fn day_pattern(text: &str) -> Result<Pattern, String> {
    let pattern = Pattern::parse(text)?;
    if !pattern.holds_date() || pattern.names_time() {
        return Err("the pattern of a date names year, month and day, and no time".to_owned());
    }
    Ok(pattern)
}

/// The day, if the calendar has it.
pub(super) fn existing(day: Moment) -> Result<Moment, Misfit> {
    if day.is_day() {
        Ok(day)
    } else {
        Err(Misfit::new("is a day that the calendar does not have"))
    }
}

/// Reads `yyyy-MM-dd` with or without a zone (XML Schema part 2, section 3.3.9).
pub(super) fn iso_day(text: &str) -> Result<Moment, Misfit> {
    let misfit = || Misfit::new("does not have the form yyyy-MM-dd");
    let (date, zone) = text.split_at_checked(10).ok_or_else(misfit)?;
    if !zone.is_empty() {
        Offset::parse(zone).ok_or_else(misfit)?;
    }
    let mut rest = date;
    let day = super::datetime::take_date(&mut rest).ok_or_else(misfit)?;
    Ok(day)
}

#[cfg(test)]
mod tests {
    use super::super::laws::{read, write};

    #[track_caller]
    fn check(arguments: &[&str], source: &str, expected: Option<&str>) {
        assert_eq!(
            read("date", arguments, source).ok(),
            expected.map(|day| Some(day.to_owned()))
        );
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        check(&[], "2024-02-29", Some("2024-02-29"));
        check(&[], "2023-02-29", None);
        check(&[], "1900-02-29", None);
        check(&[], "2000-02-29", Some("2000-02-29"));
        check(&[], "2026-13-01", None);
        check(&[], "2026-00-10", None);
        check(&[], "0000-01-01", None);
        check(&[], "2026-1-1", None);
        check(&[], "2026-01-01T00:00:00", None);
        check(&[], "2026-01-01Z", Some("2026-01-01"));
        check(&[], "2026-01-01+14:00", Some("2026-01-01"));
        check(&[], "2026-01-01+15:00", None);
        check(&[], "2026‑01‑01", None);
        check(&["'yyyyMMdd'"], "20150109", Some("2015-01-09"));
        check(&["'yyyyMMdd'"], "2015019", None);
        check(&["'yyyyMMdd'"], "+2150109", None);
        check(&["'dd.MM.yy'"], "03.11.69", Some("2069-11-03"));
        check(&["'dd.MM.yyyy'"], "3.11.2026", None);
    }

    #[test]
    fn blank_is_absent_and_writing_uses_the_pattern() {
        assert_eq!(read("date", &["'yyyyMMdd'"], "        "), Ok(None));
        assert_eq!(
            write("date", &["'dd.MM.yyyy'"], "2026-11-03"),
            Ok(Some("03.11.2026".to_owned()))
        );
        assert!(write("date", &["'dd.MM.yy'"], "1969-11-03").is_err());
    }

    #[test]
    fn patterns_are_checked() {
        for bad in [
            "'yyyy-MM'",
            "'YYYY-MM-DD'",
            "'yyyy-mm-dd'",
            "'yyyyMMdd HH'",
            "'yyyyMMddMM'",
            "5",
        ] {
            assert!(read("date", &[bad], "x").unwrap_err().starts_with("prepare:"), "{bad}");
        }
    }
}
