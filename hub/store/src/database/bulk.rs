// SPDX-License-Identifier: EUPL-1.2
//! Many rows in one statement. A statement costs a round trip to the database's thread; a batch of 500 records is a few
//! dozen statements this way and not ten thousand.

use sqlx::query_builder::Separated;
use sqlx::{Encode, QueryBuilder, Type};

use super::{Connection, Db, DbRow};
use crate::error::StoreError;

/// How many values one statement may hold; SQLite takes 32 766.
const VALUES_MAX: usize = 30_000;

/// The values of one row, bound in order.
pub(crate) type Values<'a> = Separated<'a, Db, &'static str>;

/// `head` (`INSERT INTO … (…)`), then `rows` as `VALUES` of `columns` each, then `tail`.
pub(crate) async fn insert<R: Sync>(
    connection: &mut Connection,
    (head, tail): (&'static str, &'static str),
    columns: usize,
    rows: &[R],
    bind: impl Fn(&mut Values<'_>, &R) + Send,
) -> Result<(), StoreError> {
    for chunk in rows.chunks(VALUES_MAX / columns) {
        let mut query = QueryBuilder::<Db>::new(head);
        query.push_values(chunk, |mut values, row| bind(&mut values, row));
        query.push(tail);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The rows of `head` (`WITH wanted (position, …) AS (`), `wanted` as `VALUES` with their position before them, and
/// `tail` (`) SELECT … FROM wanted CROSS JOIN …`). `columns` counts the position.
pub(crate) async fn find<R: Sync>(
    connection: &mut Connection,
    (head, tail): (&'static str, &'static str),
    columns: usize,
    wanted: &[R],
    bind: impl Fn(&mut Values<'_>, &R) + Send,
) -> Result<Vec<DbRow>, StoreError> {
    let mut found = Vec::new();
    let size = VALUES_MAX / columns;
    for (number, chunk) in wanted.chunks(size).enumerate() {
        let mut query = QueryBuilder::<Db>::new(head);
        let positions = number * size..;
        query.push_values(positions.zip(chunk), |mut values, (position, row)| {
            values.push_bind(position as i64);
            bind(&mut values, row);
        });
        query.push(tail);
        found.extend(query.build().persistent(false).fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// The rows of a question that ends in `… IN (`, with `tail` behind the list.
pub(crate) async fn find_in<'t, T>(
    connection: &mut Connection,
    (head, tail): (&'static str, &'static str),
    list: &[T],
) -> Result<Vec<DbRow>, StoreError>
where
    T: Encode<'t, Db> + Type<Db> + Copy + Sync,
{
    let mut found = Vec::new();
    for chunk in list.chunks(VALUES_MAX) {
        let mut query = listed(head, chunk);
        query.push(tail);
        found.extend(query.build().persistent(false).fetch_all(&mut *connection).await?);
    }
    Ok(found)
}

/// Carries out a change that ends in `… IN (` for a list; `first` is bound before it.
pub(crate) async fn change_in<'t, T>(
    connection: &mut Connection,
    (head, middle): (&'static str, &'static str),
    first: i64,
    list: &[T],
) -> Result<(), StoreError>
where
    T: Encode<'t, Db> + Type<Db> + Copy + Sync,
{
    for chunk in list.chunks(VALUES_MAX) {
        let mut query = QueryBuilder::<Db>::new(head);
        query.push_bind(first);
        query.push(middle);
        push_list(&mut query, chunk);
        query.push(")");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

fn listed<'t, T>(head: &'static str, list: &[T]) -> QueryBuilder<Db>
where
    T: Encode<'t, Db> + Type<Db> + Copy,
{
    let mut query = QueryBuilder::<Db>::new(head);
    push_list(&mut query, list);
    query.push(")");
    query
}

fn push_list<'t, T>(query: &mut QueryBuilder<Db>, list: &[T])
where
    T: Encode<'t, Db> + Type<Db> + Copy,
{
    let mut items = query.separated(", ");
    for item in list {
        items.push_bind(*item);
    }
}
