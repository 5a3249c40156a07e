//! Statements that fly together: many answers for one round trip.

use std::borrow::Cow;

use deadpool_postgres::ClientWrapper;
use futures_util::future::{join, join_all, join3};
use loam_app::error::StoreError;
use tokio_postgres::error::SqlState;

use super::rows::{Parameter, Values, failed, parameters, transpose};
use super::spread::{Pinned, by_part};
use crate::cells::{Cursor, Row};
use crate::lists::Asking;

/// A statement that writes many rows at once.
pub(super) struct Write<'a> {
    sql: Cow<'static, str>,
    columns: Vec<Values<'a>>,
    /// A value after the columns.
    part: Option<i64>,
    /// How many rows it must change, and what it means when it does not.
    expected: Option<(u64, StoreError)>,
}

impl Write<'_> {
    fn parameters(&self) -> Vec<Parameter<'_>> {
        let part = self.part.as_ref().map(|part| -> Parameter<'_> { part });
        self.columns.iter().map(Values::parameter).chain(part).collect()
    }
}

/// The writes of one transaction, in order.
pub(super) struct Writes<'a> {
    writes: Vec<Write<'a>>,
    /// The tables are spread by part: no statement is about rows of several.
    is_spread: bool,
}

impl<'a> Writes<'a> {
    pub(super) fn new(is_spread: bool) -> Writes<'a> {
        Writes { writes: Vec::new(), is_spread }
    }

    pub(super) fn is_spread(&self) -> bool {
        self.is_spread
    }

    /// Writes rows, each of which must come in or be found as it was read.
    pub(super) fn all(&mut self, sql: impl Into<Cow<'static, str>>, rows: Vec<Row<'a>>) {
        self.all_or(sql, rows, StoreError::VersionConflict);
    }

    /// Writes rows; `otherwise` is the error when not each of them had its effect.
    pub(super) fn all_or(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        rows: Vec<Row<'a>>,
        otherwise: StoreError,
    ) {
        let count = u64::try_from(rows.len()).expect("a batch has fewer than 2^64 rows");
        self.push(sql.into(), rows, Some((count, otherwise)));
    }

    /// Writes rows of which nobody knows how many there are.
    pub(super) fn any(&mut self, sql: &'static str, rows: Vec<Row<'a>>) {
        self.push(sql.into(), rows, None);
    }

    /// Asks, amid what is written, for rows that must not be there, in whatever part: it takes no part from its values.
    pub(super) fn none(&mut self, sql: &'static str, rows: Vec<Row<'a>>) {
        if !rows.is_empty() {
            let expected = Some((0, StoreError::VersionConflict));
            self.writes.push(Write { sql: sql.into(), columns: transpose(rows), part: None, expected });
        }
    }

    /// Rows are written in the order of their keys, so that two batches wait for each other at most one way.
    fn push(&mut self, sql: Cow<'static, str>, mut rows: Vec<Row<'a>>, expected: Option<(u64, StoreError)>) {
        if rows.is_empty() {
            return;
        }
        rows.sort_unstable();
        let grouped = if self.is_spread { by_part(&sql, rows) } else { Err(rows) };
        match grouped {
            Err(rows) => {
                self.writes.push(Write { sql, columns: transpose(rows), part: None, expected });
            }
            Ok(parts) => self.writes.extend(parts.into_iter().map(|Pinned { sql, part, rows }| {
                let count = u64::try_from(rows.len()).expect("a batch has fewer than 2^64 rows");
                let expected = expected.as_ref().map(|(_, otherwise)| (count, otherwise.clone()));
                Write { sql: Cow::Owned(sql), columns: transpose(rows), part, expected }
            })),
        }
    }

    /// Begins a transaction and executes everything; the transaction is left open. Every result is
    /// looked at: after a failure, `commit` would roll back without a word.
    pub(super) async fn execute(&self, client: &ClientWrapper) -> Result<(), StoreError> {
        let mut statements = Vec::with_capacity(self.writes.len());
        for write in &self.writes {
            statements.push(client.prepare_cached(&write.sql).await.map_err(failed)?);
        }
        let parameters: Vec<Vec<Parameter<'_>>> = self.writes.iter().map(Write::parameters).collect();
        let executions = statements.iter().zip(&parameters).map(|(sql, row)| client.execute(sql, row));
        let (begun, results) = join(client.batch_execute("begin"), join_all(executions)).await;
        begun.map_err(failed)?;
        let counts = first_failure(results)?;
        for (write, count) in self.writes.iter().zip(counts) {
            if let Some((_, otherwise)) = write.expected.as_ref().filter(|(expected, _)| *expected != count) {
                return Err(otherwise.clone());
            }
        }
        Ok(())
    }
}

/// All results, or the error that made the others fail.
fn first_failure<T>(results: Vec<Result<T, tokio_postgres::Error>>) -> Result<Vec<T>, StoreError> {
    let is_consequence =
        |error: &tokio_postgres::Error| error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION);
    let mut values = Vec::with_capacity(results.len());
    let mut consequence = None;
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) if is_consequence(&error) => consequence = Some(error),
            Err(error) => return Err(failed(error)),
        }
    }
    consequence.map_or(Ok(values), |error| Err(failed(error)))
}

/// A question: a statement and its parameters.
pub(super) struct Query<'a> {
    sql: Cow<'static, str>,
    row: Asked<'a>,
}

enum Asked<'a> {
    One(Row<'a>),
    Many(Vec<Values<'a>>),
}

impl<'a> Query<'a> {
    /// A question about one row of values.
    pub(super) fn one(sql: impl Into<Cow<'static, str>>, row: Row<'a>) -> Query<'a> {
        Query { sql: sql.into(), row: Asked::One(row) }
    }

    /// A question about many; `types` are the empty columns for none.
    pub(super) fn many(sql: impl Into<Cow<'static, str>>, rows: Vec<Row<'a>>) -> Query<'a> {
        Query { sql: sql.into(), row: Asked::Many(transpose(rows)) }
    }

    fn is_empty(&self) -> bool {
        match &self.row {
            Asked::One(_) => false,
            Asked::Many(columns) => columns.is_empty(),
        }
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        match &self.row {
            Asked::One(row) => parameters(row),
            Asked::Many(columns) => columns.iter().map(Values::parameter).collect(),
        }
    }
}

/// Rows as the database gave them.
pub(super) type Rows = Vec<tokio_postgres::Row>;

/// Asks all questions on one snapshot, in one round trip. A question about nothing has no rows.
///
/// The commit flies with them: it ends the transaction also when a question failed.
pub(super) async fn snapshot<const N: usize>(
    client: &ClientWrapper,
    queries: [Query<'_>; N],
) -> Result<[Rows; N], StoreError> {
    let asked: Vec<(usize, &Query<'_>)> =
        queries.iter().enumerate().filter(|(_, query)| !query.is_empty()).collect();
    let mut statements = Vec::with_capacity(N);
    for (_, query) in &asked {
        statements.push(client.prepare_cached(&query.sql).await.map_err(failed)?);
    }
    let parameters: Vec<Vec<Parameter<'_>>> = asked.iter().map(|(_, query)| query.parameters()).collect();
    let questions = statements.iter().zip(&parameters).map(|(sql, row)| client.query(sql, row));
    let begin = client.batch_execute("begin isolation level repeatable read read only");
    let (begun, results, ended) = join3(begin, join_all(questions), client.batch_execute("commit")).await;
    begun.map_err(failed)?;
    let answered = first_failure(results)?;
    ended.map_err(failed)?;
    let mut all = [const { Vec::new() }; N];
    for ((at, _), rows) in asked.into_iter().zip(answered) {
        all[at] = rows;
    }
    Ok(all)
}

/// Asks one question; one statement is a snapshot by itself.
pub(super) async fn select(client: &ClientWrapper, query: Query<'_>) -> Result<Rows, StoreError> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let statement = client.prepare_cached(&query.sql).await.map_err(failed)?;
    client.query(&statement, &query.parameters()).await.map_err(failed)
}

/// Asks a question for whose answer whole tables are read, in their order on the disk: other questions find their rows by
/// keys, and are kept from that.
pub(super) async fn select_whole(
    client: &ClientWrapper,
    (sql, row): &Asking<'_>,
) -> Result<Rows, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    let begin = client.batch_execute("begin read only; set local enable_seqscan = on");
    let parameters = parameters(row);
    let question = client.query(&statement, &parameters);
    let (begun, rows, ended) = join3(begin, question, client.batch_execute("commit")).await;
    begun.map_err(failed)?;
    let rows = rows.map_err(failed)?;
    ended.map_err(failed)?;
    Ok(rows)
}

/// Asks a question whose text depends on a filter.
pub(super) async fn list(client: &ClientWrapper, (sql, row): &Asking<'_>) -> Result<Rows, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(failed)?;
    client.query(&statement, &parameters(row)).await.map_err(failed)
}

/// Rows of a question that hardly comes twice: its plan is not kept.
pub(super) async fn list_once(client: &ClientWrapper, (sql, row): &Asking<'_>) -> Result<Rows, StoreError> {
    let statement = client.prepare(sql).await.map_err(failed)?;
    client.query(&statement, &parameters(row)).await.map_err(failed)
}

/// The number that a question counts.
pub(super) async fn count(client: &ClientWrapper, asking: &Asking<'_>) -> Result<i64, StoreError> {
    let rows = list(client, asking).await?;
    Cursor::new("count(*)", rows.first().expect("a count has one row")).int()
}

/// Executes a statement about one row; gives how many rows it changed.
pub(super) async fn execute(client: &ClientWrapper, query: Query<'_>) -> Result<u64, StoreError> {
    let statement = client.prepare_cached(&query.sql).await.map_err(failed)?;
    client.execute(&statement, &query.parameters()).await.map_err(failed)
}

/// Reads every row.
pub(super) fn read_all<T>(
    rows: &Rows,
    read: impl Fn(&tokio_postgres::Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().map(read).collect()
}
