// SPDX-License-Identifier: EUPL-1.2
//! How long to wait before the next attempt: doubling, with jitter, so that lanes do not come back all at once.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);

/// The pauses between attempts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backoff {
    failures: u32,
    random: RandomState,
}

impl Backoff {
    /// The pause after one more failure: between half and the whole of 0.2 s, 0.4 s, … 60 s.
    pub(crate) fn next(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // RandomState is seeded by the operating system; the count makes each pause different.
        let mut hasher = self.random.build_hasher();
        hasher.write_u32(self.failures);
        let share = (hasher.finish() >> 40) as f64 / f64::from(1 << 24);
        whole.div_f64(2.0) + whole.div_f64(2.0).mul_f64(share)
    }

    /// It worked: the next failure begins with the first pause again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let mut backoff = Backoff::default();
        let mut whole = FIRST;
        for _ in 0..100 {
            let pause = backoff.next();
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
            whole = (whole * 2).min(LONGEST);
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
