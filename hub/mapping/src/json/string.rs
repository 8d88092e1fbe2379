// SPDX-License-Identifier: EUPL-1.2
//! Strings and numbers of a JSON text (RFC 8259, sections 6 and 7).

use std::borrow::Cow;

use hub_message::canonical::is_number;

use super::scan::Scanner;
use super::{Defect, Fault, NUMBER_MAX};

impl<'t> Scanner<'t> {
    /// Takes a string, from its first quotation mark to behind its last.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Fault> {
        self.at += 1;
        let start = self.at;
        let plain = self.plain_run()?;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.at = start;
        let mut made = String::new();
        loop {
            made.push_str(self.plain_run()?);
            if self.peek() == Some(b'"') {
                self.at += 1;
                return Ok(Cow::Owned(made));
            }
            made.push(self.escape()?);
        }
    }

    /// Characters up to a quotation mark or a backslash.
    fn plain_run(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
        let Some(length) = length else {
            self.at = self.text.len();
            return Err(self.fault(Defect::Truncated));
        };
        self.at += length;
        if !matches!(self.peek(), Some(b'"' | b'\\')) {
            return Err(self.fault(Defect::ControlCharacter));
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Takes an escape; it stands at the backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        self.at += 1;
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(start),
            None => return Err(self.fault(Defect::Truncated)),
            Some(_) => return Err(at(start, Defect::Escape)),
        };
        self.at += 1;
        Ok(c)
    }

    /// Takes `u0041` or a surrogate pair `ud83d\ude00`.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Fault> {
        let first = self.hex_digits(start)?;
        let code = match first {
            0xd800..=0xdbff => {
                if !self.text.get(self.at..).unwrap_or_default().starts_with("\\u") {
                    return Err(at(start, Defect::LoneSurrogate));
                }
                self.at += 1;
                let second = self.hex_digits(start)?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(at(start, Defect::LoneSurrogate));
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or(at(start, Defect::LoneSurrogate))
    }

    /// Takes the `u` and the four digits behind it.
    fn hex_digits(&mut self, start: usize) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..4 {
            self.at += 1;
            let byte = self.peek().ok_or_else(|| self.fault(Defect::Truncated))?;
            let digit = char::from(byte).to_digit(16).ok_or(at(start, Defect::Escape))?;
            code = code * 16 + digit;
        }
        self.at += 1;
        Ok(code)
    }

    /// Takes a number. Its digits stay as they are.
    pub(super) fn number(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .count();
        let digits = self.text.get(start..start + length).unwrap_or_default();
        if !is_number(digits) {
            return Err(self.fault(Defect::Number));
        }
        if length > NUMBER_MAX {
            return Err(self.fault(Defect::LongNumber));
        }
        self.at += length;
        Ok(digits)
    }
}

fn at(offset: usize, defect: Defect) -> Fault {
    Fault { defect, offset }
}
