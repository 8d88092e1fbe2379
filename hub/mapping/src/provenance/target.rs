// SPDX-License-Identifier: EUPL-1.2
//! Keeps account of where in the target document a sink is.

use std::fmt::Write;

use hub_message::Rejection;

use crate::sink::{Sink, ValueKind};
use crate::source::{Names, Symbol};

/// A sink with an account of the way down to the place that was entered.
#[derive(Debug)]
pub(crate) struct Traced<'t, S> {
    sink: &'t mut S,
    names: &'t Names,
    /// Name of the root element, where the format has one.
    root: Option<&'t str>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A place that stands alone.
    Place(Symbol),
    /// A list, and how many of its items were entered.
    List(Symbol, usize),
    /// An item of it.
    Item,
}

impl<'t, S: Sink> Traced<'t, S> {
    pub(crate) fn new(sink: &'t mut S, names: &'t Names, root: Option<&'t str>) -> Self {
        Self {
            sink,
            names,
            root,
            steps: Vec::new(),
        }
    }
}

impl<S: Sink> Sink for Traced<'_, S> {
    fn begin(&mut self) -> Result<(), Rejection> {
        self.sink.begin()
    }

    fn list(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.steps.push(Step::List(name, 0));
        self.sink.list(name)
    }

    fn end_list(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.steps.pop();
        self.sink.end_list(name)
    }

    fn enter(&mut self, name: Symbol) -> Result<(), Rejection> {
        match self.steps.last_mut() {
            Some(Step::List(_, items)) => {
                *items += 1;
                self.steps.push(Step::Item);
            }
            _ => self.steps.push(Step::Place(name)),
        }
        self.sink.enter(name)
    }

    fn attribute(&mut self, name: Symbol, value: &str) -> Result<(), Rejection> {
        self.sink.attribute(name, value)
    }

    fn value(&mut self, value: &str, kind: ValueKind) -> Result<(), Rejection> {
        self.sink.value(value, kind)
    }

    fn leave(&mut self, name: Symbol) -> Result<(), Rejection> {
        self.steps.pop();
        self.sink.leave(name)
    }

    fn end(&mut self) -> Result<(), Rejection> {
        self.sink.end()
    }

    fn place(&self, attribute: Option<Symbol>) -> String {
        let mut path = self.root.map_or_else(String::new, |root| format!("/{root}"));
        for step in &self.steps {
            let _ = match step {
                Step::Item => Ok(()),
                Step::Place(name) => write!(path, "/{}", self.names.spelled(*name)),
                Step::List(name, items) => write!(path, "/{}[{items}]", self.names.spelled(*name)),
            };
        }
        if let Some(name) = attribute {
            let _ = write!(path, "/@{}", self.names.spelled(name));
        }
        path
    }
}
