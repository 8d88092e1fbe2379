// SPDX-License-Identifier: EUPL-1.2
//! Why the embedded server does not run. Each fault says what to do.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::keys::KeyFault;

/// Why the embedded server does not run. Each says what to do.
#[derive(Debug, Error)]
pub enum EmbeddedFault {
    /// There is no usable program.
    #[error("{0}")]
    Program(String),
    /// A key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The folder of the server cannot be used.
    #[error("the folder {} cannot be used: {error}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process runs a server on the folder.
    #[error("another amtshub runs on the folder {}: end it first", path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
    /// Somebody else has the port.
    #[error("port {port} is taken by another program: end it, or name another port as `[nats] port` in hub.toml")]
    Port {
        /// Which.
        port: u16,
    },
    /// It ended before it listened.
    #[error("nats-server ended while it started: {reason} (its log is {})", log.display())]
    Ended {
        /// What it said last.
        reason: String,
        /// Its log.
        log: PathBuf,
    },
    /// It does not take a change of its configuration.
    #[error("nats-server did not take its new configuration; its log {} says why", log.display())]
    Reload {
        /// Its log.
        log: PathBuf,
    },
    /// It does not begin to listen.
    #[error("nats-server does not listen after {seconds} s; its log {} says why", log.display())]
    Silent {
        /// How long it had.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
}

impl EmbeddedFault {
    /// For `map_err` where something with the folder fails.
    pub(crate) fn folder(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Folder {
            path: path.clone(),
            error,
        }
    }
}
