// SPDX-License-Identifier: EUPL-1.2
//! Why a file is not taken: stable codes with a sentence in both languages and a remedy. No content, no name.

use connector_sdk::Refusal;

use super::batch::Verdict;
use super::records::Unfit;

fn refusal(code: &'static str, german: impl Into<String>, english: impl Into<String>, remedy: &str) -> Refusal {
    Refusal {
        code,
        german: german.into(),
        english: english.into(),
        remedy: remedy.to_owned(),
    }
}

/// A symbolic link.
pub(crate) fn link() -> Refusal {
    refusal(
        "AH-F101",
        "Das ist eine Verknüpfung (symbolischer Link), keine Datei.",
        "This is a symbolic link, not a file.",
        "Die Datei selbst in den Eingangsordner legen.",
    )
}

/// A file with a second name.
pub(crate) fn hard_link() -> Refusal {
    refusal(
        "AH-F102",
        "Die Datei hat noch einen zweiten Namen (harter Link) und könnte sich danach noch ändern.",
        "The file has a second name (hard link) and might still change.",
        "Die Datei kopieren statt verlinken.",
    )
}

/// No rule of the settings fits the name.
pub(crate) fn no_pattern() -> Refusal {
    refusal(
        "AH-F103",
        "Für diesen Dateinamen ist keine Nachrichtenart eingestellt.",
        "No message type is configured for this file name.",
        "Den Namen prüfen oder ein Muster unter [[settings.in.files]] ergänzen, dann die Datei erneut ablegen.",
    )
}

/// A file whose sidecar did not come.
pub(crate) fn no_sidecar() -> Refusal {
    refusal(
        "AH-F104",
        "Die Begleitdatei (Sidecar) zu dieser Datei ist nicht gekommen.",
        "The sidecar of this file did not come.",
        "Datei und Begleitdatei gemeinsam erneut ablegen.",
    )
}

/// Nothing in it.
pub(crate) fn empty() -> Refusal {
    refusal(
        "AH-F105",
        "Die Datei ist leer.",
        "The file is empty.",
        "Beim sendenden System prüfen, warum nichts geschrieben wurde, und die Datei erneut ablegen.",
    )
}

/// More than the settings or the hub allow.
pub(crate) fn too_large(max_bytes: u64) -> Refusal {
    refusal(
        "AH-F106",
        format!("Die Datei ist größer als die erlaubten {max_bytes} Byte."),
        format!("The file is larger than the {max_bytes} bytes that are allowed."),
        "Die Datei teilen, oder max_bytes und document_bytes in den Einstellungen erhöhen.",
    )
}

/// Not readable for the connector.
pub(crate) fn unreadable() -> Refusal {
    refusal(
        "AH-F107",
        "Die Datei darf nicht gelesen werden.",
        "The file may not be read.",
        "Dem Benutzer des Konnektors Leserechte geben und die Datei erneut ablegen.",
    )
}

/// A sidecar whose file did not come.
pub(crate) fn no_document() -> Refusal {
    refusal(
        "AH-F108",
        "Die Datei zu dieser Begleitdatei (Sidecar) ist nicht gekommen.",
        "The file that belongs to this sidecar did not come.",
        "Datei und Begleitdatei gemeinsam erneut ablegen.",
    )
}

/// A pipe, a socket, a device.
pub(crate) fn special() -> Refusal {
    refusal(
        "AH-F109",
        "Das ist keine gewöhnliche Datei (Pipe, Socket oder Gerät).",
        "This is not a regular file (pipe, socket or device).",
        "Nur gewöhnliche Dateien in den Eingangsordner legen.",
    )
}

/// A record of a split file that can never be sent.
pub(crate) fn record(number: u64, sent: u64, why: Unfit, max_bytes: usize) -> Refusal {
    let (german, english, remedy) = match why {
        Unfit::TooLong => (
            format!("Satz {number} ist länger als die erlaubten {max_bytes} Byte"),
            format!("Record {number} is longer than the {max_bytes} bytes that are allowed"),
            "Prüfen, ob Zeilenenden oder Anführungszeichen fehlen; sonst max_bytes unter records erhöhen.",
        ),
        Unfit::Wide => (
            "Die Datei ist in UTF-16 geschrieben und lässt sich nicht in Sätze teilen".to_owned(),
            "The file is written in UTF-16 and cannot be split into records".to_owned(),
            "Das sendende System auf UTF-8 oder eine Ein-Byte-Kodierung einstellen.",
        ),
        Unfit::OpenQuote => (
            format!("In Satz {number} wird ein Anführungszeichen bis zum Ende der Datei nicht geschlossen"),
            format!("In record {number} a quotation mark is not closed before the end of the file"),
            "Die Datei prüfen: sie ist unvollständig, oder quote passt nicht zu ihr.",
        ),
    };
    refusal(
        "AH-F110",
        format!("{german}. {sent} Sätze davor wurden angenommen und sind im Hub."),
        format!("{english}. {sent} records before it were taken and are in the hub."),
        remedy,
    )
}

/// A file that should be split and holds no record.
pub(crate) fn no_record() -> Refusal {
    refusal(
        "AH-F111",
        "Die Datei enthält keinen einzigen Satz.",
        "The file holds not a single record.",
        "Beim sendenden System prüfen, ob das so sein soll, und header_lines mit der Datei vergleichen.",
    )
}

/// A protocol of a batch that cannot be read.
pub(crate) fn protocol(line: usize) -> Refusal {
    refusal(
        "AH-F112",
        format!("Das Stapelprotokoll ist in Zeile {line} nicht lesbar."),
        format!("The batch protocol cannot be read in line {line}."),
        "delimiter, file_column und count_line mit der Datei vergleichen und das Protokoll erneut ablegen.",
    )
}

/// A batch whose files are not those of its protocol.
pub(crate) fn batch(verdict: &Verdict) -> Refusal {
    let (german, english) = verdict.state.words();
    let (missing, taken) = (verdict.missing.len(), verdict.released.len());
    let counted = if verdict.miscounted {
        " Die angekündigte Anzahl stimmt nicht."
    } else {
        ""
    };
    refusal(
        "AH-F113",
        format!(
            "Der Stapel stimmt nicht mit seinem Protokoll überein: {german}. {taken} Dateien sind übernommen, {missing} fehlen.{counted}"
        ),
        format!(
            "The batch does not agree with its protocol: {english}. {taken} files are taken, {missing} are missing."
        ),
        "Den Bericht daneben ansehen, fehlende Seiten nachscannen und mit einem neuen Protokoll ablegen.",
    )
}

/// A file that no protocol lists.
pub(crate) fn unlisted() -> Refusal {
    refusal(
        "AH-F114",
        "Kein Stapelprotokoll führt diese Datei auf.",
        "No batch protocol lists this file.",
        "Prüfen, ob der Scanner ein Protokoll geschrieben hat; sonst die Datei mit einem Protokoll erneut ablegen.",
    )
}

/// The report beside a refused file.
pub(crate) fn report(refusal: &Refusal, at: &str) -> String {
    let Refusal {
        code,
        german,
        english,
        remedy,
    } = refusal;
    format!("{code}\n\n{german}\nWas zu tun ist: {remedy}\n\n{english}\n\n{at}\n")
}
