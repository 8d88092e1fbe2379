// SPDX-License-Identifier: EUPL-1.2
//! The list of cases.

use crate::database::{Connection, DbRow, decode};
use crate::error::StoreError;
use crate::view::case::{CaseFilter, CaseLine, CaseState};
use crate::view::personal::Personal;
use crate::view::{Listing, Page};

use super::question::Question;

/// A case's line, by the alias `c`.
macro_rules! case_line {
    () => {
        "SELECT c.id, c.name, c.case_type, c.subject, c.opened, c.state, \
         (SELECT count(*) FROM cases h JOIN records r ON r.home = h.id JOIN entries e ON e.record = r.id \
          WHERE h.root = c.id) AS entries FROM cases c "
    };
}
pub(super) use case_line;

pub(super) fn line(row: &DbRow) -> Result<CaseLine, StoreError> {
    Ok(CaseLine {
        id: decode::get(row, "name")?,
        case_type: decode::get(row, "case_type")?,
        subject: Personal::open(decode::get::<String>(row, "subject")?),
        opened: decode::time(row, "opened")?,
        state: decode::one_of(row, "state", CaseState::of_number)?,
        entries: decode::number::<i64>(row, "entries")? as u64,
    })
}

pub(crate) async fn list(
    connection: &mut Connection,
    filter: &CaseFilter,
    page: Page,
) -> Result<Listing<CaseLine>, StoreError> {
    let mut question = Question::new(concat!(case_line!(), "WHERE c.root = c.id"));
    question.and(filter.case_type.as_deref(), "c.case_type = ", "");
    let part = filter
        .subject
        .as_deref()
        .map(|subject| format!("%{}%", escaped(subject)));
    question.and(part, "lower(c.subject) LIKE lower(", ") ESCAPE '\\'");
    question.and(
        filter.reference.as_deref(),
        "c.id IN (SELECT h.root FROM record_keys k JOIN records r ON r.id = k.record JOIN cases h ON h.id = r.home \
         WHERE k.value = ",
        ")",
    );
    question.between(("c.opened >= ", "c.opened < "), (filter.since, filter.until));
    let rows = question
        .page(connection, " ORDER BY c.opened DESC, c.id DESC", page)
        .await?;
    let lines: Vec<CaseLine> = rows.iter().map(line).collect::<Result<_, _>>()?;
    Ok(Listing::cut(lines, page))
}

/// A text in which the signs of `LIKE` mean themselves.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
