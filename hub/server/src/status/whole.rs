// SPDX-License-Identifier: EUPL-1.2
//! The sentence about the whole: the worst thing, and only that.

use hub_console::{Connector, Health, Nats, Store};

/// How the whole is: what stands still for everybody goes before a single connector of the same colour.
pub(super) fn judge(nats: &Nats, store: &Store, connectors: &[Connector]) -> (Health, String) {
    let mut worst = (Health::Pass, "Alles läuft.".to_owned());
    let mut look = |status: Health, title: &str, sentence: &str| {
        if status > worst.0 {
            worst = (status, format!("{title}{sentence}"));
        }
    };
    look(nats.status, "", &nats.sentence);
    look(store.status, "", &store.sentence);
    for connector in connectors {
        look(connector.status, &format!("{}: ", connector.title), &connector.sentence);
    }
    worst
}

/// How NATS is.
pub(super) fn nats(answers: bool, sync_always: bool) -> (Health, String) {
    match (answers, sync_always) {
        (false, _) => (Health::Fail, "Der Nachrichtendienst (NATS) antwortet nicht; es wird laufend neu versucht.".to_owned()),
        (true, false) => (
            Health::Fail,
            "Der Nachrichtendienst (NATS) bestätigt, bevor er sicher gespeichert hat: Ein Stromausfall kann Nachrichten kosten.".to_owned(),
        ),
        (true, true) => (Health::Pass, "Läuft und speichert jede Nachricht sicher, bevor er sie bestätigt.".to_owned()),
    }
}

/// How the case store is.
pub(super) fn store(writable: bool, late: bool) -> (Health, String) {
    match (writable, late) {
        (_, true) => (
            Health::Fail,
            "Der Nachweis lässt sich seit über einer Minute nicht schreiben; neue Nachrichten warten.".to_owned(),
        ),
        (false, false) => (
            Health::Warn,
            "Die Vorgangsdatenbank nimmt nichts an; Einträge warten.".to_owned(),
        ),
        (true, false) => (Health::Pass, "Die Vorgangsdatenbank läuft.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsynced_server_is_red() {
        assert_eq!(nats(true, false).0, Health::Fail);
        assert_eq!(nats(true, true).0, Health::Pass);
        assert_eq!(store(false, false).0, Health::Warn);
        assert_eq!(store(true, true).0, Health::Fail);
    }
}
