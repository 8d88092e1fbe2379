// SPDX-License-Identifier: EUPL-1.2
//! Splits a file into records, byte by byte and without knowing its encoding: lines, or columns of a fixed length. Never
//! more than one record is held.

use std::io::{self, BufRead};

use crate::settings::Split;

/// UTF-8's mark at the beginning of a file.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record, with the header lines before it.
    Record(Vec<u8>),
    /// Nothing more.
    End,
    /// This record can never be sent.
    Unfit {
        /// Its number in the file, from 1.
        number: u64,
        why: Unfit,
    },
}

/// Why a record cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// It is longer than the settings allow.
    TooLong,
    /// The file is UTF-16, whose lines do not end with one byte.
    Wide,
    /// A quotation mark is not closed before the end of the file.
    OpenQuote,
}

/// The records of an input, in order.
#[derive(Debug)]
pub(crate) struct Records<R> {
    input: R,
    split: Split,
    /// The lines that stand before every record.
    header: Option<Vec<u8>>,
    /// Bytes of the input up to the end of the last record.
    offset: u64,
    /// Records so far.
    number: u64,
}

impl<R: BufRead> Records<R> {
    /// The records of an input from its beginning.
    pub(crate) fn new(input: R, split: Split) -> Self {
        Self {
            input,
            split,
            header: None,
            offset: 0,
            number: 0,
        }
    }

    /// How many records came so far, and where the last of them ended.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.number, self.offset)
    }

    /// Goes on behind a record that an earlier life has brought: the header is read, then the input is passed over up to
    /// there by `skip`, which is told where it stands and where to go.
    pub(crate) fn resume(
        &mut self,
        (number, offset): (u64, u64),
        skip: impl FnOnce(&mut R, u64) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.begin()?.is_none() && offset >= self.offset {
            skip(&mut self.input, offset)?;
            (self.number, self.offset) = (number, offset);
        }
        Ok(())
    }

    /// The next record.
    pub(crate) fn next(&mut self) -> io::Result<Next> {
        if let Some(why) = self.begin()? {
            return Ok(self.unfit(why));
        }
        let mut record = self.header.clone().unwrap_or_default();
        let before = record.len();
        let max = before + self.split.max_bytes;
        match self.split.bytes {
            Some(length) => self.columns(&mut record, length.get())?,
            None => {
                for _ in 0..self.split.lines.get() {
                    if let Some(why) = self.line(&mut record, max)? {
                        return Ok(self.unfit(why));
                    }
                }
            }
        }
        if record.len() == before {
            return Ok(Next::End);
        }
        if record.len() > max {
            return Ok(self.unfit(Unfit::TooLong));
        }
        self.number += 1;
        Ok(Next::Record(record))
    }

    /// Reads the header lines, once.
    fn begin(&mut self) -> io::Result<Option<Unfit>> {
        if self.header.is_some() {
            return Ok(None);
        }
        let start = self.input.fill_buf()?;
        if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
            return Ok(Some(Unfit::Wide));
        }
        // Before a header it belongs to the header; before a record it would look like a letter of the first column.
        if start.starts_with(MARK) && self.split.header_lines == 0 {
            self.input.consume(MARK.len());
            self.offset += MARK.len() as u64;
        }
        let mut header = Vec::new();
        for _ in 0..self.split.header_lines {
            if let Some(why) = self.line(&mut header, self.split.max_bytes)? {
                return Ok(Some(why));
            }
        }
        self.header = Some(header);
        Ok(None)
    }

    fn unfit(&self, why: Unfit) -> Next {
        Next::Unfit {
            number: self.number + 1,
            why,
        }
    }

    fn columns(&mut self, record: &mut Vec<u8>, length: usize) -> io::Result<()> {
        let mut left = length;
        while left > 0 {
            let here = self.input.fill_buf()?;
            let part = here.get(..left.min(here.len())).unwrap_or_default();
            if part.is_empty() {
                return Ok(());
            }
            record.extend_from_slice(part);
            let read = part.len();
            self.input.consume(read);
            self.offset += read as u64;
            left -= read;
        }
        Ok(())
    }

    /// Appends a line, or several where a quotation mark is open at a line's end. Empty lines are passed over.
    fn line(&mut self, record: &mut Vec<u8>, max: usize) -> io::Result<Option<Unfit>> {
        let start = record.len();
        loop {
            let (read, ended) = self.until_line_end(record, max)?;
            if read == 0 {
                let open = record.len() > start && self.is_open(record.get(start..).unwrap_or_default());
                return Ok(open.then_some(Unfit::OpenQuote));
            }
            if record.len() > max {
                return Ok(Some(Unfit::TooLong));
            }
            let line = record.get(start..).unwrap_or_default();
            if self.is_open(line) {
                continue;
            }
            if ended && matches!(line, b"\n" | b"\r\n") {
                record.truncate(start);
                continue;
            }
            return Ok(None);
        }
    }

    fn is_open(&self, line: &[u8]) -> bool {
        let Some(quote) = self.split.quote else { return false };
        line.iter().filter(|byte| **byte == quote).count() % 2 == 1
    }

    /// Reads up to and with the next line feed; stops soon after `max`.
    fn until_line_end(&mut self, record: &mut Vec<u8>, max: usize) -> io::Result<(usize, bool)> {
        let mut total = 0;
        loop {
            let here = self.input.fill_buf()?;
            let end = here.iter().position(|byte| *byte == b'\n');
            let part = here.get(..end.map_or(here.len(), |at| at + 1)).unwrap_or_default();
            let read = part.len();
            record.extend_from_slice(part);
            self.input.consume(read);
            self.offset += read as u64;
            total += read;
            if read == 0 || end.is_some() || record.len() > max {
                return Ok((total, end.is_some()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};
    use std::num::NonZeroUsize;

    use super::*;

    fn lines() -> Split {
        Split {
            header_lines: 0,
            quote: None,
            lines: NonZeroUsize::MIN,
            bytes: None,
            max_bytes: 20,
        }
    }

    /// Splits with a buffer of every size, since a record must not depend on where the buffer ends.
    #[track_caller]
    fn check(split: Split, input: &[u8], expected: &[&str], end: Next) {
        for size in [1, 2, 3, 7, 1000] {
            let mut records = Records::new(BufReader::with_capacity(size, Cursor::new(input)), split);
            // A mark at the beginning is only seen whole.
            if size < 3 && input.starts_with(MARK) {
                continue;
            }
            let mut found = Vec::new();
            let last = loop {
                match records.next().unwrap() {
                    Next::Record(record) => found.push(String::from_utf8(record).unwrap()),
                    last => break last,
                }
            };
            assert_eq!(found, expected, "buffer of {size}");
            assert_eq!(last, end);
        }
    }

    fn unfit(number: u64, why: Unfit) -> Next {
        Next::Unfit { number, why }
    }

    #[test]
    fn a_line_is_a_record() {
        check(lines(), b"a\nb\r\n\n\r\nc", &["a\n", "b\r\n", "c"], Next::End);
        check(lines(), b"", &[], Next::End);
        check(lines(), b"\n\n", &[], Next::End);
        check(lines(), b"\xEF\xBB\xBFa\nb\n", &["a\n", "b\n"], Next::End);
    }

    #[test]
    fn header_lines_stand_before_every_record() {
        let split = Split {
            header_lines: 1,
            ..lines()
        };
        check(split, b"n;x\n1;a\n2;b\n", &["n;x\n1;a\n", "n;x\n2;b\n"], Next::End);
        check(split, b"n;x\n", &[], Next::End);
        check(split, b"\xEF\xBB\xBFn\n1\n", &["\u{feff}n\n1\n"], Next::End);
    }

    #[test]
    fn a_line_end_between_quotation_marks_ends_nothing() {
        let split = Split {
            quote: Some(b'"'),
            ..lines()
        };
        check(
            split,
            b"\"a\n\nb\";c\n\"\"\"\";d\n",
            &["\"a\n\nb\";c\n", "\"\"\"\";d\n"],
            Next::End,
        );
        check(split, b"a\n\"b\nc\n", &["a\n"], unfit(2, Unfit::OpenQuote));
    }

    #[test]
    fn several_lines_and_fixed_lengths() {
        let pairs = Split {
            lines: NonZeroUsize::new(2).unwrap(),
            ..lines()
        };
        check(pairs, b"a\nb\nc\n", &["a\nb\n", "c\n"], Next::End);
        let columns = Split {
            bytes: NonZeroUsize::new(3),
            ..lines()
        };
        check(columns, b"abcde\nfg", &["abc", "de\n", "fg"], Next::End);
    }

    #[test]
    fn what_can_never_be_sent_is_told_with_its_number() {
        check(
            lines(),
            b"a\n123456789012345678901\n",
            &["a\n"],
            unfit(2, Unfit::TooLong),
        );
        check(lines(), b"a\n123456789012345678901", &["a\n"], unfit(2, Unfit::TooLong));
        let mut wide = Records::new(Cursor::new(b"\xFF\xFEa\0"), lines());
        assert_eq!(wide.next().unwrap(), unfit(1, Unfit::Wide));
    }

    #[test]
    fn records_go_on_where_an_earlier_life_stopped() {
        let split = Split {
            header_lines: 1,
            ..lines()
        };
        let text = b"n\n1\n\n2\n3\n";
        let mut first = Records::new(Cursor::new(text), split);
        first.next().unwrap();
        first.next().unwrap();
        let mut second = Records::new(Cursor::new(text), split);
        second
            .resume(first.place(), |input, offset| {
                input.set_position(offset);
                Ok(())
            })
            .unwrap();
        assert_eq!(second.next().unwrap(), Next::Record(b"n\n3\n".to_vec()));
        assert_eq!(second.place().0, 3);
    }
}
