// SPDX-License-Identifier: EUPL-1.2
//! Warns about what leads nowhere: routes that nothing reaches, messages that no route takes.

use std::collections::BTreeMap;

use hub_message::{Code, ConnectorName, Finding};

use super::route::Checked;
use super::{RulesSource, Sends};
use crate::route::Route;

const UNREACHABLE: Code = Code::new("AH-R040");
const NO_ROUTE: Code = Code::new("AH-R041");

/// Collects the warnings. They are only made when the routes themselves are right, because a broken route would bring
/// false ones.
pub(super) fn check(
    connectors: &BTreeMap<ConnectorName, Sends>,
    routes: &[Checked],
    source: &RulesSource,
    findings: &mut Vec<Finding>,
) {
    if !source.complete
        || routes.len() < source.routes.len()
        || !findings.iter().all(|f| f.severity == hub_message::Severity::Warning)
    {
        return;
    }
    for (checked, written) in routes.iter().zip(&source.routes) {
        let Checked::Delivers(route) = checked else { continue };
        if !connectors.iter().any(|(name, sends)| reaches(name, sends, route)) {
            let who = if route.from.is_some() {
                "the connectors in `from`"
            } else {
                "the connectors"
            };
            let at = written.schema.as_ref().unwrap_or(&written.at);
            let text = format!(
                "nothing that {who} send becomes `{}`: the route never takes anything",
                route.schema
            );
            findings.push(at.warning(UNREACHABLE, text));
        }
    }
    for connector in &source.connectors {
        let Some(sends) = connectors.get(&connector.name) else {
            continue;
        };
        for sent in &connector.types {
            let mapping = sent.kind.as_str().parse().ok().and_then(|kind| sends.types.get(&kind));
            let Some(mapping) = mapping else { continue };
            let taken = routes.iter().any(|checked| match checked {
                Checked::Delivers(route) => route.takes(&connector.name, mapping.canonical()),
                Checked::LooksUp(lookup) => lookup.takes(&connector.name, mapping.canonical()),
            });
            if !taken {
                let text = format!(
                    "no route takes `{}` from `{}`: every `{}` will be a dead letter",
                    mapping.canonical(),
                    connector.name,
                    sent.kind.as_str()
                );
                let finding = sent.kind.warning(NO_ROUTE, text);
                findings.push(finding.help("add a route, or one with `drop = true`"));
            }
        }
    }
}

fn reaches(name: &ConnectorName, sends: &Sends, route: &Route) -> bool {
    sends
        .types
        .values()
        .any(|mapping| route.takes(name, mapping.canonical()))
}
