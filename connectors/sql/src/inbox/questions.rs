// SPDX-License-Identifier: EUPL-1.2
//! The statements of the source.

use crate::catalogue::Column;
use crate::database::Engine;
use crate::settings::{After, IntakeSettings, MarkSettings};
use crate::statement::{Parameter, Statement};

use super::plan::Plan;

/// A page of rows behind a position, in the order of watermark and key.
pub(super) fn page(
    engine: Engine,
    plan: &Plan,
    settings: &IntakeSettings,
    behind: Option<&[Parameter]>,
    columns: &[Column],
    limit: usize,
) -> Statement {
    let mut statement = Statement::new(engine);
    statement.sql("select ");
    for (index, column) in columns.iter().enumerate() {
        statement.between(index, ", ").read(column);
    }
    statement.sql(" from ").table(&plan.table).sql(" as source where 1 = 1");
    if let (After::Mark(mark), Some(column)) = (settings.after(), &plan.mark) {
        statement.sql(" and ");
        open(&mut statement, column, mark);
    }
    if let Some(behind) = behind {
        statement.sql(" and ");
        later(&mut statement, plan.ordered(), behind);
    }
    if let Some(first) = plan.ordered().first()
        && plan.settle_seconds > 0
    {
        let seconds = Parameter::Integer(i64::from(plan.settle_seconds));
        statement.sql(" and ").name(&first.name);
        match engine {
            Engine::Postgres => statement
                .sql(" <= clock_timestamp() - interval '1 second' * ")
                .bind(seconds),
            _ => statement.sql(" <= now(6) - interval ").bind(seconds).sql(" second"),
        };
    }
    statement.sql(" order by ");
    for (index, column) in plan.ordered().iter().enumerate() {
        // Not what was selected under this name: that is a text.
        statement.between(index, ", ").sql("source.").name(&column.name);
    }
    statement.sql(" limit ").bind(Parameter::Integer(limit as i64));
    statement
}

/// `a > x or (a = x and (b > y or …))`, with `a >= x` before it so that an index of `a` can be used.
fn later(statement: &mut Statement, columns: &[Column], behind: &[Parameter]) {
    let last = columns.len().saturating_sub(1);
    for (index, (column, value)) in columns.iter().zip(behind).enumerate() {
        if index == last {
            statement.name(&column.name).sql(" > ").compared(column, value.clone());
        } else {
            statement.name(&column.name).sql(" >= ").compared(column, value.clone());
            statement
                .sql(" and (")
                .name(&column.name)
                .sql(" > ")
                .compared(column, value.clone());
            statement.sql(" or (");
        }
    }
    for _ in 0..last {
        statement.sql("))");
    }
}

/// That a row was not marked yet.
fn open(statement: &mut Statement, column: &Column, mark: &MarkSettings) {
    statement.name(&column.name);
    match &mark.open {
        None => statement.sql(" is null"),
        Some(open) => statement.sql(" = ").compared(column, Parameter::Text(open.clone())),
    };
}

/// That a row is one of these: the same key, and the same watermark, so that one that changed meanwhile comes again.
fn one_of(statement: &mut Statement, columns: &[Column], rows: &[&[Parameter]]) {
    if let ([column], true) = (columns, rows.len() > 1) {
        statement.name(&column.name).sql(" in (");
        for (index, row) in rows.iter().enumerate() {
            if let Some(value) = row.first() {
                statement.between(index, ", ").compared(column, value.clone());
            }
        }
        statement.sql(")");
        return;
    }
    statement.sql("(");
    for (index, row) in rows.iter().enumerate() {
        statement.between(index, " or ").sql("(");
        for (place, (column, value)) in columns.iter().zip(*row).enumerate() {
            statement.between(place, " and ").name(&column.name).sql(" = ");
            statement.compared(column, value.clone());
        }
        statement.sql(")");
    }
    statement.sql(")");
}

/// One row.
pub(super) fn single(engine: Engine, plan: &Plan, row: &[Parameter]) -> Statement {
    let mut statement = Statement::new(engine);
    statement.sql("select ");
    for (index, column) in plan.selected.iter().enumerate() {
        statement.between(index, ", ").read(column);
    }
    statement.sql(" from ").table(&plan.table).sql(" where ");
    one_of(&mut statement, plan.ordered(), &[row]);
    statement
}

/// Deletes rows.
pub(super) fn delete(engine: Engine, plan: &Plan, rows: &[&[Parameter]]) -> Statement {
    let mut statement = Statement::new(engine);
    statement.sql("delete from ").table(&plan.table).sql(" where ");
    one_of(&mut statement, plan.ordered(), rows);
    statement
}

/// Marks rows that are still open.
pub(super) fn mark(
    engine: Engine,
    plan: &Plan,
    settings: &MarkSettings,
    value: Option<&str>,
    rows: &[&[Parameter]],
) -> Option<Statement> {
    let column = plan.mark.as_ref()?;
    let mut statement = Statement::new(engine);
    statement
        .sql("update ")
        .table(&plan.table)
        .sql(" set ")
        .name(&column.name)
        .sql(" = ");
    match value {
        Some(value) => statement.value(column, Parameter::Text(value.to_owned())),
        None => statement.sql("current_timestamp"),
    };
    statement.sql(" where ");
    open(&mut statement, column, settings);
    statement.sql(" and ");
    one_of(&mut statement, plan.ordered(), rows);
    Some(statement)
}
