// SPDX-License-Identifier: EUPL-1.2
//! The most that hub and connectors held in memory, looked at again and again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use amtshub_tests::process;

/// Watches a hub and its children until it is asked.
pub(crate) struct Watched {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeMap<String, f64>>,
}

/// Begins to watch.
pub(crate) fn watch(hub: u32) -> Watched {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let thread = std::thread::spawn(move || {
        let mut most: BTreeMap<String, f64> = BTreeMap::new();
        while !told.load(Ordering::Relaxed) {
            let all = std::iter::once((hub, "amtshub".to_owned())).chain(process::children(hub));
            for (pid, name) in all {
                let held = process::resident_mib(pid).unwrap_or(0.0);
                let known = most.entry(name).or_default();
                *known = known.max(held);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    });
    Watched { stop, thread }
}

impl Watched {
    /// The most of each program, in MiB.
    pub(crate) fn most(self) -> BTreeMap<String, f64> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_default()
    }
}
