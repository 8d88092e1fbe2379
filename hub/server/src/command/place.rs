// SPDX-License-Identifier: EUPL-1.2
//! Where a command finds the hub, and who runs it.

use std::path::{Path, PathBuf};

use hub_store::{Store, StoreError};
use serde_json::Value;

use crate::control::{AskFault, Request, ask};
use crate::exit::Exit;
use crate::run::control_socket;
use crate::terminal;

/// The options by which every command finds the hub.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// Data folder of the hub.
    #[arg(long, value_name = "DIR", default_value = "data", global = true)]
    pub(crate) data: PathBuf,
}

/// Why a command did not do what it should: the exit code, and the sentence for the terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) text: String,
}

impl Failure {
    /// A failure with its sentence.
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self {
            exit,
            text: text.into(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(fault: StoreError) -> Self {
        match fault {
            StoreError::Missing(place) => Self::new(
                Exit::Unreachable,
                format!(
                    "Hier gibt es noch keine Vorgänge ({place}): Stimmt der Datenordner (--data)? Lief Amtshub schon einmal?"
                ),
            ),
            other => Self::new(
                Exit::Unreachable,
                format!("Die Vorgangsdatenbank antwortet nicht: {other}"),
            ),
        }
    }
}

impl From<AskFault> for Failure {
    fn from(fault: AskFault) -> Self {
        let exit = match &fault {
            AskFault::NotRunning | AskFault::Silent(_) => Exit::Unreachable,
            AskFault::NotPermitted => Exit::NotPermitted,
            AskFault::Refused { exit, .. } => Exit::of_code(*exit),
        };
        Self::new(exit, fault.to_string())
    }
}

impl Place {
    /// Asks the hub that runs on this data folder.
    pub(crate) fn ask(&self, request: &Request) -> Result<Value, AskFault> {
        ask(&control_socket(&self.data), request)
    }

    /// Reads in the case store, whether the hub runs or not.
    pub(crate) fn read<T>(&self, work: impl AsyncFnOnce(&Store) -> Result<T, Failure>) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|fault| Failure::new(Exit::Unreachable, fault.to_string()))?;
        runtime.block_on(async {
            let store = Store::open_existing(&store_file(&self.data)).await?;
            let result = work(&store).await;
            store.close().await;
            result
        })
    }
}

/// The database below a data folder.
pub(crate) fn store_file(data: &Path) -> PathBuf {
    data.join("cases.sqlite")
}

/// Ends a command: nothing more to say, or the sentence that says why not.
pub(crate) fn finish(result: Result<Exit, Failure>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            terminal::message(&failure.text);
            failure.exit
        }
    }
}

/// The name of the user who runs this process, for the record; taken from the system, not from the environment.
pub(crate) fn user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_hub_and_a_missing_store_are_unreachable() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            data: folder.path().to_path_buf(),
        };
        let asked = Failure::from(place.ask(&Request::Status).unwrap_err());
        assert_eq!(asked.exit, Exit::Unreachable);
        assert!(!user().is_empty());
    }
}
