// SPDX-License-Identifier: EUPL-1.2
//! A question with conditions that depend on a filter.

use hub_message::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use crate::database::{Connection, Db, DbRow};
use crate::error::StoreError;
use crate::view::Page;

/// `SELECT … FROM … WHERE …` with at least one condition, being added to. Only fixed text is ever pushed; values are
/// bound.
pub(crate) struct Question(QueryBuilder<Db>);

impl Question {
    pub(crate) fn new(select: &'static str) -> Self {
        Self(QueryBuilder::new(select))
    }

    /// Adds ` AND before value after`, when there is a value.
    pub(crate) fn and<'t, T>(&mut self, value: Option<T>, before: &'static str, after: &'static str) -> &mut Self
    where
        T: Encode<'t, Db> + Type<Db>,
    {
        if let Some(value) = value {
            self.0.push(" AND ").push(before).push_bind(value).push(after);
        }
        self
    }

    /// Adds the ends of a period of `column >= ` and `column < `.
    pub(crate) fn between(
        &mut self,
        (from, to): (&'static str, &'static str),
        (since, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> &mut Self {
        self.and(since.map(Timestamp::millis), from, "");
        self.and(until.map(Timestamp::millis), to, "")
    }

    /// The rows of one page in this order, and one more if there are more.
    pub(crate) async fn page(
        mut self,
        connection: &mut Connection,
        order: &'static str,
        page: Page,
    ) -> Result<Vec<DbRow>, StoreError> {
        self.0.push(order).push(" LIMIT ").push_bind(i64::from(page.limit) + 1);
        self.0.push(" OFFSET ").push_bind(i64::from(page.offset));
        Ok(self.0.build().persistent(false).fetch_all(connection).await?)
    }
}
