// SPDX-License-Identifier: EUPL-1.2
//! What operators tell a connector: pause, resume, drain, check.

use hub_message::{ConnectorName, Pause};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::town::Town;
use crate::control::{Answer, Verb};
use crate::exit::Exit;

/// Tells it and returns what it answers.
pub(super) async fn steer(town: &Town, name: &ConnectorName, verb: &Verb, by: &str) -> Answer {
    if !town.configuration.borrow().connectors.contains_key(name) {
        return Answer::error(
            Exit::Usage,
            format!("Es gibt keinen Konnektor `{name}` in der Konfiguration."),
        );
    }
    let rest = rest(town, name);
    match (verb, rest) {
        // It drains already, or has drained.
        (Verb::Drain, Some(rest)) if rest.send_replace(true) => return Answer::Ok(Value::Null),
        // It has drained, or is about to, and starts again: nothing is there yet that could be told.
        (Verb::Resume, Some(rest)) if rest.send_replace(false) => {
            tracing::info!(connector = %name, by, "connector goes on after its drain");
            town.asked.notify_one();
            return Answer::Ok(Value::Null);
        }
        _ => {}
    }
    let answer = told(town, name, verb, by).await;
    if let (Verb::Drain, Some(rest), Answer::Error { .. }) = (verb, rest, &answer) {
        rest.send_replace(false);
    }
    answer
}

/// Whether the process of a connector stays ended, where the hub runs it.
fn rest<'a>(town: &'a Town, name: &ConnectorName) -> Option<&'a watch::Sender<bool>> {
    Some(&town.running.get(name)?.child.as_ref()?.rest)
}

async fn told(town: &Town, name: &ConnectorName, verb: &Verb, by: &str) -> Answer {
    let payload = match verb {
        Verb::Pause { reason, until } => {
            let pause = Pause {
                reason: reason.clone(),
                until: *until,
            };
            json!(pause)
        }
        Verb::Resume | Verb::Drain | Verb::Check => Value::Null,
    };
    let answered = town.bus.control(name, verb.name(), &payload).await;
    match answered {
        Ok(answer) if answer.get("error").is_some() => Answer::error(
            Exit::Unreachable,
            format!(
                "{name} hat es nicht getan: {}",
                answer.get("error").unwrap_or(&Value::Null)
            ),
        ),
        Ok(answer) => {
            if *verb != Verb::Check {
                tracing::info!(connector = %name, verb = verb.name(), by, "connector steered");
            }
            town.asked.notify_one();
            Answer::Ok(answer.get("ok").cloned().unwrap_or(Value::Null))
        }
        Err(fault) => Answer::error(Exit::Unreachable, format!("{name} antwortet nicht: {fault}")),
    }
}
