// SPDX-License-Identifier: EUPL-1.2
//! Words of names, German and English, as what they mean.

use std::collections::BTreeSet;

/// Words that mean the same; the first stands for all of them.
const MEANINGS: &[&[&str]] = &[
    &["number", "nummer", "nr", "no", "num"],
    &["date", "datum", "tag", "day"],
    &["amount", "betrag", "value", "wert", "summe"],
    &["name", "bezeichnung"],
    &["street", "strasse", "str", "line", "linie", "zeile"],
    &["postcode", "plz", "postleitzahl", "zip", "postal", "postalzone", "zone"],
    &["city", "ort", "stadt", "wohnort", "town", "cityname"],
    &["country", "land", "staat"],
    &["phone", "telefon", "tel", "telephone", "rufnummer", "fon"],
    &["email", "mail", "emailadresse", "electronicmail"],
    &["firstname", "vorname", "given"],
    &["lastname", "nachname", "familienname", "zuname", "surname", "family"],
    &["birth", "geburt", "geburtsdatum", "geb", "born"],
    &["invoice", "rechnung", "beleg"],
    &["order", "bestellung", "auftrag", "bestell"],
    &[
        "seller",
        "verkaeufer",
        "lieferant",
        "kreditor",
        "supplier",
        "vendor",
        "rechnungssteller",
        "accountingsupplierparty",
    ],
    &[
        "buyer",
        "kunden",
        "kaeufer",
        "kunde",
        "customer",
        "debitor",
        "erwerber",
        "accountingcustomerparty",
    ],
    &["issuer", "aussteller", "absender", "sender"],
    &["tax", "steuer", "vat", "ust", "mwst", "umsatzsteuer", "ustid"],
    &[
        "id",
        "identifier",
        "kennung",
        "kennzeichen",
        "identifikationsnummer",
        "schluessel",
        "key",
    ],
    &["currency", "waehrung"],
    &["quantity", "menge", "anzahl", "invoicedquantity"],
    &["unit", "einheit", "unitcode"],
    &["price", "preis"],
    &["net", "netto", "exclusive", "nettobetrag"],
    &["gross", "brutto", "inclusive", "bruttobetrag"],
    &["item", "artikel", "gegenstand", "ware"],
    &["lines", "position", "positionen", "posten", "invoiceline"],
    &[
        "description",
        "beschreibung",
        "text",
        "inhalt",
        "nachricht",
        "message",
        "wortlaut",
    ],
    &["subject", "betreff"],
    &["title", "titel", "ueberschrift"],
    &["case", "vorgang", "akte", "aktenzeichen", "az", "fall"],
    &["due", "faellig", "faelligkeit", "faelligkeits"],
    &["issue", "ausgestellt", "rechnungsdatum"],
    &["total", "gesamt", "totals", "zusammen"],
    &["payable", "zahlbar", "zahlbetrag"],
    &["payment", "zahlung"],
    &["account", "konto", "iban", "kontonummer"],
    &["bank", "bic", "provider", "institut"],
    &["applicant", "antragsteller"],
    &["service", "leistung", "dienst"],
    &["kind", "art", "typ", "type"],
    &["code", "schluesselwert"],
    &["note", "bemerkung", "hinweis", "anmerkung", "notiz", "kommentar"],
    &["start", "beginn", "von", "anfang", "from"],
    &["end", "ende", "bis", "until", "to"],
    &["reference", "referenz", "bezug", "verweis", "zeichen"],
    &["purpose", "zweck", "verwendungszweck", "remittance"],
    &[
        "organisation",
        "firma",
        "unternehmen",
        "company",
        "betrieb",
        "organization",
    ],
    &[
        "attachments",
        "anlage",
        "anlagen",
        "anhang",
        "attachment",
        "attachments",
        "dokument",
    ],
    &["size", "groesse"],
    &["file", "datei", "dateiname", "filename"],
    &["house", "hausnummer", "hausnr"],
    &["officer", "sachbearbeiter", "bearbeiter"],
    &["opened", "angelegt", "eroeffnet", "eingang"],
    &["rate", "satz", "prozent", "percent", "steuersatz"],
];

/// Words that say nothing by themselves.
const EMPTY: &[&str] = &[
    "der", "die", "das", "des", "dem", "und", "of", "the", "a", "an", "in", "im", "it", "is", "by", "eine", "ein",
    "zur", "zum",
];

/// The meanings of the words of a name: `cbc:IssueDate`, `Rechnungsnummer`, `seller_vat-id`.
pub(super) fn meanings(name: &str) -> BTreeSet<String> {
    let local = name.trim_start_matches('@').split(':').next_back().unwrap_or(name);
    let mut found = BTreeSet::new();
    for word in words(local) {
        if EMPTY.contains(&word.as_str()) {
            continue;
        }
        match meaning(&word) {
            Some(meaning) => {
                found.insert(meaning.to_owned());
            }
            // German puts words together: `rechnungsnummer`.
            None => match parts(&word) {
                Some((first, last)) => found.extend([first, last].map(str::to_owned)),
                None => {
                    found.insert(word);
                }
            },
        }
    }
    found
}

/// A name in small letters without signs between its words.
pub(super) fn plain(name: &str) -> String {
    let local = name.trim_start_matches('@').split(':').next_back().unwrap_or(name);
    words(local).concat()
}

fn meaning(word: &str) -> Option<&'static str> {
    let known = MEANINGS.iter().find(|words| words.contains(&word));
    known.and_then(|words| words.first()).copied()
}

/// The two meanings of a word put together, if both are known.
fn parts(word: &str) -> Option<(&'static str, &'static str)> {
    let split = |at: usize| {
        let (first, last) = (word.get(..at)?, word.get(at..)?);
        let first = meaning(first)
            .or_else(|| meaning(first.strip_suffix('s')?))
            .or_else(|| meaning(first.strip_suffix("en")?))?;
        Some((first, meaning(last)?))
    };
    (3..word.len().saturating_sub(1)).find_map(split)
}

/// The words of a name in small letters, umlauts written out.
fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric()
            || (c.is_uppercase() && before.is_lowercase())
            || (c.is_alphabetic() && before.is_ascii_digit())
        {
            found.push(String::new());
        }
        if let Some(word) = found.last_mut().filter(|_| c.is_alphanumeric()) {
            for lower in c.to_lowercase() {
                match lower {
                    'ä' => word.push_str("ae"),
                    'ö' => word.push_str("oe"),
                    'ü' => word.push_str("ue"),
                    'ß' => word.push_str("ss"),
                    other => word.push(other),
                }
            }
        }
        before = c;
    }
    found.retain(|word| !word.is_empty());
    found
}

/// How much two sets of meanings have in common, from 0 to 1.
pub(super) fn common(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let all = one.union(other).count();
    if all == 0 {
        return 0.0;
    }
    one.intersection(other).count() as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_the_same_in_both_languages() {
        let check = |one: &str, other: &str| assert_eq!(meanings(one), meanings(other), "{one} {other}");
        check("cbc:IssueDate", "issue_date");
        check("Rechnungsnummer", "invoice-number");
        check("Währung", "currency");
        check("FälligkeitsDatum", "dueDate");
        check("kundenNr", "buyerNumber");
        check("@PLZ", "postCode".to_lowercase().as_str());
        assert!(common(&meanings("Lieferantenname"), &meanings("seller.name")) > 0.9);
        assert!(common(&meanings("seller"), &meanings("buyer")) < 0.1);
    }
}
