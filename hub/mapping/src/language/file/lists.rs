// SPDX-License-Identifier: EUPL-1.2
//! `[lists.NAME]`: the place or places of the items, and what stands in an item.

use super::super::scan::Text;
use super::super::value::{Table, Value};
use super::Block;
use crate::keys;
use crate::report::Report;

/// A list.
#[derive(Debug)]
pub(crate) struct ListBlock {
    pub(crate) name: Text,
    /// Place of the items when reading.
    pub(crate) each_read: Option<Text>,
    /// Place of the items when writing.
    pub(crate) each_write: Option<Text>,
    /// Which items are written there.
    pub(crate) when: Option<Text>,
    /// Whether it adds to the list before it.
    pub(crate) further: bool,
    pub(crate) templates: Vec<Text>,
    /// The row of a list of plain values.
    pub(crate) item: Option<Value>,
    pub(crate) block: Block,
}

/// The lists of a section.
pub(super) fn of(table: Option<&Table>, report: &mut Report) -> Vec<ListBlock> {
    let mut found = Vec::new();
    for (name, value) in table.map(|t| t.entries.as_slice()).unwrap_or_default() {
        let Value::Table(list) = value else {
            report.error("AH-M105", value.span(), "a list is a table with `each`");
            continue;
        };
        let here = Table {
            span: name.span.clone(),
            ..list.clone()
        };
        here.only(&keys::LIST, report);
        for (index, each) in places_of(&here, report).into_iter().enumerate() {
            found.push(ListBlock {
                name: name.clone(),
                each_read: each.read,
                each_write: each.write.filter(|_| index == 0 || each.when.is_some()),
                when: each.when,
                further: index > 0,
                templates: here.texts("template", report),
                item: here.get("item").cloned(),
                block: Block::of(&here, report),
            });
        }
    }
    found
}

/// A place of a list's items.
struct Each {
    read: Option<Text>,
    write: Option<Text>,
    when: Option<Text>,
}

/// `each`: a place, one for each direction, or several places with a condition each.
fn places_of(list: &Table, report: &mut Report) -> Vec<Each> {
    match list.get("each") {
        Some(Value::Table(sides)) => {
            sides.only(&keys::EACH_BOTH, report);
            vec![Each {
                read: sides.text("read", report),
                write: sides.text("write", report),
                when: None,
            }]
        }
        Some(Value::List(places, _)) => {
            let mut found = Vec::new();
            for place in places {
                let Value::Table(table) = place else {
                    report.error(
                        "AH-M105",
                        place.span(),
                        "one of several places is { path = …, when = … }",
                    );
                    continue;
                };
                table.only(&keys::EACH_PLACE, report);
                let path = table.needed_text("path", report);
                found.push(Each {
                    read: path.clone(),
                    write: path,
                    when: table.text("when", report),
                });
            }
            found
        }
        _ => {
            let each = list.needed_text("each", report);
            vec![Each {
                read: each.clone(),
                write: each,
                when: None,
            }]
        }
    }
}
