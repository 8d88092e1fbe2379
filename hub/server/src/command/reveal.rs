// SPDX-License-Identifier: EUPL-1.2
//! Looking at personal values: only with a reason, and never without a trace.

use super::place::{Failure, Place, user};
use crate::control::{AskFault, Request};
use crate::exit::Exit;

/// The options that take the mask off.
#[derive(Debug, clap::Args)]
pub(crate) struct Reveal {
    /// Show personal values. Needs a reason; the look is logged.
    #[arg(long, requires = "reason")]
    pub(crate) reveal: bool,
    /// Why personal values are looked at.
    #[arg(long, value_name = "TEXT", requires = "reveal")]
    pub(crate) reason: Option<String>,
}

impl Reveal {
    /// Whether to take the mask off. Then the running hub has logged who looks at `what` and why; without a hub that
    /// can log it nothing is revealed.
    pub(crate) fn granted(&self, place: &Place, what: &str) -> Result<bool, Failure> {
        if !self.reveal {
            return Ok(false);
        }
        let reason = self.reason.as_deref().unwrap_or_default().trim();
        if reason.is_empty() {
            return Err(Failure::new(
                Exit::Usage,
                "--reveal braucht einen Anlass: --reason TEXT",
            ));
        }
        let request = Request::Revealed {
            what: what.to_owned(),
            reason: reason.to_owned(),
            by: user(),
        };
        match place.ask(&request) {
            Ok(_) => Ok(true),
            Err(AskFault::NotRunning) => Err(Failure::new(
                Exit::NotPermitted,
                "Klartext wird nur gezeigt, wenn Amtshub läuft: Sonst kann der Einblick nicht protokolliert werden.",
            )),
            Err(fault) => Err(fault.into()),
        }
    }
}
