// SPDX-License-Identifier: EUPL-1.2
//! What the tables of a mapping file may hold, for the parser and for the schema that editors complete from.
//!
//! The parser refuses what is not described here. That it reads what is described is held by a test: every key is given
//! a value that it cannot take, and must be complained about.

#[cfg(test)]
mod drift;
mod format;
mod rows;
mod test;

use hub_message::keys::{Keys, Says, Takes, key};

pub use format::{
    CSV, CSV_RECORD, FIXED, FIXED_COLUMN, FIXED_RECORD, FORM, FORMATS, JSON, KINDS, MAIL, MULTIPART, RECORDS_BY, XML,
};
pub use rows::{
    ACCOMPANYING, EACH_BOTH, EACH_PLACE, FRAGMENT, LIST, NESTED, PLACE_ALONE, PLACE_OF_SEVERAL, ROW, ROW_SIDE,
    ROW_SPLIT,
};
pub use test::{TEST, TEST_ERROR};

/// The whole file.
pub static MAPPING: Keys = Keys::of(&[
    key(
        "mapping",
        Takes::Number(1, 1),
        "Version of the mapping language: 1.",
        "Version der Zuordnungssprache: 1.",
    )
    .needed(),
    key(
        "id",
        Takes::Text(Says::Words),
        "Name by which connectors, routes and commands know the mapping. Letters, digits, `-` and `.`.",
        "Name, unter dem Konnektoren, Routen und Befehle die Zuordnung kennen. Buchstaben, Ziffern, `-` und `.`.",
    )
    .needed(),
    key(
        "title",
        Takes::Text(Says::Words),
        "Title for people.",
        "Titel für Menschen.",
    )
    .needed(),
    key(
        "description",
        Takes::Text(Says::Words),
        "What a person must know of the format or of this file.",
        "Was man über das Format oder diese Datei wissen muss.",
    ),
    key(
        "canonical",
        Takes::Text(Says::Schema),
        "The canonical schema that stands on the other side, for example `invoice/1`.",
        "Das kanonische Schema, das auf der anderen Seite steht, zum Beispiel `invoice/1`.",
    )
    .needed(),
    key(
        "directions",
        Takes::Either(&[Takes::List(&Takes::Word(&DIRECTIONS)), Takes::Word(&DIRECTIONS)]),
        "`read`: from the format to the canonical document. `write`: the way back.",
        "`read`: vom Format zum kanonischen Dokument. `write`: der Weg zurück.",
    )
    .needed(),
    key(
        "format",
        Takes::Chosen {
            by: "kind",
            tables: &FORMATS,
        },
        "What kind of document it is.",
        "Was für ein Dokument es ist.",
    )
    .needed(),
    key(
        "at",
        Takes::Named(Says::Words, &Takes::Text(Says::Place)),
        "Short names for long places: `seller = \"cac:Party\"`, used as `{seller}/cbc:Name`.",
        "Kurze Namen für lange Stellen: `seller = \"cac:Party\"`, benutzt als `{seller}/cbc:Name`.",
    ),
    key(
        "fields",
        Takes::Rows,
        "One row for each canonical field: where it stands and what converts it.",
        "Eine Zeile für jedes kanonische Feld: wo es steht und was es umwandelt.",
    ),
    key(
        "lists",
        Takes::Named(Says::Field, &Takes::Table(&LIST)),
        "Lists: where the items stand, and the rows of an item.",
        "Listen: wo die Einträge stehen, und die Zeilen eines Eintrags.",
    ),
    key(
        "always",
        Takes::Named(Says::Place, &Takes::Text(Says::Given)),
        "What is written into every document: a constant, `$message.id` and its like, or a canonical `^field`.",
        "Was in jedes Dokument geschrieben wird: ein fester Text, `$message.id` und dergleichen oder ein kanonisches `^feld`.",
    ),
    key(
        "fragments",
        Takes::Named(Says::Words, &Takes::Table(&FRAGMENT)),
        "Rows that are used in several places: `place | use(name)`.",
        "Zeilen, die an mehreren Stellen gebraucht werden: `stelle | use(name)`.",
    ),
    key(
        "tables",
        Takes::Named(Says::Words, &Takes::Table(&TABLE)),
        "Code tables, used as `place | table(name)`.",
        "Schlüsseltabellen, benutzt als `stelle | table(name)`.",
    ),
    key(
        "case",
        Takes::Table(&CASE),
        "By which canonical fields a document finds its case.",
        "An welchen kanonischen Feldern ein Dokument seinen Vorgang erkennt.",
    ),
    key(
        "coverage",
        Takes::Table(&COVERAGE),
        "What happens to places that no row names.",
        "Was mit Stellen geschieht, die keine Zeile nennt.",
    ),
    key(
        "test",
        Takes::List(&Takes::Table(&TEST)),
        "Tests, run by `amtshub test`.",
        "Tests, die `amtshub test` ausführt.",
    ),
]);

/// The words of `directions`.
pub static DIRECTIONS: [&str; 2] = ["read", "write"];

/// `[tables.NAME]`
pub static TABLE: Keys = Keys::of(&[
    key(
        "inline",
        Takes::Named(Says::Words, &Takes::Scalar),
        "The codes of the document and the canonical values that they mean.",
        "Die Schlüssel des Dokuments und die kanonischen Werte, die sie bedeuten.",
    ),
    key(
        "file",
        Takes::Text(Says::File),
        "A CSV file with a header line beside the mapping, instead of `inline`.",
        "Eine CSV-Datei mit Kopfzeile neben der Zuordnung, statt `inline`.",
    ),
    key(
        "code",
        Takes::Text(Says::Words),
        "The column of the file with what stands in the document.",
        "Die Spalte der Datei mit dem, was im Dokument steht.",
    )
    .or("\"code\""),
    key(
        "value",
        Takes::Text(Says::Words),
        "The column of the file with the canonical value. Without such a column the file is a code list.",
        "Die Spalte der Datei mit dem kanonischen Wert. Ohne eine solche Spalte ist die Datei eine Schlüsselliste.",
    )
    .or("\"value\""),
    key(
        "otherwise",
        Takes::Scalar,
        "What a code becomes that is not in the table: `error` refuses it, `keep` passes it on, anything else is the value.",
        "Was aus einem Schlüssel wird, der nicht in der Tabelle steht: `error` lehnt ihn ab, `keep` reicht ihn weiter, alles andere ist der Wert.",
    )
    .or("\"error\""),
]);

/// `[case]`
pub static CASE: Keys = Keys::of(&[key(
    "keys",
    Takes::List(&Takes::Table(&CASE_KEY)),
    "The case keys. Documents with the same key belong to the same case.",
    "Die Vorgangsschlüssel. Dokumente mit demselben Schlüssel gehören zum selben Vorgang.",
)]);

/// An entry of `[case] keys`.
pub static CASE_KEY: Keys = Keys::of(&[
    key(
        "field",
        Takes::Text(Says::Field),
        "The canonical field with the value, and functions if it needs any.",
        "Das kanonische Feld mit dem Wert, bei Bedarf mit Funktionen.",
    )
    .needed(),
    key(
        "system",
        Takes::Text(Says::Words),
        "Who gave the number: a name, or `$field` for the value of a canonical field.",
        "Wer die Nummer vergeben hat: ein Name, oder `$feld` für den Wert eines kanonischen Feldes.",
    )
    .needed(),
    key(
        "kind",
        Takes::Text(Says::Words),
        "What the number is: `invoice`, `order`, `file-number`.",
        "Was die Nummer ist: `invoice`, `order`, `file-number`.",
    )
    .needed(),
    key(
        "strength",
        Takes::Word(&["exact", "weak"]),
        "`exact` joins cases, `weak` only hints.",
        "`exact` führt Vorgänge zusammen, `weak` ist nur ein Hinweis.",
    )
    .or("\"exact\""),
]);

/// `[coverage]`
pub static COVERAGE: Keys = Keys::of(&[
    key(
        "unmapped",
        Takes::Word(&UNMAPPED),
        "Places that no row names are counted, reject the document, or are of no interest.",
        "Stellen, die keine Zeile nennt, werden gezählt, weisen das Dokument zurück oder spielen keine Rolle.",
    )
    .or("\"report\""),
    key(
        "known",
        Takes::List(&Takes::Tuple(&[Takes::Text(Says::Place), Takes::Text(Says::Words)])),
        "Places that are left out on purpose, each with the reason.",
        "Stellen, die mit Absicht weggelassen sind, jede mit dem Grund.",
    ),
    key(
        "must_not_map",
        Takes::Either(&[Takes::List(&Takes::Text(Says::Place)), Takes::Text(Says::Place)]),
        "Places that no row may ever name.",
        "Stellen, die keine Zeile jemals nennen darf.",
    ),
]);

/// The words of `unmapped`.
pub static UNMAPPED: [&str; 3] = ["report", "error", "ignore"];
