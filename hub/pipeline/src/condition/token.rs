// SPDX-License-Identifier: EUPL-1.2
//! The words of a condition.

use std::ops::Range;

use crate::decimal::Decimal;

/// A word of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A key word or a dotted path.
    Word(String),
    /// `'text'`; a `'` inside is written twice.
    Text(String),
    /// A number.
    Number(Decimal),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)`, `,`.
    Sign(&'static str),
    /// The end of the condition.
    End,
}

/// Something that is no word of a condition: what to say about it, and where it stands.
pub(super) type Fault = (Range<usize>, &'static str);

/// Longer signs stand before those that they begin with.
const SIGNS: [&str; 9] = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// All words of a condition with their byte ranges; the last one is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        let rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            found.push((Token::End, at..at));
            return Ok(found);
        };
        let (token, len) = next(rest, first).map_err(|(len, fault)| (at..at + len, fault))?;
        found.push((token, at..at + len));
        at += len;
    }
}

fn next(rest: &str, first: char) -> Result<(Token, usize), (usize, &'static str)> {
    if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
        return Ok((Token::Sign(sign), sign.len()));
    }
    if first == '\'' {
        return text(rest);
    }
    if first.is_ascii_digit() || first == '-' {
        let len = run(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
        let number = rest.get(..len).and_then(Decimal::parse);
        return number
            .map(|number| (Token::Number(number), len))
            .ok_or((len, "this is no number"));
    }
    if first.is_alphabetic() || first == '_' {
        let len = run(rest, |c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
        return Ok((Token::Word(rest.get(..len).unwrap_or_default().to_owned()), len));
    }
    let fault = if first == '"' {
        "texts stand between single quotation marks"
    } else {
        "this sign has no meaning in a condition"
    };
    Err((first.len_utf8(), fault))
}

fn run(rest: &str, fits: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !fits(c)).unwrap_or(rest.len())
}

fn text(rest: &str) -> Result<(Token, usize), (usize, &'static str)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Ok((Token::Text(text), at + 1));
        }
    }
    Err((rest.len(), "the closing quotation mark is missing"))
}
