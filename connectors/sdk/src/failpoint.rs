// SPDX-License-Identifier: EUPL-1.2
//! Named steps at which a test build ends the process as a power failure would. Without the feature `failpoints` all
//! of it compiles to nothing, and the flag `--fail-at` does not exist.

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static FAIL_AT: OnceLock<(String, AtomicU32)> = OnceLock::new();

    /// Arms one step: `name` or `name:n` for the n-th time it is reached.
    pub(crate) fn arm(step: &str) {
        let (name, times) = step.split_once(':').unwrap_or((step, "1"));
        let times = times.parse().unwrap_or(1);
        let _ = FAIL_AT.set((name.to_owned(), AtomicU32::new(times)));
    }

    /// Ends the process here when this step is armed.
    pub fn reach(step: &str) {
        if let Some((name, left)) = FAIL_AT.get()
            && name == step
            && left.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
    }
}

#[cfg(feature = "failpoints")]
pub(crate) use armed::arm;
#[cfg(feature = "failpoints")]
pub use armed::reach;

/// Ends the process here when this step is armed: never, in a build without fail-points.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
#[expect(clippy::inline_always, reason = "there must be nothing left of it")]
pub fn reach(_step: &str) {}
