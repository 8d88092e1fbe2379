// SPDX-License-Identifier: EUPL-1.2
//! Checks what connectors send and how it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use hub_mapping::Mapping;
use hub_message::{Code, ConnectorName, Finding, MessageType};

use super::{RulesSource, Sends, TypeSource};
use crate::written::Written;

const KIND: Code = Code::new("AH-R001");
const NO_MAPPING: Code = Code::new("AH-R002");
const UNKNOWN_MAPPING: Code = Code::new("AH-R003");
const CANNOT_READ: Code = Code::new("AH-R004");
const UNKNOWN_SCHEMA: Code = Code::new("AH-R006");

/// What each connector sends, as far as it is right.
pub(super) fn check(source: &RulesSource, findings: &mut Vec<Finding>) -> BTreeMap<ConnectorName, Sends> {
    let mut all = BTreeMap::new();
    for connector in &source.connectors {
        let mut sends = Sends::default();
        for sent in &connector.types {
            match read_by(source, sent) {
                Ok(Some((kind, mapping))) => drop(sends.types.insert(kind, mapping)),
                Ok(None) => {}
                Err(finding) => findings.push(finding),
            }
        }
        all.insert(connector.name.clone(), sends);
    }
    all
}

fn read_by(source: &RulesSource, sent: &TypeSource) -> Result<Option<(MessageType, Arc<Mapping>)>, Finding> {
    let kind: MessageType = sent.kind.as_str().parse().map_err(|fault| {
        sent.kind
            .error(KIND, format!("{fault}"))
            .help("for example `invoice.ubl.1`")
    })?;
    let Some(name) = &sent.mapping else {
        return Err(sent
            .kind
            .error(NO_MAPPING, format!("no mapping reads `{kind}`"))
            .help(format!("write \"{kind}\" = {{ mapping = \"…\" }}")));
    };
    let Some(mapping) = find_mapping(source, name)? else {
        return Ok(None);
    };
    if !mapping.reads() {
        return Err(name
            .error(CANNOT_READ, format!("mapping `{}` does not read", name.as_str()))
            .help("its `directions` must name \"read\""));
    }
    if source.schemas.get(mapping.canonical()).is_none() {
        return Err(name.error(
            UNKNOWN_SCHEMA,
            format!(
                "mapping `{}` makes `{}`, of which there is no schema",
                name.as_str(),
                mapping.canonical()
            ),
        ));
    }
    Ok(Some((kind, mapping)))
}

/// The mapping of this id; `None` when it is there and does not load, which has been said already.
pub(super) fn find_mapping(source: &RulesSource, name: &Written) -> Result<Option<Arc<Mapping>>, Finding> {
    match source.mappings.get(name.as_str()) {
        Some(mapping) => Ok(mapping.clone()),
        None => Err(name
            .error(UNKNOWN_MAPPING, format!("there is no mapping `{}`", name.as_str()))
            .did_you_mean(name.as_str(), source.mappings.keys().map(String::as_str))),
    }
}
