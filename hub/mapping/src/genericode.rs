// SPDX-License-Identifier: EUPL-1.2
//! Published code lists (OASIS genericode 1.0, as the XÖV standards use it) become tables of mappings.
//!
//! ```text
//! code,beschreibung
//! 001,Geheim: …
//! ```
//!
//! The chosen key is the column `code`; a column chosen as `value` is what the canonical field holds. The others follow
//! under their own names, for people. The order is that of the list.

mod difference;
mod table;

use std::ops::Range;

use hub_message::{Code, Finding};

pub use difference::Difference;
pub use table::ImportedTable;

use crate::tree::{self, Node};

const NAMESPACE: &str = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/";
/// Rows of a list.
const ROWS_MAX: usize = 1_000_000;

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `Id`, by which rows refer to it.
    pub id: String,
    /// `ShortName`.
    pub name: String,
}

/// A row: its place in the file, and a value for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    at: Range<usize>,
    values: Vec<Option<String>>,
}

/// A code list.
#[derive(Debug)]
pub struct CodeList {
    file: String,
    /// `ShortName`.
    pub name: String,
    /// `Version`.
    pub version: String,
    /// `CanonicalVersionUri`, which names this version of the list for all the world.
    pub uri: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Columns that are keys by themselves, the recommended one first.
    keys: Vec<usize>,
    rows: Vec<Row>,
}

impl CodeList {
    /// Reads a file. What is wrong is found all at once.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        let whole = |at: Range<usize>, text: String| vec![Finding::error(Code::new("AH-M154"), file, at, text)];
        let text = crate::xml::decoded(bytes).map_err(|rejection| whole(0..0, rejection.text))?;
        let root = tree::parse(&text).map_err(|flaw| whole(flaw.at..flaw.at + 1, flaw.text.to_owned()))?;
        if root.name != "CodeList" || &*root.namespace != NAMESPACE {
            let sentence = "this is no code list in genericode 1.0".to_owned();
            return Err(whole(root.at, sentence));
        }
        let columns = child(&root, "ColumnSet").map_or_else(Vec::new, columns);
        if columns.is_empty() {
            return Err(whole(root.at, "the code list has no columns of its own".to_owned()));
        }
        let mut list = Self {
            file: file.to_owned(),
            name: identification(&root, "ShortName"),
            version: identification(&root, "Version"),
            uri: identification(&root, "CanonicalVersionUri"),
            keys: child(&root, "ColumnSet").map_or_else(Vec::new, |set| keys(set, &columns)),
            columns,
            rows: Vec::new(),
        };
        let Some(rows) = child(&root, "SimpleCodeList") else {
            return Err(whole(root.at, "the code list has no rows of its own".to_owned()));
        };
        let mut findings = Vec::new();
        for row in rows.children.iter().filter(|row| row.name == "Row").take(ROWS_MAX) {
            list.row(row, &mut findings);
        }
        if findings.is_empty() { Ok(list) } else { Err(findings) }
    }

    fn row(&mut self, node: &Node, findings: &mut Vec<Finding>) {
        let mut values = vec![None; self.columns.len()];
        let mut next = 0;
        for value in node.children.iter().filter(|value| value.name == "Value") {
            let column = match value.attribute("ColumnRef") {
                // Without a reference it belongs to the column behind the last one.
                None => Some(next),
                Some(reference) => {
                    let found = self.columns.iter().position(|column| column.id == reference.value);
                    if found.is_none() {
                        let sentence = format!("the code list has no column `{}`", reference.value);
                        let known = self.columns.iter().map(|column| column.id.as_str());
                        let finding = Finding::error(Code::new("AH-M155"), &self.file, reference.at.clone(), sentence);
                        findings.push(finding.did_you_mean(&reference.value, known));
                    }
                    found
                }
            };
            let Some(column) = column else {
                continue;
            };
            next = column + 1;
            if let (Some(slot), Some(simple)) = (values.get_mut(column), child(value, "SimpleValue")) {
                // A table is read line by line.
                *slot = Some(simple.text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        self.rows.push(Row {
            at: node.at.clone(),
            values,
        });
    }

    /// The column of this `ShortName` or `Id`.
    fn column(&self, name: &str) -> Result<usize, Box<Finding>> {
        let named = |column: &Column| column.name == name || column.id == name;
        self.columns.iter().position(named).ok_or_else(|| {
            let sentence = format!("the code list has no column `{name}`");
            let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
            let finding = Finding::error(Code::new("AH-M155"), &self.file, 0..0, sentence);
            let near = hub_message::finding::closest(name, names.iter().copied());
            Box::new(match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("its columns are {}", names.join(", "))),
            })
        })
    }

    /// The table that a mapping uses. Without `key` it is the key that the list recommends, else its first; `value` is
    /// the column that canonical fields hold.
    pub fn table(&self, key: Option<&str>, value: Option<&str>) -> Result<ImportedTable, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut chosen = |name: Option<&str>| match name.map(|name| self.column(name)) {
            None => None,
            Some(Ok(column)) => Some(column),
            Some(Err(finding)) => {
                findings.push(*finding);
                None
            }
        };
        let (given, value) = (chosen(key), chosen(value));
        if !findings.is_empty() {
            return Err(findings);
        }
        let key = given.or(self.keys.first().copied()).unwrap_or(0);
        table::make(self, key, value)
    }
}

/// A child in no namespace or in that of its parent: genericode's own names have none.
fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.children
        .iter()
        .find(|child| child.name == name && (child.namespace.is_empty() || &*child.namespace == NAMESPACE))
}

fn identification(root: &Node, name: &str) -> String {
    let found = child(root, "Identification").and_then(|node| child(node, name));
    found.map_or_else(String::new, |node| node.text.trim().to_owned())
}

fn columns(set: &Node) -> Vec<Column> {
    let columns = set.children.iter().filter(|child| child.name == "Column");
    let of = columns.filter_map(|column| {
        let id = column.get("Id")?.to_owned();
        let name = child(column, "ShortName").map_or("", |name| name.text.trim());
        Some(Column {
            name: if name.is_empty() { id.clone() } else { name.to_owned() },
            id,
        })
    });
    of.collect()
}

/// The keys of one column, those that the list recommends first.
fn keys(set: &Node, columns: &[Column]) -> Vec<usize> {
    let mut found: Vec<(bool, usize)> = Vec::new();
    for key in set.children.iter().filter(|child| child.name == "Key") {
        let references: Vec<&str> = key
            .children
            .iter()
            .filter(|child| child.name == "ColumnRef")
            .filter_map(|reference| reference.get("Ref"))
            .collect();
        if let [only] = references.as_slice()
            && let Some(column) = columns.iter().position(|column| column.id == *only)
        {
            found.push((!is_recommended(key), column));
        }
    }
    found.sort_by_key(|(other, _)| *other);
    found.into_iter().map(|(_, column)| column).collect()
}

/// XÖV marks the column that messages carry (`empfohleneCodeSpalte`, `recommendedKeyColumn`).
fn is_recommended(key: &Node) -> bool {
    fn any(node: &Node) -> bool {
        let name = node.name.to_lowercase();
        name.contains("empfohlene") || name.contains("recommended") || node.children.iter().any(any)
    }
    key.children.iter().filter(|child| child.name == "Annotation").any(any)
}

#[cfg(test)]
mod trials;
