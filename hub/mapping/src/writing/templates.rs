// SPDX-License-Identifier: EUPL-1.2
//! Texts that hold several fields: made by a template, or taken apart by one.

use hub_message::{NodeRef, Tree};

use super::values::{ABSENT, Bases, Held, WriteState};
use super::{TextTemplate, WriteScope};
use crate::convert::Refusal;
use crate::sink::ValueKind;

impl WriteState {
    pub(super) fn by_template(
        &mut self,
        templates: &[TextTemplate],
        bases: Bases,
        tree: &Tree,
    ) -> Result<Held, Refusal> {
        let mut made = String::new();
        if self.template_of(templates, bases, tree, &mut made)?.is_none() {
            return Ok(ABSENT);
        }
        Ok(self.keep(&made, ValueKind::Text))
    }

    /// The first template that fits, and what it makes; `None`: none of its fields is there.
    pub(super) fn template_of(
        &self,
        templates: &[TextTemplate],
        bases: Bases,
        tree: &Tree,
        made: &mut String,
    ) -> Result<Option<usize>, Refusal> {
        let text_of = |slot: u16| self.own_node(tree, bases, slot).and_then(NodeRef::text);
        let present: Vec<u16> = templates
            .iter()
            .flat_map(|template| template.slots.iter().copied())
            .filter(|slot| text_of(*slot).is_some())
            .collect();
        if present.is_empty() {
            return Ok(None);
        }
        let chosen = templates.iter().position(|text| {
            // A template that leaves a field out would lose it.
            let part = &mut |part: usize| text_of(text.slots.get(part).copied()?);
            present.iter().all(|slot| text.slots.contains(slot)) && text.template.make(part, made)
        });
        chosen.map(Some).ok_or_else(|| Refusal {
            code: "AH-M213",
            text: "fits none of the templates".to_owned(),
            remedy: "correct the document, or add a template that fits",
        })
    }

    /// Takes the values apart that are written to several places.
    pub(super) fn split(&mut self, scope: &WriteScope, bases: Bases, tree: &Tree) -> Result<(), (u16, Refusal)> {
        for split in &scope.splits {
            let Some(whole) = scope.values.get(split.value as usize) else {
                continue;
            };
            let Some(text) = self
                .text(bases, split.value, whole, tree)
                .map(|(text, _)| text.to_owned())
            else {
                continue;
            };
            let mut found = Vec::new();
            if !split
                .template
                .take(&text, &mut |part, value| found.push((part, value.to_owned())))
            {
                let refusal = Refusal {
                    code: "AH-M213",
                    text: "does not fit the template".to_owned(),
                    remedy: "correct the document, or the template of the row",
                };
                return Err((split.value, refusal));
            }
            for (part, value) in found {
                let held = self.keep(&value, ValueKind::Text);
                let target = split.parts.get(part).copied();
                if let Some((number, target)) = target.and_then(|n| Some((n, scope.values.get(n as usize)?))) {
                    self.put(bases, number, target.leaf, held);
                }
            }
        }
        Ok(())
    }
}
