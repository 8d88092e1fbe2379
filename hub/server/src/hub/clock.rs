// SPDX-License-Identifier: EUPL-1.2
//! The one place where the delivery core reads the wall clock. Nothing is ordered by it.

use std::time::{SystemTime, UNIX_EPOCH};

use hub_message::Timestamp;

/// Now.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as i64)
}
