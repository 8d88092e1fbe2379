// SPDX-License-Identifier: EUPL-1.2
//! Points in time as they are stored and sent. Nothing here reads a clock.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z; RFC 3339 text in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch; years outside 0 to 9999 are cut to the nearest end.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(-62_167_219_200_000, 253_402_300_799_999))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The calendar day in UTC, `YYYY-MM-DD`.
    pub fn day(self) -> String {
        self.to_string().get(..10).unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0) * 1_000_000;
        let text = OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok())
            .ok_or(fmt::Error)?;
        f.write_str(&text)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(|at| Self::from_millis((at.unix_timestamp_nanos() / 1_000_000) as i64))
            .map_err(|_| "not an RFC 3339 time".to_owned())
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> String {
        at.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let at = Timestamp::from_millis(1_790_000_000_123);
        assert_eq!(Timestamp::try_from(at.to_string()), Ok(at));
        assert_eq!(at.day(), "2026-09-21");
    }

    #[test]
    fn the_ends_of_time_do_not_fail() {
        assert!(Timestamp::from_millis(i64::MAX).to_string().starts_with("9999"));
        assert!(Timestamp::from_millis(i64::MIN).to_string().starts_with("0000"));
    }
}
