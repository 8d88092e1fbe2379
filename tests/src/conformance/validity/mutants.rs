// SPDX-License-Identifier: EUPL-1.2
//! Invoices broken in one place each. What is still valid afterwards, all judges must say so.

/// A broken document.
pub(super) struct Mutant {
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// The whole element of this name that begins first, with what is in it.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let begins = |tag: &str| text.find(tag);
    let start = begins(&format!("<{name}>")).or_else(|| begins(&format!("<{name} ")))?;
    let rest = text.get(start..)?;
    let close = format!("</{name}>");
    let end = rest.find(&close)? + close.len();
    rest.get(..end)
}

/// The element of this name with another text.
fn with_text(text: &str, name: &str, value: &str) -> Option<String> {
    let whole = element(text, name)?;
    let (tag, _) = whole.split_once('>')?;
    Some(text.replacen(whole, &format!("{tag}>{value}</{name}>"), 1))
}

/// The document with something before its last end tag.
fn at_the_end(text: &str, what: &str) -> Option<String> {
    let end = text.rfind("</")?;
    Some(format!("{}{what}{}", text.get(..end)?, text.get(end..)?))
}

fn without(text: &str, name: &str) -> Option<String> {
    Some(text.replacen(element(text, name)?, "", 1))
}

fn twice(text: &str, name: &str) -> Option<String> {
    let whole = element(text, name)?;
    Some(text.replacen(whole, &format!("{whole}{whole}"), 1))
}

fn replaced(text: &str, from: &str, to: &str) -> Option<String> {
    text.contains(from).then(|| text.replacen(from, to, 1))
}

fn everywhere(text: &str, from: &str, to: &str) -> Option<String> {
    text.contains(from).then(|| text.replace(from, to))
}

/// Elements of each syntax, so that one list of mutations serves both.
struct Words {
    first: &'static str,
    date: &'static str,
    amount: &'static str,
    flag: &'static str,
    party: &'static str,
    line: &'static str,
    basic: &'static str,
    aggregate: &'static str,
}

const UBL: Words = Words {
    first: "cbc:ID",
    date: "cbc:IssueDate",
    amount: "cbc:TaxAmount",
    flag: "cbc:ChargeIndicator",
    party: "cac:AccountingSupplierParty",
    line: "cac:InvoiceLine",
    basic: "CommonBasicComponents-2",
    aggregate: "CommonAggregateComponents-2",
};

const CII: Words = Words {
    first: "ram:TypeCode",
    date: "udt:DateTimeString",
    amount: "ram:BasisAmount",
    flag: "udt:Indicator",
    party: "ram:SellerTradeParty",
    line: "rsm:SupplyChainTradeTransaction",
    basic: "UnqualifiedDataType:100",
    aggregate: "ReusableAggregateBusinessInformationEntity:100",
};

const XDOMEA: Words = Words {
    first: "xdomea:ProzessID",
    date: "xdomea:Erstellungszeitpunkt",
    amount: "xdomea:Zeichenanzahl",
    flag: "xdomea:Empfangsbestaetigung",
    party: "xdomea:Absender",
    line: "xdomea:Schriftgutobjekt",
    basic: "code/1_0",
    aggregate: "schema:3.0.0",
};

/// Every mutant that can be made of a document.
pub(super) fn of(text: &str) -> Vec<Mutant> {
    let (words, root) = if text.contains("CrossIndustryInvoice") {
        (&CII, "CrossIndustryInvoice:100")
    } else if text.contains(":xdomea:") {
        (&XDOMEA, "xdomea:schema:3")
    } else {
        (&UBL, "xsd:Invoice-2")
    };
    let first = element(text, words.first).unwrap_or_default();
    let late = text.replacen(first, "", 1);
    let open = format!("<{}", words.first);
    let made = [
        ("first element missing", without(text, words.first)),
        ("first element twice", twice(text, words.first)),
        ("first element last", at_the_end(&late, first)),
        ("unknown element", at_the_end(text, "<bogus/>")),
        (
            "element of another namespace",
            at_the_end(text, "<x:y xmlns:x='urn:x'/>"),
        ),
        ("text between elements", at_the_end(text, "text")),
        ("date of no calendar", with_text(text, words.date, "2024-13-01")),
        ("date in words", with_text(text, words.date, "tomorrow")),
        ("empty date", with_text(text, words.date, "")),
        ("date with blanks", with_text(text, words.date, " 2024-12-01 ")),
        ("amount with comma", with_text(text, words.amount, "1,50")),
        ("amount in words", with_text(text, words.amount, "much")),
        ("amount with exponent", with_text(text, words.amount, "1E3")),
        ("amount with plus", with_text(text, words.amount, "+1.")),
        ("flag in words", with_text(text, words.flag, "yes")),
        ("flag as number", with_text(text, words.flag, "1")),
        ("currency missing", replaced(text, " currencyID=\"EUR\"", "")),
        (
            "attribute unknown",
            replaced(text, &open, &format!("{open} bogus=\"1\"")),
        ),
        (
            "attribute of xml",
            replaced(text, &open, &format!("{open} xml:lang=\"de\"")),
        ),
        (
            "element in a text",
            replaced(text, &format!("{open}>"), &format!("{open}><b/>")),
        ),
        (
            "nil",
            replaced(
                text,
                &open,
                &format!("{open} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\""),
            ),
        ),
        (
            "type of its own",
            replaced(
                text,
                &open,
                &format!("{open} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"gone\""),
            ),
        ),
        ("party missing", without(text, words.party)),
        ("party twice", twice(text, words.party)),
        ("lines missing", without(text, words.line)),
        ("lines first", {
            let whole = element(text, words.line).unwrap_or_default();
            let rest = text.replacen(whole, "", 1);
            (!whole.is_empty()).then(|| rest.replacen(&open, &format!("{whole}{open}"), 1))
        }),
        (
            "root of another version",
            everywhere(text, root, &root.replace(['3', '2', '1'], "9")),
        ),
        (
            "texts of another version",
            everywhere(text, words.basic, &words.basic.replace(['3', '2', '1'], "9")),
        ),
        (
            "groups of another version",
            everywhere(text, words.aggregate, &words.aggregate.replace(['3', '2', '1'], "9")),
        ),
        ("comment and instruction", at_the_end(text, "<!-- c --><?p i?>")),
        ("white space", at_the_end(text, " \n\t ")),
    ];
    let some = made
        .into_iter()
        .filter_map(|(kind, text)| text.map(|text| Mutant { kind, text }));
    some.filter(|mutant| mutant.text != text).collect()
}
