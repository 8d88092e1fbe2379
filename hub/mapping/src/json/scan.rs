// SPDX-License-Identifier: EUPL-1.2
//! Walks a JSON text, one event at a time, without recursion. Every rule of the strict layer holds here.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{DEPTH_MAX, Defect, Fault, KEY_BYTES_MAX, NODE_BYTES, NODES_MAX, TEXT_BYTES_MAX};

/// What stands next. Offsets count bytes; `at` is the first byte, `end` the one behind the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event<'t> {
    OpenMap {
        at: usize,
    },
    CloseMap {
        at: usize,
    },
    OpenList {
        at: usize,
    },
    CloseList {
        at: usize,
    },
    /// A key; its value follows.
    Key {
        name: Cow<'t, str>,
        at: usize,
    },
    /// A string; borrowed where it stands literally. `at` and `end` are inside of the quotation marks.
    Text {
        value: Cow<'t, str>,
        at: usize,
        end: usize,
    },
    Number {
        digits: &'t str,
        at: usize,
    },
    Bool {
        value: bool,
        at: usize,
    },
    Null {
        at: usize,
    },
}

/// Above this number of keys in an object a hash set takes over from comparing one by one.
const KEYS_COMPARED: usize = 16;

/// An open container.
enum Open<'t> {
    Map {
        keys: Vec<Cow<'t, str>>,
        many: HashSet<Cow<'t, str>>,
    },
    List,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Value,
    /// A value, or the end of an array that has just begun.
    FirstItem,
    /// A key, or the end of an object that has just begun.
    FirstKey,
    Key,
    /// A comma or the end of the container.
    AfterValue,
    /// Nothing but white space.
    End,
}

/// A walk over a JSON text.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    open: Vec<Open<'t>>,
    wanted: Wanted,
    nodes: usize,
    nodes_max: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            wanted: Wanted::Value,
            nodes: 0,
            nodes_max: NODES_MAX.max(text.len() / NODE_BYTES),
        }
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next event; `None` once after the end of a complete document.
    pub(super) fn next(&mut self) -> Result<Option<Event<'t>>, Fault> {
        self.skip_space();
        if self.wanted == Wanted::End {
            return match self.peek() {
                None => Ok(None),
                Some(_) => Err(self.fault(Defect::Trailing)),
            };
        }
        if self.wanted == Wanted::AfterValue && self.peek() == Some(b',') {
            self.at += 1;
            self.skip_space();
            self.wanted = match self.open.last() {
                Some(Open::Map { .. }) => Wanted::Key,
                _ => Wanted::Value,
            };
        }
        let Some(byte) = self.peek() else {
            return Err(self.fault(Defect::Truncated));
        };
        match (self.wanted, byte) {
            (Wanted::FirstKey | Wanted::AfterValue, b'}') => self.close(true).map(Some),
            (Wanted::FirstItem | Wanted::AfterValue, b']') => self.close(false).map(Some),
            (Wanted::FirstKey | Wanted::Key, b'"') => self.key().map(Some),
            (Wanted::FirstKey | Wanted::Key, _) => Err(self.fault(Defect::Unexpected("a key in quotation marks"))),
            (Wanted::AfterValue, _) => Err(self.fault(Defect::Unexpected("a comma or the end of the object or array"))),
            _ => self.value(byte).map(Some),
        }
    }

    fn value(&mut self, byte: u8) -> Result<Event<'t>, Fault> {
        self.nodes += 1;
        if self.nodes > self.nodes_max {
            return Err(self.fault(Defect::TooMany));
        }
        let at = self.at;
        if matches!(byte, b'{' | b'[') {
            return self.opened(byte == b'{');
        }
        let event = match byte {
            b'"' => {
                let value = self.string()?;
                let end = self.at - 1;
                if end - at > TEXT_BYTES_MAX + 1 {
                    return Err(Fault {
                        defect: Defect::LongText,
                        offset: at,
                    });
                }
                Event::Text { value, at: at + 1, end }
            }
            b'-' | b'0'..=b'9' => {
                let digits = self.number()?;
                Event::Number { digits, at }
            }
            b't' => self.word("true", Event::Bool { value: true, at })?,
            b'f' => self.word("false", Event::Bool { value: false, at })?,
            b'n' => self.word("null", Event::Null { at })?,
            _ => return Err(self.fault(Defect::Unexpected("a value"))),
        };
        self.value_ended();
        Ok(event)
    }

    fn opened(&mut self, map: bool) -> Result<Event<'t>, Fault> {
        if self.open.len() == DEPTH_MAX {
            return Err(self.fault(Defect::TooDeep));
        }
        let at = self.at;
        self.at += 1;
        Ok(if map {
            self.open.push(Open::Map {
                keys: Vec::new(),
                many: HashSet::new(),
            });
            self.wanted = Wanted::FirstKey;
            Event::OpenMap { at }
        } else {
            self.open.push(Open::List);
            self.wanted = Wanted::FirstItem;
            Event::OpenList { at }
        })
    }

    fn close(&mut self, map: bool) -> Result<Event<'t>, Fault> {
        if matches!(self.open.last(), Some(Open::Map { .. })) != map {
            return Err(self.fault(Defect::Unexpected("the end of what was opened last")));
        }
        let at = self.at;
        self.at += 1;
        self.open.pop();
        self.value_ended();
        Ok(if map {
            Event::CloseMap { at }
        } else {
            Event::CloseList { at }
        })
    }

    fn value_ended(&mut self) {
        self.wanted = if self.open.is_empty() {
            Wanted::End
        } else {
            Wanted::AfterValue
        };
    }

    fn key(&mut self) -> Result<Event<'t>, Fault> {
        let at = self.at;
        let name = self.string()?;
        let refused = |defect| Err(Fault { defect, offset: at });
        if self.at - at > KEY_BYTES_MAX + 2 {
            return refused(Defect::LongKey);
        }
        if self.is_repeated(name.clone()) {
            return refused(Defect::DuplicateKey);
        }
        self.skip_space();
        match self.peek() {
            Some(b':') => self.at += 1,
            None => return Err(self.fault(Defect::Truncated)),
            Some(_) => return Err(self.fault(Defect::Unexpected("a colon"))),
        }
        self.wanted = Wanted::Value;
        Ok(Event::Key { name, at: at + 1 })
    }

    /// Remembers the key and tells whether the object had it already. Escapes are resolved before, so `"a"` and
    /// `"\u0061"` are the same key.
    fn is_repeated(&mut self, name: Cow<'t, str>) -> bool {
        let Some(Open::Map { keys, many }) = self.open.last_mut() else {
            return false;
        };
        if keys.len() < KEYS_COMPARED {
            let repeated = keys.contains(&name);
            keys.push(name);
            return repeated;
        }
        if many.is_empty() {
            many.extend(keys.iter().cloned());
        }
        !many.insert(name)
    }

    fn word(&mut self, word: &str, event: Event<'t>) -> Result<Event<'t>, Fault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(event);
        }
        let defect = if word.starts_with(rest) {
            Defect::Truncated
        } else {
            Defect::Unexpected("a value")
        };
        Err(self.fault(defect))
    }

    fn skip_space(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn fault(&self, defect: Defect) -> Fault {
        Fault {
            defect,
            offset: self.at,
        }
    }
}
