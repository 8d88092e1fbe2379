// SPDX-License-Identifier: EUPL-1.2
//! Puts `/status` together, every second or less often when that alone takes long.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_bus::{Bus, Damage};
use hub_console::{Connector, Counts, Disk, Health, Nats, Outgoing, Rules, Status, Store, Stream, Work};
use hub_message::{Beat, ConnectorName, Recipient, Timestamp};
use hub_store::{BalanceRow, DeadLetterCount, OutgoingRow, StoreFacts};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::judge::{Judged, age, connector};
use super::whole;
use crate::config::Configuration;
use crate::hub::{Audit, DiskFacts, Measured, now};

/// How often the status is made anew.
const PERIOD: Duration = Duration::from_secs(1);

/// Making the status takes at most this share of the time: one part in twenty, and one in five when it is asked for all
/// the time.
const REST: u32 = 20;
const ASKED_REST: u32 = 5;

/// What the status is made of.
pub(crate) struct Gatherer {
    pub(crate) since: Timestamp,
    pub(crate) embedded: bool,
    pub(crate) bus: Bus,
    pub(crate) store: hub_store::Store,
    pub(crate) board: Arc<Board>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) measured: watch::Receiver<Measured>,
    pub(crate) disk: watch::Receiver<DiskFacts>,
    pub(crate) damages: watch::Receiver<Vec<Damage>>,
    pub(crate) configuration: watch::Receiver<Arc<Configuration>>,
    pub(crate) status: watch::Sender<Arc<Status>>,
    /// Told when somebody wants to know it now.
    pub(crate) asked: Arc<Notify>,
}

/// What the case store says today.
#[derive(Default)]
struct Today {
    balance: BTreeMap<ConnectorName, BalanceRow>,
    outgoing: BTreeMap<Recipient, OutgoingRow>,
    dead_letters: BTreeMap<ConnectorName, DeadLetterCount>,
    facts: Option<StoreFacts>,
    writable: bool,
}

impl Gatherer {
    /// Gathers until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut rules_since = now();
        let mut rules = self.configuration.borrow().rules.digest().clone();
        loop {
            let begun = Instant::now();
            let configuration = Arc::clone(&self.configuration.borrow_and_update());
            if rules != *configuration.rules.digest() {
                (rules, rules_since) = (configuration.rules.digest().clone(), now());
            }
            let status = self.gather(&configuration, rules_since).await;
            self.status.send_replace(Arc::new(status));
            let took = begun.elapsed();
            let asked = async {
                tokio::time::sleep(took * ASKED_REST).await;
                self.asked.notified().await;
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(PERIOD.max(took * REST)) => {}
                _ = self.configuration.changed() => {}
                () = asked => {}
            }
        }
    }

    /// The status at this moment.
    pub(crate) async fn gather(&self, configuration: &Configuration, rules_since: Timestamp) -> Status {
        let at = now();
        let today = self.ask_store(at).await;
        let measured = self.measured.borrow().clone();
        let nats = self.nats(&measured);
        let store = self.store(&today, &measured, at);
        let connectors = configuration
            .connectors
            .values()
            .map(|configured| self.connector(configured, &today, &measured, at))
            .collect::<Vec<_>>();
        let disk = disk(*self.disk.borrow());
        let (status, sentence) = whole::judge(&nats, &store, &disk, &connectors);
        Status {
            status,
            sentence,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: self.since,
            at,
            rules: Some(Rules {
                digest: configuration.rules.digest().clone(),
                since: rules_since,
            }),
            connectors,
            nats,
            store,
            disk,
        }
    }

    async fn ask_store(&self, at: Timestamp) -> Today {
        let day = at.day();
        let writable = self.store.writable().await.is_ok();
        let balance = self.store.balance(&day).await.unwrap_or_default();
        let outgoing = self.store.outgoing(&day).await.unwrap_or_default();
        let facts = self.store.facts().await.ok();
        let letters = facts.iter().flat_map(|facts| facts.dead_letters.iter().cloned());
        Today {
            balance: balance.into_iter().map(|row| (row.source.clone(), row)).collect(),
            outgoing: outgoing.into_iter().map(|row| (row.recipient.clone(), row)).collect(),
            dead_letters: letters.map(|count| (count.source.clone(), count)).collect(),
            facts,
            writable,
        }
    }

    fn nats(&self, measured: &Measured) -> Nats {
        let server = self.bus.server();
        let connected = self.bus.is_connected();
        let sync_always = server.sync_always.unwrap_or(false);
        let damages = self.damages.borrow();
        let (status, sentence) = whole::nats(connected && measured.answered, sync_always, &damages);
        let streams = measured.streams.iter().map(|stream| {
            let damage = damages.iter().find(|damage| damage.stream == stream.name);
            Stream {
                name: stream.name.clone(),
                messages: stream.messages,
                bytes: stream.bytes,
                bytes_max: stream.bytes_max,
                unreadable: damage.map(|damage| damage.unreadable.clone()).unwrap_or_default(),
                cut_bytes: damage.map_or(0, |damage| damage.cut_bytes),
            }
        });
        Nats {
            status,
            sentence,
            connected,
            embedded: self.embedded,
            version: Some(server.version.clone()),
            sync_always,
            prepared: !measured.streams.is_empty(),
            streams: streams.collect(),
        }
    }

    fn store(&self, today: &Today, measured: &Measured, at: Timestamp) -> Store {
        let late = self.audit.is_late(at);
        let (status, sentence) = whole::store(today.writable, late);
        let facts = today.facts.as_ref();
        Store {
            status,
            sentence,
            writable: today.writable,
            version: facts.map_or(0, |facts| facts.version),
            cases: facts.map_or(0, |facts| facts.cases),
            bytes: facts.map_or(0, |facts| facts.bytes),
            waiting: measured.waiting.get(&Recipient::Cases).map_or(0, |found| found.waiting),
        }
    }

    fn connector(
        &self,
        configured: &crate::config::Connector,
        today: &Today,
        measured: &Measured,
        at: Timestamp,
    ) -> Connector {
        let name = &configured.name;
        let recipient = Recipient::Connector(name.clone());
        let waits = measured.waiting.get(&recipient);
        let mut seen = self.board.seen(name);
        seen.waiting = waits.map_or(0, |found| found.waiting);
        seen.oldest = waits.and_then(|found| found.oldest);
        let outgoing = today.outgoing.get(&recipient);
        seen.in_doubt = outgoing.map_or(0, |row| row.in_doubt);
        let Judged {
            health,
            state,
            sentence,
        } = connector(&seen, at);
        let balance = today.balance.get(name);
        let letters = today.dead_letters.get(name);
        let beat = seen.beat.as_ref().map(|(beat, _)| beat);
        let successes = [
            beat.and_then(|beat| beat.source_ok),
            beat.and_then(|beat| beat.target_ok),
            outgoing.and_then(|row| row.last_success),
        ];
        Connector {
            name: name.clone(),
            title: configured.title.clone(),
            kind: configured.kind.clone(),
            status: health,
            state,
            sentence,
            today: balance.map(Counts::from).unwrap_or_default(),
            outgoing: outgoing.map(Outgoing::from).unwrap_or_default(),
            waiting: seen.waiting,
            oldest_seconds: seen.oldest.map(|oldest| age(oldest, at)),
            dead_letters: letters.map_or(0, |count| count.open),
            dead_letter_oldest_seconds: letters.map(|count| age(count.oldest, at)),
            last_success: successes.into_iter().flatten().max(),
            work: beat.map(work).unwrap_or_default(),
            balance_difference: balance.map_or(0, BalanceRow::difference),
        }
    }
}

fn disk(facts: DiskFacts) -> Disk {
    let (status, sentence) = whole::disk(facts);
    Disk {
        status,
        sentence,
        free_bytes: facts.free,
        reserve_bytes: facts.reserve,
    }
}

fn work(beat: &Beat) -> Work {
    Work {
        emitted: beat.emitted,
        refused: beat.refused,
        settled: beat.settled,
        repeated: beat.repeated,
        answered: beat.answered,
        in_flight: beat.in_flight,
    }
}

/// The status before anything is known.
pub(crate) fn unknown(since: Timestamp, embedded: bool) -> Status {
    Status {
        status: Health::Warn,
        sentence: "Amtshub startet.".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        since,
        at: since,
        rules: None,
        connectors: Vec::new(),
        nats: Nats {
            status: Health::Warn,
            sentence: "Noch nicht verbunden.".to_owned(),
            connected: false,
            embedded,
            version: None,
            sync_always: false,
            prepared: false,
            streams: Vec::new(),
        },
        store: Store {
            status: Health::Warn,
            sentence: "Noch nicht geöffnet.".to_owned(),
            writable: false,
            version: 0,
            cases: 0,
            bytes: 0,
            waiting: 0,
        },
        disk: disk(DiskFacts::default()),
    }
}
