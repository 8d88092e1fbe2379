// SPDX-License-Identifier: EUPL-1.2
//! How a command ends.

use std::process::ExitCode;

/// The exit codes. They are part of the interface: scripts and monitoring rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Done.
    Ok = 0,
    /// Done, and something was found: findings, failed tests, a rejected document.
    Findings = 1,
    /// The command was used in a wrong way (clap ends with the same code).
    Usage = 2,
    /// The configuration does not load.
    Configuration = 3,
    /// Something that is needed does not answer.
    Unreachable = 4,
    /// Not permitted.
    NotPermitted = 5,
    /// Some of it was done.
    Partly = 6,
}

impl Exit {
    /// The exit of this code, as the running hub tells it; a code that does not exist counts as unreachable.
    pub(crate) fn of_code(code: u8) -> Self {
        let all = [
            Self::Ok,
            Self::Findings,
            Self::Usage,
            Self::Configuration,
            Self::Unreachable,
            Self::NotPermitted,
            Self::Partly,
        ];
        all.into_iter()
            .find(|exit| *exit as u8 == code)
            .unwrap_or(Self::Unreachable)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
