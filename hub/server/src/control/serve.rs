// SPDX-License-Identifier: EUPL-1.2
//! The hub's end of the control socket.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Answer, LINE_BYTES_MAX, Request};

/// More callers than this wait at the socket.
const CALLERS_MAX: usize = 16;

/// A caller that says nothing for so long is cut off.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A request and where its answer goes.
#[derive(Debug)]
pub(crate) struct Demand {
    /// What is wanted.
    pub(crate) request: Request,
    /// Where the answer goes.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// The open socket.
#[derive(Debug)]
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Opens the socket. A socket file that a killed hub left is replaced; the lock of the data folder has made sure
    /// that no other hub listens on it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        match std::fs::remove_file(path) {
            Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self {
            listener,
            path: path.to_path_buf(),
        })
    }

    /// Hands every request to `demands` until `stop`.
    pub(crate) async fn serve(self, demands: mpsc::Sender<Demand>, stop: CancellationToken) -> io::Result<()> {
        let mut callers = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_) = callers.join_next() => {}
                caller = self.listener.accept(), if callers.len() < CALLERS_MAX => {
                    callers.spawn(serve_one(caller?.0, demands.clone()));
                }
            }
        }
        let _ = std::fs::remove_file(&self.path);
        Ok(())
    }
}

/// Serves one caller until it goes. What goes wrong with a caller is the caller's to notice.
async fn serve_one(stream: UnixStream, demands: mpsc::Sender<Demand>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read.take(LINE_BYTES_MAX));
    loop {
        let mut line = String::new();
        let length = tokio::time::timeout(SILENCE_MAX, read.read_line(&mut line))
            .await
            .ok()?
            .ok()?;
        if length == 0 {
            return None;
        }
        let answer = match serde_json::from_str(&line) {
            Ok(request) => answer(request, &demands).await,
            Err(fault) => Answer::Error {
                exit: 2,
                text: format!("Die Anfrage ist unverständlich: {fault}"),
            },
        };
        let mut wire = serde_json::to_vec(&answer).ok()?;
        wire.push(b'\n');
        write.write_all(&wire).await.ok()?;
    }
}

async fn answer(request: Request, demands: &mpsc::Sender<Demand>) -> Answer {
    let ending = || Answer::Error {
        exit: 4,
        text: "Amtshub wird gerade beendet.".to_owned(),
    };
    let (answer, answered) = oneshot::channel();
    match demands.send(Demand { request, answer }).await {
        Ok(()) => answered.await.unwrap_or_else(|_| ending()),
        Err(_) => ending(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AskFault, ask};
    use super::*;

    #[tokio::test]
    async fn what_is_asked_is_answered_and_the_socket_goes_with_the_hub() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control.sock");
        std::fs::write(&path, "left behind").unwrap();
        let control = Control::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (demands, mut asked) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(control.serve(demands, stop.clone()));
        let there = path.clone();
        let asking = tokio::task::spawn_blocking(move || ask(&there, &Request::Reload));
        let demand = asked.recv().await.unwrap();
        assert_eq!(demand.request, Request::Reload);
        demand.answer.send(Answer::Ok(serde_json::json!({"a": 1}))).unwrap();
        assert_eq!(asking.await.unwrap().unwrap(), serde_json::json!({"a": 1}));
        stop.cancel();
        tasks.join_next().await.unwrap().unwrap().unwrap();
        assert!(matches!(ask(&path, &Request::Status), Err(AskFault::NotRunning)));
    }
}
