// SPDX-License-Identifier: EUPL-1.2
//! How the connector is: what the heartbeat and the check say.

use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use hub_message::manifest::State;
use hub_message::{Beat, Digest, Hold, Pause, Timestamp};

/// The present time. The only clock of the SDK; nothing is ordered by it.
pub fn now() -> Timestamp {
    let millis = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as i64);
    Timestamp::from_millis(millis)
}

/// Which part of the connector speaks. Each has its own trouble, and the first of this order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The settings.
    Settings,
    /// The target system.
    Target,
    /// The source system.
    Source,
    /// The stream that messages and receipts go into.
    Stream,
    /// The hub itself.
    Hub,
}

#[derive(Debug, Default)]
struct Facts {
    troubles: [Option<String>; 5],
    paused: Option<Pause>,
    /// Why the hub takes nothing new.
    held: Option<String>,
    draining: bool,
    source_ok: Option<Timestamp>,
    target_ok: Option<Timestamp>,
    taken: u32,
    delivering: u32,
    refused: u64,
    emitted: u64,
    settled: u64,
    repeated: u64,
    answered: u64,
    config_digest: Option<Digest>,
}

/// The health of this connector; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health(Arc<Mutex<Facts>>);

impl Health {
    fn facts(&self) -> MutexGuard<'_, Facts> {
        // Facts are plain values: a panic elsewhere leaves them usable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something does not work; the German sentence says what.
    pub(crate) fn trouble(&self, part: Part, sentence: impl Into<String>) {
        let sentence = sentence.into();
        let mut facts = self.facts();
        if let Some(place) = facts.troubles.get_mut(part as usize) {
            if place.as_ref() != Some(&sentence) {
                tracing::warn!(part = ?part, "{sentence}");
            }
            *place = Some(sentence);
        }
    }

    /// It works again.
    pub(crate) fn well(&self, part: Part) {
        let mut facts = self.facts();
        let healed = facts.troubles.get_mut(part as usize).and_then(Option::take);
        match part {
            Part::Source => facts.source_ok = Some(now()),
            Part::Target => facts.target_ok = Some(now()),
            Part::Settings | Part::Stream | Part::Hub => {}
        }
        drop(facts);
        if healed.is_some() {
            tracing::info!(part = ?part, "arbeitet wieder");
        }
    }

    /// A person has paused or resumed the connector.
    pub(crate) fn paused(&self, pause: Option<Pause>) {
        self.facts().paused = pause;
    }

    /// The hub takes nothing new, or again.
    pub(crate) fn held(&self, hold: Option<&Hold>) {
        self.facts().held = hold.map(|hold| hold.reason.trim().to_owned());
    }

    /// The connector is finishing what it holds.
    pub(crate) fn draining(&self) {
        self.facts().draining = true;
    }

    /// Records taken and not yet confirmed.
    pub(crate) fn taken(&self, count: usize) {
        self.facts().taken = count as u32;
    }

    /// Deliveries held.
    pub(crate) fn delivering(&self, count: usize) {
        self.facts().delivering = count as u32;
    }

    /// So many more records were refused at the source.
    pub(crate) fn refused(&self, count: u64) {
        self.facts().refused += count;
    }

    /// The stream has acknowledged so many more records.
    pub(crate) fn emitted(&self, count: usize) {
        self.facts().emitted += count as u64;
    }

    /// One more delivery came to its end.
    pub(crate) fn settled(&self) {
        self.facts().settled += 1;
    }

    /// One more attempt has to be made again.
    pub(crate) fn repeated(&self) {
        self.facts().repeated += 1;
    }

    /// One more question is answered.
    pub(crate) fn answered(&self) {
        self.facts().answered += 1;
    }

    /// The configuration that it now runs on.
    pub(crate) fn configured(&self, digest: &Digest) {
        self.facts().config_digest = Some(digest.clone());
    }

    /// The heartbeat.
    pub(crate) fn beat(&self) -> Beat {
        let facts = self.facts();
        let trouble = facts.held.iter().chain(facts.troubles.iter().flatten()).next();
        let state = match () {
            () if facts.draining => State::Draining,
            () if facts.paused.is_some() => State::Paused,
            () if trouble.is_some() => State::Degraded,
            () => State::Running,
        };
        let text = match (state, trouble) {
            (State::Draining, _) => "Beendet die laufenden Vorgänge und hält dann an.".to_owned(),
            (State::Paused, _) => held(facts.paused.as_ref()),
            (_, Some(trouble)) => trouble.clone(),
            (_, None) => "Arbeitet ohne Störung.".to_owned(),
        };
        Beat {
            state,
            text,
            in_flight: facts.taken + facts.delivering,
            source_ok: facts.source_ok,
            target_ok: facts.target_ok,
            config_digest: facts.config_digest.clone(),
            refused: facts.refused,
            emitted: facts.emitted,
            settled: facts.settled,
            repeated: facts.repeated,
            answered: facts.answered,
        }
    }
}

/// The pause in a sentence.
fn held(pause: Option<&Pause>) -> String {
    let mut sentence = "Angehalten durch eine Person".to_owned();
    if let Some(until) = pause.and_then(|pause| pause.until) {
        let minute: String = until.to_string().chars().take(16).collect();
        // A string takes everything.
        let _ = write!(sentence, " bis {} UTC", minute.replace('T', " "));
    }
    match pause.map(|pause| pause.reason.trim()).unwrap_or_default() {
        "" => sentence + "; nichts geht verloren.",
        reason => sentence + ": " + reason + ". Nichts geht verloren.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(health: &Health, state: State, text: &str) {
        let beat = health.beat();
        assert_eq!(beat.state, state);
        assert!(beat.text.contains(text), "{}", beat.text);
    }

    #[test]
    fn the_gravest_trouble_is_shown_until_it_is_over() {
        let health = Health::default();
        check(&health, State::Running, "ohne Störung");
        health.trouble(Part::Hub, "Hub weg.");
        health.trouble(Part::Target, "Ziel weg.");
        check(&health, State::Degraded, "Ziel weg.");
        health.well(Part::Target);
        check(&health, State::Degraded, "Hub weg.");
        health.well(Part::Hub);
        check(&health, State::Running, "ohne Störung");
        assert!(health.beat().target_ok.is_some() && health.beat().source_ok.is_none());
    }

    #[test]
    fn a_pause_and_a_drain_come_before_any_trouble() {
        let health = Health::default();
        health.trouble(Part::Source, "Quelle weg.");
        health.paused(Some(Pause::default()));
        check(&health, State::Paused, "durch eine Person; nichts geht verloren");
        health.paused(Some(Pause {
            reason: "Umzug der Finanzen".into(),
            until: Some(Timestamp::from_millis(1_790_000_000_000)),
        }));
        check(
            &health,
            State::Paused,
            "bis 2026-09-21 14:13 UTC: Umzug der Finanzen. Nichts",
        );
        health.draining();
        check(&health, State::Draining, "Beendet");
    }
}
