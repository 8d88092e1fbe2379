// SPDX-License-Identifier: EUPL-1.2
//! Group commit of the case store: a transaction costs two syncs and some thirty statements whether it holds one record or
//! five hundred. Alone, a record is written at once; where several came together more are coming, and the next transaction
//! waits a moment for them.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long the next transaction waits. Nobody sees a case change more quickly than that.
const MOMENT: Duration = Duration::from_millis(50);

/// Waits for more after a transaction of `count` items, out of `most` that it may hold.
pub(crate) async fn wait(count: usize, most: usize, stop: &CancellationToken) {
    if count > 1 && count < most {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(MOMENT) => {}
        }
    }
}
