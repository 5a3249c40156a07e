//! The statements that the suite really sends to a book whose tables are spread. `fan_out` judges them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, OnceLock};

/// Where statements are written to, one in a line.
pub(crate) const COLLECTED: &str = "LOAM_TEST_STATEMENTS";

static COLLECTOR: OnceLock<Option<Collector>> = OnceLock::new();

/// Listens to what the client of PostgreSQL says of its work. What the store sends is prepared first; tests that look
/// at tables send whole batches or simple queries.
struct Collector(Mutex<(File, BTreeSet<String>)>);

/// From now on statements are written down, if somebody wants them.
#[expect(clippy::disallowed_methods, reason = "the test that judges the statements says where it wants them")]
pub(crate) fn collect() {
    COLLECTOR.get_or_init(|| {
        let file = File::create(std::env::var_os(COLLECTED)?).expect("the file can be written");
        Some(Collector(Mutex::new((file, BTreeSet::new()))))
    });
    if let Some(Some(collector)) = COLLECTOR.get()
        && log::set_logger(collector).is_ok()
    {
        log::set_max_level(log::LevelFilter::Debug);
    }
}

impl log::Log for Collector {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "tokio_postgres::prepare"
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let said = record.args().to_string();
        // `preparing query s1 with types [Int8]: select …`
        let Some((_, sql)) = said.strip_prefix("preparing query ").and_then(|rest| rest.split_once(": "))
        else {
            return;
        };
        let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut collected = self.0.lock().expect("nobody panics who holds it");
        if collected.1.insert(sql.clone()) {
            writeln!(collected.0, "{sql}").expect("the file can be written");
        }
    }

    fn flush(&self) {}
}
