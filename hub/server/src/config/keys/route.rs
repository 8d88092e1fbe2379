// SPDX-License-Identifier: EUPL-1.2
//! `routes/*.toml`

use hub_message::keys::{Keys, Says, Takes, key};

/// The whole file.
pub(crate) static ROUTES: Keys = Keys::of(&[key(
    "route",
    Takes::List(&Takes::Table(&ROUTE)),
    "Who gets which documents, which of their fields, in which form, why and by which law.",
    "Wer welche Dokumente bekommt, welche ihrer Felder, in welcher Form, warum und nach welchem Recht.",
)]);

/// `[[route]]`
static ROUTE: Keys = Keys::of(&[
    key(
        "kind",
        Takes::Word(&["delivery", "lookup"]),
        "`lookup`: the connectors in `from` may ask the connector in `to` and get the fields of its answer that stand here.",
        "`lookup`: die Konnektoren in `from` dürfen den Konnektor in `to` fragen und bekommen von seiner Antwort die Felder, die hier stehen.",
    )
    .or("\"delivery\""),
    key(
        "name",
        Takes::Text(Says::Words),
        "Name of the route: small letters, digits and `-`.",
        "Name der Route: kleine Buchstaben, Ziffern und `-`.",
    )
    .needed(),
    key(
        "from",
        Takes::List(&Takes::Text(Says::Connector)),
        "The connectors whose documents it takes; without it all.",
        "Die Konnektoren, deren Dokumente sie nimmt; ohne Angabe alle.",
    ),
    key(
        "schema",
        Takes::Text(Says::Schema),
        "The canonical schema of the documents that it takes.",
        "Das kanonische Schema der Dokumente, die sie nimmt.",
    )
    .needed(),
    key(
        "when",
        Takes::Text(Says::RouteWhen),
        "Takes only documents for which this holds: `totals.payable > 1000 and currency = 'EUR'`.",
        "Nimmt nur Dokumente, für die das gilt: `totals.payable > 1000 and currency = 'EUR'`.",
    ),
    key(
        "to",
        Takes::Text(Says::Connector),
        "The connector that gets them.",
        "Der Konnektor, der sie bekommt.",
    ),
    key(
        "drop",
        Takes::Flag,
        "`true`: they go nowhere, on purpose.",
        "`true`: sie gehen mit Absicht nirgendwohin.",
    )
    .or("false"),
    key(
        "reason",
        Takes::Text(Says::Words),
        "Why they go nowhere.",
        "Warum sie nirgendwohin gehen.",
    ),
    key(
        "mapping",
        Takes::Text(Says::Mapping),
        "The mapping that writes them; without it canonical JSON goes out.",
        "Die Zuordnung, die sie schreibt; ohne Angabe geht kanonisches JSON hinaus.",
    ),
    key(
        "type",
        Takes::Text(Says::Words),
        "The message type of the delivery: `posting.csv.1`.",
        "Die Nachrichtenart der Zustellung: `posting.csv.1`.",
    ),
    key(
        "purpose",
        Takes::Text(Says::Words),
        "Why the recipient may have them.",
        "Wozu der Empfänger sie bekommt.",
    ),
    key(
        "legal_basis",
        Takes::Text(Says::Words),
        "By which law.",
        "Auf welcher Rechtsgrundlage.",
    ),
    key(
        "question",
        Takes::List(&Takes::Text(Says::Words)),
        "The parts of the question that reach the connector in `to`, and no others; for `kind = \"lookup\"`.",
        "Die Teile der Frage, die den Konnektor in `to` erreichen, und keine anderen; für `kind = \"lookup\"`.",
    ),
    key(
        "retention",
        Takes::Text(Says::Words),
        "How long the recipient keeps them: `P10Y`, `P6M`, `P30D`.",
        "Wie lange der Empfänger sie aufbewahrt: `P10Y`, `P6M`, `P30D`.",
    ),
    key(
        "protected_person",
        Takes::Word(&["block", "allow"]),
        "What happens to documents about persons under protection (§§ 51, 52 BMG).",
        "Was mit Dokumenten über Personen mit Auskunftssperre geschieht (§§ 51, 52 BMG).",
    )
    .or("\"block\""),
    key(
        "documents",
        Takes::Word(&["none", "all"]),
        "Whether the documents that came with the message travel along.",
        "Ob die Dokumente mitgehen, die mit der Nachricht kamen.",
    )
    .or("\"none\""),
    key(
        "fields",
        Takes::List(&Takes::Text(Says::Field)),
        "The canonical fields that the recipient may have, and no others: `seller.name`, `lines.net`, `seller` for all below it.",
        "Die kanonischen Felder, die der Empfänger bekommen darf, und keine anderen: `seller.name`, `lines.net`, `seller` für alles darunter.",
    ),
]);
