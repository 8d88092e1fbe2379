// SPDX-License-Identifier: EUPL-1.2
//! Checks routes one by one: everything that a route names exists and fits together.

use std::collections::{BTreeMap, BTreeSet};

use hub_message::{Code, ConnectorName, Finding, SchemaId};
use hub_schema::Schema;

use super::{RulesSource, deliver, lookup};
use crate::condition::Condition;
use crate::lookup::Lookup;
use crate::route::{Route, RouteSource, Target};
use crate::written::Written;

const UNKNOWN_CONNECTOR: Code = Code::new("AH-R005");
const UNKNOWN_SCHEMA: Code = Code::new("AH-R006");
const SAME_NAME: Code = Code::new("AH-R007");
const MISSING: Code = Code::new("AH-R008");
const DROP: Code = Code::new("AH-R009");
const NAME: Code = Code::new("AH-R010");
const CHOICE: Code = Code::new("AH-R013");

/// Kinds of routes.
const KINDS: [&str; 2] = ["delivery", "lookup"];
const NAME_BYTES_MAX: usize = 64;

/// A route that is right.
#[derive(Debug)]
pub(super) enum Checked {
    /// Documents go along it.
    Delivers(Route),
    /// Questions go along it, and answers come back.
    LooksUp(Lookup),
}

/// The two kinds of routes apart, look-ups by their names.
pub(super) fn apart(checked: Vec<Checked>) -> (Vec<Route>, BTreeMap<String, Lookup>) {
    let mut routes = Vec::with_capacity(checked.len());
    let mut lookups = BTreeMap::new();
    for route in checked {
        match route {
            Checked::Delivers(route) => routes.push(route),
            Checked::LooksUp(lookup) => drop(lookups.insert(lookup.name().to_owned(), lookup)),
        }
    }
    (routes, lookups)
}

/// The routes that are right.
pub(super) fn check_all(source: &RulesSource, findings: &mut Vec<Finding>) -> Vec<Checked> {
    same_names(&source.routes, findings);
    let mut check = Check { source, findings };
    source.routes.iter().filter_map(|route| check.route(route)).collect()
}

/// Route names are part of delivery ids, so two routes of one name would make two deliveries one.
fn same_names(routes: &[RouteSource], findings: &mut Vec<Finding>) {
    let mut seen = BTreeMap::new();
    for name in routes.iter().filter_map(|r| r.name.as_ref()) {
        if let Some(first) = seen.insert(name.as_str(), name) {
            findings.push(
                name.error(
                    SAME_NAME,
                    format!("there are two routes with the name `{}`", name.as_str()),
                )
                .help(format!("the other one stands at {first}")),
            );
        }
    }
}

/// Something is wrong, and a finding says so already.
pub(super) struct Said;

/// Checks routes, one after the other.
pub(super) struct Check<'a> {
    pub(super) source: &'a RulesSource,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl<'a> Check<'a> {
    fn route(&mut self, route: &RouteSource) -> Option<Checked> {
        match route.mode.as_ref().map(Written::as_str) {
            None | Some("delivery") => self.delivery(route).map(Checked::Delivers),
            Some("lookup") => lookup::check(self, route).map(Checked::LooksUp),
            Some(other) => {
                let kind = route.mode.as_ref();
                let finding = kind.map(|kind| {
                    kind.error(CHOICE, format!("there are no routes of the kind `{other}`"))
                        .help("either `delivery` or `lookup`")
                        .did_you_mean(other, KINDS)
                });
                self.findings.extend(finding);
                None
            }
        }
    }

    fn delivery(&mut self, route: &RouteSource) -> Option<Route> {
        if let Some((list, _)) = &route.question {
            let finding = list.error(MISSING, "`question` belongs to a route with `kind = \"lookup\"`");
            self.findings
                .push(finding.help("add `kind = \"lookup\"`, or take `question` away"));
        }
        let name = self.need(route, route.name.as_ref(), "name").and_then(|n| self.name(n));
        let from = self.from(route);
        let schema = self.schema(route);
        let when = self.when(route, schema);
        let target = if self.drops(route) {
            self.drop(route)
        } else {
            deliver::check(self, route, schema).map(|deliver| Target::Deliver(Box::new(deliver)))
        };
        Some(Route {
            name: name?,
            from: from.ok()?,
            schema: schema?.id().clone(),
            when: when.ok()?,
            target: target?,
            place: route.at.to_string(),
        })
    }

    /// What a key says; a finding at the route when it is missing or blank.
    pub(super) fn need<'w>(
        &mut self,
        route: &RouteSource,
        value: Option<&'w Written>,
        key: &str,
    ) -> Option<&'w Written> {
        match value {
            Some(value) if value.as_str().trim().is_empty() => {
                self.findings.push(value.error(MISSING, format!("`{key}` is empty")));
                None
            }
            Some(value) => Some(value),
            None => {
                self.findings
                    .push(route.at.error(MISSING, format!("the route has no `{key}`")));
                None
            }
        }
    }

    pub(super) fn name(&mut self, name: &Written) -> Option<String> {
        let text = name.as_str();
        let fits = text.len() <= NAME_BYTES_MAX
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            return Some(text.to_owned());
        }
        self.findings.push(
            name.error(NAME, format!("`{text}` is no name of a route"))
                .help(format!("small letters, digits and `-`, at most {NAME_BYTES_MAX}")),
        );
        None
    }

    pub(super) fn connector(&mut self, name: &Written) -> Option<ConnectorName> {
        let known = || self.source.connectors.iter().map(|c| &c.name);
        if let Some(found) = known().find(|known| known.as_str() == name.as_str()) {
            return Some(found.clone());
        }
        let finding = name
            .error(UNKNOWN_CONNECTOR, format!("there is no connector `{}`", name.as_str()))
            .did_you_mean(name.as_str(), known().map(ConnectorName::as_str));
        self.findings.push(finding);
        None
    }

    pub(super) fn from(&mut self, route: &RouteSource) -> Result<Option<BTreeSet<ConnectorName>>, Said> {
        let Some(names) = &route.from else {
            return Ok(None);
        };
        let found: Vec<_> = names.iter().map(|name| self.connector(name)).collect();
        found.into_iter().collect::<Option<_>>().map(Some).ok_or(Said)
    }

    pub(super) fn schema(&mut self, route: &RouteSource) -> Option<&'a Schema> {
        let name = self.need(route, route.schema.as_ref(), "schema")?;
        let schemas = &self.source.schemas;
        let found = name.as_str().parse().ok().and_then(|id: SchemaId| schemas.get(&id));
        if found.is_none() {
            let finding = name
                .error(UNKNOWN_SCHEMA, format!("there is no schema `{}`", name.as_str()))
                .did_you_mean(name.as_str(), schemas.ids().map(SchemaId::as_str));
            self.findings.push(finding);
        }
        found
    }

    fn when(&mut self, route: &RouteSource, schema: Option<&Schema>) -> Result<Option<Condition>, Said> {
        let Some(when) = &route.when else {
            return Ok(None);
        };
        let loaded = Condition::load(when, schema.ok_or(Said)?.shape());
        loaded.map(Some).map_err(|found| {
            self.findings.extend(found);
            Said
        })
    }

    fn drops(&mut self, route: &RouteSource) -> bool {
        let drops = route.drop.as_ref().is_some_and(|drop| drop.as_str() == "true");
        if let (true, Some(to)) = (drops, &route.to) {
            self.findings.push(
                to.error(DROP, "a route with `drop = true` goes nowhere")
                    .help("take away `to` or `drop`"),
            );
        }
        drops
    }

    fn drop(&mut self, route: &RouteSource) -> Option<Target> {
        let reason = self.need(route, route.reason.as_ref(), "reason")?;
        Some(Target::Drop {
            reason: reason.as_str().to_owned(),
        })
    }
}
