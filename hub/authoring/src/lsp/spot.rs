// SPDX-License-Identifier: EUPL-1.2
//! Where the cursor is: in which section, behind which keys, in what. Only what stands before the cursor counts, so that
//! a file need not parse while somebody types.

use std::ops::Range;

/// Where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The section, and the keys to the table in which the cursor is, or to its value.
    pub(super) path: Vec<String>,
    pub(super) at: At,
}

/// What the cursor is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum At {
    /// The name of a section; the range holds all of it.
    Header(Range<usize>),
    /// A key; the range holds all of it, dots and all.
    Key(Range<usize>),
    /// A text; the range is between its quotation marks.
    Text(Range<usize>),
    /// A value without quotation marks, or where one will stand.
    Plain(Range<usize>),
    /// A comment, or behind a value.
    Nowhere,
}

/// Where the byte at `offset` is.
pub(super) fn spot(text: &str, offset: usize) -> Spot {
    let mut scan = Scan {
        text,
        offset,
        at: 0,
        section: Vec::new(),
        open: vec![Level::new(false)],
    };
    let at = scan.run();
    let mut path = scan.section;
    path.extend(scan.open.into_iter().flat_map(|level| level.key));
    Spot { path, at }
}

/// An open bracket, or the section itself.
#[derive(Debug)]
struct Level {
    list: bool,
    /// The key whose value comes or is there.
    key: Vec<String>,
    /// Whether its value was given.
    done: bool,
}

impl Level {
    fn new(list: bool) -> Self {
        Self {
            list,
            key: Vec::new(),
            done: false,
        }
    }
}

struct Scan<'t> {
    text: &'t str,
    offset: usize,
    at: usize,
    section: Vec<String>,
    open: Vec<Level>,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) -> At {
        let mut fresh = true;
        loop {
            if self.at > self.offset {
                return At::Nowhere;
            }
            if fresh && let Some(name) = header(self.rest()) {
                if let Some(at) = self.header(&name) {
                    return at;
                }
                fresh = false;
                continue;
            }
            let Some(c) = self.rest().chars().next() else {
                return self.empty();
            };
            match c {
                '\n' => {
                    if self.at >= self.offset {
                        return self.empty();
                    }
                    self.line();
                    fresh = true;
                    self.at += 1;
                    continue;
                }
                ' ' | '\t' | '\r' if self.at == self.offset => return self.empty(),
                ' ' | '\t' | '\r' => self.at += 1,
                '#' => {
                    let end = self.at + self.rest().find('\n').unwrap_or(self.rest().len());
                    if self.offset > self.at && self.offset <= end {
                        return At::Nowhere;
                    }
                    if self.offset == self.at {
                        return self.empty();
                    }
                    self.at = end;
                    fresh = false;
                    continue;
                }
                _ => {
                    if let Some(at) = self.token(c) {
                        return at;
                    }
                }
            }
            fresh = fresh && matches!(c, ' ' | '\t');
        }
    }

    fn level(&mut self) -> Option<&mut Level> {
        self.open.last_mut()
    }

    /// Whether a value comes next.
    fn wants_value(&self) -> bool {
        self.open
            .last()
            .is_some_and(|level| level.list || !level.key.is_empty())
    }

    /// The cursor is between two things.
    fn empty(&mut self) -> At {
        let done = self.open.last().is_some_and(|level| level.done && !level.list);
        let here = self.offset..self.offset;
        match (done, self.wants_value()) {
            (true, _) => At::Nowhere,
            (false, true) => At::Plain(here),
            (false, false) => At::Key(here),
        }
    }

    /// A line ends. An entry of the section ends with it, and so does a text that nobody closed.
    fn line(&mut self) {
        if let [level] = self.open.as_mut_slice() {
            *level = Level::new(false);
        }
    }

    fn header(&mut self, name: &Range<usize>) -> Option<At> {
        let span = self.at + name.start..self.at + name.end;
        self.open = vec![Level::new(false)];
        self.section = keys(self.text.get(span.clone()).unwrap_or_default());
        if span.start <= self.offset && self.offset <= span.end {
            self.section.clear();
            return Some(At::Header(span));
        }
        let line = self.text.get(span.end..).unwrap_or_default();
        self.at = span.end + line.find(|c| !matches!(c, ']')).unwrap_or(line.len());
        if self.offset <= self.at && self.offset > span.end {
            return Some(At::Nowhere);
        }
        if let Some(level) = self.level() {
            // Nothing but a comment comes behind a header.
            level.done = true;
        }
        None
    }

    fn token(&mut self, c: char) -> Option<At> {
        match c {
            ',' => {
                if self.offset == self.at {
                    return Some(self.empty());
                }
                if let Some(level) = self.level().filter(|level| !level.list) {
                    *level = Level::new(false);
                }
                self.at += 1;
            }
            '=' => {
                if self.offset == self.at {
                    return Some(At::Nowhere);
                }
                self.at += 1;
            }
            ']' | '}' => {
                if self.offset == self.at {
                    return Some(self.empty());
                }
                if self.open.len() > 1 {
                    self.open.pop();
                }
                if let Some(level) = self.level() {
                    level.done = true;
                }
                self.at += 1;
            }
            _ if !self.wants_value() => return self.key(),
            '[' | '{' => {
                if self.offset == self.at {
                    return Some(self.empty());
                }
                self.open.push(Level::new(c == '['));
                self.at += 1;
            }
            '"' | '\'' => return self.text(c),
            _ => {
                let ends = |c: char| matches!(c, ',' | ']' | '}' | '\n' | '\r' | '#' | ' ' | '\t');
                let end = self.at + self.rest().find(ends).unwrap_or(self.rest().len());
                if self.offset <= end {
                    return Some(At::Plain(self.at..end));
                }
                self.at = end.max(self.at + c.len_utf8());
                if let Some(level) = self.level() {
                    level.done = true;
                }
            }
        }
        None
    }

    fn key(&mut self) -> Option<At> {
        let length = key_length(self.rest());
        let span = self.at..self.at + length.max(1);
        let written = self.text.get(span.clone()).unwrap_or_default();
        if self.offset <= span.end && length > 0 {
            return Some(At::Key(span));
        }
        let parts = keys(written);
        self.at = span.end;
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        if let Some(level) = self.level() {
            level.key = parts;
        }
        None
    }

    fn text(&mut self, mark: char) -> Option<At> {
        let triple: String = std::iter::repeat_n(mark, 3).collect();
        let rest = self.rest();
        let (open, end, close) = if rest.starts_with(&triple) {
            let inside = rest.get(3..).unwrap_or_default();
            let end = inside.find(&triple).unwrap_or(inside.len());
            (3, end, 3)
        } else {
            let inside = rest.get(1..).unwrap_or_default();
            (1, closing(inside, mark), 1)
        };
        let span = self.at + open..self.at + open + end;
        if self.offset < span.start {
            return Some(self.empty());
        }
        if self.offset <= span.end {
            return Some(At::Text(span));
        }
        let closed = self.text.get(span.end..).is_some_and(|rest| rest.starts_with(mark));
        self.at = if closed { span.end + close } else { span.end };
        if let Some(level) = self.level() {
            level.done = true;
        }
        None
    }
}

/// How long a text is without its closing mark; it ends with the line at the latest.
fn closing(inside: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if c == '\n' || c == '\r' || (c == mark && !escaped) {
            return at;
        }
        escaped = mark == '"' && c == '\\' && !escaped;
    }
    inside.len()
}

/// The name in a header that begins here. An item of a list over several lines may look like one, unless it holds
/// texts only.
fn header(rest: &str) -> Option<Range<usize>> {
    let line = rest.lines().next()?;
    let open = line.len() - line.trim_start_matches('[').len();
    if !(1..=2).contains(&open) {
        return None;
    }
    let name = line.get(open..)?;
    let length = key_length(name);
    let behind = name.get(length..)?.trim_start_matches(']').trim_start();
    let plain = name.starts_with(['"', '\'']) && !name.get(..length)?.contains('.');
    (!plain && (behind.is_empty() || behind.starts_with('#'))).then_some(open..open + length)
}

/// How long a dotted key is that begins here.
fn key_length(rest: &str) -> usize {
    let mut quoted: Option<char> = None;
    for (at, c) in rest.char_indices() {
        match quoted {
            _ if matches!(c, '\n' | '\r') => return at,
            Some(mark) if c == mark => quoted = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quoted = Some(c),
            // Letters beyond ASCII belong in quotation marks; who forgot them is still typing a key.
            None if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') => {}
            None => return at,
        }
    }
    rest.len()
}

/// The parts of a dotted key.
pub(super) fn keys(written: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted: Option<char> = None;
    for c in written.chars() {
        match quoted {
            Some(mark) if c == mark => quoted = None,
            None if matches!(c, '"' | '\'') => quoted = Some(c),
            None if c == '.' => parts.push(String::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests;
