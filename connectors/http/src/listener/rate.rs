// SPDX-License-Identifier: EUPL-1.2
//! How many requests a source may send in a minute. Pure: it is told what time it is.

use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// A bucket of requests that refills evenly: a minute's worth may come at once, and then as fast as the rate allows.
#[derive(Debug)]
pub(crate) struct Rate {
    per_minute: u32,
    /// When the bucket will be full again.
    full: Instant,
}

impl Rate {
    /// A full bucket.
    pub(crate) fn new(per_minute: u32, now: Instant) -> Self {
        Self { per_minute, full: now }
    }

    /// Takes one request out of the bucket, or says how long it will be empty.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let one = MINUTE / self.per_minute.max(1);
        let full = self.full.max(now) + one;
        let over = full.saturating_duration_since(now).saturating_sub(MINUTE);
        if over.is_zero() {
            self.full = full;
            Ok(())
        } else {
            Err(over)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_s_worth_at_once_and_then_evenly() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut rate = Rate::new(3, start);
        for _ in 0..3 {
            assert_eq!(rate.take(at(0)), Ok(()));
        }
        assert_eq!(rate.take(at(0)), Err(Duration::from_secs(20)));
        assert_eq!(rate.take(at(19_000)), Err(Duration::from_secs(1)));
        assert_eq!(rate.take(at(20_000)), Ok(()));
        assert_eq!(rate.take(at(20_000)), Err(Duration::from_secs(20)));
        for _ in 0..3 {
            assert_eq!(rate.take(at(600_000)), Ok(()));
        }
        assert!(rate.take(at(600_000)).is_err());
    }
}
