// SPDX-License-Identifier: EUPL-1.2
//! Pauses that double up to a limit.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// A pause that doubles each time.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    limit: Duration,
    next: Duration,
}

impl Backoff {
    /// Pauses from `first`, doubling up to `limit`.
    pub(crate) fn new(first: Duration, limit: Duration) -> Self {
        Self {
            first,
            limit,
            next: first,
        }
    }

    /// Waits for the next pause or until `stop`.
    pub(crate) async fn pause(&mut self, stop: &CancellationToken) {
        let pause = self.advance();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }

    /// Begins again with the first pause, because something worked.
    pub(crate) fn reset(&mut self) {
        self.next = self.first;
    }

    fn advance(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.limit);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_limit_and_begin_again() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(3));
        assert_eq!(
            [backoff.advance(), backoff.advance(), backoff.advance()].map(|d| d.as_secs()),
            [1, 2, 3]
        );
        backoff.reset();
        assert_eq!(backoff.advance().as_secs(), 1);
    }
}
