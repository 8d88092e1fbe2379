// SPDX-License-Identifier: EUPL-1.2
//! Texts, and the end of an element.

use super::{Mode, Open, Validator};
use crate::xsd::simple::SimpleId;

impl Validator<'_> {
    /// Text in the innermost open element.
    pub(super) fn characters(&mut self, at: usize, piece: &str) {
        let Some(Open {
            mode: Mode::Typed(kind),
            name,
            has_stray,
            is_nil,
            ..
        }) = self.open.last().copied()
        else {
            return;
        };
        let is_space = || piece.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        if self.xsd.text_of(kind).is_some() && !is_nil {
            self.buffer.push_str(piece);
            return;
        }
        if has_stray || is_space() || (self.xsd.is_mixed(kind) && !is_nil) {
            return;
        }
        let lead = piece.len() - piece.trim_start().len();
        let why = if is_nil { "is nil" } else { "holds elements only" };
        let sentence = format!("text stands in `{}`, which {why}", self.slice(name));
        self.fault("AH-X127", at + lead, sentence);
        if let Some(open) = self.open.last_mut() {
            open.has_stray = true;
        }
    }

    /// The innermost open element ends.
    pub(super) fn end(&mut self, at: usize) {
        let Some(open) = self.open.pop() else {
            return;
        };
        if let Mode::Typed(kind) = open.mode
            && !open.is_nil
        {
            match self.xsd.text_of(kind) {
                Some(simple) => self.check_text(open, simple),
                None => self.check_complete(at, open, kind),
            }
        }
        self.states.truncate(open.states);
        self.siblings.truncate(open.siblings);
        self.buffer.truncate(open.text);
        self.bindings.leave(open.outside);
    }

    fn check_text(&mut self, open: Open, simple: SimpleId) {
        let xsd = self.xsd;
        let element = open.element.and_then(|id| xsd.element(id));
        let buffer = std::mem::take(&mut self.buffer);
        let mut text = buffer.get(open.text..).unwrap_or_default();
        if text.is_empty()
            && let Some(given) = element.and_then(|e| e.default.as_deref().or(e.fixed.as_deref()))
        {
            text = given;
        }
        // A finding about a text stands where the element begins.
        let at = open.name.0.saturating_sub(1);
        if let Err(expected) = xsd.simples.check(simple, text) {
            let sentence = format!("the value of `{}` is not {expected}", self.slice(open.name));
            self.fault("AH-X126", at, sentence);
        }
        if let Some(fixed) = element.and_then(|e| e.fixed.as_deref())
            && !xsd.simples.same(simple, text, fixed)
        {
            let sentence = format!("`{}` must have the value `{fixed}`", self.slice(open.name));
            self.fault("AH-X130", at, sentence);
        }
        self.identify(simple, text, at);
        self.buffer = buffer;
    }

    /// Whether everything was walked.
    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty() && self.faults.len() < super::FINDINGS_MAX
    }
}
