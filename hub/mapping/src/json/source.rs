// SPDX-License-Identifier: EUPL-1.2
//! JSON as a source of the mapping engine: no tree is built.

use std::borrow::Cow;
use std::fmt::Write;

use hub_message::Rejection;

use super::scan::{Event, Scanner};
use super::{Defect, Fault, decode};
use crate::source::{Listener, Piece, Source, Symbol};

/// The name of the items of an array that stands inside an array.
const ITEM: &str = "item";

/// Reads JSON objects.
#[derive(Debug, Default)]
pub(crate) struct JsonSource;

impl Source for JsonSource {
    type State = ();

    fn decode<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, str>, Rejection> {
        decode(input)
    }

    fn read<L: Listener>(&self, text: &str, (): &mut (), to: &mut L) -> Result<(), Rejection> {
        Walk {
            scanner: Scanner::new(text),
        }
        .document(to)
        .map_err(|fault| fault.in_text(text))
    }

    fn paths_at(&self, text: &str, offsets: &[usize]) -> Vec<String> {
        paths_at(text, offsets)
    }
}

struct Walk<'t> {
    scanner: Scanner<'t>,
}

/// The name of a place as it is told.
struct Name<'n> {
    symbol: Symbol,
    spelled: &'n str,
}

impl<'t> Walk<'t> {
    fn document<L: Listener>(&mut self, to: &mut L) -> Result<(), Fault> {
        let Some(Event::OpenMap { at }) = self.scanner.next()? else {
            return Err(Fault {
                defect: Defect::NoObject,
                offset: 0,
            });
        };
        to.begin(at);
        let end = self.members(to)?;
        to.end(end);
        // Nothing may follow; the scanner says so.
        self.scanner.next().map(|_| ())
    }

    /// The members of an object up to its end, whose offset is given back. Depth is capped, so the recursion is.
    fn members<L: Listener>(&mut self, to: &mut L) -> Result<usize, Fault> {
        loop {
            match self.event()? {
                Event::CloseMap { at } => return Ok(at),
                Event::Key { name, .. } => {
                    let name = Name {
                        symbol: to.names().find(&name),
                        spelled: &name,
                    };
                    match self.event()? {
                        Event::OpenList { .. } => self.items(&name, to)?,
                        value => self.occurrence(value, &name, to)?,
                    }
                }
                _ => return Err(self.scanner.fault(Defect::Unexpected("a key"))),
            }
        }
    }

    /// The items of an array, each an occurrence of `name`.
    fn items<L: Listener>(&mut self, name: &Name<'_>, to: &mut L) -> Result<(), Fault> {
        loop {
            match self.event()? {
                Event::CloseList { .. } => return Ok(()),
                item => self.occurrence(item, name, to)?,
            }
        }
    }

    /// One value under a name. `null` is not told at all: the field is absent.
    fn occurrence<L: Listener>(&mut self, value: Event<'t>, name: &Name<'_>, to: &mut L) -> Result<(), Fault> {
        let at = match &value {
            Event::OpenMap { at } | Event::OpenList { at } | Event::Number { at, .. } | Event::Bool { at, .. } => *at,
            Event::Text { at, .. } => *at,
            _ => return Ok(()),
        };
        let depth = self.scanner.depth();
        if !to.enter(name.symbol, name.spelled, at) {
            return self.skip(&value, depth);
        }
        let end = match value {
            Event::OpenMap { .. } => self.members(to)?,
            Event::OpenList { .. } => {
                let item = Name {
                    symbol: to.names().find(ITEM),
                    spelled: ITEM,
                };
                self.items(&item, to)?;
                self.scanner.at
            }
            Event::Text { value, at, end } => {
                match &value {
                    Cow::Borrowed(_) => to.text(Piece::Span(at, end)),
                    Cow::Owned(made) => to.text(Piece::Made(made, at)),
                }
                end
            }
            Event::Number { digits, at } => {
                to.text(Piece::Span(at, at + digits.len()));
                at + digits.len()
            }
            Event::Bool { value, at } => {
                let end = at + if value { 4 } else { 5 };
                to.text(Piece::Span(at, end));
                end
            }
            _ => at,
        };
        to.leave(end);
        Ok(())
    }

    /// Walks over what nobody wants; it must be well formed all the same.
    fn skip(&mut self, value: &Event<'t>, depth: usize) -> Result<(), Fault> {
        if matches!(value, Event::OpenMap { .. } | Event::OpenList { .. }) {
            while self.scanner.depth() >= depth {
                self.event()?;
            }
        }
        Ok(())
    }

    fn event(&mut self) -> Result<Event<'t>, Fault> {
        let truncated = self.scanner.fault(Defect::Truncated);
        self.scanner.next()?.ok_or(truncated)
    }
}

/// An open container on the way to a place.
enum Step<'t> {
    /// An object and the key that was met last.
    Map(Cow<'t, str>),
    /// An array and the number of the item that was met last, from 1.
    List(usize),
}

/// The paths of what stands at offsets that grow: `/answers[2]/value`.
fn paths_at(text: &str, offsets: &[usize]) -> Vec<String> {
    let mut scanner = Scanner::new(text);
    let mut steps: Vec<Step<'_>> = Vec::new();
    let mut path = String::new();
    let mut found = Vec::with_capacity(offsets.len());
    let mut offsets = offsets.iter().peekable();
    while let Ok(Some(event)) = scanner.next() {
        let at = match &event {
            Event::CloseMap { .. } | Event::CloseList { .. } => {
                steps.pop();
                continue;
            }
            Event::Key { name, .. } => {
                if let Some(Step::Map(key)) = steps.last_mut() {
                    key.clone_from(name);
                }
                continue;
            }
            Event::OpenMap { at } | Event::OpenList { at } | Event::Null { at } => *at,
            Event::Text { at, .. } | Event::Number { at, .. } | Event::Bool { at, .. } => *at,
        };
        if let Some(Step::List(number)) = steps.last_mut() {
            *number += 1;
        }
        while offsets.next_if(|offset| **offset < at).is_some() {
            found.push(path.clone());
        }
        if offsets.peek().is_none() {
            break;
        }
        path.clear();
        show(&steps, &mut path);
        match event {
            Event::OpenMap { .. } => steps.push(Step::Map(Cow::Borrowed(""))),
            Event::OpenList { .. } => steps.push(Step::List(0)),
            _ => {}
        }
    }
    found.extend(offsets.map(|_| path.clone()));
    found
}

/// In the words of the mapping language, where an array inside an array has items called `item`.
fn show(steps: &[Step<'_>], path: &mut String) {
    let mut in_list = false;
    for step in steps {
        match step {
            Step::Map(key) => {
                path.push('/');
                path.push_str(key);
                in_list = false;
            }
            Step::List(number) => {
                if in_list {
                    path.push('/');
                    path.push_str(ITEM);
                }
                let _ = write!(path, "[{number}]");
                in_list = true;
            }
        }
    }
}
