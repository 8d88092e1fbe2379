// SPDX-License-Identifier: EUPL-1.2
//! The only place in which SQL is put together: from texts of this program, names that were checked, numbers of ours and
//! placeholders. There is no way to bring a value of a message into the text of a statement.

use std::fmt::Write;

use sqlx::AssertSqlSafe;

use crate::catalogue::{Column, Kind};
use crate::database::Engine;
use crate::identifier::{Name, TableName};

/// A value that is bound to a placeholder.
#[derive(Clone, PartialEq)]
pub(crate) enum Parameter {
    /// NULL.
    Null,
    /// Text; what its column makes of it is said by the placeholder.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A floating point number: SQLite's REAL.
    Real(f64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parameter")
    }
}

/// A statement with its parameters.
#[derive(Debug)]
pub(crate) struct Statement {
    engine: Engine,
    text: String,
    parameters: Vec<Parameter>,
}

impl Statement {
    /// Nothing yet.
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            text: String::new(),
            parameters: Vec::new(),
        }
    }

    /// Text of this program.
    pub(crate) fn sql(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A separator before every part but the first.
    pub(crate) fn between(&mut self, index: usize, text: &'static str) -> &mut Self {
        if index > 0 { self.sql(text) } else { self }
    }

    /// A name, quoted.
    pub(crate) fn name(&mut self, name: &Name) -> &mut Self {
        let quote = if self.engine == Engine::MariaDb { '`' } else { '"' };
        self.text.push(quote);
        self.text.push_str(name.as_str());
        self.text.push(quote);
        self
    }

    /// A table, quoted.
    pub(crate) fn table(&mut self, table: &TableName) -> &mut Self {
        if let Some(schema) = &table.schema {
            self.name(schema).sql(".");
        }
        self.name(&table.name)
    }

    /// A placeholder for a parameter as it is.
    pub(crate) fn bind(&mut self, parameter: Parameter) -> &mut Self {
        self.parameters.push(parameter);
        if self.engine == Engine::Postgres {
            // Writing into a string cannot fail.
            let _ = write!(self.text, "${}", self.parameters.len());
        } else {
            self.text.push('?');
        }
        self
    }

    /// A placeholder for a value that goes into this column. MariaDB and SQLite make the column's type of a text exactly;
    /// PostgreSQL wants to be told the type.
    pub(crate) fn value(&mut self, column: &Column, parameter: Parameter) -> &mut Self {
        let typed = matches!(parameter, Parameter::Text(_) | Parameter::Null);
        match &column.cast {
            Some(cast) if typed => {
                let cast = cast.clone();
                self.sql("cast(")
                    .bind(parameter)
                    .sql("::text as ")
                    .table(&cast)
                    .sql(")")
            }
            _ => self.bind(parameter),
        }
    }

    /// A placeholder for a value that is compared with this column. MariaDB compares numbers with texts as floating point
    /// numbers unless it is told otherwise.
    pub(crate) fn compared(&mut self, column: &Column, parameter: Parameter) -> &mut Self {
        let is_text = matches!(parameter, Parameter::Text(_));
        match column.kind {
            Kind::Decimal(scale) if is_text && self.engine == Engine::MariaDb => {
                self.sql("cast(").bind(parameter);
                let _ = write!(self.text, " as decimal(65,{}))", scale.unwrap_or(0));
                self
            }
            Kind::Integer if is_text && self.engine == Engine::MariaDb => {
                self.sql("cast(").bind(parameter).sql(" as unsigned)")
            }
            _ => self.value(column, parameter),
        }
    }

    /// The column so that its exact value can be read as text or bytes.
    pub(crate) fn read(&mut self, column: &Column) -> &mut Self {
        let name = &column.name;
        match (self.engine, column.kind) {
            (Engine::Sqlite, _) | (_, Kind::Bytes | Kind::Text(_)) => self.name(name),
            (Engine::Postgres, Kind::Instant) => self.sql("timezone('UTC', ").name(name).sql(")::text"),
            (Engine::Postgres, _) => self.name(name).sql("::text"),
            // A single-precision number shows six digits unless it is made a double.
            (Engine::MariaDb, Kind::Float) => self.sql("cast(cast(").name(name).sql(" as double) as char)"),
            (Engine::MariaDb, Kind::Bits) => self.sql("cast(").name(name).sql(" + 0 as char)"),
            (Engine::MariaDb, _) => self.sql("cast(").name(name).sql(" as char)"),
        }
    }

    /// The text for the driver, and what is bound.
    pub(crate) fn finish(self) -> (AssertSqlSafe<String>, Vec<Parameter>) {
        // The one assertion of this crate: everything above takes no text but that of the program and checked names.
        (AssertSqlSafe(self.text), self.parameters)
    }
}

#[cfg(test)]
mod tests {
    /// Nobody else may call a text safe, and no SQL is made by formatting.
    #[test]
    fn statements_are_made_in_one_place_only() {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                seen += 1;
                if path.ends_with("statement.rs") {
                    assert_eq!(
                        text.split("mod tests")
                            .next()
                            .unwrap()
                            .matches("AssertSqlSafe(")
                            .count(),
                        1
                    );
                    continue;
                }
                assert!(!text.contains("AssertSqlSafe("), "{}", path.display());
                for line in text
                    .lines()
                    .filter(|line| line.contains("format!(") || line.contains("write!("))
                {
                    let line = line.to_lowercase();
                    let is_sql = ["select ", "insert ", "update ", "delete from", "create ", "drop "]
                        .iter()
                        .any(|word| line.contains(word));
                    assert!(!is_sql, "{}: {line}", path.display());
                }
            }
        }
        assert!(seen > 10, "{seen} files");
    }
}
