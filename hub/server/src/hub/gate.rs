// SPDX-License-Identifier: EUPL-1.2
//! The gate before a source: closed while one of its recipients is full, or while the audit lags too far behind.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hub_message::Recipient;

use super::audit::Audit;
use super::clock;
use super::quota::Quotas;

/// While the gate is closed for the audit's lag, time alone may change that.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Why a source is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Closed {
    /// This recipient is full.
    Full(Recipient),
    /// The case store does not keep up.
    AuditLate,
}

/// The gate. Clones share what they look at.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    quotas: Arc<Quotas>,
    audit: Arc<Audit>,
}

impl Gate {
    /// A gate that looks at these.
    pub(crate) fn new(quotas: Arc<Quotas>, audit: Arc<Audit>) -> Self {
        Self { quotas, audit }
    }

    /// Why a source that is routed to `recipients` is stopped now; `None` when it may go on.
    pub(crate) fn closed_for(&self, recipients: &BTreeSet<Recipient>) -> Option<Closed> {
        if self.audit.is_late(clock::now()) {
            return Some(Closed::AuditLate);
        }
        self.quotas.full_among(recipients).map(Closed::Full)
    }

    /// The quotas that the gate looks at.
    pub(crate) fn quotas(&self) -> &Arc<Quotas> {
        &self.quotas
    }

    /// Waits until something happened that may have opened or closed the gate.
    pub(crate) async fn changed(&self) {
        let (mut full, mut audit) = (self.quotas.watch(), self.audit.watch());
        tokio::select! {
            _ = full.changed() => {}
            _ = audit.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}
