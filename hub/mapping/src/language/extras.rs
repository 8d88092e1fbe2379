// SPDX-License-Identifier: EUPL-1.2
//! What is written without being read: `[always]`, and rows whose key is a place.

use std::sync::Arc;

use hub_message::Protection;

use super::calls::{self, Ways};
use super::expand::{Expander, Spot, ordered};
use super::row;
use super::scan::{Fault, Text};
use super::value::Value;
use crate::facts::PLAIN_FACTS;
use crate::keys;
use crate::rows::{Extra, Rule, Scope};

impl<'a> Expander<'a> {
    /// `[always]`
    pub(super) fn always(&mut self, place: &'a Text, value: &'a Text, spot: &Spot<'a>, scope: &mut Scope) {
        let parsed = row::always_row(&value.value);
        self.extra(place, value, parsed, true, spot, scope);
    }

    /// A row whose key is a place: written where the places above it exist anyhow.
    pub(super) fn accompanying(&mut self, place: &'a Text, value: &'a Value, spot: &Spot<'a>, scope: &mut Scope) {
        let given = match value {
            Value::Table(table) => {
                table.only(&keys::ACCOMPANYING, self.report);
                table.needed_text("write", self.report)
            }
            other => {
                let sentence = "a row whose key is a place is only written";
                self.report.error_help(
                    "AH-M105",
                    other.span(),
                    sentence,
                    "{ write = \"^field\" } or { write = \"'text'\" }",
                );
                None
            }
        };
        if let Some(text) = given {
            let parsed = row::given_row(&text.value);
            self.extra(place, &text, parsed, false, spot, scope);
        }
    }

    fn extra(
        &mut self,
        place: &Text,
        value: &Text,
        parsed: Result<row::GivenRow, Fault>,
        causes: bool,
        spot: &Spot<'a>,
        scope: &mut Scope,
    ) {
        let path = self.vocabulary.path_of_text(place, self.report);
        let (Some(path), Some(parsed)) = (path, self.parsed(parsed, value)) else {
            return;
        };
        self.refuse_negated(&path);
        let mut open = true;
        match &parsed.given {
            row::Given::Field(field) => {
                let keys: Vec<String> = field.split('.').map(str::to_owned).collect();
                let root = Spot::root(self.shape, spot.ways);
                match self.leaf(&keys, value.place(&parsed.range), &root) {
                    Some(leaf) => open = leaf.protection == Protection::Open,
                    None => return,
                }
            }
            row::Given::Fact(fact) => {
                let known = PLAIN_FACTS.contains(&fact.as_str());
                if !known && fact.strip_prefix("case.").is_none_or(str::is_empty) {
                    let known = PLAIN_FACTS.into_iter().chain(["case.id"]);
                    let sentence = format!("the hub gives no fact `${fact}`");
                    self.report
                        .unknown("AH-M125", value.place(&parsed.range), sentence, fact, known);
                }
            }
            row::Given::Text(_) => {}
        }
        let ways = Ways {
            read: false,
            write: true,
        };
        let chain = calls::chain(&parsed.calls, value, &self.tables, None, ways, self.report);
        let path = spot.place.join(&path);
        scope.extras.push(Extra {
            rule: Rule {
                span: place.span.clone(),
                key: place.span.clone(),
                at: place.inside(),
                asks: Vec::new(),
                field: match &parsed.given {
                    row::Given::Field(field) => field.clone(),
                    row::Given::Fact(_) | row::Given::Text(_) => String::new(),
                },
                place: spot.spelled(&path, &self.vocabulary),
                open,
                order: ordered(spot, place.span.start),
            },
            path,
            given: parsed.given,
            stages: Arc::new(chain.stages),
            causes,
            anchor: spot.place.steps.len(),
        });
    }
}
