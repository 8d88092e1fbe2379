// SPDX-License-Identifier: EUPL-1.2
//! One fsync of a folder for all lanes that wait for one.

use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::{mpsc, oneshot};

use crate::directory::Directory;

type Waiting = oneshot::Sender<Result<(), io::ErrorKind>>;

/// Brings the names of one folder to the disk. The thread behind it ends with the last handle.
#[derive(Debug, Clone)]
pub(crate) struct FolderSync(mpsc::Sender<Waiting>);

impl FolderSync {
    /// For this folder.
    pub(crate) fn start(path: PathBuf) -> io::Result<Self> {
        let (requests, queue) = mpsc::channel(256);
        std::thread::Builder::new()
            .name("folder-sync".to_owned())
            .spawn(move || serve(&path, queue))?;
        Ok(Self(requests))
    }

    /// Resolves when everything that was renamed or made in the folder before this call is on the disk.
    pub(crate) async fn sync(&self) -> io::Result<()> {
        let ended = || io::Error::from(io::ErrorKind::BrokenPipe);
        let (answer, answered) = oneshot::channel();
        self.0.send(answer).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?.map_err(io::Error::from)
    }
}

fn serve(path: &Path, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while queue.blocking_recv_many(&mut waiting, 256) > 0 {
        let done = Directory::open(path)
            .and_then(|folder| folder.sync())
            .map_err(|e| e.kind());
        for answer in waiting.drain(..) {
            // Who asked may have given up meanwhile.
            let _ = answer.send(done);
        }
    }
}
