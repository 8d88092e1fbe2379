// SPDX-License-Identifier: EUPL-1.2
//! JSON as a target of the mapping engine.

use hub_message::canonical::{is_number, write_string};
use hub_message::{Code, Rejection};

use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// Writes one JSON object over an output buffer.
pub(crate) struct JsonSink<'a> {
    names: &'a Names,
    out: &'a mut String,
    open: Vec<Open>,
}

/// Something open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A place that was entered; whether it is an object or a value shows with what comes next.
    Place,
    /// A place that has its value.
    Valued,
    /// An object, and whether it has members already.
    Map { filled: bool },
    /// An array, and whether it has items already.
    List { filled: bool },
}

impl<'a> JsonSink<'a> {
    pub(crate) fn new(names: &'a Names, out: &'a mut String) -> Self {
        Self {
            names,
            out,
            open: Vec::new(),
        }
    }

    /// Prepares for a member or item of this name: comma, and the key where it stands in an object.
    fn prepare(&mut self, name: Symbol) {
        if self.open.last() == Some(&Open::Place) {
            self.out.push('{');
            self.open.pop();
            self.open.push(Open::Map { filled: false });
        }
        let (filled, keyed) = match self.open.last_mut() {
            Some(Open::Map { filled }) => (std::mem::replace(filled, true), true),
            Some(Open::List { filled }) => (std::mem::replace(filled, true), false),
            _ => (false, false),
        };
        if filled {
            self.out.push(',');
        }
        if keyed {
            write_string(self.out, self.names.spelled(name));
            self.out.push(':');
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Map { .. }) => self.out.push('}'),
            Some(Open::List { .. }) => self.out.push(']'),
            Some(Open::Place) => self.out.push_str("{}"),
            Some(Open::Valued) | None => {}
        }
    }
}

impl Sink for JsonSink<'_> {
    fn begin(&mut self) -> Result<(), Rejection> {
        self.out.push('{');
        self.open.push(Open::Map { filled: false });
        Ok(())
    }

    fn list(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.prepare(name);
        self.out.push('[');
        self.open.push(Open::List { filled: false });
        Ok(())
    }

    fn end_list(&mut self, _: Symbol) -> Result<(), Rejection> {
        self.close();
        Ok(())
    }

    fn enter(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.prepare(name);
        self.open.push(Open::Place);
        Ok(())
    }

    fn attribute(&mut self, _: Symbol, _: &str) -> Result<(), Rejection> {
        Err(Rejection::new(
            Code::new("AH-J120"),
            "JSON has no attributes",
            "write the place as a key in the mapping",
        ))
    }

    fn value(&mut self, value: &str, kind: ValueKind) -> Result<(), Rejection> {
        if let Some(place) = self.open.last_mut() {
            *place = Open::Valued;
        }
        match kind {
            ValueKind::Number if is_number(value) => self.out.push_str(value),
            ValueKind::Bool if matches!(value, "true" | "false") => self.out.push_str(value),
            _ => write_string(self.out, value),
        }
        Ok(())
    }

    fn leave(&mut self, _: Symbol) -> Result<(), Rejection> {
        self.close();
        Ok(())
    }

    fn end(&mut self) -> Result<(), Rejection> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_arrays_and_scalars() {
        let mut names = Names::default();
        let [id, lines, net, flag] = ["id", "lines", "net \"1\"", "flag"].map(|n| names.intern("", None, n));
        let mut out = String::new();
        let mut sink = JsonSink::new(&names, &mut out);
        let mut write = || -> Result<(), Rejection> {
            sink.begin()?;
            sink.enter(id)?;
            sink.value("R\"1", ValueKind::Text)?;
            sink.leave(id)?;
            sink.list(lines)?;
            for digits in ["10.00", "1,5"] {
                sink.enter(lines)?;
                sink.enter(net)?;
                sink.value(digits, ValueKind::Number)?;
                sink.leave(net)?;
                sink.enter(flag)?;
                sink.value("true", ValueKind::Bool)?;
                sink.leave(flag)?;
                sink.leave(lines)?;
            }
            sink.enter(lines)?;
            sink.value("plain", ValueKind::Text)?;
            sink.leave(lines)?;
            sink.end_list(lines)?;
            sink.end()
        };
        write().unwrap();
        assert_eq!(
            out,
            r#"{"id":"R\"1","lines":[{"net \"1\"":10.00,"flag":true},{"net \"1\"":"1,5","flag":true},"plain"]}"#
        );
        assert!(super::super::parse(out.as_bytes()).is_ok());
    }
}
