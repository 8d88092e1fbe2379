// SPDX-License-Identifier: EUPL-1.2
//! The checks, in the order in which they are run.

mod border;
mod delivering;
mod faults;
mod greeting;
mod hostile;
mod hostile_deliveries;
mod life;
mod sending;

use std::future::Future;
use std::pin::Pin;

use super::bench::{Bench, Checked};
use super::description::Description;

/// A check.
pub(super) struct Check {
    /// Its name for programs: `--only`.
    pub(super) id: &'static str,
    /// What must hold, in German.
    pub(super) german: &'static str,
    /// What must hold, in English.
    pub(super) english: &'static str,
    /// Which sides of a connector it is about.
    pub(super) needs: Needs,
    pub(super) run: for<'b> fn(&'b mut Bench) -> Pin<Box<dyn Future<Output = Checked> + Send + 'b>>,
}

/// What a connector must have for a check to apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing special.
    Anything,
    /// It takes records.
    Source,
    /// It brings deliveries.
    Target,
    /// Its target can be made not to answer.
    Breakable,
    /// Its target refuses something.
    Refusing,
    /// It answers questions.
    Answers,
    /// The kit file names settings that cannot be used.
    BadSettings,
}

impl Needs {
    /// What is missing for the check to apply.
    pub(super) fn missing_in(self, description: &Description) -> Option<&'static str> {
        let (there, missing) = match self {
            Self::Anything => (true, ""),
            Self::Source => (description.source.is_some(), "it takes no records ([source])"),
            Self::Target => (description.target.is_some(), "it brings no deliveries ([target])"),
            Self::Breakable => (description.can_break(), "the kit file cannot break the target"),
            Self::Refusing => (
                description
                    .target
                    .as_ref()
                    .is_some_and(|target| target.refused.is_some()),
                "its target refuses nothing",
            ),
            Self::Answers => (description.answer.is_some(), "it answers no questions ([answer])"),
            Self::BadSettings => (
                description.bad_settings.is_some(),
                "the kit file names no settings that cannot be used",
            ),
        };
        (!there).then_some(missing)
    }
}

macro_rules! checks {
    ($($id:literal $needs:ident $run:path, $german:literal, $english:literal;)*) => {
        /// All checks.
        pub(super) const ALL: &[Check] = &[$(Check {
            id: $id,
            german: $german,
            english: $english,
            needs: Needs::$needs,
            run: |bench| Box::pin($run(bench)),
        }),*];
    };
}

checks! {
    "hello" Anything greeting::hello,
        "Meldet sich an und sagt, was er ist", "Says hello and what it is";
    "hub-away" Anything greeting::hub_away,
        "Arbeitet mit der letzten Konfiguration, wenn der Hub weg ist", "Works on its cached configuration while the hub is away";
    "bad-configuration" BadSettings greeting::bad_configuration,
        "Sagt, dass Einstellungen unbrauchbar sind, und nimmt richtige an", "Says that settings cannot be used, and takes right ones";
    "custody" Source sending::custody,
        "Gibt Datensätze erst nach der Bestätigung des Hubs aus der Hand", "Lets go of records only after the stream has acknowledged";
    "native-bytes" Source sending::native_bytes,
        "Reicht Inhalte unverändert weiter, Umlaute zusammengesetzt (NFC)", "Hands contents over unchanged, umlauts in NFC";
    "hostile-contents" Source hostile::contents,
        "Reicht auch bösartige Inhalte unverändert weiter oder weist sie mit einem Code ab", "Hands hostile contents over unchanged, or refuses them with a code";
    "hostile-names" Source hostile::names,
        "Nimmt Datensätze mit bösartigen Namen oder weist sie mit einem Code ab", "Takes records with hostile names, or refuses them with a code";
    "own-source" Source border::own_source,
        "Spricht nur für sich selbst und sendet keine fremden Kopfzeilen", "Speaks for itself alone and sends no foreign headers";
    "own-subjects" Anything border::own_subjects,
        "Versucht nie, auf fremde Themen zu senden oder zu hören", "Never tries to use the subjects of others";
    "delivery" Target delivering::delivery,
        "Stellt zu, quittiert und bestätigt", "Delivers, sends a receipt and acknowledges";
    "effect-first" Breakable faults::effect_first,
        "Bestätigt nichts, was noch nicht angekommen ist", "Acknowledges nothing before the effect";
    "repeat" Target delivering::repeat,
        "Eine wiederholte Zustellung wirkt nicht noch einmal", "A repeated delivery has no second effect";
    "order" Breakable faults::order,
        "Hält die Reihenfolge auch nach einer Störung", "Keeps the order over a failure";
    "reject" Refusing delivering::reject,
        "Meldet, was das Ziel endgültig ablehnt, und macht weiter", "Tells what the target refuses for good, and goes on";
    "kill" Target faults::kill,
        "Abschuss zwischen Wirkung und Quittung: nichts doppelt, nichts verloren", "Killed between effect and receipt: nothing twice, nothing lost";
    "large" Target delivering::large,
        "Bringt 50 MB ans Ziel und braucht dabei höchstens 150 MB Speicher", "Brings 50 MB to the target with at most 150 MB of memory";
    "hostile-deliveries" Target hostile_deliveries::contents,
        "Stellt auch bösartige Inhalte zu oder lehnt sie ab, und macht weiter", "Delivers hostile contents or refuses them, and goes on";
    "hostile-envelopes" Target hostile_deliveries::envelopes,
        "Schreibt nie aus dem Ziel hinaus, was immer Namen, Medientyp, Spur und Typ sagen", "Never writes outside of its target, whatever names, media type, lane and type say";
    "answer" Answers delivering::answer,
        "Beantwortet Fragen, und sagt auch, wenn es nichts gibt", "Answers questions, and says when there is nothing";
    "pause" Target life::pause,
        "Hält auf Befehl an und macht auf Befehl weiter", "Pauses and resumes when told";
    "check" Anything life::check,
        "Sagt auf Nachfrage, wie es ihm geht", "Says how it is when asked";
    "drain" Anything life::drain,
        "Endet auf Befehl in 10 Sekunden, ohne etwas zu verlieren", "Ends within 10 s when told, and loses nothing";
    "reconnect" Anything life::reconnect,
        "Kommt nach einem Neustart des Servers von selbst zurück", "Comes back by itself after a restart of the server";
    "server-killed" Target life::server_killed,
        "Der Server fällt mitten in der Arbeit aus: alles genau einmal, in der Reihenfolge", "The server dies in the middle: everything once, in order";
}
