// SPDX-License-Identifier: EUPL-1.2
//! When to stop: a signal, or the end of the parent, whichever comes first.

use std::io::{self, Read};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stop` on SIGTERM and SIGINT.
pub(crate) async fn signals(stop: CancellationToken) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stop.cancelled() => {}
    }
    stop.cancel();
    Ok(())
}

/// Cancels `stop` when standard input ends. The parent holds the other end open as long as it lives, however it dies;
/// a thread of its own waits, because reading standard input cannot be interrupted.
pub(crate) fn watch_input(stop: CancellationToken) -> io::Result<()> {
    std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
        let mut input = io::stdin().lock();
        let mut ignored = [0; 64];
        loop {
            match input.read(&mut ignored) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
                _ => {}
            }
        }
        stop.cancel();
    })?;
    Ok(())
}
