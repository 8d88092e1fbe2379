// SPDX-License-Identifier: EUPL-1.2
//! Checks a route of the kind `lookup`: who may ask whom for what, and which fields of the answer come back.

use std::collections::BTreeSet;

use hub_message::{Code, ConnectorName};
use hub_schema::Schema;

use super::route::Check;
use super::types::find_mapping;
use crate::lookup::Lookup;
use crate::route::RouteSource;
use crate::written::Written;

const MISSING: Code = Code::new("AH-R008");
const NOT_HERE: Code = Code::new("AH-R042");
const NO_ANSWER: Code = Code::new("AH-R043");

/// What may be looked up along a route, if all of it is right.
pub(super) fn check(check: &mut Check<'_>, route: &RouteSource) -> Option<Lookup> {
    let name = check.need(route, route.name.as_ref(), "name");
    let name = name.and_then(|name| check.name(name));
    let askers = check.askers(route);
    let responder = check.need(route, route.to.as_ref(), "to");
    let responder = responder.and_then(|to| Some((to, check.connector(to)?)));
    let schema = check.schema(route);
    let mapping = check.mapping(route, schema);
    let kind = check.need(route, route.kind.as_ref(), "type");
    let kind = kind.and_then(|kind| check.kind(kind));
    let purpose = check.need(route, route.purpose.as_ref(), "purpose");
    let legal_basis = check.need(route, route.legal_basis.as_ref(), "legal_basis");
    let selection = check.selection(route, schema);
    let question = check.question(route);
    check.without_what_only_deliveries_have(route);
    if let (Ok(Some(mapping)), Some(selection), Some(schema)) = (&mapping, &selection, schema) {
        check.reads_what_is_released(route, mapping, selection, schema);
    }
    if let (Some((to, responder)), Some(schema)) = (&responder, schema) {
        check.answers(to, responder, schema);
    }
    Some(Lookup {
        name: name?,
        askers: askers?,
        responder: responder?.1,
        question: question?,
        schema: schema?.id().clone(),
        mapping: mapping.ok()?,
        kind: kind?,
        purpose: purpose?.as_str().to_owned(),
        legal_basis: legal_basis?.as_str().to_owned(),
        selection: selection?,
        place: route.at.to_string(),
    })
}

impl Check<'_> {
    /// Who may ask is always named: a route that lets everybody ask would be an open door.
    fn askers(&mut self, route: &RouteSource) -> Option<BTreeSet<ConnectorName>> {
        let named = self.from(route).ok()?;
        if named.as_ref().is_none_or(BTreeSet::is_empty) {
            let finding = route.at.error(MISSING, "the look-up has no `from`: nobody may ask");
            self.findings
                .push(finding.help("name the connectors that may ask: from = [\"portal\"]"));
            return None;
        }
        named
    }

    fn question(&mut self, route: &RouteSource) -> Option<BTreeSet<String>> {
        let parts: BTreeSet<String> = route
            .question
            .iter()
            .flat_map(|(_, parts)| parts)
            .map(|part| part.as_str().to_owned())
            .collect();
        if parts.is_empty() {
            let at = route.question.as_ref().map_or(&route.at, |(list, _)| list);
            let finding = at.error(MISSING, "the look-up has no `question`: nothing could be asked");
            self.findings.push(
                finding.help("name the parts of the question that the responder may see: question = [\"number\"]"),
            );
            return None;
        }
        Some(parts)
    }

    fn without_what_only_deliveries_have(&mut self, route: &RouteSource) {
        let here = [
            ("when", &route.when),
            ("drop", &route.drop),
            ("reason", &route.reason),
            ("documents", &route.documents),
            ("protected_person", &route.protected_person),
        ];
        for (key, written) in here {
            if let Some(written) = written {
                let finding = written.error(NOT_HERE, format!("`{key}` is of no use in a look-up"));
                self.findings.push(finding.help("take it away"));
            }
        }
    }

    /// The responder must send something that becomes the schema of the answer.
    fn answers(&mut self, to: &Written, responder: &ConnectorName, schema: &Schema) {
        let sends = |mapping: &Written| {
            find_mapping(self.source, mapping)
                .is_ok_and(|found| found.is_none_or(|mapping| mapping.canonical() == schema.id()))
        };
        let connector = self.source.connectors.iter().find(|c| c.name == *responder);
        let answers = connector.is_some_and(|connector| {
            let mut named = connector.types.iter().filter_map(|sent| sent.mapping.as_ref());
            named.any(sends)
        });
        if !answers && self.source.complete {
            let text = format!(
                "nothing that `{responder}` sends becomes `{}`: it could not answer",
                schema.id()
            );
            let help = format!("add the type of its answers to `[types]` in connectors/{responder}.toml");
            self.findings.push(to.error(NO_ANSWER, text).help(help));
        }
    }
}
