//! The schema can be spread over machines: plain PostgreSQL accepts it partitioned by `part`.

use loam_store::schema::{Dialect, Kind, catalogue, migrations_after};

use crate::places::{Place, client};

/// The statements of the schema, with every distributed table partitioned.
fn partitioned() -> Vec<String> {
    let distributed: Vec<String> = catalogue()
        .into_iter()
        .filter(|table| table.kind == Kind::Distributed)
        .map(|table| format!("create table {} (", table.name))
        .collect();
    assert!(distributed.len() >= 15, "most tables are distributed");
    let texts = migrations_after(0, Dialect::Postgres);
    let statements = texts.iter().flat_map(|(_, text)| text.split(';'));
    let spread = |statement: &str| {
        if distributed.iter().any(|head| statement.contains(head)) {
            format!("{} partition by hash (part)", statement.trim_end())
        } else {
            statement.to_owned()
        }
    };
    // How full a page is made is a setting of each partition, not of what they are partitions of.
    let is_asked =
        |statement: &String| !statement.trim().is_empty() && !statement.contains("set (fillfactor");
    statements.map(spread).filter(is_asked).collect()
}

#[tokio::test]
async fn every_distributed_table_can_be_partitioned_by_part() {
    let place = Place::postgres().await;
    let Place::Postgres { url, .. } = &place else { unreachable!("it was made on PostgreSQL") };
    let server = client(url).await;
    for statement in partitioned() {
        server.batch_execute(&statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    let partitioned = server.query_one("select count(*) from pg_partitioned_table", &[]).await.unwrap();
    let distributed = catalogue().into_iter().filter(|table| table.kind == Kind::Distributed).count();
    assert_eq!(partitioned.get::<_, i64>(0), i64::try_from(distributed).unwrap());
    // The same server does object to a key without `part`, so the silence above means something.
    let wrong = server.batch_execute("create unique index wrong on loan_account (id)").await.unwrap_err();
    assert_eq!(wrong.code(), Some(&tokio_postgres::error::SqlState::FEATURE_NOT_SUPPORTED));
}
