// SPDX-License-Identifier: EUPL-1.2
//! The sidecar: what is known of a document, as JSON; the mapping `scan-document` reads it.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::codes::Format;
use crate::page::{Origin, Page, cut};
use crate::settings::KeyRule;

/// Text of a document, in bytes.
const TEXT_MAX: usize = 2 << 20;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// A file that is one document.
    Document,
    /// A document of a stack.
    Part,
    /// A stack as it was scanned.
    Stack,
}

/// The sidecar. Names in the JSON are fixed: mappings read them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sidecar<'a> {
    pub scan: u8,
    pub role: Role,
    pub pages: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Box<RawValue>>,
    /// Whether a person has to look at it.
    pub review: bool,
    /// The pages, counted in the original, that made it so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unclear_pages: Vec<u32>,
    pub barcodes: Vec<Barcode>,
    pub fields: Vec<IndexField>,
    pub text_from: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    pub original: &'a Original,
}

/// A barcode, with the page of the original.
#[derive(Debug, Serialize)]
pub(crate) struct Barcode {
    pub page: u32,
    pub format: Format,
    pub text: String,
}

/// What a barcode says of the document.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct IndexField {
    pub name: String,
    pub value: String,
}

/// The file as it was scanned.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Original {
    pub name: String,
    pub sha256: String,
    pub size: u64,
    pub media_type: &'static str,
    pub pages: usize,
}

/// What a sidecar is made of.
#[derive(Debug)]
pub(crate) struct Findings<'p> {
    /// A separator page that was dropped.
    pub heading: Option<&'p Page>,
    pub pages: Vec<Page>,
}

/// The sidecar of a document; `part` is its number and how many there are.
pub(crate) fn of_document<'a>(
    findings: &Findings<'_>,
    part: Option<(usize, usize)>,
    keys: &[KeyRule],
    confidence_min: f64,
    original: &'a Original,
) -> Sidecar<'a> {
    let pages = &findings.pages;
    let unclear_pages: Vec<u32> = pages
        .iter()
        .filter(|page| page.is_unclear(confidence_min))
        .map(|page| page.number)
        .collect();
    let barcodes: Vec<Barcode> = findings
        .heading
        .into_iter()
        .chain(pages)
        .flat_map(|page| page.codes.iter().map(|code| (page.number, code)))
        .map(|(page, code)| Barcode {
            page,
            format: code.format,
            text: code.text.clone(),
        })
        .collect();
    Sidecar {
        scan: 1,
        role: if part.is_some() { Role::Part } else { Role::Document },
        pages: pages.len(),
        part: part.map(|(number, _)| number),
        parts: part.map(|(_, all)| all),
        first_page: pages.first().map(|page| page.number),
        confidence: confidence(pages),
        review: !unclear_pages.is_empty(),
        unclear_pages,
        fields: fields(&barcodes, keys),
        barcodes,
        text_from: text_from(pages),
        text: text(pages),
        original,
    }
}

/// The sidecar of a stack: what is on its pages, its documents say.
pub(crate) fn of_stack(parts: usize, original: &Original) -> Sidecar<'_> {
    Sidecar {
        scan: 1,
        role: Role::Stack,
        pages: original.pages,
        part: None,
        parts: Some(parts),
        first_page: None,
        confidence: None,
        review: parts == 0,
        unclear_pages: Vec::new(),
        barcodes: Vec::new(),
        fields: Vec::new(),
        text_from: "none",
        text: String::new(),
        original,
    }
}

/// The mean over all words, with two digits.
fn confidence(pages: &[Page]) -> Option<Box<RawValue>> {
    let words: u32 = pages.iter().map(|page| page.words).sum();
    let certainty: f64 = pages.iter().map(|page| page.certainty).sum();
    let mean = (words > 0).then(|| certainty / f64::from(words))?;
    RawValue::from_string(format!("{mean:.2}")).ok()
}

fn text_from(pages: &[Page]) -> &'static str {
    let has = |origin| pages.iter().any(|page| page.origin == origin);
    match (has(Origin::File), has(Origin::Recognition)) {
        (true, true) => "mixed",
        (true, false) => "file",
        (false, true) => "recognition",
        (false, false) => "none",
    }
}

fn text(pages: &[Page]) -> String {
    let texts: Vec<&str> = pages
        .iter()
        .map(|page| page.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    cut(&texts.join("\n\n"), TEXT_MAX)
}

/// Each field once: the first barcode that fills it counts.
fn fields(barcodes: &[Barcode], keys: &[KeyRule]) -> Vec<IndexField> {
    let mut fields: Vec<IndexField> = Vec::new();
    for barcode in barcodes {
        let key = keys
            .iter()
            .find_map(|key| Some((key, barcode.text.strip_prefix(&key.prefix)?.trim())));
        if let Some((key, value)) = key
            && !value.is_empty()
            && fields.iter().all(|field| field.name != key.name)
        {
            fields.push(IndexField {
                name: key.name.clone(),
                value: value.to_owned(),
            });
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::codes::Code;

    fn page(number: u32, words: u32, certainty: f64, codes: &[&str]) -> Page {
        let code = |text: &&str| Code {
            format: Format::Code128,
            text: (*text).to_owned(),
        };
        Page {
            number,
            origin: Origin::Recognition,
            words,
            certainty,
            codes: codes.iter().map(code).collect(),
            text: format!("Seite {number}\n"),
        }
    }

    fn original() -> Original {
        Original {
            name: "a.pdf".to_owned(),
            sha256: "00".to_owned(),
            size: 9,
            media_type: "application/pdf",
            pages: 4,
        }
    }

    #[test]
    fn a_document_says_what_is_on_its_pages() {
        let heading = page(1, 0, 0.0, &["TRENN"]);
        let findings = Findings {
            heading: Some(&heading),
            pages: vec![page(2, 10, 9.0, &["AZ:BAU 1", "x"]), page(3, 10, 6.0, &["AZ:BAU 2"])],
        };
        let keys = [KeyRule {
            prefix: "AZ:".to_owned(),
            name: "Aktenzeichen".to_owned(),
        }];
        let original = original();
        let sidecar = of_document(&findings, Some((1, 2)), &keys, 0.75, &original);
        let json: Value = serde_json::to_value(&sidecar).unwrap();
        assert_eq!(json["role"], "part");
        assert_eq!(
            (&json["part"], &json["parts"], &json["pages"], &json["firstPage"]),
            (&json!(1), &json!(2), &json!(2), &json!(2))
        );
        assert_eq!(json["confidence"].to_string(), "0.75");
        assert_eq!((&json["review"], &json["unclearPages"]), (&json!(true), &json!([3])));
        assert_eq!(json["barcodes"].as_array().unwrap().len(), 4);
        assert_eq!(json["fields"], json!([{"name": "Aktenzeichen", "value": "BAU 1"}]));
        assert_eq!(
            (&json["textFrom"], &json["text"]),
            (&json!("recognition"), &json!("Seite 2\n\nSeite 3"))
        );
        assert_eq!(json["original"]["mediaType"], "application/pdf");
    }

    #[test]
    fn a_stack_tells_nothing_of_its_documents() {
        let original = original();
        let json = serde_json::to_value(of_stack(2, &original)).unwrap();
        assert_eq!(
            (&json["role"], &json["review"], json.get("text")),
            (&json!("stack"), &json!(false), None)
        );
        assert_eq!(json["barcodes"], json!([]));
    }
}
