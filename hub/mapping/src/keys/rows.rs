// SPDX-License-Identifier: EUPL-1.2
//! Rows and lists.

use hub_message::keys::{Key, Keys, Says, Takes, key};

/// A row as a table: `{ path = …, required = true }`.
pub static ROW: Keys = Keys {
    own: &[FROM],
    shared: &[&ROW_SIDE],
    others: None,
};

/// One direction of a row as a table.
pub static ROW_SIDE: Keys = Keys {
    own: &[DEFAULT, REQUIRED],
    shared: &[&PLACE_OF_SEVERAL],
    others: None,
};

/// One of several places of a row: `{ path = …, when = … }`.
pub static PLACE_OF_SEVERAL: Keys = Keys::of(&[PATH, WHEN]);

/// One of several places when reading: the first where something is counts.
pub static PLACE_ALONE: Keys = Keys::of(&[PATH]);

/// A row with one row for each direction.
pub static ROW_SPLIT: Keys = Keys::of(&[
    key(
        "read",
        Takes::Either(&[
            Takes::Text(Says::Row),
            Takes::Table(&ROW_SIDE),
            Takes::List(&Takes::Either(&[Takes::Text(Says::Row), Takes::Table(&PLACE_ALONE)])),
        ]),
        "The row for reading. Of several places the first where something is.",
        "Die Zeile zum Lesen. Von mehreren Stellen die erste, an der etwas steht.",
    ),
    key(
        "write",
        Takes::Either(&[
            Takes::Text(Says::Row),
            Takes::Table(&ROW_SIDE),
            Takes::List(&Takes::Either(&[Takes::Text(Says::Row), Takes::Table(&ROW_SIDE)])),
        ]),
        "The row for writing. Of several places all whose conditions hold.",
        "Die Zeile zum Schreiben. Von mehreren Stellen alle, deren Bedingung gilt.",
    ),
]);

/// A row whose key is a place.
pub static ACCOMPANYING: Keys = Keys::of(&[key(
    "write",
    Takes::Text(Says::Given),
    "What is written there: `^field`, `$fact` or `'text'`, and functions.",
    "Was dort geschrieben wird: `^feld`, `$angabe` oder `'text'`, dazu Funktionen.",
)
.needed()]);

const PATH: Key = key(
    "path",
    Takes::Text(Says::Row),
    "Where it stands, and what converts it: `cbc:IssueDate | date`.",
    "Wo es steht und was es umwandelt: `cbc:IssueDate | date`.",
);

const WHEN: Key = key(
    "when",
    Takes::Text(Says::When),
    "Only where this holds. Reading looks at places, writing at canonical fields: `scheme is present and kind = 'A'`.",
    "Nur wo das gilt. Beim Lesen geht es um Stellen, beim Schreiben um kanonische Felder: `scheme is present and kind = 'A'`.",
);

const DEFAULT: Key = key(
    "default",
    Takes::Scalar,
    "The value when there is none.",
    "Der Wert, wenn keiner da ist.",
);

const REQUIRED: Key = key(
    "required",
    Takes::Flag,
    "Whether the document is rejected when there is none.",
    "Ob das Dokument zurückgewiesen wird, wenn keiner da ist.",
)
.or("false");

const FROM: Key = key(
    "from",
    Takes::Text(Says::Field),
    "Another canonical field whose value is written here as well; the key of the row is only a label then.",
    "Ein anderes kanonisches Feld, dessen Wert auch hierhin geschrieben wird; der Schlüssel der Zeile ist dann nur ein Name.",
);

/// What an item or a fragment has beside its rows.
pub static NESTED: Keys = Keys::of(&[
    key(
        "lists",
        Takes::Named(Says::Field, &Takes::Table(&LIST)),
        "Lists within an item.",
        "Listen innerhalb eines Eintrags.",
    ),
    key(
        "always",
        Takes::Named(Says::Place, &Takes::Text(Says::Given)),
        "What is written into every item: a constant, `$message.id` and its like, or a canonical `^field`.",
        "Was in jeden Eintrag geschrieben wird: ein fester Text, `$message.id` und dergleichen oder ein kanonisches `^feld`.",
    ),
]);

/// `[lists.NAME]`
pub static LIST: Keys = Keys {
    own: &[
        key(
            "each",
            Takes::Either(&[
                Takes::Text(Says::Place),
                Takes::Table(&EACH_BOTH),
                Takes::List(&Takes::Table(&EACH_PLACE)),
            ]),
            "Where the items stand: a place, `each.read` and `each.write`, or several places with conditions.",
            "Wo die Einträge stehen: eine Stelle, `each.read` und `each.write`, oder mehrere Stellen mit Bedingungen.",
        )
        .needed(),
        key(
            "template",
            Takes::Either(&[Takes::List(&Takes::Text(Says::Template)), Takes::Text(Says::Template)]),
            "How the text of an item is made of its fields: `#{subject:[A-Z]{3}}#{text}`. Of several the first that fits.",
            "Wie sich der Text eines Eintrags aus seinen Feldern ergibt: `#{subject:[A-Z]{3}}#{text}`. Von mehreren der erste, der passt.",
        ),
        key(
            "item",
            Takes::Either(&[
                Takes::Text(Says::Row),
                Takes::Table(&ROW),
                Takes::Table(&ROW_SPLIT),
                Takes::List(&Takes::Table(&PLACE_OF_SEVERAL)),
            ]),
            "The row of a list of plain values.",
            "Die Zeile einer Liste einfacher Werte.",
        )
        .or("\".\""),
        key(
            "fields",
            Takes::Rows,
            "The rows of an item; places are relative to it.",
            "Die Zeilen eines Eintrags; Stellen gelten von ihm aus.",
        ),
    ],
    shared: &[&NESTED],
    others: None,
};

/// `each.read = …`, `each.write = …`
pub static EACH_BOTH: Keys = Keys::of(&[
    key(
        "read",
        Takes::Text(Says::Place),
        "Where the items stand when reading.",
        "Wo die Einträge beim Lesen stehen.",
    ),
    key(
        "write",
        Takes::Text(Says::Place),
        "Where the items are written.",
        "Wohin die Einträge geschrieben werden.",
    ),
]);

/// One of several places of a list.
pub static EACH_PLACE: Keys = Keys::of(&[
    key(
        "path",
        Takes::Text(Says::Place),
        "Where items stand.",
        "Wo Einträge stehen.",
    )
    .needed(),
    key(
        "when",
        Takes::Text(Says::When),
        "Which items are written there.",
        "Welche Einträge dorthin geschrieben werden.",
    ),
]);

/// `[fragments.NAME]`: rows, with `lists` and `always` beside them.
pub static FRAGMENT: Keys = Keys {
    own: &[],
    shared: &[&NESTED],
    others: Some(&Takes::Rows),
};
