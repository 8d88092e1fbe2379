// SPDX-License-Identifier: EUPL-1.2
//! What the types of the engines are to a connector.

use super::{Affinity, Kind};
use crate::database::Engine;

/// The kind of a declared type, in small letters.
pub(super) fn kind(engine: Engine, declared: &str, scale: Option<u64>, length: Option<u64>) -> Kind {
    let scale = scale.map(|scale| scale as u32);
    match engine {
        Engine::Postgres => postgres(declared, scale, length),
        Engine::MariaDb => mariadb(declared, scale, length),
        Engine::Sqlite => Kind::Loose(affinity(declared)),
    }
}

fn postgres(declared: &str, scale: Option<u32>, length: Option<u64>) -> Kind {
    match declared {
        "int2" | "int4" | "int8" | "oid" => Kind::Integer,
        "numeric" => Kind::Decimal(scale),
        "float4" | "float8" => Kind::Float,
        "bool" => Kind::Bool,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "timestamp" => Kind::Timestamp,
        "timestamptz" => Kind::Instant,
        "text" => Kind::Text(None),
        "varchar" | "bpchar" => Kind::Text(length),
        "bytea" => Kind::Bytes,
        "json" | "jsonb" => Kind::Json,
        _ => Kind::Other,
    }
}

fn mariadb(declared: &str, scale: Option<u32>, length: Option<u64>) -> Kind {
    match declared {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => Kind::Integer,
        "decimal" => Kind::Decimal(Some(scale.unwrap_or(0))),
        "float" | "double" => Kind::Float,
        "bit" => Kind::Bits,
        "date" => Kind::Date,
        "datetime" => Kind::Timestamp,
        "timestamp" => Kind::Instant,
        "char" | "varchar" => Kind::Text(length),
        "tinytext" | "text" | "mediumtext" | "longtext" => Kind::Text(None),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Kind::Bytes,
        "json" => Kind::Json,
        // `time` is a span of up to 838 hours.
        "time" | "enum" | "set" | "uuid" | "inet4" | "inet6" => Kind::Other,
        _ => Kind::Unreadable,
    }
}

/// SQLite, "Datatypes", section 3.1; dates are declared and not a class of their own.
fn affinity(declared: &str) -> Affinity {
    let has = |part| declared.contains(part);
    if declared.starts_with("date") || declared.starts_with("timestamp") {
        Affinity::Moment
    } else if has("int") {
        Affinity::Numeric
    } else if has("char") || has("clob") || has("text") {
        Affinity::Text
    } else if declared.is_empty() || has("blob") {
        Affinity::None
    } else {
        Affinity::Numeric
    }
}
