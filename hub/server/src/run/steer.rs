// SPDX-License-Identifier: EUPL-1.2
//! What operators tell a connector: pause, resume, drain, check.

use hub_message::{ConnectorName, Pause};
use serde_json::{Value, json};

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
