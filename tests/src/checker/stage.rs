// SPDX-License-Identifier: EUPL-1.2
//! The town that faults strike: two sources, a folder and a service as targets, all of its data on a disk that can lose its
//! power.

use std::time::Instant;

use amtshub_powerfs::{Mounted, Options, PowerFs};
use tempfile::TempDir;

use super::Plan;
use super::generator::Sent;
use super::service::{Mode, Service};
use crate::record;
use crate::town::Town;

/// The sources.
pub(super) const SOURCES: [&str; 2] = ["quelle-a", "quelle-b"];

/// The stage.
pub(super) struct Stage {
    // Unmounted before the town's folder is removed.
    pub(super) disk: Mounted,
    pub(super) town: Town,
    pub(super) service: Service,
    _backing: TempDir,
}

/// What the status says of all sources together, at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) received: u64,
    pub(super) delivered: u64,
    pub(super) dead_letters: u64,
    pub(super) open: u64,
    pub(super) difference: i64,
}

impl Stage {
    /// Sets the stage and starts the town.
    pub(super) fn set(plan: &Plan) -> Self {
        let service = Service::start();
        let arguments: Vec<&str> = plan.program.1.iter().map(String::as_str).collect();
        let town = Town::new().run_by(&plan.program.0, &arguments);
        town.configure("hub.toml", &record::hub(&[]));
        for source in SOURCES {
            town.connector(source, &record::source(source));
            let to_both = format!("{}{}", record::route(source, "ziel"), record::route(source, "dienst"));
            town.route(source, &to_both);
        }
        town.connector("ziel", &record::target("ziel"));
        town.connector(
            "dienst",
            &format!(
                "kind = \"http\"\ntitle = \"Prüfdienst\"\n[settings.send]\nbase = \"http://{}\"\npath = \"/eingang/{{delivery}}\"\nmethod = \
                 \"PUT\"\ntarget_class = \"idempotent\"\nanswer_seconds = 5\n",
                service.address
            ),
        );
        let backing = tempfile::tempdir().expect("a temporary folder");
        let options = Options {
            survive: Some(plan.seed),
        };
        let disk = PowerFs::mount_with(backing.path(), &town.data(), options).expect("root and /dev/fuse");
        assert!(disk.is_mounted());
        let mut stage = Self {
            disk,
            town,
            service,
            _backing: backing,
        };
        stage.town.start();
        stage
    }

    /// Effects at both targets so far.
    pub(super) fn effects(&self) -> usize {
        self.service.count() + self.town.files("ziel/out").len()
    }

    /// Waits until there is an effect more than `before`, and says how long that took, in seconds.
    pub(super) fn until_next_effect(&self, before: usize) -> f64 {
        let begun = Instant::now();
        self.town
            .wait("the next effect after the fault", |_| self.effects() > before);
        begun.elapsed().as_secs_f64()
    }

    /// Ends every fault that may still go on.
    pub(super) fn heal(&self) {
        self.service.behave(Mode::Well);
    }

    /// Waits until everything that was sent is accounted for and nothing waits, or until nothing changes any more, and says
    /// what the status says then.
    pub(super) fn wait_until_quiet(&self, sent: &Sent) -> Counts {
        let expected = sent.good.len() as u64;
        let (mut last, mut still) = (Counts::default(), Instant::now());
        loop {
            let counts = self.counts();
            let is_done = counts.received >= expected + sent.poison as u64
                && counts.open == 0
                && self.effects() >= 2 * sent.good.len()
                && SOURCES
                    .iter()
                    .all(|source| self.town.files(&format!("{source}/in")).is_empty());
            if counts != last {
                (last, still) = (counts, Instant::now());
            }
            if is_done || still.elapsed().as_secs() > 30 {
                return counts;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }

    fn counts(&self) -> Counts {
        let status = self.town.json(["status"]);
        let rows = status["connectors"].as_array().cloned().unwrap_or_default();
        let mut counts = Counts::default();
        for row in rows {
            let number = |value: &serde_json::Value| value.as_u64().unwrap_or(0);
            let today = &row["today"];
            counts.received += number(&today["received"]);
            counts.delivered += number(&today["delivered"]);
            counts.dead_letters += number(&today["dead_letter"]);
            counts.open += number(&today["waiting"]) + number(&today["in_doubt"]) + number(&row["waiting"]);
            counts.difference += row["balance_difference"].as_i64().unwrap_or(0);
        }
        counts
    }
}
