// SPDX-License-Identifier: EUPL-1.2
//! The command line's end of the control socket.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use thiserror::Error;

use super::{Answer, LINE_BYTES_MAX, Request};

/// A reload or a replay may take this long.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum AskFault {
    /// Nobody listens.
    #[error("Auf diesem Datenordner läuft kein Amtshub.")]
    NotRunning,
    /// The socket belongs to another user.
    #[error("Der Datenordner gehört einem anderen Benutzer.")]
    NotPermitted,
    /// The hub answered that it did not do it.
    #[error("{text}")]
    Refused {
        /// The exit code that belongs to it.
        exit: u8,
        /// Why.
        text: String,
    },
    /// The hub did not answer.
    #[error("Amtshub hat nicht geantwortet: {0}")]
    Silent(io::Error),
}

/// Asks the hub whose control socket this is.
pub(crate) fn ask(socket: &Path, request: &Request) -> Result<serde_json::Value, AskFault> {
    let stream = UnixStream::connect(socket).map_err(|fault| match fault.kind() {
        io::ErrorKind::PermissionDenied => AskFault::NotPermitted,
        _ => AskFault::NotRunning,
    })?;
    match exchange(&stream, request).map_err(AskFault::Silent)? {
        Answer::Ok(value) => Ok(value),
        Answer::Error { exit, text } => Err(AskFault::Refused { exit, text }),
    }
}

fn exchange(mut stream: &UnixStream, request: &Request) -> io::Result<Answer> {
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    let mut wire = serde_json::to_vec(request)?;
    wire.push(b'\n');
    stream.write_all(&wire)?;
    let mut line = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX)).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
