// SPDX-License-Identifier: EUPL-1.2
//! A listener for tests: writes down what a source tells.

use hub_message::Rejection;

use crate::source::{Listener, Names, Piece, Source, Symbol};

/// The name of a place that it does not want to hear about.
const UNWANTED: &str = "skip";

/// What was told, as `<` document `>`, name `(` … `)`, text, and `~` before text that was made.
pub(crate) struct Heard<'t> {
    names: Names,
    text: &'t str,
    log: String,
}

impl<'t> Heard<'t> {
    /// Nothing was told yet.
    pub(crate) fn new(text: &'t str) -> Self {
        Heard {
            names: Names::default(),
            text,
            log: String::new(),
        }
    }

    /// What `source` tells about a text.
    pub(crate) fn of(source: &impl Source, text: &'t str) -> Result<String, Rejection> {
        let mut heard = Heard::new(text);
        told(source, text, &mut heard)?;
        Ok(heard.log)
    }
}

fn told<S: Source>(source: &S, text: &str, heard: &mut Heard<'_>) -> Result<(), Rejection> {
    source.read(text, &mut S::State::default(), heard)
}

impl Listener for Heard<'_> {
    fn names(&self) -> &Names {
        &self.names
    }

    fn begin(&mut self, _: usize) {
        self.log.push('<');
    }

    fn end(&mut self, _: usize) {
        self.log.push('>');
    }

    fn enter(&mut self, _: Symbol, spelled: &str, _: usize) -> bool {
        let wanted = spelled != UNWANTED;
        self.log.push_str(spelled);
        self.log.push_str(if wanted { "(" } else { "(…)" });
        wanted
    }

    fn attribute(&mut self, _: Symbol, _: &str, _: Piece<'_>) {
        self.log.push('@');
    }

    fn text(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Span(start, end) => self.log.push_str(self.text.get(start..end).unwrap()),
            Piece::Made(made, _) => self.log.extend(["~", made]),
        }
    }

    fn leave(&mut self, _: usize) {
        self.log.push(')');
    }
}
