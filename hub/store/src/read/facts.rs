// SPDX-License-Identifier: EUPL-1.2
//! Short answers: what is known of a case for mappings that ask it, and what the status says of the store.

use hub_message::{CaseFacts, CaseKey, Sensitive, Strength};

use crate::database::migration::version;
use crate::database::{Connection, DbRow, bulk, decode, size};
use crate::error::StoreError;
use crate::view::balance::{DeadLetterCount, StoreFacts};
use crate::view::dead_letter::DeadLetterState;
use crate::write::joining::exact;

/// The oldest of the cases that the exact keys find, with the references of all of them: the record with these keys
/// will join them.
pub(crate) async fn of_keys(connection: &mut Connection, keys: &[CaseKey]) -> Result<Option<CaseFacts>, StoreError> {
    let wanted: Vec<_> = exact(keys).collect();
    let sql = (
        "WITH wanted (position, value, kind, system) AS (",
        ") SELECT DISTINCT c.id, c.name FROM wanted CROSS JOIN keys k CROSS JOIN cases h CROSS JOIN cases c \
         WHERE k.value = wanted.value AND k.kind = wanted.kind AND k.system = wanted.system AND h.id = k.home \
         AND c.id = h.root ORDER BY c.id",
    );
    let roots = bulk::find(connection, sql, 4, &wanted, |values, (value, kind, system)| {
        values.push_bind(*value).push_bind(*kind).push_bind(*system);
    })
    .await?;
    let Some(oldest) = roots.first() else {
        return Ok(None);
    };
    let ids: Vec<i64> = roots
        .iter()
        .map(|row| decode::get(row, "id"))
        .collect::<Result<_, _>>()?;
    Ok(Some(CaseFacts {
        id: decode::get(oldest, "name")?,
        references: references(connection, &ids).await?,
    }))
}

async fn references(connection: &mut Connection, roots: &[i64]) -> Result<Vec<CaseKey>, StoreError> {
    let sql = (
        "SELECT k.system, k.kind, k.value, max(k.exact) AS exact FROM cases h JOIN records r ON r.home = h.id \
         JOIN record_keys k ON k.record = r.id WHERE h.root IN (",
        " GROUP BY k.system, k.kind, k.value ORDER BY 4 DESC, min(k.record), min(k.position)",
    );
    let key = |row: &DbRow| {
        let exact = decode::get::<i64>(row, "exact")? == 1;
        Ok(CaseKey {
            system: decode::get(row, "system")?,
            kind: decode::get(row, "kind")?,
            value: Sensitive::new(decode::get(row, "value")?),
            strength: if exact { Strength::Exact } else { Strength::Weak },
        })
    };
    bulk::find_in(connection, sql, roots).await?.iter().map(key).collect()
}

pub(crate) async fn of_store(connection: &mut Connection) -> Result<StoreFacts, StoreError> {
    let version = version(connection).await?;
    let cases: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE root = id")
        .fetch_one(&mut *connection)
        .await?;
    let open = "SELECT m.source, count(*) AS number, min(l.received) AS oldest FROM dead_letters l \
                JOIN messages m ON m.id = l.message WHERE l.state = $1 GROUP BY m.source ORDER BY m.source";
    let rows = sqlx::query(open)
        .bind(DeadLetterState::Open.number())
        .fetch_all(&mut *connection)
        .await?;
    let count = |row: &DbRow| {
        Ok(DeadLetterCount {
            source: decode::parsed(row, "source")?,
            open: decode::number::<i64>(row, "number")? as u64,
            oldest: decode::time(row, "oldest")?,
        })
    };
    Ok(StoreFacts {
        version,
        cases: cases as u64,
        dead_letters: rows.iter().map(count).collect::<Result<_, StoreError>>()?,
        bytes: size(connection).await? as u64,
    })
}
