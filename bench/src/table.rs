//! The table that the benchmark prints.

use std::fmt;

/// One row: what was measured, beside what.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) measured: String,
    pub(crate) reference: String,
    pub(crate) ratio: String,
}

#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    pub(crate) fn push(&mut self, row: Row) {
        eprintln!("{}: {} (beside {}; {})", row.what, row.measured, row.reference, row.ratio);
        self.0.push(row);
    }
}

/// A ratio with two decimals.
pub(crate) fn ratio(value: u128, reference: u128) -> String {
    let hundredths = value * 100 / reference.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | reference | ratio |")?;
        writeln!(f, "| --- | --- | --- | --- |")?;
        for row in &self.0 {
            writeln!(f, "| {} | {} | {} | {} |", row.what, row.measured, row.reference, row.ratio)?;
        }
        Ok(())
    }
}
