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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_head_and_each_row_in_its_order() {
        let mut table = Table::default();
        for (what, measured) in [("first", 150), ("second", 50)] {
            table.push(Row {
                what: what.to_owned(),
                measured: format!("{measured}/s"),
                reference: "100/s".to_owned(),
                ratio: ratio(measured, 100),
            });
        }
        let expected = "| what | measured | reference | ratio |\n| --- | --- | --- | --- |\n\
                        | first | 150/s | 100/s | 1.50 |\n| second | 50/s | 100/s | 0.50 |\n";
        assert_eq!(table.to_string(), expected);
    }
}
