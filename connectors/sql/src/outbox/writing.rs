// SPDX-License-Identifier: EUPL-1.2
//! One transaction for one delivery: asked whether it is there, written, noted.

use connector_sdk::failpoint;

use super::plan::Plan;
use super::rows::Values;
use crate::catalogue::Column;
use crate::database::{Database, Session};
use crate::fault::Fault;
use crate::identifier::{Name, TableName};
use crate::settings::{Existing, OutletSettings};
use crate::statement::{Parameter, Statement};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Now,
    /// An earlier attempt had its effect.
    Before,
}

/// Writes all rows, or none.
pub(super) async fn write(
    database: &Database,
    plan: &Plan,
    settings: &OutletSettings,
    delivery: &str,
    rows: &[Values],
) -> Result<Written, Fault> {
    let mut session = database.session().await?;
    session.begin().await?;
    let work = Transaction {
        database,
        plan,
        settings,
        delivery,
    };
    match work.carry_out(&mut session, rows).await {
        Ok(written) => {
            failpoint::reach("sql-written");
            session.commit().await?;
            failpoint::reach("sql-committed");
            Ok(written)
        }
        Err(fault) => session.roll_back(fault).await,
    }
}

struct Transaction<'a> {
    database: &'a Database,
    plan: &'a Plan,
    settings: &'a OutletSettings,
    delivery: &'a str,
}

impl Transaction<'_> {
    fn statement(&self) -> Statement {
        Statement::new(self.database.engine())
    }

    fn id(&self) -> Parameter {
        Parameter::Text(self.delivery.to_owned())
    }

    async fn carry_out(&self, session: &mut Session, rows: &[Values]) -> Result<Written, Fault> {
        let target = &self.plan.table.name;
        if let Some((ledger, column)) = &self.plan.ledger {
            if self.is_there(session, ledger, &[(column.clone(), self.id())]).await? {
                return Ok(Written::Before);
            }
            session
                .execute(self.insert(ledger, &[(column.clone(), self.id())]))
                .await?;
        }
        if let Some(column) = &self.plan.delivery
            && self.is_there(session, target, &[(column.clone(), self.id())]).await?
        {
            return Ok(Written::Before);
        }
        for (number, row) in rows.iter().enumerate() {
            self.row(session, number + 1, row).await?;
        }
        Ok(Written::Now)
    }

    async fn row(&self, session: &mut Session, number: usize, row: &Values) -> Result<(), Fault> {
        let target = &self.plan.table.name;
        let mut values = row.clone();
        if let Some(column) = &self.plan.delivery {
            values.push((column.clone(), self.id()));
        }
        if let Some(column) = &self.plan.row {
            let number = match column.cast {
                Some(_) => Parameter::Text(number.to_string()),
                None => Parameter::Integer(number as i64),
            };
            values.push((column.clone(), number));
        }
        let is_key = |column: &Column| self.settings.key.iter().any(|name: &Name| *name == column.name);
        let (key, others): (Values, Values) = values.iter().cloned().partition(|(column, _)| is_key(column));
        if !key.is_empty() && self.is_there(session, target, &key).await? {
            if self.settings.existing == Existing::Update && !others.is_empty() {
                session.execute(self.update(target, &key, &others)).await?;
            }
            return Ok(());
        }
        session.execute(self.insert(target, &values)).await
    }

    async fn is_there(
        &self,
        session: &mut Session,
        table: &TableName,
        key: &[(Column, Parameter)],
    ) -> Result<bool, Fault> {
        let mut statement = self.statement();
        statement.sql("select '1' from ").table(table).sql(" where ");
        equal(&mut statement, key);
        statement.sql(" limit 1");
        Ok(!session.fetch(statement).await?.is_empty())
    }

    fn insert(&self, table: &TableName, values: &[(Column, Parameter)]) -> Statement {
        let mut statement = self.statement();
        statement.sql("insert into ").table(table).sql(" (");
        for (index, (column, _)) in values.iter().enumerate() {
            statement.between(index, ", ").name(&column.name);
        }
        statement.sql(") values (");
        for (index, (column, value)) in values.iter().enumerate() {
            statement.between(index, ", ").value(column, value.clone());
        }
        statement.sql(")");
        statement
    }

    fn update(&self, table: &TableName, key: &[(Column, Parameter)], values: &[(Column, Parameter)]) -> Statement {
        let mut statement = self.statement();
        statement.sql("update ").table(table).sql(" set ");
        for (index, (column, value)) in values.iter().enumerate() {
            statement
                .between(index, ", ")
                .name(&column.name)
                .sql(" = ")
                .value(column, value.clone());
        }
        statement.sql(" where ");
        equal(&mut statement, key);
        statement
    }
}

fn equal(statement: &mut Statement, key: &[(Column, Parameter)]) {
    for (index, (column, value)) in key.iter().enumerate() {
        statement
            .between(index, " and ")
            .name(&column.name)
            .sql(" = ")
            .compared(column, value.clone());
    }
}
