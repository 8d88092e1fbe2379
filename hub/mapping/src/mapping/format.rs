// SPDX-License-Identifier: EUPL-1.2
//! `[format]`: what kind of document it is.

use std::borrow::Cow;
use std::collections::HashMap;

use super::schema::Schema;
use crate::beside::Beside;
use crate::csv::CsvFormat;
use crate::encoding::Encoding;
use crate::fixed::FixedFormat;
use crate::form::{self, FormFormat};
use crate::keys;
use crate::language::calls::Ways;
use crate::language::file::pairs;
use crate::language::place::Place;
use crate::language::resolve::Vocabulary;
use crate::language::scan::Text;
use crate::language::value::{Table, Value};
use crate::mail::MailFormat;
use crate::multipart::{self, MultipartFormat};
use crate::places;
use crate::report::Report;
use crate::rows::{Path, ReadOperand, Scope};
use crate::source::{Names, Symbol};
use crate::writing::WriteScope;
use crate::xml::{Written, Xml};

/// A format with its settings.
#[derive(Debug)]
pub(super) enum Format {
    Xml(Box<XmlFormat>),
    Json,
    Csv(Box<CsvFormat>),
    Fixed(Box<FixedFormat>),
    Form(Box<FormFormat>),
    Multipart(MultipartFormat),
    Mail(Box<MailFormat>),
}

/// XML, both ways.
#[derive(Debug, Default)]
pub(super) struct XmlFormat {
    pub(super) source: Xml,
    pub(super) written: Written,
    pub(super) schema: Option<Schema>,
}

impl Format {
    /// Checks `[format]`, and makes the prefixes known.
    pub(super) fn of(
        table: &Table,
        ways: Ways,
        beside: Beside<'_>,
        vocabulary: &mut Vocabulary,
        report: &mut Report,
    ) -> Option<Self> {
        let kind = table.needed_text("kind", report)?;
        match kind.value.as_str() {
            "xml" => xml(table, beside, vocabulary, report).map(|xml| Self::Xml(Box::new(xml))),
            "json" => {
                table.only(&keys::JSON, report);
                Some(Self::Json)
            }
            "csv" => CsvFormat::of(table, ways, report).map(|csv| Self::Csv(Box::new(csv))),
            "fixed" => FixedFormat::of(table, ways.write, report).map(|fixed| Self::Fixed(Box::new(fixed))),
            "form" => Some(Self::Form(Box::new(FormFormat::of(table, report)))),
            "multipart" => Some(Self::Multipart(MultipartFormat::of(table, report))),
            "mail" => {
                vocabulary.is_mail = true;
                Some(Self::Mail(Box::new(MailFormat::of(table, report))))
            }
            other => {
                let sentence = format!("there is no format `{other}`");
                report.unknown("AH-M105", kind.span.clone(), sentence, other, keys::KINDS);
                None
            }
        }
    }

    /// Checks the places of a mapping against what the format says of itself.
    pub(super) fn check_places(&self, scope: &Scope, vocabulary: &Vocabulary, report: &mut Report) {
        let names = &vocabulary.names;
        match self {
            Self::Csv(csv) => csv.layout().check(scope, names, report),
            Self::Fixed(fixed) => fixed.layout().check(scope, names, report),
            Self::Form(_) => form::check(&places::used(scope), names, report),
            Self::Multipart(_) => multipart::check(&places::used(scope), names, report),
            Self::Mail(mail) => mail.check(&places::used(scope), names, report),
            Self::Xml(xml) => {
                if let Some(schema) = &xml.schema {
                    schema.check_places(scope, vocabulary, report);
                }
            }
            Self::Json => no_attributes(scope, report),
        }
        if self.has_files() {
            places::check_files(&places::used(scope), report);
        }
    }

    /// The schema of an XML format.
    pub(super) fn schema(&self) -> Option<&Schema> {
        match self {
            Self::Xml(xml) => xml.schema.as_ref(),
            _ => None,
        }
    }

    /// Whether its places may hold files, which `blob` takes as they are.
    pub(super) fn has_files(&self) -> bool {
        matches!(self, Self::Multipart(_) | Self::Mail(_))
    }

    /// Takes in all names, once they are known.
    pub(super) fn name_written(&mut self, names: &Names) {
        if let Self::Xml(xml) = self {
            xml.written.name(names);
        }
    }

    /// Finds what the format cannot carry among the places that are written.
    pub(super) fn check_written(&self, scope: &WriteScope, names: &Names, report: &mut Report) {
        if !matches!(self, Self::Json) {
            return;
        }
        for (index, element) in scope.elements.iter().enumerate() {
            let first = element
                .content
                .first()
                .and_then(|value| scope.values.get(*value as usize));
            let is_divided = element.end as usize > index + 1 && element.list.is_none();
            if let (Some(value), true) = (first, is_divided) {
                let name = names.spelled(element.name);
                let sentence =
                    format!("`{name}` has a value and something below it; in JSON it can have only one of them");
                report.error("AH-M103", value.rule.at.clone(), sentence);
            }
            if let Some(list) = &element.list {
                self.check_written(&list.item, names, report);
            }
        }
    }

    /// A document as text; bytes that its encoding does not have are shown as such.
    pub(super) fn as_text(&self, bytes: &[u8]) -> String {
        let encoding = match self {
            Self::Xml(_) | Self::Json | Self::Multipart(_) | Self::Mail(_) => Encoding::Utf8,
            Self::Form(form) => form.file.encoding,
            Self::Csv(csv) => csv.file.encoding,
            Self::Fixed(fixed) => fixed.file.encoding,
        };
        encoding
            .decode(bytes)
            .map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), Cow::into_owned)
    }

    /// The name of the root element, where there is one.
    pub(super) fn root_name(&self) -> Option<&str> {
        match self {
            Self::Xml(xml) => Some(&xml.source.spelled),
            _ => None,
        }
    }

    pub(super) fn media_type(&self) -> &'static str {
        match self {
            Self::Xml(_) => "application/xml",
            Self::Json => "application/json",
            Self::Csv(_) => "text/csv",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Multipart(_) => "multipart/form-data",
            Self::Mail(_) => "message/rfc822",
            Self::Fixed(_) => "text/plain",
        }
    }

    pub(super) fn extension(&self) -> &'static str {
        match self {
            Self::Xml(_) => "xml",
            Self::Json => "json",
            Self::Csv(_) => "csv",
            Self::Form(_) => "form",
            Self::Multipart(_) => "multipart",
            Self::Mail(_) => "eml",
            Self::Fixed(_) => "txt",
        }
    }
}

/// JSON has no attributes, wherever a place names one.
fn no_attributes(scope: &Scope, report: &mut Report) {
    let mut places: Vec<&Path> = Vec::new();
    for row in &scope.rows {
        if let Some(side) = &row.read {
            places.push(&side.path);
            places.extend(side.template.iter().flat_map(|composed| &composed.paths));
            let mut operands = Vec::new();
            side.when.iter().for_each(|when| when.operands(&mut operands));
            places.extend(operands.into_iter().filter_map(|operand| match operand {
                ReadOperand::Place(path) => Some(path),
                ReadOperand::Field(_) => None,
            }));
        }
        if let Some(side) = &row.write {
            places.push(&side.path);
            places.extend(side.template.iter().flat_map(|composed| &composed.paths));
        }
    }
    places.extend(scope.extras.iter().map(|extra| &extra.path));
    for list in &scope.lists {
        places.extend(list.read.iter().chain(&list.write));
        no_attributes(&list.item, report);
    }
    for path in places {
        if let Some(at) = path.attributes_at().into_iter().next() {
            let help = "write it as a key: `place/name`";
            report.error_help("AH-M103", at, "JSON has no attributes", help);
        }
    }
}

fn xml(table: &Table, beside: Beside<'_>, vocabulary: &mut Vocabulary, report: &mut Report) -> Option<XmlFormat> {
    table.only(&keys::XML, report);
    vocabulary.is_xml = true;
    let namespaces = pairs(table.table("ns", report), report);
    for (prefix, uri) in &namespaces {
        if uri.value.is_empty() || uri.value.chars().any(|c| c.is_control() || c.is_whitespace()) {
            report.error("AH-M105", uri.span.clone(), "a namespace is a URI, without white space");
        }
        vocabulary.namespaces.insert(prefix.value.clone(), uri.value.clone());
    }
    let root = table.needed_text("root", report)?;
    let place = match Place::parse(&root.value) {
        Ok(place) => place,
        Err(fault) => {
            root.report(fault, report);
            return None;
        }
    };
    let [step] = place.steps.as_slice() else {
        report.error("AH-M106", root.span, "`root` is the name of one element");
        return None;
    };
    let namespace = match &step.name.prefix {
        None => String::new(),
        Some(prefix) => {
            // Also reports a prefix that is not bound.
            vocabulary.path(&place, &root, report)?;
            vocabulary.namespaces.get(prefix)?.clone()
        }
    };
    let namespaces: Vec<(String, String)> = namespaces.into_iter().map(|(p, u)| (p.value, u.value)).collect();
    let source = Xml {
        namespace,
        local: step.name.local.clone(),
        spelled: root.value.clone(),
    };
    Some(XmlFormat {
        schema: Schema::of(table, &source, &namespaces, beside, report),
        source,
        written: Written::new(&root.value, &namespaces),
    })
}

/// The name of the root element as a symbol, for the order of its children.
pub(super) fn root(table: &Table, vocabulary: &mut Vocabulary) -> Symbol {
    let mut silent = Report::new("");
    let root = table.text("root", &mut silent).filter(|_| vocabulary.is_xml);
    root.and_then(|root| symbols(&root, vocabulary, &mut silent))
        .unwrap_or_default()
}

/// `[format.order]`: element → the order of its children when writing.
pub(super) fn order(table: &Table, vocabulary: &mut Vocabulary, report: &mut Report) -> HashMap<Symbol, Vec<Symbol>> {
    let mut found = HashMap::new();
    let Some(order) = table.table("order", report) else {
        return found;
    };
    for (element, children) in &order.entries {
        let of = symbols(element, vocabulary, report);
        let Value::List(items, _) = children else {
            report.error("AH-M105", children.span(), "the order of an element is a list of names");
            continue;
        };
        let names: Vec<Symbol> = items
            .iter()
            .filter_map(|item| match item {
                Value::Text(text) => symbols(text, vocabulary, report),
                other => {
                    report.error("AH-M105", other.span(), "the order of an element is a list of names");
                    None
                }
            })
            .collect();
        if let Some(of) = of {
            found.insert(of, names);
        }
    }
    found
}

fn symbols(text: &Text, vocabulary: &mut Vocabulary, report: &mut Report) -> Option<Symbol> {
    let path = vocabulary.path_of_text(text, report)?;
    match path.steps.as_slice() {
        [step] if path.attribute.is_none() => Some(step.name),
        _ => {
            report.error("AH-M106", text.span.clone(), "the name of an element expected");
            None
        }
    }
}
