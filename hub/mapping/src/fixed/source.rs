// SPDX-License-Identifier: EUPL-1.2
//! Fixed width as a source of the mapping engine.

use std::borrow::Cow;

use hub_message::Rejection;

use super::{Column, FixedFormat, LINE_MAX, Range, Record};
use crate::flat::{Documents, Fault, Finder, unknown_record, without_dos_end};
use crate::letters::is_boundary;
use crate::source::{Listener, Piece, Source, Symbol};

/// Buffers that are used again from file to file.
#[derive(Debug, Default)]
pub(crate) struct FixedState {
    /// Where each byte of the original line stands in the decoded text, if not every character is one byte there.
    offsets: Vec<usize>,
}

/// A kind of record, with symbols.
struct Known<'f> {
    symbol: Symbol,
    record: &'f Record,
    columns: Vec<Symbol>,
}

/// A line, and where its bytes are in the text.
struct Line<'l> {
    text: &'l str,
    at: usize,
    /// Length in bytes of the original encoding.
    length: usize,
    /// Empty where bytes of the original and of the text are the same.
    offsets: &'l [usize],
}

impl Line<'_> {
    /// Byte offset in the whole text of a byte position of the line; `None` in the middle of a character.
    fn offset(&self, position: usize) -> Option<usize> {
        let inside = match self.offsets.get(position) {
            Some(inside) => *inside,
            None if position >= self.length => self.text.len(),
            None => position,
        };
        self.text.is_char_boundary(inside).then_some(self.at + inside)
    }

    /// Whether a letter stands before a place of the text and one of its marks behind it.
    fn tears(&self, inside: usize) -> bool {
        // Marks begin with U+0300, so with a byte from 0xCC.
        if self.text.as_bytes().get(inside).is_none_or(|byte| *byte < 0xCC) {
            return false;
        }
        let (before, behind) = self.text.split_at_checked(inside).unwrap_or_default();
        let before = before.chars().next_back().filter(|c| c.is_alphabetic());
        before.is_some() && behind.chars().next().is_some_and(|c| !is_boundary(before, c))
    }

    /// What stands at a range, with the offset of its first character.
    fn slice(&self, range: Range) -> Result<(usize, &str), Fault> {
        let cut = |at: usize| {
            Fault::new(at, "AH-C123", "a column begins or ends in the middle of a character")
                .remedy("see in which encoding the source system writes, and name it in the mapping's [format]")
        };
        let start = self.offset(range.start.min(self.length)).ok_or_else(|| cut(self.at))?;
        let end = self.offset(range.end.min(self.length)).ok_or_else(|| cut(self.at))?;
        if let Some(torn) = [start, end].into_iter().find(|at| self.tears(at - self.at)) {
            return Err(cut(torn));
        }
        Ok((start, self.text.get(start - self.at..end - self.at).unwrap_or_default()))
    }
}

impl Source for FixedFormat {
    type State = FixedState;

    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        self.file.decode(input)
    }

    fn read<L: Listener>(&self, text: &str, state: &mut FixedState, to: &mut L) -> Result<(), Rejection> {
        self.walk(text, state, to).map_err(|fault| fault.in_text(text))
    }

    fn paths_at(&self, text: &str, offsets: &[usize]) -> Vec<String> {
        Finder::find(offsets, |finder| {
            // Whatever is wrong further on, the path before it stands.
            let _ = self.walk(text, &mut FixedState::default(), finder);
        })
    }
}

impl FixedFormat {
    fn walk<L: Listener>(&self, text: &str, state: &mut FixedState, to: &mut L) -> Result<(), Fault> {
        let kinds: Vec<Known<'_>> = self.records.iter().map(|record| known(record, to)).collect();
        let mut documents = Documents::new(self.records.iter().any(|record| record.starts));
        let body = without_dos_end(text);
        let mut at = 0;
        for whole in body.split_inclusive('\n') {
            let content = whole.strip_suffix('\n').unwrap_or(whole);
            let content = content.strip_suffix('\r').unwrap_or(content);
            if !content.trim().is_empty() {
                let line = self.line(content, at, &mut state.offsets)?;
                let kind = self.kind(&line, &kinds)?;
                documents.record(kind.record.starts, at, to)?;
                self.tell(&line, kind, to)?;
            }
            at += whole.len();
        }
        documents.finish(body.len(), to)
    }

    fn line<'l>(&self, text: &'l str, at: usize, offsets: &'l mut Vec<usize>) -> Result<Line<'l>, Fault> {
        if let Some(return_at) = text.find('\r') {
            let what = "a carriage return stands without a line feed";
            return Err(Fault::new(at + return_at, "AH-C117", what));
        }
        offsets.clear();
        let mut length = text.len();
        if self.file.encoding.is_single_byte() && !text.is_ascii() {
            offsets.extend(text.char_indices().map(|(offset, _)| offset));
            length = offsets.len();
        }
        if length > LINE_MAX {
            return Err(Fault::new(
                at,
                "AH-C121",
                format!("the line is longer than {LINE_MAX} bytes"),
            ));
        }
        Ok(Line {
            text,
            at,
            length,
            offsets,
        })
    }

    fn kind<'k, 'f>(&self, line: &Line<'_>, kinds: &'k [Known<'f>]) -> Result<&'k Known<'f>, Fault> {
        let kind = match self.by {
            None => kinds.first(),
            Some(by) => {
                let (_, name) = line.slice(by)?;
                kinds.iter().find(|kind| kind.record.name == name)
            }
        };
        kind.ok_or_else(|| unknown_record(line.at))
    }

    fn tell<L: Listener>(&self, line: &Line<'_>, kind: &Known<'_>, to: &mut L) -> Result<(), Fault> {
        self.check_length(line, kind.record)?;
        let wanted = to.enter(kind.symbol, &kind.record.name, line.at);
        for (column, symbol) in kind.record.columns.iter().zip(&kind.columns) {
            let (start, raw) = line.slice(column.at)?;
            check_cut(line, column, raw, start)?;
            let text = raw.trim_end_matches(' ');
            let begin = if column.right == Some(true) {
                text.len() - text.trim_start_matches(' ').len()
            } else {
                0
            };
            if !wanted || text.is_empty() || !to.enter(*symbol, &column.name, start + begin) {
                continue;
            }
            to.text(Piece::Span(start + begin, start + text.len()));
            to.leave(start + text.len());
        }
        if wanted {
            to.leave(line.at + line.text.len());
        }
        Ok(())
    }

    fn check_length(&self, line: &Line<'_>, record: &Record) -> Result<(), Fault> {
        if self.full_lines && line.length < record.length {
            let text = format!("the line has {} bytes, {} are agreed", line.length, record.length);
            return Err(Fault::new(line.at, "AH-C122", text));
        }
        if record.closed && line.length > record.length {
            let behind = Range {
                start: record.length,
                end: line.length,
            };
            let (start, rest) = line.slice(behind)?;
            if !rest.trim_end_matches(' ').is_empty() {
                let text = format!("the line is longer than the {} bytes that are agreed", record.length);
                return Err(Fault::new(start, "AH-C121", text));
            }
        }
        Ok(())
    }
}

/// A line may leave out blanks at its end, nothing else. Where it ends inside of a column whose last character would
/// stand at the right, or among digits, something is missing: half a number must not pass as a smaller one.
fn check_cut(line: &Line<'_>, column: &Column, raw: &str, start: usize) -> Result<(), Fault> {
    let inside = line.length > column.at.start && line.length < column.at.end;
    let digits = raw.bytes().last().is_some_and(|b| b.is_ascii_digit()) && raw.trim().bytes().all(is_of_number);
    if inside && (column.right == Some(true) || digits) {
        return Err(Fault::new(start, "AH-C120", "the line ends inside of a number")
            .remedy("see whether the transfer was cut off; have the source system write lines of full length"));
    }
    Ok(())
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b',')
}

fn known<'f, L: Listener>(record: &'f Record, to: &L) -> Known<'f> {
    Known {
        symbol: to.names().find(&record.name),
        record,
        columns: record
            .columns
            .iter()
            .map(|column| to.names().find(&column.name))
            .collect(),
    }
}
