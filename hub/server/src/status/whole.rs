// SPDX-License-Identifier: EUPL-1.2
//! The sentence about the whole: the worst thing, and only that.

use hub_bus::Damage;
use hub_console::{Connector, Disk, Health, Nats, Store};

use super::words::bytes;
use crate::hub::DiskFacts;

/// How the whole is: what stands still for everybody goes before a single connector of the same colour.
pub(super) fn judge(nats: &Nats, store: &Store, disk: &Disk, connectors: &[Connector]) -> (Health, String) {
    let mut worst = (Health::Pass, "Alles läuft.".to_owned());
    let mut look = |status: Health, title: &str, sentence: &str| {
        if status > worst.0 {
            worst = (status, format!("{title}{sentence}"));
        }
    };
    // A full disk is the cause of what follows from it.
    look(disk.status, "", &disk.sentence);
    look(nats.status, "", &nats.sentence);
    look(store.status, "", &store.sentence);
    for connector in connectors {
        look(connector.status, &format!("{}: ", connector.title), &connector.sentence);
    }
    worst
}

/// How NATS is: what somebody has to act on goes first.
pub(super) fn nats(answers: bool, sync_always: bool, damages: &[Damage]) -> (Health, String) {
    if !answers {
        let away = "Der Nachrichtendienst (NATS) antwortet nicht; es wird laufend neu versucht.";
        return (Health::Fail, away.to_owned());
    }
    if let Some(damage) = damages.iter().find(|damage| !damage.unreadable.is_empty()) {
        return (Health::Fail, unreadable(damage));
    }
    if !sync_always {
        let unsynced = "Der Nachrichtendienst (NATS) bestätigt, bevor er sicher gespeichert hat: Ein Stromausfall kann \
                        Nachrichten kosten.";
        return (Health::Fail, unsynced.to_owned());
    }
    if let Some(damage) = damages.first() {
        return (Health::Warn, cut(damage));
    }
    let well = "Läuft und speichert jede Nachricht sicher, bevor er sie bestätigt.";
    (Health::Pass, well.to_owned())
}

fn unreadable(damage: &Damage) -> String {
    let what = match damage.unreadable.as_slice() {
        [first, .., last] => format!(
            "{} Nachrichten ({first} bis {last}) sind nicht lesbar",
            damage.unreadable.len()
        ),
        one => format!(
            "Nachricht {} ist nicht lesbar",
            one.first().copied().unwrap_or_default()
        ),
    };
    format!(
        "Der Strom {} ist beschädigt: {what}; {}.",
        damage.stream,
        remedy(damage)
    )
}

/// A write that the power failure cut short looks like damage. It was never acknowledged, so nothing is lost; but only
/// whoever knows whether there was a power failure can tell. A full disk cuts writes short as well.
fn cut(damage: &Damage) -> String {
    format!(
        "Beim Start des Nachrichtendienstes waren {} Byte am Ende des Stroms {} unbrauchbar. Nach einem Stromausfall oder mit \
         vollem Datenträger ist das üblich und ohne Verlust; sonst ist die Datei beschädigt: {}.",
        damage.cut_bytes,
        damage.stream,
        remedy(damage)
    )
}

fn remedy(damage: &Damage) -> String {
    match damage.stream.strip_prefix("IN_") {
        Some(source) => format!("was {source} zuletzt gesendet hat, bitte prüfen und erneut senden lassen"),
        None => "Zustellungen ohne Quittung bitte prüfen".to_owned(),
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

/// How the disks are.
pub(super) fn disk(facts: DiskFacts) -> (Health, String) {
    let Some(free) = facts.free else {
        return (Health::Pass, "Der freie Platz ist noch nicht bekannt.".to_owned());
    };
    if facts.short {
        let sentence = format!(
            "Auf dem Datenträger sind nur noch {} frei: Es wird nichts Neues angenommen, nichts geht verloren. Bitte Platz \
             schaffen; ab {} geht es von selbst weiter.",
            bytes(free),
            bytes(facts.enough()),
        );
        return (Health::Fail, sentence);
    }
    (Health::Pass, format!("{} sind frei.", bytes(free)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_disk_is_red_and_says_from_when_on_it_goes_on() {
        let facts = DiskFacts {
            free: Some(300 << 20),
            reserve: 400 << 20,
            short: true,
            ..DiskFacts::default()
        };
        let (health, sentence) = disk(facts);
        assert_eq!(health, Health::Fail);
        assert!(
            sentence.contains("nur noch 300 MiB frei") && sentence.contains("ab 500 MiB"),
            "{sentence}"
        );
        assert_eq!(disk(DiskFacts { short: false, ..facts }).0, Health::Pass);
    }

    #[test]
    fn an_unsynced_server_is_red() {
        assert_eq!(nats(true, false, &[]).0, Health::Fail);
        assert_eq!(nats(true, true, &[]).0, Health::Pass);
        assert_eq!(store(false, false).0, Health::Warn);
        assert_eq!(store(true, true).0, Health::Fail);
    }

    #[track_caller]
    fn check(stream: &str, unreadable: &[u64], cut_bytes: u64, expected: (Health, &str)) {
        let damage = Damage {
            stream: stream.to_owned(),
            unreadable: unreadable.to_vec(),
            cut_bytes,
        };
        let (health, sentence) = nats(true, true, &[damage]);
        assert_eq!(health, expected.0);
        assert!(sentence.contains(expected.1), "{sentence}");
    }

    #[test]
    fn damage_says_where_and_what_to_do() {
        let one = "IN_scan ist beschädigt: Nachricht 51 ist nicht lesbar; was scan zuletzt";
        check("IN_scan", &[51], 0, (Health::Fail, one));
        check("IN_scan", &[51, 60], 9, (Health::Fail, "2 Nachrichten (51 bis 60)"));
        let cut = "waren 259 Byte am Ende des Stroms OUT unbrauchbar. Nach einem Stromausfall oder";
        check("OUT", &[], 259, (Health::Warn, cut));
        check(
            "OUT",
            &[],
            259,
            (Health::Warn, "Zustellungen ohne Quittung bitte prüfen."),
        );
    }
}
