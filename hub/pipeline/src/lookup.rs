// SPDX-License-Identifier: EUPL-1.2
//! Look-ups: what of a question reaches the responder, and what of its answer comes back. Pure, like `read` and `plan`.

use std::collections::BTreeSet;
use std::sync::Arc;

use hub_mapping::{Facts, Mapping, Worker};
use hub_message::lookup::QUESTION_BYTES_MAX;
use hub_message::{Ask, Code, ConnectorName, Message, MessageType, Rejection, SchemaId, Sensitive};

use crate::read::read;
use crate::release::{Selection, release};
use crate::rules::Rules;

const UNKNOWN: Code = Code::new("AH-R130");
const PURPOSE: Code = Code::new("AH-R131");
const ACTOR: Code = Code::new("AH-R132");
const QUESTION: Code = Code::new("AH-R133");
const SEVERAL: Code = Code::new("AH-R134");
const OTHER_SCHEMA: Code = Code::new("AH-R135");

/// A route of the kind `lookup`.
#[derive(Debug, Clone)]
pub struct Lookup {
    pub(crate) name: String,
    pub(crate) askers: BTreeSet<ConnectorName>,
    pub(crate) responder: ConnectorName,
    pub(crate) question: BTreeSet<String>,
    pub(crate) schema: SchemaId,
    pub(crate) mapping: Option<Arc<Mapping>>,
    pub(crate) kind: MessageType,
    pub(crate) purpose: String,
    pub(crate) legal_basis: String,
    pub(crate) selection: Selection,
    pub(crate) place: String,
}

impl Lookup {
    /// Its name, by which it is asked.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who may ask.
    pub fn askers(&self) -> &BTreeSet<ConnectorName> {
        &self.askers
    }

    /// Who answers.
    pub fn responder(&self) -> &ConnectorName {
        &self.responder
    }

    /// Why it may be asked.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// By which law.
    pub fn legal_basis(&self) -> &str {
        &self.legal_basis
    }

    /// `file:line:column` of the route.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Whether an answer of `source` in `schema` is one for this look-up.
    pub(crate) fn takes(&self, source: &ConnectorName, schema: &SchemaId) -> bool {
        self.responder == *source && self.schema == *schema
    }
}

/// What the asking connector gets.
#[derive(Debug)]
pub struct LookupAnswer {
    /// The type of the bytes.
    pub kind: MessageType,
    /// Their media type.
    pub media_type: String,
    /// What the route releases, in the form that it names.
    pub native: Sensitive<Vec<u8>>,
}

/// Decides whether `asker` may ask, and makes of its question what the responder may see.
pub fn ask<'r>(
    rules: &'r Rules,
    asker: &ConnectorName,
    name: &str,
    asked: &Ask,
) -> Result<(&'r Lookup, Ask), Rejection> {
    // Whoever may not ask does not learn what there is to ask.
    let lookup = rules.lookup(name).filter(|lookup| lookup.askers.contains(asker));
    let lookup = lookup.ok_or_else(|| {
        Rejection::new(
            UNKNOWN,
            format!("no route lets `{asker}` look anything up under this name"),
            "add a route with `kind = \"lookup\"`, this name, and the connector in `from`",
        )
    })?;
    if asked.purpose != lookup.purpose {
        return Err(Rejection::new(
            PURPOSE,
            format!("the question states another purpose than the route `{name}`"),
            "let the connector state the purpose of the route word by word, or correct the route",
        ));
    }
    if asked.actor.disclose().trim().is_empty() {
        return Err(Rejection::new(
            ACTOR,
            "the question does not say who asks",
            "let the connector name the person or the service for which it asks",
        ));
    }
    let question = released(lookup, asked)?;
    let asked = Ask {
        question: Sensitive::new(question),
        ..asked.clone()
    };
    Ok((lookup, asked))
}

fn released(lookup: &Lookup, asked: &Ask) -> Result<std::collections::BTreeMap<String, String>, Rejection> {
    let given = asked.question.disclose();
    let bytes: usize = given.iter().map(|(name, value)| name.len() + value.len()).sum();
    let question: std::collections::BTreeMap<String, String> = given
        .iter()
        .filter(|(name, value)| lookup.question.contains(*name) && !value.trim().is_empty())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if question.is_empty() || bytes > QUESTION_BYTES_MAX {
        let parts: Vec<String> = lookup.question.iter().map(|part| format!("`{part}`")).collect();
        return Err(Rejection::new(
            QUESTION,
            format!(
                "the question has none of the parts {} that the route lets through, or more than {QUESTION_BYTES_MAX} bytes",
                parts.join(", ")
            ),
            "ask with one of them, or add the part to `question` of the route",
        ));
    }
    Ok(question)
}

/// Makes of the responder's answer what the asking connector gets. `message` is the answer as if it had been sent.
pub fn answer(
    rules: &Rules,
    lookup: &Lookup,
    message: &Message,
    native: &[u8],
    worker: &mut Worker,
) -> Result<LookupAnswer, Rejection> {
    let mut reads = read(rules, message, native, worker)?;
    let (Some(read), 0) = (reads.pop(), reads.len()) else {
        return Err(Rejection::new(
            SEVERAL,
            format!("the answer holds {} documents, a look-up gives one", reads.len() + 1),
            "let the responder answer with one document; a list is one document of a schema that holds a list",
        ));
    };
    if *read.schema() != lookup.schema {
        return Err(Rejection::new(
            OTHER_SCHEMA,
            format!(
                "the answer is a `{}`, the route takes `{}`",
                read.schema(),
                lookup.schema
            ),
            "let the responder answer with a type whose mapping reads into the schema of the route",
        ));
    }
    let released = release(read.document(), &lookup.selection);
    let (media_type, native) = match (&lookup.mapping, released.tree().root()) {
        (Some(mapping), Some(root)) => {
            let time = message.received.to_string();
            let facts = Facts {
                message_id: message.id.as_str(),
                message_time: &time,
                site_name: &rules.site,
                case: None,
            };
            (mapping.media_type(), mapping.write(root, &facts, worker)?)
        }
        _ => ("application/json", released.tree().to_json().into_bytes()),
    };
    Ok(LookupAnswer {
        kind: lookup.kind.clone(),
        media_type: media_type.to_owned(),
        native: Sensitive::new(native),
    })
}

#[cfg(test)]
mod tests;
