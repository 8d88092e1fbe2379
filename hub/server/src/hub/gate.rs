// SPDX-License-Identifier: EUPL-1.2
//! The gate before a source: closed while one of its recipients is full, while the audit lags too far behind, or while a disk
//! is short of room.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use hub_message::Recipient;
use tokio::sync::watch;

use super::audit::Audit;
use super::clock;
use super::disk::DiskFacts;
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
    /// A disk is short of room.
    DiskShort,
}

/// The gate. Clones share what they look at.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    quotas: Arc<Quotas>,
    audit: Arc<Audit>,
    disk: watch::Receiver<DiskFacts>,
}

impl Gate {
    /// A gate that looks at these.
    pub(crate) fn new(quotas: Arc<Quotas>, audit: Arc<Audit>, disk: watch::Receiver<DiskFacts>) -> Self {
        Self { quotas, audit, disk }
    }

    /// Why a source that is routed to `recipients` is stopped now; `None` when it may go on.
    pub(crate) fn closed_for(&self, recipients: &BTreeSet<Recipient>) -> Option<Closed> {
        if self.disk.borrow().short {
            return Some(Closed::DiskShort);
        }
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
        let (mut full, mut audit, mut disk) = (self.quotas.watch(), self.audit.watch(), self.disk.clone());
        tokio::select! {
            _ = full.changed() => {}
            _ = audit.changed() => {}
            _ = disk.changed() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}
