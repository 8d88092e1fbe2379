// SPDX-License-Identifier: EUPL-1.2
//! The state of a connector and of the whole, with the one sentence that says what matters most.

use hub_console::{ConnectorState, Health};
use hub_message::manifest::State;
use hub_message::{Beat, Timestamp};

use super::words::{span, waiting};
use crate::hub::{Closed, Hindrance};
use crate::supervise::Phase;

/// A connector beats every 10 s; after three missed beats it counts as silent.
const SILENT_SECONDS: u64 = 30;

/// A message that waits longer than this makes the status say so.
const OLD_SECONDS: u64 = 300;

/// What the hub sees of a connector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Its process, when the hub runs it.
    pub(crate) phase: Option<Phase>,
    /// When the hub began to look out for it.
    pub(crate) expected_since: Option<Timestamp>,
    /// Its last beat and when it came.
    pub(crate) beat: Option<(Beat, Timestamp)>,
    /// What keeps its messages from being processed.
    pub(crate) hindrance: Option<Hindrance>,
    /// Messages that wait for it.
    pub(crate) waiting: u64,
    /// When the oldest of them was published.
    pub(crate) oldest: Option<Timestamp>,
    /// Deliveries of today of which nobody knows whether they arrived.
    pub(crate) in_doubt: u64,
}

/// What is said of a connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    /// How it is.
    pub(crate) health: Health,
    /// Its state.
    pub(crate) state: ConnectorState,
    /// That in a sentence.
    pub(crate) sentence: String,
}

/// Judges one connector. What the hub sees itself goes before what the connector says.
pub(crate) fn connector(seen: &Seen, now: Timestamp) -> Judged {
    gone(seen, now)
        .or_else(|| hindered(seen))
        .or_else(|| slow(seen, now))
        .or_else(|| doubtful(seen))
        .unwrap_or_else(|| said(seen))
}

/// The age of `at`, in seconds; 0 when the clock was set back.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> u64 {
    u64::try_from((now.millis() - at.millis()) / 1000).unwrap_or(0)
}

fn judged(health: Health, state: ConnectorState, sentence: impl Into<String>) -> Judged {
    Judged {
        health,
        state,
        sentence: sentence.into(),
    }
}

/// No process, or no sign of life.
fn gone(seen: &Seen, now: Timestamp) -> Option<Judged> {
    if let Some(Phase::Fallen { how, times }) = &seen.phase {
        let sentence = format!(
            "Abgestürzt: {how}. Wird neu gestartet ({times}. Mal); {}.",
            safe(seen.waiting)
        );
        return Some(judged(Health::Warn, ConnectorState::Down, sentence));
    }
    if seen.phase == Some(Phase::Resting) {
        let sentence = format!(
            "Von Hand beendet; {}. Weiter geht es mit `amtshub connector resume`.",
            safe(seen.waiting)
        );
        return Some(judged(Health::Warn, ConnectorState::Paused, sentence));
    }
    let heard = seen.beat.as_ref().map(|(_, at)| *at);
    let silent = age(heard.or(seen.expected_since).unwrap_or(now), now);
    match (heard, silent > SILENT_SECONDS) {
        (Some(_), false) => None,
        (None, false) => Some(judged(Health::Pass, ConnectorState::Starting, "Startet.")),
        (_, true) => {
            let sentence = format!("Meldet sich seit {} nicht; {}.", span(silent), safe(seen.waiting));
            Some(judged(Health::Warn, ConnectorState::Down, sentence))
        }
    }
}

fn safe(count: u64) -> String {
    match count {
        0 => waiting(0),
        _ => format!("{}, nichts ist verloren", waiting(count)),
    }
}

/// The hub itself does not go on with its messages.
fn hindered(seen: &Seen) -> Option<Judged> {
    Some(match seen.hindrance.as_ref()? {
        Hindrance::Closed(Closed::Full(recipient)) => judged(
            Health::Warn,
            ConnectorState::Paused,
            format!(
                "Angehalten: {recipient} nimmt nichts mehr an, und sein Warteraum ist voll. Geht von selbst weiter."
            ),
        ),
        Hindrance::Closed(Closed::DiskShort) => judged(
            Health::Warn,
            ConnectorState::Paused,
            "Angehalten, bis auf dem Datenträger des Hubs wieder Platz ist. Geht von selbst weiter.",
        ),
        Hindrance::Closed(Closed::AuditLate) => judged(
            Health::Fail,
            ConnectorState::Paused,
            "Angehalten: Der Nachweis über frühere Nachrichten lässt sich seit über einer Minute nicht schreiben.",
        ),
        Hindrance::Unavailable(_) => judged(
            Health::Warn,
            ConnectorState::Degraded,
            "Die Verarbeitung seiner Nachrichten stockt und wird laufend neu versucht; das Protokoll sagt, woran es liegt.",
        ),
    })
}

/// It lives, and still something has waited for it too long.
fn slow(seen: &Seen, now: Timestamp) -> Option<Judged> {
    let old = age(seen.oldest?, now);
    (seen.waiting > 0 && old > OLD_SECONDS).then(|| {
        let sentence = format!("Nimmt seit {} nichts an; {}.", span(old), safe(seen.waiting));
        judged(Health::Warn, ConnectorState::Degraded, sentence)
    })
}

/// It works, and a person has to look whether something arrived.
fn doubtful(seen: &Seen) -> Option<Judged> {
    let working = seen.beat.as_ref().is_some_and(|(beat, _)| beat.state == State::Running);
    (working && seen.in_doubt > 0).then(|| {
        let count = match seen.in_doubt {
            1 => "Eine Zustellung ist ungewiss".to_owned(),
            many => format!("{many} Zustellungen sind ungewiss"),
        };
        let sentence = format!("{count}: Bitte im Fachverfahren nachsehen; wiederholt wird nichts von selbst.");
        judged(Health::Warn, ConnectorState::Degraded, sentence)
    })
}

/// What the connector says of itself.
fn said(seen: &Seen) -> Judged {
    let Some((beat, _)) = &seen.beat else {
        return judged(Health::Pass, ConnectorState::Starting, "Startet.");
    };
    let (health, state, usual) = match beat.state {
        State::Running => (Health::Pass, ConnectorState::Running, "Läuft."),
        State::Degraded => (
            Health::Warn,
            ConnectorState::Degraded,
            "Etwas antwortet nicht; wird neu versucht.",
        ),
        State::Paused => (Health::Warn, ConnectorState::Paused, "Von Hand angehalten."),
        State::Draining => (
            Health::Pass,
            ConnectorState::Draining,
            "Arbeitet den Rest ab und hält dann an.",
        ),
    };
    let own = beat.text.trim();
    judged(health, state, if own.is_empty() { usual } else { own })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + seconds * 1000)
    }

    fn beating(state: State, text: &str) -> Seen {
        let beat = Beat {
            state,
            text: text.into(),
            in_flight: 0,
            source_ok: None,
            target_ok: None,
            config_digest: None,
            refused: 0,
            emitted: 0,
            settled: 0,
            repeated: 0,
            answered: 0,
        };
        Seen {
            expected_since: Some(at(-100)),
            beat: Some((beat, at(-5))),
            ..Seen::default()
        }
    }

    #[track_caller]
    fn check(seen: &Seen, health: Health, state: ConnectorState, sentence: &str) {
        let judged = connector(seen, at(0));
        assert_eq!((judged.health, judged.state), (health, state), "{}", judged.sentence);
        assert!(judged.sentence.contains(sentence), "{}", judged.sentence);
    }

    #[test]
    fn a_connector_that_beats_is_believed() {
        check(
            &beating(State::Running, ""),
            Health::Pass,
            ConnectorState::Running,
            "Läuft.",
        );
        let seen = beating(State::Degraded, "Der Ordner ist nicht lesbar.");
        check(&seen, Health::Warn, ConnectorState::Degraded, "Ordner");
    }

    #[test]
    fn silence_is_told_with_what_waits() {
        let mut seen = beating(State::Running, "");
        seen.beat = seen.beat.map(|(beat, _)| (beat, at(-8060)));
        seen.waiting = 17;
        check(
            &seen,
            Health::Warn,
            ConnectorState::Down,
            "seit 2 Std. 14 Min. nicht; 17 Nachrichten warten, nichts ist verloren",
        );
        seen.beat = None;
        check(&seen, Health::Warn, ConnectorState::Down, "seit 1 Min.");
        seen.expected_since = Some(at(-3));
        check(&seen, Health::Pass, ConnectorState::Starting, "Startet");
    }

    #[test]
    fn what_the_hub_sees_goes_before_what_the_connector_says() {
        let mut seen = beating(State::Running, "");
        seen.phase = Some(Phase::Fallen {
            how: "durch Signal 9 beendet".into(),
            times: 2,
        });
        check(&seen, Health::Warn, ConnectorState::Down, "Signal 9");
        seen.phase = Some(Phase::Resting);
        check(&seen, Health::Warn, ConnectorState::Paused, "resume");
        seen.phase = Some(Phase::Running);
        seen.hindrance = Some(Hindrance::Closed(Closed::Full(
            "finance".to_owned().try_into().unwrap(),
        )));
        check(
            &seen,
            Health::Warn,
            ConnectorState::Paused,
            "finance nimmt nichts mehr an",
        );
        seen.hindrance = Some(Hindrance::Closed(Closed::AuditLate));
        check(&seen, Health::Fail, ConnectorState::Paused, "Nachweis");
    }

    #[test]
    fn doubt_is_told_until_something_graver_is() {
        let mut seen = beating(State::Running, "");
        seen.in_doubt = 1;
        check(
            &seen,
            Health::Warn,
            ConnectorState::Degraded,
            "Eine Zustellung ist ungewiss",
        );
        seen.in_doubt = 3;
        check(
            &seen,
            Health::Warn,
            ConnectorState::Degraded,
            "3 Zustellungen sind ungewiss",
        );
        seen.beat = beating(State::Degraded, "Das Ziel ist weg.").beat;
        check(&seen, Health::Warn, ConnectorState::Degraded, "Das Ziel ist weg.");
    }

    #[test]
    fn waiting_too_long_is_told_even_if_the_connector_is_content() {
        let mut seen = beating(State::Running, "");
        (seen.waiting, seen.oldest) = (1, Some(at(-299)));
        check(&seen, Health::Pass, ConnectorState::Running, "Läuft");
        seen.oldest = Some(at(-600));
        check(
            &seen,
            Health::Warn,
            ConnectorState::Degraded,
            "seit 10 Min. nichts an; 1 Nachricht wartet",
        );
    }
}
