// SPDX-License-Identifier: EUPL-1.2
//! `partial_date`: a date of which only the year, or year and month, may be known.

use super::date_pattern::{Moment, Pattern, days_of, push, take};
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const PARTIAL_DATE: Function = Function {
    name: "partial_date",
    arguments: "'pattern'?",
    law: Law::Normalising,
    english: "A date that may be known in part: `yyyy`, `yyyy-MM` or `yyyy-MM-dd` in the canonical document. Zeros in the \
              source mean unknown; a pattern writes them. Blank and all zeros are absent.",
    german: "Ein Datum, das nur zum Teil bekannt sein kann: kanonisch `yyyy`, `yyyy-MM` oder `yyyy-MM-dd`. Nullen in \
             der Quelle heißen unbekannt; ein Muster schreibt sie. Leer und nur Nullen heißt: fehlt.",
    example: Example {
        arguments: &["'yyyyMMdd'"],
        source: "19800500",
        canonical: "1980-05",
    },
    prepare: |arguments| {
        let pattern = match arguments {
            [] => None,
            [Argument::Text(text)] => {
                let pattern = Pattern::parse(text)?;
                if !pattern.holds_date() || pattern.names_time() || pattern.short_years() {
                    return Err("the pattern names yyyy, MM and dd, and no time".to_owned());
                }
                Some(pattern)
            }
            _ => return Err("it takes a pattern like 'yyyyMMdd', or nothing for yyyy-MM-dd".to_owned()),
        };
        let written = pattern.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Text,
            move |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => {
                    let date = match &pattern {
                        Some(pattern) => pattern.read(text)?,
                        None => iso(text)?,
                    };
                    write_known(date, out)
                }
            },
            move |input, out| {
                let date = iso(input.text)?;
                match &written {
                    None => write_known(date, out),
                    Some(pattern) => {
                        write_known(date, &mut String::new())?;
                        pattern.write(date, out);
                        Ok(Made::Text)
                    }
                }
            },
        )))
    },
};

/// Reads `yyyy`, `yyyy-MM` or `yyyy-MM-dd`; what is missing is 0.
fn iso(text: &str) -> Result<Moment, Misfit> {
    let parse = || {
        let mut rest = text;
        let mut date = Moment {
            year: take(&mut rest, 4)?,
            ..Moment::default()
        };
        if let Some(after) = rest.strip_prefix('-') {
            rest = after;
            date.month = take(&mut rest, 2)? as u8;
        }
        if let Some(after) = rest.strip_prefix('-') {
            rest = after;
            date.day = take(&mut rest, 2)? as u8;
        }
        rest.is_empty().then_some(date)
    };
    parse().ok_or_else(|| Misfit::new("does not have the form yyyy, yyyy-MM or yyyy-MM-dd"))
}

fn write_known(date: Moment, out: &mut String) -> Result<Made, Misfit> {
    match (date.year, date.month, date.day) {
        (0, 0, 0) => return Ok(Made::Absent),
        (0, _, _) => return Err(Misfit::new("names a month or day without a year")),
        (_, 0, 0) => push(out, date.year, 4),
        (_, 0, _) => return Err(Misfit::new("names a day without a month")),
        (_, month, 0) if days_of(date.year, month) > 0 => {
            push(out, date.year, 4);
            out.push('-');
            push(out, month.into(), 2);
        }
        _ if date.is_day() => date.write_date(out),
        _ => return Err(Misfit::new("is a day that the calendar does not have")),
    }
    Ok(Made::Text)
}

#[cfg(test)]
mod tests {
    use super::super::laws::{read, write};

    #[track_caller]
    fn check(arguments: &[&str], source: &str, expected: Result<Option<&str>, ()>) {
        let made = read("partial_date", arguments, source).map_err(|_| ());
        assert_eq!(made, expected.map(|date| date.map(str::to_owned)));
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        check(&[], "1980", Ok(Some("1980")));
        check(&[], "1980-05-00", Ok(Some("1980-05")));
        check(&[], "1980-05-17", Ok(Some("1980-05-17")));
        check(&[], "0000-00-00", Ok(None));
        check(&[], "1980-00-17", Err(()));
        check(&[], "1980-13", Err(()));
        check(&[], "1980-02-30", Err(()));
        check(&["'dd.MM.yyyy'"], "00.00.1980", Ok(Some("1980")));
        assert_eq!(
            write("partial_date", &["'yyyyMMdd'"], "1980-05"),
            Ok(Some("19800500".to_owned()))
        );
    }
}
