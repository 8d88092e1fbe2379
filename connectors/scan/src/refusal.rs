// SPDX-License-Identifier: EUPL-1.2
//! Why a scanned file is not taken. No content, no name.

use connector_sdk::Refusal;

fn refusal(code: &'static str, german: String, english: String, remedy: &str) -> Refusal {
    Refusal {
        code,
        german,
        english,
        remedy: remedy.to_owned(),
    }
}

/// Neither PDF nor TIFF.
pub(crate) fn neither() -> Refusal {
    refusal(
        "AH-F401",
        "Die Datei ist weder PDF noch TIFF.".to_owned(),
        "The file is neither PDF nor TIFF.".to_owned(),
        "Den Scanner auf PDF oder TIFF einstellen; andere Dateien gehören in einen Ordner der Art folder.",
    )
}

/// Cut off, or not as its format demands. `step` says at what it was noticed.
pub(crate) fn damaged(step: &str) -> Refusal {
    refusal(
        "AH-F402",
        format!("Die Datei ist beschädigt oder unvollständig ({step})."),
        format!("The file is damaged or incomplete ({step})."),
        "Das Papier noch einmal scannen; kommt es wieder, Scanner und Übertragung prüfen.",
    )
}

/// Only readable with a password.
pub(crate) fn encrypted() -> Refusal {
    refusal(
        "AH-F403",
        "Die Datei ist mit einem Kennwort verschlüsselt.".to_owned(),
        "The file is encrypted with a password.".to_owned(),
        "Die Datei ohne Kennwort speichern und erneut ablegen.",
    )
}

/// More pages than the settings allow, or none.
pub(crate) fn pages(most: u32) -> Refusal {
    refusal(
        "AH-F404",
        format!("Die Datei hat keine Seite, oder mehr als die erlaubten {most}."),
        format!("The file has no page, or more than the {most} that are allowed."),
        "Den Stapel in kleineren Teilen scannen, oder pages_max erhöhen.",
    )
}

/// A page larger than any paper.
pub(crate) fn too_large(step: &str) -> Refusal {
    refusal(
        "AH-F405",
        format!("Eine Seite hat mehr Bildpunkte, als ein Scan haben kann ({step})."),
        format!("A page has more dots than a scan can have ({step})."),
        "Mit höchstens 600 dpi scannen; übergroße Pläne einzeln und mit geringerer Auflösung.",
    )
}

/// A tool reached its limits.
pub(crate) fn exhausting(step: &str) -> Refusal {
    refusal(
        "AH-F406",
        format!("Ein Programm kam mit der Datei nicht in der erlaubten Zeit und Größe zu Ende ({step})."),
        format!("A program did not come to its end within its limits ({step})."),
        "Die Datei ansehen: stammt sie vom Scanner, [settings.limits] erhöhen und sie erneut ablegen.",
    )
}

/// A tool crashed over the file.
pub(crate) fn crashing(step: &str) -> Refusal {
    refusal(
        "AH-F407",
        format!("Ein Programm ist über der Datei abgestürzt ({step})."),
        format!("A program crashed over the file ({step})."),
        "Die Datei nicht weitergeben, ihre Herkunft prüfen und das Papier noch einmal scannen.",
    )
}
