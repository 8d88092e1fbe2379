// SPDX-License-Identifier: EUPL-1.2
//! The ledger: what this connector did with each delivery, on disk before it is said to anybody.
//!
//! It makes the connector an idempotent receiver: a delivery that comes again is answered with the receipt of the
//! first time, and a crash in the middle leaves behind how far the delivery had come. All changes go through one
//! writer thread that commits whatever waits in one transaction, so that many lanes share one fsync.

mod writer;

use std::path::Path;

use hub_delivery::Change;
pub use hub_delivery::{Entry, Progress};
use hub_message::{DeliveryId, Receipt, Timestamp};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use writer::Request;

/// The ledger cannot be read or written: the disk's fault. Nothing is delivered until it works again.
#[derive(Debug, Clone, Error)]
pub enum LedgerFault {
    /// The file cannot be opened or is no ledger.
    #[error("the ledger cannot be opened: {0}")]
    Open(String),
    /// Another process has it open.
    #[error("the ledger is in use by another process")]
    InUse,
    /// A change did not reach the disk.
    #[error("the ledger cannot be written: {0}")]
    Write(String),
}

/// How many changes may wait for the writer.
const WAITING_MAX: usize = 1024;

/// A handle to the ledger; clones share it.
#[derive(Debug, Clone)]
pub struct Ledger {
    requests: mpsc::Sender<Request>,
}

impl Ledger {
    /// Opens the ledger in this file, or makes it. The writer thread ends, and closes the file, when the last handle
    /// is dropped.
    pub fn open(path: &Path) -> Result<Self, LedgerFault> {
        let database = writer::open(path)?;
        let (requests, queue) = mpsc::channel(WAITING_MAX);
        std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer::write(&database, queue))
            .map_err(|e| LedgerFault::Open(e.to_string()))?;
        Ok(Self { requests })
    }

    /// Begins an attempt: counts it and returns the entry as it stood before. A delivery that is done stays done.
    pub async fn begin(&self, delivery: &DeliveryId) -> Result<Entry, LedgerFault> {
        self.change(delivery, Change::Begin).await
    }

    /// Notes what a repetition has to know to finish the delivery.
    pub async fn stage(&self, delivery: &DeliveryId, note: String) -> Result<(), LedgerFault> {
        self.change(delivery, Change::Stage(note)).await.map(drop)
    }

    /// Notes that the attempt failed and certainly had no effect. What was staged stays staged.
    pub async fn wait(&self, delivery: &DeliveryId) -> Result<(), LedgerFault> {
        self.change(delivery, Change::Wait).await.map(drop)
    }

    /// Notes the outcome. From here on the delivery is never worked on again.
    pub async fn finish(&self, receipt: Receipt) -> Result<(), LedgerFault> {
        let delivery = receipt.delivery.clone();
        self.change(&delivery, Change::Finish(Box::new(receipt)))
            .await
            .map(drop)
    }

    /// Forgets deliveries that were done before `before`; returns how many.
    pub async fn prune(&self, before: Timestamp) -> Result<u64, LedgerFault> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Prune { before, answer }, answered).await
    }

    async fn change(&self, delivery: &DeliveryId, change: Change) -> Result<Entry, LedgerFault> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Change {
            delivery: delivery.clone(),
            change,
            answer,
        };
        self.ask(request, answered).await
    }

    async fn ask<T>(
        &self,
        request: Request,
        answered: oneshot::Receiver<Result<T, LedgerFault>>,
    ) -> Result<T, LedgerFault> {
        let ended = || LedgerFault::Write("its writer has ended".to_owned());
        self.requests.send(request).await.map_err(|_| ended())?;
        answered.await.map_err(|_| ended())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hub_message::Outcome;

    fn delivery(n: u8) -> DeliveryId {
        format!("{n:032x}").parse().unwrap()
    }

    fn receipt(n: u8, at: i64) -> Receipt {
        Receipt {
            delivery: delivery(n),
            at: Timestamp::from_millis(at),
            attempts: 1,
            outcome: Outcome::Done { reference: None },
        }
    }

    #[tokio::test]
    async fn a_delivery_goes_from_nothing_to_done_and_stays_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.redb");
        let ledger = Ledger::open(&path).unwrap();
        assert_eq!(ledger.begin(&delivery(1)).await.unwrap(), Entry::default());
        ledger.wait(&delivery(1)).await.unwrap();
        assert_eq!(ledger.begin(&delivery(1)).await.unwrap().attempts, 1);
        ledger.stage(&delivery(1), "x.csv".into()).await.unwrap();
        ledger.wait(&delivery(1)).await.unwrap();
        let staged = ledger.begin(&delivery(1)).await.unwrap();
        assert_eq!(staged.progress, Progress::Staged { note: "x.csv".into() });
        assert_eq!(staged.attempts, 2);
        ledger.finish(receipt(1, 5)).await.unwrap();
        let done = ledger.begin(&delivery(1)).await.unwrap();
        assert_eq!(done.progress, Progress::Done { receipt: receipt(1, 5) });
        assert_eq!(
            ledger.begin(&delivery(1)).await.unwrap(),
            done,
            "a done delivery counts no attempts"
        );
    }

    #[tokio::test]
    async fn it_is_still_known_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.redb");
        let ledger = Ledger::open(&path).unwrap();
        ledger.begin(&delivery(1)).await.unwrap();
        drop(ledger);
        let ledger = reopen(&path).await;
        let entry = ledger.begin(&delivery(1)).await.unwrap();
        assert_eq!((entry.attempts, entry.progress), (1, Progress::Started));
    }

    /// The writer thread closes the file a moment after the last handle is gone.
    async fn reopen(path: &Path) -> Ledger {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            match Ledger::open(path) {
                Ok(ledger) => return ledger,
                Err(fault) => assert!(std::time::Instant::now() < until, "{fault}"),
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn only_what_is_long_done_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.redb")).unwrap();
        ledger.begin(&delivery(0)).await.unwrap();
        for n in 1..5 {
            ledger.begin(&delivery(n)).await.unwrap();
            ledger.finish(receipt(n, i64::from(n) * 1000)).await.unwrap();
        }
        assert_eq!(ledger.prune(Timestamp::from_millis(3000)).await.unwrap(), 2);
        assert_eq!(ledger.prune(Timestamp::from_millis(3000)).await.unwrap(), 0);
        assert_eq!(ledger.begin(&delivery(1)).await.unwrap(), Entry::default());
        assert!(matches!(
            ledger.begin(&delivery(3)).await.unwrap().progress,
            Progress::Done { .. }
        ));
        assert_eq!(ledger.begin(&delivery(0)).await.unwrap().progress, Progress::Started);
    }

    #[tokio::test]
    async fn many_lanes_share_commits() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.redb")).unwrap();
        let ids: Vec<_> = (0..200).map(delivery).collect();
        let all = futures_util::future::join_all(ids.iter().map(|id| ledger.begin(id))).await;
        assert!(all.iter().all(|entry| entry.as_ref().unwrap().attempts == 0));
    }

    #[test]
    fn a_file_that_is_no_ledger_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.redb");
        std::fs::write(&path, "not a database, but long enough to be looked at").unwrap();
        assert!(matches!(Ledger::open(&path), Err(LedgerFault::Open(_))));
    }
}
