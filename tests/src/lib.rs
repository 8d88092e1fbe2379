// SPDX-License-Identifier: EUPL-1.2
//! The harness of the integration tests: a town with the real hub, the real nats-server and the real connectors.

pub mod checker;
pub mod conformance;

use std::path::{Path, PathBuf};

pub mod demonstration;
pub mod process;
pub mod record;
pub mod town;

/// The folder of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// All Rust sources below a folder, sorted.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The nats-server of this machine: `AMTSHUB_NATS_SERVER`, else the one that `deploy/tools/prepare` fetched, else the
/// one on `PATH`.
pub fn nats_server() -> PathBuf {
    if let Some(given) = std::env::var_os("AMTSHUB_NATS_SERVER") {
        return given.into();
    }
    let fetched = root().join(".tools/bin/nats-server");
    if fetched.exists() {
        fetched
    } else {
        "nats-server".into()
    }
}
