// SPDX-License-Identifier: EUPL-1.2
//! The sign of life of the process's loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A counter that the server's loop moves. Clones share it.
#[derive(Debug, Clone)]
pub struct Heartbeat(Arc<Beating>);

#[derive(Debug)]
struct Beating {
    started: Instant,
    /// Milliseconds from `started` to the last beat.
    last: AtomicU64,
    limit: Duration,
}

impl Heartbeat {
    /// A heart that counts as stopped when it has not beaten for longer than `limit`.
    pub fn new(limit: Duration) -> Self {
        Self(Arc::new(Beating {
            started: Instant::now(),
            last: AtomicU64::new(0),
            limit,
        }))
    }

    /// The loop turned.
    pub fn beat(&self) {
        let now = self.0.started.elapsed().as_millis() as u64;
        self.0.last.fetch_max(now, Ordering::Relaxed);
    }

    /// Whether the loop turned lately.
    pub fn is_beating(&self) -> bool {
        let last = Duration::from_millis(self.0.last.load(Ordering::Relaxed));
        self.0.started.elapsed().saturating_sub(last) <= self.0.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heart_without_beats_stops() {
        let heart = Heartbeat::new(Duration::from_millis(20));
        assert!(heart.is_beating());
        let give_up = Instant::now() + Duration::from_secs(10);
        while heart.is_beating() {
            assert!(Instant::now() < give_up, "it beats without being moved");
            std::thread::yield_now();
        }
        heart.beat();
        assert!(heart.is_beating());
    }
}
