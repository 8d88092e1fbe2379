// SPDX-License-Identifier: EUPL-1.2
//! `[[test]]`

use hub_message::keys::{Keys, Says, Takes, key};

/// `[[test]]`
pub static TEST: Keys = Keys::of(&[
    key(
        "name",
        Takes::Text(Says::Words),
        "What the test shows.",
        "Was der Test zeigt.",
    )
    .needed(),
    key(
        "via",
        Takes::Text(Says::Mapping),
        "Read with that mapping, write with this one.",
        "Mit jener Zuordnung lesen, mit dieser schreiben.",
    ),
    key(
        "read",
        Takes::Text(Says::File),
        "A document that is read, beside the mapping.",
        "Ein Dokument, das gelesen wird, neben der Zuordnung.",
    ),
    key(
        "read_text",
        Takes::Text(Says::Words),
        "A document that is read, as a text.",
        "Ein Dokument, das gelesen wird, als Text.",
    ),
    key(
        "write",
        Takes::Text(Says::File),
        "A canonical document that is written, beside the mapping.",
        "Ein kanonisches Dokument, das geschrieben wird, neben der Zuordnung.",
    ),
    key(
        "equals",
        Takes::Text(Says::File),
        "The output must be what this file holds.",
        "Das Ergebnis muss sein, was in dieser Datei steht.",
    ),
    key(
        "equals_text",
        Takes::Text(Says::Words),
        "The output must be this text.",
        "Das Ergebnis muss dieser Text sein.",
    ),
    key(
        "expect",
        Takes::Values,
        "Leaves of the canonical document and their values: `\"lines[0].net\" = 10.00`.",
        "Felder des kanonischen Dokuments und ihre Werte: `\"lines[0].net\" = 10.00`.",
    ),
    key(
        "error",
        Takes::Table(&TEST_ERROR),
        "The document must be rejected, for this reason.",
        "Das Dokument muss zurückgewiesen werden, aus diesem Grund.",
    ),
    key(
        "absent",
        Takes::Either(&[Takes::List(&Takes::Text(Says::Words)), Takes::Text(Says::Words)]),
        "Texts that must not occur anywhere in the output.",
        "Texte, die nirgends im Ergebnis vorkommen dürfen.",
    ),
    key(
        "never",
        Takes::Either(&[Takes::List(&Takes::Text(Says::Field)), Takes::Text(Says::Field)]),
        "Canonical fields that must not be there.",
        "Kanonische Felder, die nicht da sein dürfen.",
    ),
    key(
        "valid",
        Takes::Flag,
        "Whether the canonical document must be valid by its schema.",
        "Ob das kanonische Dokument nach seinem Schema gültig sein muss.",
    )
    .or("false"),
    key(
        "roundtrip",
        Takes::Flag,
        "Whether it must come back the same when it is written and read again.",
        "Ob es unverändert zurückkommen muss, wenn es geschrieben und wieder gelesen wird.",
    )
    .or("false"),
]);

/// `error = { … }`
pub static TEST_ERROR: Keys = Keys::of(&[
    key("code", Takes::Text(Says::Code), "Its code.", "Der Code des Fehlers."),
    key(
        "field",
        Takes::Text(Says::Field),
        "The canonical field that it is about.",
        "Das kanonische Feld, um das es geht.",
    ),
    key(
        "source",
        Takes::Text(Says::Place),
        "The place of the document that it is about.",
        "Die Stelle des Dokuments, um die es geht.",
    ),
]);
