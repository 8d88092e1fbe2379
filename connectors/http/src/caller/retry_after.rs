// SPDX-License-Identifier: EUPL-1.2
//! How long a system asks to be left alone.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use connector_sdk::Unavailable;
use reqwest::Response;
use reqwest::header::RETRY_AFTER;

/// Nobody is left alone for longer, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(600);

/// Until when a system is left alone, and why.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<Option<(Instant, Unavailable)>>);

impl Patience {
    fn rest(&self) -> MutexGuard<'_, Option<(Instant, Unavailable)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the system alone for as long as its answer asks for.
    pub(crate) fn heed(&self, response: &Response, why: &Unavailable) {
        let asked = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        if let Some(pause) = asked.and_then(|text| pause(text, SystemTime::now())) {
            *self.rest() = Some((Instant::now() + pause, why.clone()));
        }
    }

    /// Whether the system may be called now.
    pub(crate) fn check(&self) -> Result<(), Unavailable> {
        let mut rest = self.rest();
        match &*rest {
            Some((until, why)) if Instant::now() < *until => Err(why.clone()),
            _ => {
                *rest = None;
                Ok(())
            }
        }
    }
}

/// The pause that a `Retry-After` asks for: seconds, or a time.
fn pause(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let asked = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(asked.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_seconds_or_a_time_and_never_long() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let check = |text, seconds: Option<u64>| {
            assert_eq!(pause(text, now), seconds.map(Duration::from_secs), "{text}");
        };
        check("0", Some(0));
        check(" 7 ", Some(7));
        check("86400", Some(600));
        check("Sun, 06 Nov 1994 08:50:37 GMT", Some(60));
        check("Sun, 06 Nov 1994 08:49:00 GMT", Some(0));
        check("-1", None);
        check("soon", None);
    }
}
