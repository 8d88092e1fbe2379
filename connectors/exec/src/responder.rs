// SPDX-License-Identifier: EUPL-1.2
//! Questions to the program.

use connector_sdk::{Answer, Responder, ResponderFault, Unavailable};
use hub_message::{Ask, Sensitive};

use crate::program::Program;
use crate::wire::Place;

const AWAY: &str = "Das Fachverfahren beantwortet gerade keine Fragen.";

/// The program as a responder.
#[derive(Debug)]
pub(crate) struct Answers {
    pub program: Program,
}

impl Responder for Answers {
    async fn answer(&self, name: &str, question: &Ask) -> Result<Option<Answer>, ResponderFault> {
        let away = || ResponderFault::from(Unavailable::new(AWAY));
        let answered = self.program.ask(name, question).await.map_err(|_| away())?;
        if let Some(text) = answered.refused {
            return Err(ResponderFault::Refused {
                code: "AH-F302".to_owned(),
                text,
            });
        }
        if answered.unavailable {
            return Err(away());
        }
        if !answered.found {
            return Ok(None);
        }
        let (Some(kind), Some(Place::Here(native))) = (answered.kind, answered.content.place()) else {
            tracing::error!("an answer of the program has no type, or no content in its line");
            return Err(away());
        };
        Ok(Some(Answer {
            kind,
            media_type: answered.media_type.unwrap_or_else(|| "application/json".to_owned()),
            native: Sensitive::new(native),
        }))
    }
}
