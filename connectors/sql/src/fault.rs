// SPDX-License-Identifier: EUPL-1.2
//! What an engine's errors mean, sorted by what happens next. The engine's own words are never passed on: they may hold values.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::PgDatabaseError;

/// What came of a statement that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The database does not answer as it should: later. With a German sentence.
    Away(&'static str),
    /// A table or column is not there, or may not be used: a person has to look. With a German sentence.
    Structure(&'static str),
    /// A value cannot be taken, or not be calculated.
    Data,
    /// A constraint refuses the row.
    Constraint,
    /// A unique key refuses the row.
    Unique,
}

const BUSY: &str = "Die Datenbank ist gerade gesperrt oder überlastet; es wird weiter versucht.";
const LINE: &str = "Die Verbindung zur Datenbank kommt nicht zustande oder brach ab; es wird weiter versucht.";
const DENIED: &str = "Die Datenbank verweigert die Anmeldung oder das Recht auf eine Tabelle.";
const MISSING: &str = "Eine Tabelle oder Spalte fehlt in der Datenbank, oder ihr Typ passt nicht zu den Einstellungen.";
const TLS: &str = "Die Verschlüsselung zur Datenbank kommt nicht zustande; Zertifikat, ca und Rechnername prüfen.";

impl Fault {
    /// Away, for this reason.
    pub(crate) fn away(sentence: &'static str) -> Self {
        Self::Away(sentence)
    }

    /// The German sentence for the status page.
    pub(crate) fn sentence(&self) -> &'static str {
        match self {
            Self::Away(sentence) | Self::Structure(sentence) => sentence,
            Self::Data => "Die Datenbank kann einen Wert nicht verarbeiten.",
            Self::Constraint => "Die Datenbank lehnt eine Zeile wegen einer Bedingung ab.",
            Self::Unique => "Die Datenbank lehnt eine Zeile wegen eines eindeutigen Schlüssels ab.",
        }
    }

    /// Whether the connection's state is in doubt.
    pub(crate) fn breaks_connection(&self) -> bool {
        matches!(self, Self::Away(_))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(told) => of_engine(told.as_ref()),
            sqlx::Error::Tls(_) => Self::Away(TLS),
            // What rustls refuses comes wrapped in an error of the line.
            sqlx::Error::Io(line) if line.kind() == std::io::ErrorKind::InvalidData => Self::Away(TLS),
            _ => Self::Away(LINE),
        }
    }
}

fn of_engine(told: &dyn DatabaseError) -> Fault {
    match told.kind() {
        ErrorKind::UniqueViolation => return Fault::Unique,
        ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
            return Fault::Constraint;
        }
        _ => {}
    }
    if let Some(told) = told.try_downcast_ref::<PgDatabaseError>() {
        return of_postgres(told.code());
    }
    if let Some(told) = told.try_downcast_ref::<MySqlDatabaseError>() {
        return of_mariadb(told.number());
    }
    of_sqlite(told.code().and_then(|code| code.parse().ok()).unwrap_or_default())
}

/// By SQLSTATE, PostgreSQL's appendix A.
fn of_postgres(state: &str) -> Fault {
    match state.get(..2).unwrap_or_default() {
        "22" | "54" | "21" => Fault::Data,
        "23" => Fault::Constraint,
        "28" | "3D" => Fault::Away(DENIED),
        "42" if state == "42501" => Fault::Structure(DENIED),
        "42" | "3F" | "0A" => Fault::Structure(MISSING),
        "08" => Fault::Away(LINE),
        _ => Fault::Away(BUSY),
    }
}

/// By error number, MariaDB's error codes.
fn of_mariadb(number: u16) -> Fault {
    match number {
        1062 => Fault::Unique,
        1048 | 1216 | 1217 | 1364 | 1451 | 1452 | 3819 | 4025 => Fault::Constraint,
        1264..=1267 | 1292 | 1300 | 1365..=1367 | 1406 | 1411 | 1441 | 1690 | 1105 | 1153 | 4078 => Fault::Data,
        1044 | 1045 | 1049 | 1698 => Fault::Away(DENIED),
        1142 | 1143 | 1227 | 1370 => Fault::Structure(DENIED),
        1054 | 1064 | 1146 | 1305 | 1356 => Fault::Structure(MISSING),
        _ => Fault::Away(BUSY),
    }
}

/// By result code; the lowest byte is the primary one.
fn of_sqlite(code: u32) -> Fault {
    match code & 0xff {
        1 => Fault::Structure(MISSING),
        18 | 20 => Fault::Data,
        19 => Fault::Constraint,
        5 | 6 => Fault::Away(BUSY),
        14 => Fault::Away("Die Datenbankdatei ist nicht da oder lässt sich nicht öffnen; es wird weiter versucht."),
        8 | 23 => Fault::Away(DENIED),
        _ => Fault::Away("Die Datenbankdatei lässt sich nicht lesen oder schreiben; es wird weiter versucht."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sorted_by_what_happens_next() {
        assert_eq!(of_postgres("22021"), Fault::Data);
        assert_eq!(of_postgres("57P01"), Fault::Away(BUSY));
        assert_eq!(of_postgres("42703"), Fault::Structure(MISSING));
        assert_eq!(of_postgres("42501"), Fault::Structure(DENIED));
        assert_eq!(of_mariadb(1406), Fault::Data);
        assert_eq!(of_mariadb(1205), Fault::Away(BUSY));
        assert_eq!(of_mariadb(1146), Fault::Structure(MISSING));
        assert_eq!(of_sqlite(5), Fault::Away(BUSY));
        assert_eq!(of_sqlite(275), Fault::Constraint);
        assert!(Fault::Away(BUSY).breaks_connection() && !Fault::Unique.breaks_connection());
    }
}
