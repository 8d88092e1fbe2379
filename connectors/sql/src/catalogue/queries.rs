// SPDX-License-Identifier: EUPL-1.2
//! The questions to the catalogues.

use super::{Column, types};
use crate::database::{Cell, Database, Engine, Row};
use crate::fault::Fault;
use crate::identifier::{Name, TableName};
use crate::statement::{Parameter, Statement};

/// What a catalogue knows of a table.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) columns: Vec<Column>,
    pub(super) unique: Vec<Vec<String>>,
    pub(super) is_view: bool,
}

/// Name, type, schema of the type, digits behind the point, longest length, whether it is a view.
const POSTGRES_COLUMNS: &str = "select a.attname::text, coalesce(b.typname, t.typname)::text, n.nspname::text, t.typname::text, \
     (case when coalesce(b.typname, t.typname) = 'numeric' and m.typmod >= 4 then (m.typmod - 4) & 2047 end)::text, \
     (case when coalesce(b.typname, t.typname) in ('varchar', 'bpchar') and m.typmod >= 4 then m.typmod - 4 end)::text, \
     (c.relkind in ('v', 'm'))::text \
     from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid \
     join pg_namespace n on n.oid = t.typnamespace left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype \
     cross join lateral (select case when t.typtype = 'd' then t.typtypmod else a.atttypmod end as typmod) m \
     join pg_namespace s on s.oid = c.relnamespace where a.attnum > 0 and not a.attisdropped and ";
const POSTGRES_UNIQUE: &str = "select i.indexrelid::text, a.attname::text from pg_index i join pg_class c on c.oid = i.indrelid \
     join pg_namespace s on s.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey) \
     where i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null and ";
const MARIADB_COLUMNS: &str = "select c.column_name, c.data_type, '', '', cast(c.numeric_scale as char), \
     cast(c.character_maximum_length as char), if(t.table_type = 'BASE TABLE', 'false', 'true') \
     from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema \
     and t.table_name = c.table_name where c.table_schema = ";
const MARIADB_UNIQUE: &str =
    "select index_name, column_name from information_schema.statistics where non_unique = 0 and table_schema = ";

/// Describes a table; one that is not there has no columns.
pub(super) async fn describe(database: &Database, table: &TableName) -> Result<Described, Fault> {
    let engine = database.engine();
    let (mut columns, mut unique) = (Statement::new(engine), Statement::new(engine));
    match engine {
        Engine::Postgres => {
            postgres(&mut columns, POSTGRES_COLUMNS, table);
            columns.sql(" order by a.attnum");
            postgres(&mut unique, POSTGRES_UNIQUE, table);
        }
        Engine::MariaDb => {
            mariadb(&mut columns, MARIADB_COLUMNS, table, "c.table_name = ");
            columns.sql(" order by c.ordinal_position");
            mariadb(&mut unique, MARIADB_UNIQUE, table, "table_name = ");
        }
        Engine::Sqlite => sqlite(&mut columns, &mut unique, table),
    }
    let columns = database.fetch(columns).await?;
    let unique = database.fetch(unique).await?;
    Ok(Described {
        is_view: columns.first().and_then(|row| text(row, 6)) == Some("true"),
        columns: columns.iter().filter_map(|row| column(engine, row)).collect(),
        unique: grouped(&unique),
    })
}

fn name(name: &Name) -> Parameter {
    Parameter::Text(name.as_str().to_owned())
}

fn postgres(statement: &mut Statement, text: &'static str, table: &TableName) {
    statement.sql(text).sql("c.relname = ").bind(name(&table.name));
    match &table.schema {
        Some(schema) => statement.sql(" and s.nspname = ").bind(name(schema)),
        // The one that the search path leads to.
        None => statement.sql(" and pg_table_is_visible(c.oid)"),
    };
}

fn mariadb(statement: &mut Statement, text: &'static str, table: &TableName, column: &'static str) {
    statement.sql(text);
    match &table.schema {
        Some(schema) => statement.bind(name(schema)),
        None => statement.sql("database()"),
    };
    statement.sql(" and ").sql(column).bind(name(&table.name));
}

fn sqlite(columns: &mut Statement, unique: &mut Statement, table: &TableName) {
    let schema = || table.schema.as_ref().map_or(Parameter::Text("main".to_owned()), name);
    columns.sql("select i.name, i.type, '', '', null, null, case l.type when 'view' then 'true' else 'false' end from pragma_table_info(");
    columns.bind(name(&table.name)).sql(", ").bind(schema());
    columns
        .sql(") i, pragma_table_list(")
        .bind(name(&table.name))
        .sql(") l where l.schema = ")
        .bind(schema());
    columns.sql(" order by i.cid");
    unique.sql("select l.name, i.name from pragma_index_list(");
    unique.bind(name(&table.name)).sql(", ").bind(schema());
    unique.sql(") l, pragma_index_info(l.name, ").bind(schema());
    unique.sql(") i where l.\"unique\" = 1 and l.partial = 0 union all select '', name from pragma_table_info(");
    unique
        .bind(name(&table.name))
        .sql(", ")
        .bind(schema())
        .sql(") where pk > 0");
}

fn text(row: &Row, index: usize) -> Option<&str> {
    row.get(index).and_then(Cell::text)
}

/// A column; one whose name the grammar does not allow is as if it were not there.
fn column(engine: Engine, row: &Row) -> Option<Column> {
    let number = |index| text(row, index).and_then(|digits| digits.parse::<u64>().ok());
    let declared = text(row, 1)?.to_ascii_lowercase();
    let written = |index| Name::try_from(text(row, index)?.to_owned()).ok();
    Some(Column {
        name: written(0)?,
        kind: types::kind(engine, &declared, number(4), number(5)),
        cast: written(3).filter(|_| engine == Engine::Postgres).map(|name| TableName {
            schema: written(2),
            name,
        }),
    })
}

/// Rows of (key, column) as the columns of each key.
fn grouped(rows: &[Row]) -> Vec<Vec<String>> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let key = text(row, 0).unwrap_or_default().to_owned();
        let column = text(row, 1).unwrap_or_default().to_owned();
        match keys.iter_mut().find(|(known, _)| *known == key) {
            Some((_, columns)) => columns.push(column),
            None => keys.push((key, vec![column])),
        }
    }
    keys.into_iter().map(|(_, columns)| columns).collect()
}
