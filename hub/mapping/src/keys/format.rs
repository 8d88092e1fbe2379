// SPDX-License-Identifier: EUPL-1.2
//! `[format]`, which has other keys for each kind of format.

use hub_message::keys::{Key, Keys, Says, Takes, key};

/// The kinds of formats and the keys of each.
pub static FORMATS: [(&str, &Keys); 7] = [
    ("xml", &XML),
    ("json", &JSON),
    ("csv", &CSV),
    ("fixed", &FIXED),
    ("form", &FORM),
    ("multipart", &MULTIPART),
    ("mail", &MAIL),
];

/// The words of `kind`.
pub static KINDS: [&str; 7] = ["xml", "json", "csv", "fixed", "form", "multipart", "mail"];

const KIND: Key = key(
    "kind",
    Takes::Word(&KINDS),
    "The kind of format: `xml`, `json`, `csv`, `fixed`, `form`, `multipart`, `mail`.",
    "Die Art des Formats: `xml`, `json`, `csv`, `fixed`, `form`, `multipart`, `mail`.",
)
.needed();

const VALIDATED: Takes = Takes::Word(&["read", "write"]);

/// `kind = "xml"`
pub static XML: Keys = Keys::of(&[
    KIND,
    key(
        "root",
        Takes::Text(Says::Place),
        "The root element: `ubl:Invoice`.",
        "Das Wurzelelement: `ubl:Invoice`.",
    )
    .needed(),
    key(
        "schema",
        Takes::Text(Says::File),
        "An XML Schema, which gives names, types, occurrence and the order of elements.",
        "Ein XML-Schema; es gibt Namen, Typen, Häufigkeit und die Reihenfolge der Elemente vor.",
    ),
    key(
        "validate",
        Takes::Either(&[Takes::List(&VALIDATED), VALIDATED]),
        "When documents are held against the schema: when they are read, when they were written.",
        "Wann Dokumente gegen das Schema geprüft werden: beim Lesen, nach dem Schreiben.",
    )
    .or("[\"read\", \"write\"]"),
    key(
        "ns",
        Takes::Named(Says::Words, &Takes::Text(Says::Words)),
        "Prefixes of this file and the namespaces that they stand for. The documents may use others.",
        "Präfixe dieser Datei und die Namensräume, für die sie stehen. Die Dokumente dürfen andere benutzen.",
    ),
    key(
        "order",
        Takes::Named(Says::Place, &Takes::List(&Takes::Text(Says::Place))),
        "The order of the children of an element when writing, where no schema gives it.",
        "Die Reihenfolge der Kinder eines Elements beim Schreiben, wo kein Schema sie vorgibt.",
    ),
]);

/// `kind = "json"`
pub static JSON: Keys = Keys::of(&[KIND]);

const ENCODING: Key = key(
    "encoding",
    Takes::Text(Says::Words),
    "The encoding: `UTF-8`, `UTF-16`, `ISO-8859-1`, `ISO-8859-15`, `windows-1252`, `CP850`.",
    "Die Kodierung: `UTF-8`, `UTF-16`, `ISO-8859-1`, `ISO-8859-15`, `windows-1252`, `CP850`.",
)
.or("\"UTF-8\"");

const LOSSY: Key = key(
    "lossy",
    Takes::Word(&["reject", "transliterate"]),
    "What happens to letters that the encoding does not have: `reject` refuses the document, `transliterate` writes basic letters (DIN 91379).",
    "Was mit Buchstaben geschieht, die es in der Kodierung nicht gibt: `reject` weist das Dokument zurück, `transliterate` schreibt Grundbuchstaben (DIN 91379).",
)
.or("\"reject\"");

/// What CSV and fixed width have in common.
static TEXT_FILE: Keys = Keys::of(&[
    KIND,
    ENCODING,
    LOSSY,
    key(
        "line_end",
        Takes::Word(&["crlf", "lf"]),
        "How lines end when writing.",
        "Wie Zeilen beim Schreiben enden.",
    )
    .or("\"crlf\""),
]);

const STARTS: Key = key(
    "starts",
    Takes::Flag,
    "Whether this record begins a new document.",
    "Ob mit diesem Satz ein neues Dokument beginnt.",
)
.or("false");

/// `kind = "csv"`
pub static CSV: Keys = Keys {
    own: &[
        key(
            "delimiter",
            Takes::Text(Says::Words),
            "The character between two cells.",
            "Das Zeichen zwischen zwei Feldern.",
        )
        .or("\",\""),
        key(
            "quote",
            Takes::Text(Says::Words),
            "The quotation mark; empty for none.",
            "Das Anführungszeichen; leer für keines.",
        )
        .or("\"\\\"\""),
        key(
            "quoting",
            Takes::Word(&["needed", "always"]),
            "Which cells are written in quotation marks.",
            "Welche Felder in Anführungszeichen geschrieben werden.",
        )
        .or("\"needed\""),
        key(
            "formulas",
            Takes::Word(&["guard", "keep"]),
            "`guard` keeps spreadsheets from taking a written text for a formula.",
            "`guard` verhindert, dass eine Tabellenkalkulation einen geschriebenen Text für eine Formel hält.",
        )
        .or("\"guard\""),
        key(
            "header",
            Takes::Flag,
            "Whether the first line names the columns.",
            "Ob die erste Zeile die Spalten nennt.",
        )
        .or("false"),
        CSV_COLUMNS,
        STARTS,
        key(
            "records",
            Takes::Table(&RECORDS_BY),
            "For files with several kinds of records: where the record type stands.",
            "Für Dateien mit mehreren Satzarten: wo die Satzart steht.",
        ),
        key(
            "record",
            Takes::Named(Says::Words, &Takes::Table(&CSV_RECORD)),
            "The kinds of records: `[format.record.K]`.",
            "Die Satzarten: `[format.record.K]`.",
        ),
    ],
    shared: &[&TEXT_FILE],
    others: None,
};

const CSV_COLUMNS: Key = key(
    "columns",
    Takes::Either(&[Takes::List(&Takes::Text(Says::Words)), Takes::Text(Says::Words)]),
    "The names of the columns in their order; `-` for one of no interest.",
    "Die Namen der Spalten in ihrer Reihenfolge; `-` für eine, die keine Rolle spielt.",
);

/// `[format.record.NAME]` of CSV.
pub static CSV_RECORD: Keys = Keys::of(&[STARTS, CSV_COLUMNS]);

/// `records = { by = … }`
pub static RECORDS_BY: Keys = Keys::of(&[key(
    "by",
    Takes::Scalar,
    "CSV: the number of the column with the record type. Fixed width: its byte positions, `\"1-2\"`.",
    "CSV: die Nummer der Spalte mit der Satzart. Feste Breite: ihre Bytestellen, `\"1-2\"`.",
)
.needed()]);

/// `kind = "fixed"`
pub static FIXED: Keys = Keys {
    own: &[
        key(
            "short",
            Takes::Word(&["blank", "reject"]),
            "What happens to a line that is too short: what it lacks is blank, or the file is rejected.",
            "Was mit einer zu kurzen Zeile geschieht: was fehlt, ist leer, oder die Datei wird zurückgewiesen.",
        )
        .or("\"blank\""),
        key(
            "records",
            Takes::Table(&RECORDS_BY),
            "For files with several kinds of records: where the record type stands.",
            "Für Dateien mit mehreren Satzarten: wo die Satzart steht.",
        ),
        key(
            "record",
            Takes::Named(Says::Words, &Takes::Table(&FIXED_RECORD)),
            "The kinds of records: `[format.record.01]`.",
            "Die Satzarten: `[format.record.01]`.",
        ),
    ],
    shared: &[&TEXT_FILE, &FIXED_RECORD],
    others: None,
};

/// `[format.record.NAME]` of fixed width, or `[format]` itself where there is one kind of record.
pub static FIXED_RECORD: Keys = Keys::of(&[
    STARTS,
    key(
        "length",
        Takes::Number(1, 100_000),
        "The length of a line in bytes; a longer one is refused then.",
        "Die Länge einer Zeile in Bytes; eine längere wird dann abgelehnt.",
    ),
    key(
        "columns",
        Takes::Named(
            Says::Words,
            &Takes::Either(&[Takes::Text(Says::Words), Takes::Table(&FIXED_COLUMN)]),
        ),
        "The columns and their byte positions, counted from 1: `name = \"1-20\"`.",
        "Die Spalten und ihre Bytestellen, von 1 an gezählt: `name = \"1-20\"`.",
    ),
]);

/// A column of fixed width as a table.
pub static FIXED_COLUMN: Keys = Keys::of(&[
    key(
        "at",
        Takes::Text(Says::Words),
        "Its byte positions, counted from 1: `\"23-32\"`.",
        "Ihre Bytestellen, von 1 an gezählt: `\"23-32\"`.",
    )
    .needed(),
    key(
        "align",
        Takes::Word(&["left", "right"]),
        "On which side a shorter value stands; without it numbers stand right, everything else left.",
        "Auf welcher Seite ein kürzerer Wert steht; ohne Angabe stehen Zahlen rechts, alles andere links.",
    ),
    key(
        "fill",
        Takes::Text(Says::Words),
        "The character that fills the rest.",
        "Das Zeichen, das den Rest füllt.",
    )
    .or("\" \""),
]);

/// `kind = "form"`
pub static FORM: Keys = Keys::of(&[KIND, ENCODING, LOSSY]);

/// `kind = "multipart"`
pub static MULTIPART: Keys = Keys::of(&[
    KIND,
    key(
        "header",
        Takes::Flag,
        "Whether what is written begins with its Content-Type, which names the boundary.",
        "Ob Geschriebenes mit seinem Content-Type beginnt, der die Trennlinie nennt.",
    )
    .or("true"),
]);

/// `kind = "mail"`
pub static MAIL: Keys = Keys::of(&[
    KIND,
    key(
        "domain",
        Takes::Text(Says::Words),
        "Writing: the domain that is put behind message identifiers without one.",
        "Beim Schreiben: die Domain, die an Nachrichtenkennungen ohne eine solche gehängt wird.",
    ),
]);
