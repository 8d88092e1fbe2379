// SPDX-License-Identifier: EUPL-1.2
//! `decimal`, `decimal(',')`, `decimal(',', 2)`, `decimal(',', '.')`: decimal numbers, digit by digit.

use super::digits::{Decimal, is_in_form};
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared, whole};
use hub_message::LeafKind;

pub(super) const DECIMAL: Function = Function {
    name: "decimal",
    arguments: "'mark'?, 'grouping'?, places?",
    law: Law::Normalising,
    english: "A decimal number with its digits kept. The mark is `.` by default; a grouping character is accepted \
              when reading and not written; with a number of places there are exactly so many. Blank is absent.",
    german: "Eine Dezimalzahl, Ziffer für Ziffer. Das Komma ist sonst `.`; ein Tausendertrennzeichen wird gelesen und \
             nicht geschrieben; mit Stellenzahl stehen genau so viele Stellen dahinter. Leer heißt: fehlt.",
    example: Example {
        arguments: &["','", "'.'"],
        source: "1.234,50",
        canonical: "1234.50",
    },
    prepare: |arguments| {
        let form = Form::of(arguments)?;
        let read = form.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Number,
            move |input, out| read.read(input.text, out),
            move |input, out| form.write(input.text, out),
        )))
    },
};

#[derive(Debug, Clone)]
struct Form {
    mark: char,
    grouping: Option<char>,
    places: Option<usize>,
}

impl Form {
    fn of(arguments: &[Argument]) -> Result<Self, String> {
        let usage = "it takes the decimal mark, the grouping character and the number of places, each if needed";
        let (arguments, places) = match arguments.split_last() {
            Some((Argument::Number(places), before)) => (before, Some(whole(places, "the number of places")? as usize)),
            _ => (arguments, None),
        };
        let (mark, grouping) = match arguments {
            [] => (".", None),
            [Argument::Text(mark)] => (mark.as_str(), None),
            [Argument::Text(mark), Argument::Text(grouping)] => (mark.as_str(), Some(grouping.as_str())),
            _ => return Err(usage.to_owned()),
        };
        let mark = separator(mark)?;
        let grouping = grouping.map(separator).transpose()?;
        if grouping == Some(mark) {
            return Err("the decimal mark and the grouping character are the same".to_owned());
        }
        if places.is_some_and(|places| places > 100) {
            return Err("100 places are the most".to_owned());
        }
        Ok(Self { mark, grouping, places })
    }

    fn read(&self, text: &str, out: &mut String) -> Result<Made, Misfit> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Made::Absent);
        }
        if self.mark == '.' && self.places.is_none() && is_in_form(text) {
            out.push_str(text);
            return Ok(Made::Number);
        }
        let number = match self.grouping {
            Some(grouping) if text.contains(grouping) => self.ungrouped(text, grouping)?,
            _ => Decimal::parse(text, self.mark)?,
        };
        self.fitted(number)?.write(out);
        Ok(Made::Number)
    }

    fn write(&self, text: &str, out: &mut String) -> Result<Made, Misfit> {
        if self.mark == '.' && self.places.is_none() && is_in_form(text) {
            out.push_str(text);
            return Ok(Made::Number);
        }
        self.fitted(Decimal::of_json(text)?)?.write_with(self.mark, out);
        Ok(if self.mark == '.' { Made::Number } else { Made::Text })
    }

    fn fitted(&self, number: Decimal) -> Result<Decimal, Misfit> {
        match self.places {
            None => Ok(number),
            Some(places) => number
                .scaled(places)
                .ok_or_else(|| Misfit::new(format!("has more than {places} decimal places"))),
        }
    }

    /// Grouped digits must stand in threes: `1.23` is no grouping of a hundred and twenty-three.
    fn ungrouped(&self, text: &str, grouping: char) -> Result<Decimal, Misfit> {
        let misfit = || Misfit::new("has grouping characters that do not stand before three digits each");
        let (whole, fraction) = text.split_once(self.mark).unwrap_or((text, ""));
        let mut groups = whole.trim_start_matches(['+', '-']).split(grouping);
        let first = groups.next().unwrap_or_default();
        if !(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3) || fraction.contains(grouping) {
            return Err(misfit());
        }
        Decimal::parse(&text.replace(grouping, ""), self.mark)
    }
}

fn separator(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) if !c.is_ascii_digit() && c != '-' && c != '+' => Ok(c),
        _ => Err("a mark is one character that is neither digit nor sign".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{read, write};

    #[test]
    fn digits_are_kept() {
        assert_eq!(read("decimal", &[], " 010.00 "), Ok(Some("10.00".to_owned())));
        assert_eq!(read("decimal", &[], "+.5"), Ok(Some("0.5".to_owned())));
        assert_eq!(read("decimal", &[], "  "), Ok(None));
        assert!(read("decimal", &[], "1,5").is_err());
        assert!(read("decimal", &[], "1e5").is_err());
        assert!(read("decimal", &[], "NaN").is_err());
    }

    #[test]
    fn german_numbers_go_both_ways() {
        let german = ["','", "'.'"];
        assert_eq!(
            read("decimal", &german, "-1.234.567,8"),
            Ok(Some("-1234567.8".to_owned()))
        );
        assert!(read("decimal", &german, "1.23").is_err());
        assert!(read("decimal", &german, "1,234.567").is_err());
        assert_eq!(
            write("decimal", &["','", "2"], "1234.5"),
            Ok(Some("1234,50".to_owned()))
        );
        assert!(write("decimal", &["','", "2"], "1234.555").is_err());
        assert_eq!(
            write("decimal", &["','", "2"], "1234.500"),
            Ok(Some("1234,50".to_owned()))
        );
        assert_eq!(write("decimal", &["','"], "1.5e3"), Ok(Some("1500".to_owned())));
    }
}
