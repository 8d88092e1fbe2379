// SPDX-License-Identifier: EUPL-1.2
//! The areas that codes are from: their letters, and the files with their pages.

/// An area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The first letters of its numbers, behind `AH-`: `M1`.
    pub letters: &'static str,
    /// What it is, in English.
    pub title: &'static str,
    /// What it is, in German.
    pub german: &'static str,
    pub(crate) text: &'static str,
}

impl Area {
    /// Whether a code is of this area.
    pub fn holds(&self, code: &str) -> bool {
        code.strip_prefix("AH-")
            .is_some_and(|number| number.starts_with(self.letters))
    }
}

macro_rules! areas {
    ($($letters:literal $file:literal $german:literal $title:literal,)*) => {
        /// Every area.
        pub const AREAS: &[Area] = &[$(Area {
            letters: $letters,
            title: $title,
            german: $german,
            text: include_str!(concat!("../", $file)),
        }),*];
    };
}

areas! {
    "M1" "mapping.md" "Mapping-Dateien, beim Laden" "mapping files, when they are loaded",
    "M2" "mapping-run.md" "Dokumente, beim Lesen und Schreiben" "documents, when they are read and written",
    "X" "xml.md" "XML" "XML",
    "J" "json.md" "JSON" "JSON",
    "C" "flat.md" "CSV und feste Spalten" "CSV and fixed width",
    "E" "mail.md" "Formulare, mehrteilige Nachrichten, E-Mail" "forms, multipart messages, e-mail",
    "S" "schema.md" "Kanonisches Modell" "canonical model",
    "R" "routes.md" "Routen, Freigabe, Zustellplan" "routes, release, plan",
    "K" "configuration.md" "Konfiguration" "configuration",
    "B" "bus.md" "Nachrichtenbus und Umschlag" "message bus and envelope",
    "D" "documents.md" "Dokumentenspeicher" "document store",
    "P" "delivery.md" "Zustellung und Verarbeitung" "delivery and processing",
    "F" "intake.md" "Annahme an der Quelle" "intake at the source",
}
