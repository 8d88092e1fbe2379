// SPDX-License-Identifier: EUPL-1.2
//! `time`, `time('HHmm')`: a time of day.

use super::date_pattern::{Moment, Pattern};
use super::datetime::take_time;
use super::{Argument, Conversion, Example, Function, Law, Made, Misfit, Prepared};
use hub_message::LeafKind;

pub(super) const TIME: Function = Function {
    name: "time",
    arguments: "'pattern'?",
    law: Law::Normalising,
    english: "A time of day, `HH:mm:ss` in the canonical document. Without a pattern `HH:mm` is read as well. Blank is \
              absent.",
    german: "Eine Uhrzeit, kanonisch `HH:mm:ss`. Ohne Muster wird auch `HH:mm` gelesen. Leer heißt: fehlt.",
    example: Example {
        arguments: &["'HHmm'"],
        source: "0930",
        canonical: "09:30:00",
    },
    prepare: |arguments| {
        let pattern = match arguments {
            [] => None,
            [Argument::Text(pattern)] => Some(time_pattern(pattern)?),
            _ => return Err("it takes a pattern like 'HHmm', or nothing for HH:mm:ss".to_owned()),
        };
        let written = pattern.clone();
        Ok(Prepared::Each(Conversion::normalising(
            LeafKind::Text,
            move |input, out| match input.text.trim() {
                "" => Ok(Made::Absent),
                text => {
                    let moment = match &pattern {
                        Some(pattern) => pattern.read(text)?,
                        None => iso_time(text)?,
                    };
                    shown(moment)?.write_time(out);
                    Ok(Made::Text)
                }
            },
            move |input, out| {
                let moment = shown(iso_time(input.text)?)?;
                match &written {
                    Some(pattern) if moment.second != 0 && !pattern.names_seconds() => {
                        return Err(Misfit::new("has seconds, for which the pattern has no place"));
                    }
                    Some(pattern) => pattern.write(moment, out),
                    None => moment.write_time(out),
                }
                Ok(Made::Text)
            },
        )))
    },
};

fn time_pattern(text: &str) -> Result<Pattern, String> {
    let pattern = Pattern::parse(text)?;
    if !pattern.holds_time() || pattern.names_date() {
        return Err("the pattern of a time names HH and mm, and no date".to_owned());
    }
    Ok(pattern)
}

fn shown(moment: Moment) -> Result<Moment, Misfit> {
    if moment.is_time() {
        Ok(moment)
    } else {
        Err(Misfit::new("is a time that the clock does not have"))
    }
}

fn iso_time(text: &str) -> Result<Moment, Misfit> {
    let mut moment = Moment::default();
    let with_seconds = if text.len() == 5 {
        format!("{text}:00")
    } else {
        text.to_owned()
    };
    let mut rest = with_seconds.as_str();
    take_time(&mut rest, &mut moment)
        .filter(|()| rest.is_empty())
        .ok_or_else(|| Misfit::new("does not have the form HH:mm:ss"))?;
    Ok(moment)
}
