// SPDX-License-Identifier: EUPL-1.2
//! `when`: conditions over places when reading, over canonical fields when writing.

use hub_message::Shape;

use super::super::condition;
use super::super::expand::{Expander, Found, Spot, look_up};
use super::super::place::Place;
use super::super::row;
use super::super::scan::{Fault, Scan, Text};
use crate::rows::{FieldRef, ReadOperand};

impl<'a> Expander<'a> {
    pub(super) fn when_read(&mut self, text: &Text, spot: &Spot<'a>) -> Option<condition::Condition<ReadOperand>> {
        let parsed = condition::parse(&text.value, &mut operand);
        let parsed = self.parsed(parsed, text)?;
        let mut fields = Vec::new();
        let made = parsed.map(&mut |operand| match operand {
            Operand::Place(place) => {
                let path = self.vocabulary.path(place, text, self.report)?;
                Some(ReadOperand::Place(spot.place.join(&path)))
            }
            Operand::Field(field) => {
                fields.push(field.clone());
                Some(ReadOperand::Field(field.clone()))
            }
        });
        for field in fields {
            let keys: Vec<String> = field.split('.').map(str::to_owned).collect();
            self.leaf(&keys, text.span.clone(), &Spot::root(self.shape, spot.ways))?;
        }
        made
    }

    pub(crate) fn when_write(&mut self, text: &Text, spot: &Spot<'a>) -> Option<condition::Condition<FieldRef>> {
        let parsed = condition::parse(&text.value, &mut field_operand);
        let parsed = self.parsed(parsed, text)?;
        let mut operands = Vec::new();
        parsed.operands(&mut operands);
        for (root, keys) in operands {
            let shape = if *root { self.shape } else { spot.scope };
            if let Found::Unknown(index, members) = look_up(shape, keys) {
                let key = keys.get(index).map_or("", String::as_str);
                let full = if *root { keys.join(".") } else { spot.full(keys) };
                let sentence = format!("the schema {} has no field `{full}`", self.file.header.canonical);
                let known = members.iter().map(|m| m.name.as_str());
                self.report.unknown("AH-M102", text.span.clone(), sentence, key, known);
                return None;
            }
        }
        let at_root = spot.scope_name.is_empty() && matches!(spot.scope, Shape::Map(_));
        parsed.map(&mut |(root, keys)| {
            Some(FieldRef {
                root: *root && !at_root,
                keys: keys.clone(),
            })
        })
    }
}

/// An operand of a condition on reading.
enum Operand {
    Place(Place),
    Field(String),
}

fn operand(scan: &mut Scan<'_>) -> Result<Operand, Fault> {
    if scan.eat("^") {
        return row::dotted(scan).map(Operand::Field);
    }
    Place::scan(scan).map(Operand::Place)
}

fn field_operand(scan: &mut Scan<'_>) -> Result<(bool, Vec<String>), Fault> {
    let root = scan.eat("^");
    let field = row::dotted(scan)?;
    Ok((root, field.split('.').map(str::to_owned).collect()))
}
