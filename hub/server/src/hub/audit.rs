// SPDX-License-Identifier: EUPL-1.2
//! The audit's lag: the hub stops planning when what it decided stays unwritten for more than a minute.

use std::time::Duration;

use hub_message::Timestamp;
use tokio::sync::watch;

/// More lag than this and nothing more is decided.
const LAG_MAX: Duration = Duration::from_secs(60);

/// How old the oldest record is that the case store has not written.
#[derive(Debug)]
pub(crate) struct Audit {
    oldest: watch::Sender<Option<Timestamp>>,
}

impl Audit {
    /// Nothing waits yet.
    pub(crate) fn new() -> Self {
        Self {
            oldest: watch::Sender::new(None),
        }
    }

    /// Records wait to be written, the oldest since `since`.
    pub(crate) fn waits(&self, since: Timestamp) {
        self.oldest.send_if_modified(|oldest| {
            let changed = *oldest != Some(since);
            *oldest = Some(since);
            changed
        });
    }

    /// Everything that was there is written.
    pub(crate) fn written(&self) {
        self.oldest.send_if_modified(|oldest| oldest.take().is_some());
    }

    /// How far the audit lags behind at `now`.
    pub(crate) fn lag(&self, now: Timestamp) -> Duration {
        let millis = self.oldest.borrow().map_or(0, |oldest| now.millis() - oldest.millis());
        Duration::from_millis(millis.try_into().unwrap_or(0))
    }

    /// Whether planning must stop.
    pub(crate) fn is_late(&self, now: Timestamp) -> bool {
        self.lag(now) > LAG_MAX
    }

    /// Tells every change.
    pub(crate) fn watch(&self) -> watch::Receiver<Option<Timestamp>> {
        self.oldest.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_stops_after_a_minute_and_goes_on_when_all_is_written() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000);
        let audit = Audit::new();
        assert!(!audit.is_late(at(1000)));
        audit.waits(at(100));
        assert!(!audit.is_late(at(160)));
        assert!(audit.is_late(at(161)));
        assert!(
            !audit.is_late(at(99)),
            "a clock that was set back does not stop the town"
        );
        audit.written();
        assert!(!audit.is_late(at(161)));
    }
}
