//! Statements over many rows, for tables that are spread by `part`: each becomes one statement per part, which names the
//! part as a value of its own. The database then sends it to the one place where that part is. Without the value it
//! would go to every place, and a lock on rows of several parts is refused altogether.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use deadpool_postgres::ClientWrapper;
use loam_app::error::StoreError;

use super::failed;
use crate::cells::{Cell, Row};
use crate::error::OpenError;
use crate::schema::{Kind, catalogue};

/// The tables that are spread by part.
static DISTRIBUTED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let distributed = catalogue().into_iter().filter(|table| table.kind == Kind::Distributed);
    distributed.map(|table| table.name).collect()
});

/// Whether the tables of this book are spread: over machines by Citus, or over partitions of one PostgreSQL.
pub(super) async fn is_spread(client: &ClientWrapper) -> Result<bool, StoreError> {
    let sql = "select relkind = 'p' from pg_class where oid = to_regclass('loan_account')";
    let row = client.query_opt(sql, &[]).await.map_err(failed)?;
    let is_partitioned = row.is_some_and(|row| row.get(0));
    Ok(is_partitioned || is_distributed(client, "loan_account").await?)
}

/// Whether Citus has spread a table.
pub(super) async fn is_distributed(client: &ClientWrapper, table: &str) -> Result<bool, StoreError> {
    if !has_citus(client).await? {
        return Ok(false);
    }
    let sql = "select count(*) from pg_dist_partition where logicalrelid = to_regclass($1)";
    Ok(client.query_one(sql, &[&table]).await.map_err(failed)?.get::<_, i64>(0) > 0)
}

/// Whether there is a list of the tables that Citus has spread.
async fn has_citus(client: &ClientWrapper) -> Result<bool, StoreError> {
    let sql = "select to_regclass('pg_dist_partition') is not null";
    Ok(client.query_one(sql, &[]).await.map_err(failed)?.get(0))
}

/// A book of which Citus has spread some tables and others not yet: spreading was broken off, or a migration made a table
/// after it. Statements over both kinds would be refused, or wait for every machine.
pub(super) async fn must_be_all_or_nothing(client: &ClientWrapper) -> Result<(), OpenError> {
    if !has_citus(client).await? {
        return Ok(());
    }
    let spread = catalogue().into_iter().filter(|table| table.kind != Kind::Local);
    let tables: Vec<String> = spread.map(|table| table.name).collect();
    let sql = "select name from unnest($1::text[]) as t (name)
                where not exists (select 1 from pg_dist_partition where logicalrelid = to_regclass(t.name))";
    let left: Vec<String> =
        client.query(sql, &[&tables]).await.map_err(failed)?.iter().map(|row| row.get(0)).collect();
    if left.is_empty() || left.len() == tables.len() {
        return Ok(());
    }
    Err(OpenError::PartlySpread(left.join(", ")))
}

/// A statement over rows of one part.
pub(super) struct Pinned<'a> {
    pub(super) sql: String,
    /// The value after those of the rows; what is inserted says by itself where it belongs.
    pub(super) part: Option<i64>,
    pub(super) rows: Vec<Row<'a>>,
}

/// The statement once for each part of its rows; the rows again when it is not about a table that is spread, or when what
/// it inserts comes from other tables and brings its parts along.
pub(super) fn by_part<'a>(sql: &str, rows: Vec<Row<'a>>) -> Result<Vec<Pinned<'a>>, Vec<Row<'a>>> {
    let is_insert = sql.starts_with("insert");
    let is_copied = is_insert && !sql.contains("select * from unnest(");
    if is_copied || !is_distributed_table(sql) {
        return Err(rows);
    }
    let (Some(at), Some(first)) = (place_of_part(sql), rows.first()) else {
        // It would go to every machine, and is right all the same.
        debug_assert!(false, "a statement over rows of a distributed table takes no part from them: {sql}");
        return Err(rows);
    };
    let pinned = if is_insert { sql.to_owned() } else { pinned(sql, first.len() + 1) };
    let mut parts: BTreeMap<i64, Vec<Row<'a>>> = BTreeMap::new();
    for row in rows {
        let Some(Cell::Int(Some(part))) = row.get(at) else {
            unreachable!("a row of a distributed table has a part, but here stands {row:?}")
        };
        parts.entry(*part).or_default().push(row);
    }
    let one = |(part, rows)| Pinned { sql: pinned.clone(), part: (!is_insert).then_some(part), rows };
    Ok(parts.into_iter().map(one).collect())
}

/// Whether a statement is about a table that is spread by part.
fn is_distributed_table(sql: &str) -> bool {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let table = match words.as_slice() {
        ["insert", "into", table, ..] | ["delete", "from", table, ..] | ["update", table, ..] => Some(table),
        _ => words.iter().skip_while(|word| **word != "from").nth(1),
    };
    table.is_some_and(|table| DISTRIBUTED.iter().any(|known| known == table))
}

/// Which of the values is the part, in a statement over rows of a distributed table.
fn place_of_part(sql: &str) -> Option<usize> {
    let list = if sql.starts_with("insert") {
        sql.split_once('(')?.1
    } else if let Some((_, list)) = sql.split_once(" as t (") {
        list
    } else {
        sql.split_once("where (")?.1
    };
    let (columns, _) = list.split_once(')')?;
    columns.split(',').position(|column| column.trim() == "part")
}

/// The same statement with the part as the value of this number.
fn pinned(sql: &str, number: usize) -> String {
    let sql = sql.replacen("where (part,", &format!("where part = ${number}::bigint and (part,"), 1);
    let is_joined = sql.contains(".part = t.part");
    let sql = sql.replace(".part = t.part", &format!(".part = ${number}::bigint"));
    // What is joined has rows of this part only: the list was made of them.
    assert!(is_joined || sql.contains(&format!("${number}::")), "no place for the part in {sql}");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of(sql: &str, rows: &[[i64; 2]]) -> Vec<(String, Option<i64>, usize)> {
        let rows = rows.iter().map(|row| row.map(Cell::int).to_vec()).collect();
        let pinned = by_part(sql, rows).ok().unwrap();
        pinned.into_iter().map(|one| (one.sql, one.part, one.rows.len())).collect()
    }

    #[test]
    fn an_update_names_its_part_wherever_the_rows_did() {
        let sql = "update loan_account as a set version = t.version
                     from unnest($1::bigint[], $2::bigint[]) as t (account_no, part)
                    where a.part = t.part and a.account_no = t.account_no";
        let pinned = sql.replace("a.part = t.part", "a.part = $3::bigint");
        let found = parts_of(sql, &[[1, 7], [2, 5], [3, 7]]);
        assert_eq!(found, [(pinned.clone(), Some(5), 1), (pinned, Some(7), 2)]);
    }

    #[test]
    fn what_is_deleted_or_locked_is_in_one_part() {
        for head in ["delete from installment", "select 1 from client"] {
            let sql = format!("{head} where (part, n) in (select * from unnest($1::bigint[], $2::bigint[]))");
            let pinned = sql.replace("where (", "where part = $3::bigint and (");
            assert_eq!(parts_of(&sql, &[[5, 1], [5, 2]]), [(pinned, Some(5), 2)]);
        }
    }

    #[test]
    fn what_is_inserted_is_grouped_only() {
        let sql = "insert into installment (n, part) select * from unnest($1::bigint[], $2::bigint[])";
        assert_eq!(parts_of(sql, &[[1, 7], [1, 5]]), [(sql.to_owned(), None, 1), (sql.to_owned(), None, 1)]);
    }

    #[test]
    fn tables_that_are_not_spread_are_left_alone() {
        for sql in [
            "insert into id_registry (id, part) select * from unnest($1::bigint[], $2::bigint[])",
            "update book_state set version = t.part from unnest($1::bigint[]) as t (part)",
            "insert into calendar_work (part, n) select part, n from loan_account",
        ] {
            assert!(by_part(sql, vec![vec![Cell::int(1), Cell::int(2)]]).is_err(), "{sql}");
        }
    }
}
