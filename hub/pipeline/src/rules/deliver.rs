// SPDX-License-Identifier: EUPL-1.2
//! Checks the part of a route that says who gets what, in which form and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_message::{Code, Finding, MessageType};
use hub_schema::Schema;

use super::route::{Check, Said};
use super::types::find_mapping;
use crate::release::{Selection, expand};
use crate::route::{Attachments, Deliver, ProtectedPerson, RouteSource};
use crate::written::Written;

const OTHER_SCHEMA: Code = Code::new("AH-R011");
const CANNOT_WRITE: Code = Code::new("AH-R012");
const KIND: Code = Code::new("AH-R001");
const CHOICE: Code = Code::new("AH-R013");
const RETENTION: Code = Code::new("AH-R014");
const NOT_RELEASED: Code = Code::new("AH-R024");
const NOT_READ: Code = Code::new("AH-R025");

/// What the recipient of a route gets, if all of it is right.
pub(super) fn check(check: &mut Check<'_>, route: &RouteSource, schema: Option<&Schema>) -> Option<Deliver> {
    let recipient = check.need(route, route.to.as_ref(), "to");
    let recipient = recipient.and_then(|to| check.connector(to));
    let mapping = check.mapping(route, schema);
    let kind = check.need(route, route.kind.as_ref(), "type");
    let kind = kind.and_then(|kind| check.kind(kind));
    let purpose = check.need(route, route.purpose.as_ref(), "purpose");
    let legal_basis = check.need(route, route.legal_basis.as_ref(), "legal_basis");
    let selection = check.selection(route, schema);
    let attachments = check.choice(
        route.documents.as_ref(),
        &[("none", Attachments::None), ("all", Attachments::All)],
    );
    let protected_person = check.choice(
        route.protected_person.as_ref(),
        &[("block", ProtectedPerson::Block), ("allow", ProtectedPerson::Allow)],
    );
    let retention = check.retention(route);
    if let (Ok(Some(mapping)), Some(selection), Some(schema)) = (&mapping, &selection, schema) {
        check.reads_what_is_released(route, mapping, selection, schema);
    }
    Some(Deliver {
        recipient: recipient?,
        mapping: mapping.ok()?,
        kind: kind?,
        purpose: purpose?.as_str().to_owned(),
        legal_basis: legal_basis?.as_str().to_owned(),
        selection: selection?,
        attachments: attachments?,
        retention: retention.ok()?,
        protected_person: protected_person?,
    })
}

impl Check<'_> {
    pub(super) fn mapping(
        &mut self,
        route: &RouteSource,
        schema: Option<&Schema>,
    ) -> Result<Option<Arc<Mapping>>, Said> {
        let Some(name) = &route.mapping else {
            return Ok(None);
        };
        let mapping = find_mapping(self.source, name).map_err(|finding| {
            self.findings.push(finding);
            Said
        })?;
        let mapping = mapping.ok_or(Said)?;
        if !mapping.writes() {
            let finding = name.error(CANNOT_WRITE, format!("mapping `{}` does not write", name.as_str()));
            self.findings.push(finding.help("its `directions` must name \"write\""));
            return Err(Said);
        }
        if let Some(schema) = schema.filter(|schema| schema.id() != mapping.canonical()) {
            self.findings.push(name.error(
                OTHER_SCHEMA,
                format!(
                    "mapping `{}` writes `{}`, the route takes `{}`",
                    name.as_str(),
                    mapping.canonical(),
                    schema.id()
                ),
            ));
            return Err(Said);
        }
        Ok(Some(mapping))
    }

    pub(super) fn kind(&mut self, kind: &Written) -> Option<MessageType> {
        match kind.as_str().parse() {
            Ok(kind) => Some(kind),
            Err(fault) => {
                let finding = kind.error(KIND, format!("{fault}"));
                self.findings.push(finding.help("for example `posting.csv.1`"));
                None
            }
        }
    }

    pub(super) fn selection(&mut self, route: &RouteSource, schema: Option<&Schema>) -> Option<Selection> {
        let Some((_, fields)) = route.fields.as_ref().filter(|(_, fields)| !fields.is_empty()) else {
            let at = route.fields.as_ref().map_or(&route.at, |(list, _)| list);
            let finding = at.error(Code::new("AH-R008"), "the route releases no field");
            self.findings
                .push(finding.help("`fields` lists what the recipient may have"));
            return None;
        };
        let (selection, found) = Selection::load(fields, schema?.shape());
        self.findings.extend(found);
        selection
    }

    /// One of a few words; the default when the key is absent.
    fn choice<T: Copy + Default>(&mut self, value: Option<&Written>, choices: &[(&str, T)]) -> Option<T> {
        let Some(value) = value else {
            return Some(T::default());
        };
        let chosen = choices.iter().find(|(word, _)| *word == value.as_str());
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            let finding = value.error(CHOICE, format!("`{}` is not known here", value.as_str()));
            self.findings
                .push(finding.help(format!("either {}", words.join(" or "))));
        }
        chosen.map(|(_, choice)| *choice)
    }

    fn retention(&mut self, route: &RouteSource) -> Result<Option<String>, Said> {
        let Some(value) = &route.retention else {
            return Ok(None);
        };
        if is_period(value.as_str()) {
            return Ok(Some(value.as_str().to_owned()));
        }
        let finding = value.error(RETENTION, format!("`{}` is no period of time", value.as_str()));
        self.findings
            .push(finding.help("years, months, days: `P10Y`, `P6M`, `P30D`"));
        Err(Said)
    }

    /// A mapping that reads what its route does not release would write holes; a released field that it does not read
    /// goes to the recipient for nothing.
    pub(super) fn reads_what_is_released(
        &mut self,
        route: &RouteSource,
        mapping: &Mapping,
        selection: &Selection,
        schema: &Schema,
    ) {
        let Some((list, fields)) = &route.fields else { return };
        let read: BTreeSet<&str> = mapping.fields_read_by_write().iter().map(String::as_str).collect();
        let missing: Vec<String> = read
            .iter()
            .filter(|field| !selection.leaves().contains(**field))
            .map(|field| format!("`{field}`"))
            .collect();
        if !missing.is_empty() {
            let text = format!(
                "mapping `{}` reads what the route does not release: {}",
                mapping.id(),
                missing.join(", ")
            );
            let help = "release these fields too, or use a mapping that does without them";
            self.findings.push(list.error(NOT_RELEASED, text).help(help));
        }
        for field in fields {
            let unread = expand(field, schema.shape())
                .is_ok_and(|leaves| !leaves.iter().any(|leaf| read.contains(leaf.as_str())));
            if unread {
                self.findings.push(unread_field(field, mapping));
            }
        }
    }
}

fn unread_field(field: &Written, mapping: &Mapping) -> Finding {
    field
        .warning(
            NOT_READ,
            format!(
                "`{}` is released, but mapping `{}` does not read it",
                field.as_str(),
                mapping.id()
            ),
        )
        .help("release only what the recipient needs")
}

/// An ISO 8601 duration of years, months and days, in this order, at least one of them.
fn is_period(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('P').filter(|rest| !rest.is_empty()) else {
        return false;
    };
    for unit in ['Y', 'M', 'D'] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=4).contains(&digits)
            && let Some(after) = rest.get(digits..).and_then(|after| after.strip_prefix(unit))
        {
            rest = after;
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_period;

    #[test]
    fn periods_are_years_months_and_days_in_this_order() {
        for good in ["P10Y", "P6M", "P30D", "P1Y6M", "P1Y2M3D"] {
            assert!(is_period(good), "{good}");
        }
        for bad in [
            "", "P", "10Y", "PY", "P1", "P6M1Y", "P1Y1Y", "PT1H", "P1Y ", "P12345Y", "P-1Y",
        ] {
            assert!(!is_period(bad), "{bad}");
        }
    }
}
