// SPDX-License-Identifier: EUPL-1.2
//! One case with everything that converged in it.

use std::collections::BTreeSet;

use hub_message::Strength;

use super::cases::{case_line, line};
use super::{messages, timeline};
use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::case::{Candidate, CaseView, JoinView, ParticipantView, ReferenceView};
use crate::view::personal::Personal;

pub(crate) async fn show(connection: &mut Connection, name: &str) -> Result<Option<CaseView>, StoreError> {
    let sql = concat!(
        case_line!(),
        "WHERE c.id = (SELECT a.root FROM cases a WHERE a.name = $1)"
    );
    let Some(row) = sqlx::query(sql).bind(name).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let root = decode::get(&row, "id")?;
    let (timeline, documents) = timeline::of_case(connection, root).await?;
    Ok(Some(CaseView {
        line: line(&row)?,
        aliases: aliases(connection, root).await?,
        references: references(connection, root).await?,
        participants: participants(connection, root).await?,
        timeline,
        documents,
        messages: messages::of_case(connection, root).await?,
        joins: joins(connection, root).await?,
        candidates: candidates(connection, root).await?,
    }))
}

async fn all(connection: &mut Connection, sql: &'static str, root: i64) -> Result<Vec<DbRow>, StoreError> {
    Ok(sqlx::query(sql).bind(root).fetch_all(connection).await?)
}

async fn aliases(connection: &mut Connection, root: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM cases WHERE root = $1 AND id <> root ORDER BY id";
    Ok(sqlx::query_scalar(sql).bind(root).fetch_all(connection).await?)
}

/// The keys of all records of a case, each once: exact before weak, then as they came.
async fn references(connection: &mut Connection, root: i64) -> Result<Vec<ReferenceView>, StoreError> {
    let sql = "SELECT k.system, k.kind, k.value, k.exact FROM cases h JOIN records r ON r.home = h.id \
               JOIN messages m ON m.id = r.message JOIN record_keys k ON k.record = r.id WHERE h.root = $1 \
               ORDER BY k.exact DESC, m.received, m.source, m.sequence, r.part, k.position";
    let (mut seen, mut references) = (BTreeSet::new(), Vec::new());
    for row in all(connection, sql, root).await? {
        let (system, kind): (String, String) = (decode::get(&row, "system")?, decode::get(&row, "kind")?);
        let value: String = decode::get(&row, "value")?;
        if seen.insert((system.clone(), kind.clone(), value.clone())) {
            let exact = decode::get::<i64>(&row, "exact")? == 1;
            references.push(ReferenceView {
                system,
                kind,
                value: Personal::open(value),
                strength: if exact { Strength::Exact } else { Strength::Weak },
            });
        }
    }
    Ok(references)
}

/// Who takes part, each once in a role: the same identifier, or without one the same name, is the same.
async fn participants(connection: &mut Connection, root: i64) -> Result<Vec<ParticipantView>, StoreError> {
    let sql = "SELECT p.role, p.name, p.identifier FROM cases h JOIN records r ON r.home = h.id \
               JOIN messages m ON m.id = r.message JOIN participants p ON p.record = r.id WHERE h.root = $1 \
               ORDER BY m.received, m.source, m.sequence, r.part, p.position";
    let (mut seen, mut participants) = (BTreeSet::new(), Vec::new());
    for row in all(connection, sql, root).await? {
        let (role, name): (String, String) = (decode::get(&row, "role")?, decode::get(&row, "name")?);
        let identifier: Option<String> = decode::get(&row, "identifier")?;
        let who = identifier
            .clone()
            .map_or_else(|| (false, name.clone()), |id| (true, id));
        if seen.insert((role.clone(), who)) {
            participants.push(ParticipantView {
                role,
                name: Personal::masked(name),
                identifier: identifier.map(Personal::masked),
            });
        }
    }
    Ok(participants)
}

async fn joins(connection: &mut Connection, root: i64) -> Result<Vec<JoinView>, StoreError> {
    let sql = "SELECT e.name AS elder, y.name AS younger, j.at, m.source, m.message, r.part FROM cases y \
               JOIN joins j ON j.younger = y.id JOIN cases e ON e.id = j.elder JOIN records r ON r.id = j.record \
               JOIN messages m ON m.id = r.message WHERE y.root = $1 AND j.undone IS NULL ORDER BY j.at, y.id";
    let join = |row: &DbRow| {
        Ok(JoinView {
            elder: decode::get(row, "elder")?,
            younger: decode::get(row, "younger")?,
            at: decode::time(row, "at")?,
            source: decode::parsed(row, "source")?,
            message: decode::parsed(row, "message")?,
            part: decode::number::<i64>(row, "part")? as u32,
        })
    };
    all(connection, sql, root).await?.iter().map(join).collect()
}

/// Other cases with a key that this one has too, where at least one of the two is weak. (Two exact ones would have
/// joined them.)
async fn candidates(connection: &mut Connection, root: i64) -> Result<Vec<Candidate>, StoreError> {
    let sql = "SELECT DISTINCT c.name, k.system, k.kind, k.value FROM cases h CROSS JOIN records r \
               CROSS JOIN record_keys k CROSS JOIN record_keys o CROSS JOIN records s CROSS JOIN cases g \
               CROSS JOIN cases c WHERE h.root = $1 AND r.home = h.id AND k.record = r.id AND o.value = k.value \
               AND o.kind = k.kind AND o.system = k.system AND o.exact + k.exact < 2 AND s.id = o.record \
               AND g.id = s.home AND g.root <> h.root AND c.id = g.root ORDER BY c.name, k.system, k.kind, k.value";
    let candidate = |row: &DbRow| {
        Ok(Candidate {
            case: decode::get(row, "name")?,
            system: decode::get(row, "system")?,
            kind: decode::get(row, "kind")?,
            value: Personal::open(decode::get::<String>(row, "value")?),
        })
    };
    all(connection, sql, root).await?.iter().map(candidate).collect()
}
