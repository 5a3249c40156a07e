//! The table that the benchmark prints.

use std::fmt;

/// One row: what was measured, beside what.
#[derive(Debug, Clone)]
pub struct Row {
    pub what: String,
    pub measured: String,
    /// What it is to reach, or what does the same without the program.
    pub reference: String,
    pub ratio: String,
}

/// The rows, in the order in which they were measured. Each is told on standard error as it comes.
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

impl Table {
    pub fn push(&mut self, row: Row) {
        eprintln!("{}: {} (beside {}; {})", row.what, row.measured, row.reference, row.ratio);
        self.0.push(row);
    }
}

/// A ratio with two decimals.
pub fn ratio(value: u128, reference: u128) -> String {
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
