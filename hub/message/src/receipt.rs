// SPDX-License-Identifier: EUPL-1.2
//! Receipts: what became of a delivery at its target (subject `receipt.<c>`).

use serde::{Deserialize, Serialize};

use crate::id::DeliveryId;
use crate::timestamp::Timestamp;

/// What became of one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The delivery.
    pub delivery: DeliveryId,
    /// When the target answered, by the connector's clock.
    pub at: Timestamp,
    /// How many attempts it took, the last included.
    #[serde(default = "one")]
    pub attempts: u32,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: Outcome,
}

fn one() -> u32 {
    1
}

/// The outcome of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The effect is at the target.
    Done {
        /// The id it got there (a file name, a number).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// The target will never take it: a dead letter.
    Rejected {
        /// Why, by kind.
        class: RefusalClass,
        /// The target's or the connector's code.
        code: String,
        /// A sentence without personal data.
        text: String,
        /// Where in the delivered body.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pointer: Option<String>,
    },
    /// A crash came between effect and receipt at a target that can neither be asked nor be told twice: a person
    /// decides.
    InDoubt,
}

/// Why a target refuses for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefusalClass {
    /// The target's rules say no.
    Business,
    /// The target cannot read it.
    Format,
    /// The target does not allow it to us.
    Permission,
    /// What it is for is no longer there.
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_the_protocol_s() {
        let receipt = Receipt {
            delivery: "0".repeat(32).parse().unwrap(),
            at: Timestamp::from_millis(0),
            attempts: 1,
            outcome: Outcome::Rejected {
                class: RefusalClass::Business,
                code: "E1".into(),
                text: "no".into(),
                pointer: None,
            },
        };
        let json = serde_json::to_string(&receipt).unwrap();
        assert!(
            json.contains(r#""outcome":"rejected","class":"business","code":"E1""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Receipt>(&json).unwrap(), receipt);
    }
}
