// SPDX-License-Identifier: EUPL-1.2
//! Waiting for something to happen in the hot folder: the kernel tells (inotify), or it is looked at now and then.
//!
//! Network shares tell nothing of what other machines do, so there it is looked at. And whatever the kernel tells, it is
//! looked at every second as well: a queue that ran over has forgotten something.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use crate::settings::Watch;

/// The longest wait: a source comes back within about a second.
const LONGEST: Duration = Duration::from_millis(900);

/// File systems of the network, by the numbers that the kernel gives them (statfs(2)): NFS, SMB, CIFS, SMB2, FUSE, 9P,
/// AFS, Ceph.
const NETWORK: [u64; 8] = [
    0x6969,
    0x517B,
    0xFF53_4D42,
    0xFE53_4D42,
    0x6573_5546,
    0x0102_1997,
    0x5346_414F,
    0x00C3_6400,
];

/// A watch over one folder.
#[derive(Debug)]
pub(crate) struct Watching {
    events: Option<AsyncFd<OwnedFd>>,
}

impl Watching {
    /// Watches a folder, as far as the settings want it and the file system can.
    pub(crate) fn start(folder: &Path, watch: Watch) -> Self {
        let events = match watch {
            Watch::Poll => None,
            Watch::Auto => events_of(folder).unwrap_or_else(|error| {
                tracing::info!(%error, "the hot folder cannot be watched; it is looked at");
                None
            }),
        };
        Self { events }
    }

    /// Waits until something happens, but no longer than `poll` where that must be looked for. `settling`: a file waits
    /// for nobody writing it any more, which no event tells.
    pub(crate) async fn wait(&self, poll: Duration, settling: bool) {
        let (Some(events), false) = (&self.events, settling) else {
            return tokio::time::sleep(poll).await;
        };
        let _ = tokio::time::timeout(LONGEST, events.readable()).await;
    }

    /// The names that were renamed into the folder since the last look: whoever renames has finished writing. To be asked
    /// before the folder is looked at.
    pub(crate) fn arrived(&self) -> HashSet<OsString> {
        let mut arrived = HashSet::new();
        let Some(events) = &self.events else { return arrived };
        // Room for the longest name is enough for one event; more are read in turn.
        let mut buffer = [const { MaybeUninit::uninit() }; 16 * 1024];
        let mut reader = inotify::Reader::new(events.get_ref(), &mut buffer);
        loop {
            match reader.next() {
                Ok(event) => {
                    if let (true, Some(name)) = (event.events().contains(ReadFlags::MOVED_TO), event.file_name()) {
                        arrived.insert(OsStr::from_bytes(name.to_bytes()).to_owned());
                    }
                }
                Err(Errno::INTR) => {}
                Err(_) => break,
            }
        }
        // Everything is read: wait for what comes next.
        if let Some(Ok(mut ready)) = now_or_never(events.readable()) {
            ready.clear_ready();
        }
        arrived
    }
}

/// What a future that is ready brings, without waiting.
fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

#[expect(
    deprecated,
    reason = "its successor wants unsafe code; the descriptor is owned by what watches it, so it cannot be closed under it"
)]
fn events_of(folder: &Path) -> io::Result<Option<AsyncFd<OwnedFd>>> {
    let kind = rustix::fs::statfs(folder)?.f_type as u64 & 0xFFFF_FFFF;
    if NETWORK.contains(&kind) {
        tracing::info!("the hot folder is on a network file system; it is looked at");
        return Ok(None);
    }
    let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    let watched = WatchFlags::CLOSE_WRITE | WatchFlags::CREATE | WatchFlags::MODIFY | WatchFlags::MOVED_TO;
    inotify::add_watch(&events, folder, watched | WatchFlags::ONLYDIR)?;
    AsyncFd::new(events).map(Some)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_rename_into_the_folder_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let watching = Watching::start(folder.path(), Watch::Auto);
        std::fs::write(elsewhere.path().join("a"), "1").unwrap();
        std::fs::write(folder.path().join("b"), "1").unwrap();
        std::fs::rename(elsewhere.path().join("a"), folder.path().join("a")).unwrap();
        watching.wait(Duration::from_secs(600), false).await;
        assert_eq!(watching.arrived(), HashSet::from([OsString::from("a")]));
        assert!(watching.arrived().is_empty());
        let begun = Instant::now();
        watching.wait(Duration::from_secs(600), false).await;
        assert!(begun.elapsed() >= LONGEST, "nothing happened, so it was waited");
    }

    #[tokio::test]
    async fn where_nothing_is_told_it_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let watching = Watching::start(folder.path(), Watch::Poll);
        watching.wait(Duration::from_millis(1), false).await;
        assert!(watching.arrived().is_empty());
        let missing = Watching::start(&folder.path().join("none"), Watch::Auto);
        missing.wait(Duration::from_millis(1), false).await;
    }
}
