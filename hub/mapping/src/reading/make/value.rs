// SPDX-License-Identifier: EUPL-1.2
//! What the places of a leaf come to.

use super::super::listen::Listening;
use super::super::{LeafMake, LeafSource, Operand};
use super::Here;
use crate::contents::Kept;
use crate::convert::{Asked, Buffers, Refusal, Way};
use crate::function::{Made, Pick};
use crate::language::condition::Condition;
use crate::language::template::Template;
use crate::rows::Gather;

/// What a leaf's text came to.
pub(super) enum Value<'s> {
    /// It stands as it is.
    Text(&'s str),
    /// It stands in the buffers.
    Made,
    Absent,
}

/// A value, or why it was refused, with it where it may be shown; and where it stands.
type Found<'s> = (Result<Value<'s>, (Refusal, Option<String>)>, Option<usize>);

impl Listening<'_> {
    /// The value of a leaf: in the document, in the buffers, or nowhere; and where it stands.
    pub(super) fn value<'s>(&'s self, leaf: &LeafMake, here: Here, buffers: &mut Buffers) -> Found<'s> {
        let mut made = String::new();
        let (text, at) = match &leaf.source {
            LeafSource::Nothing => (None, None),
            LeafSource::Slot(_) | LeafSource::Part(_) => {
                let (text, at) = self.plain(&leaf.source, here);
                if leaf.stages.is_empty() {
                    return (Ok(text.map_or(Value::Absent, Value::Text)), at);
                }
                (text, at)
            }
            LeafSource::Composed { template, slots } => {
                let (fits, at) = self.composed(template, slots, here, &mut made);
                (fits.then_some(made.as_str()), at)
            }
            LeafSource::Many { chain, slot, gather } => match self.gathered(here, (*chain, *slot), gather, &mut made) {
                Ok((found, at)) => (found.then_some(made.as_str()), at),
                Err((refusal, at)) => return (Err((refusal, None)), at),
            },
        };
        let Some(text) = text else {
            return (Ok(Value::Absent), at);
        };
        let found = match buffers.apply(&leaf.stages, Way::Read, text, &mut Asking { listening: self }) {
            Ok(Made::Absent) => Ok(Value::Absent),
            Ok(_) => Ok(Value::Made),
            Err(refusal) => Err((refusal, leaf.rule.open.then(|| text.to_owned()))),
        };
        (found, at)
    }

    /// A text that stands in the document or the scratch buffer.
    fn plain(&self, source: &LeafSource, here: Here) -> (Option<&str>, Option<usize>) {
        let slot = match source {
            LeafSource::Slot(slot) => *slot,
            _ => here.text,
        };
        let slot = self.state.slots.slot(here.instance, slot);
        let text = self.state.slots.text(slot, self.text);
        let at = Some(slot.at as usize);
        let LeafSource::Part(part) = source else {
            return (text, at.filter(|_| text.is_some()));
        };
        let range = self.state.parts.get(here.parts + part).copied().flatten();
        (
            range.and_then(|(start, end)| text?.get(start as usize..end as usize)),
            at,
        )
    }

    /// A template of whose places none is there makes nothing, whatever text stands between them.
    fn composed(&self, template: &Template, of: &[u16], here: Here, out: &mut String) -> (bool, Option<usize>) {
        let slots = &self.state.slots;
        let filled = of.iter().map(|slot| slots.slot(here.instance, *slot));
        let at = filled
            .clone()
            .find_map(|slot| slots.text(slot, self.text).map(|_| slot.at as usize));
        let mut part = |part: usize| slots.text(slots.slot(here.instance, of.get(part).copied()?), self.text);
        (at.is_some() && template.make(&mut part, out), at)
    }

    fn gathered(
        &self,
        here: Here,
        (chain, slot): (u16, u16),
        gather: &Gather,
        out: &mut String,
    ) -> Result<(bool, Option<usize>), (Refusal, Option<usize>)> {
        let slots = &self.state.slots;
        let mut link = slots.first(here.instance, chain);
        let mut found = Vec::new();
        while link != 0 {
            let (instance, next) = slots.item(link);
            let slot = slots.slot(instance, slot);
            found.extend(slots.text(slot, self.text).map(|text| (text, slot.at as usize)));
            link = next;
        }
        let at = found.first().map(|(_, at)| *at);
        let picked = match gather {
            Gather::First | Gather::Pick(Pick::First) => found.first(),
            Gather::Pick(Pick::Last) => found.last(),
            Gather::Pick(Pick::Nth(n)) => found.get(*n as usize),
            Gather::Fold(fold) => {
                return match fold.over(found.iter().map(|(text, _)| *text), out) {
                    Ok(made) => Ok((made != Made::Absent, at)),
                    Err(misfit) => Err((
                        Refusal {
                            code: "AH-M210",
                            text: misfit.0,
                            remedy: "correct the document at its source",
                        },
                        at,
                    )),
                };
            }
        };
        Ok(picked.map_or((false, None), |(text, at)| {
            out.push_str(text);
            (true, Some(*at))
        }))
    }

    pub(super) fn holds(&self, when: &Condition<Operand>, here: Here) -> bool {
        let mut operands = Vec::new();
        when.operands(&mut operands);
        let fields: Vec<Option<String>> = operands
            .iter()
            .map(|operand| match operand {
                Operand::Slot(_) => None,
                Operand::Field(field) => Asking { listening: self }.field(field),
            })
            .collect();
        when.holds(&mut |operand| match operand {
            Operand::Slot(slot) => self
                .state
                .slots
                .text(self.state.slots.slot(here.instance, *slot), self.text),
            Operand::Field(_) => operands
                .iter()
                .position(|known| std::ptr::eq(*known, operand))
                .and_then(|index| fields.get(index)?.as_deref()),
        })
    }
}

/// Answers what functions ask for.
pub(super) struct Asking<'l, 'a> {
    pub(super) listening: &'l Listening<'a>,
}

impl Asked for Asking<'_, '_> {
    fn field(&mut self, path: &str) -> Option<String> {
        let leaf = self.listening.program.asked.get(path)?;
        let mut buffers = Buffers::default();
        match self.listening.value(leaf, Here::of(0), &mut buffers).0 {
            Ok(Value::Text(text)) => Some(text.to_owned()),
            Ok(Value::Made) => Some(buffers.out),
            Ok(Value::Absent) => leaf.default.clone(),
            Err(_) => None,
        }
    }

    fn secret(&self, name: &str) -> Option<&[u8]> {
        (self.listening.secrets)(name)
    }

    fn content(&self, handle: &str) -> Option<Kept> {
        self.listening.state.told.get(handle)
    }
}
