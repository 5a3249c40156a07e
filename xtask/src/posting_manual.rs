//! Writes the tables of the posting manual into `docs/accounting.md`, as the book makes them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::workspace;

const PAGE: &str = "docs/accounting.md";

/// Puts the tables between their marks; everything else of the page stays.
pub(crate) fn write(root: &Path) -> Result<()> {
    let mut cargo = workspace::cargo(root);
    cargo.args(["run", "--quiet", "--package", "loam-book", "--example", "posting_manual"]);
    let printed = cargo.output().context("cargo could not be run")?;
    ensure!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let tables = String::from_utf8(printed.stdout).context("the manual is no text")?;
    let path = root.join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| format!("{PAGE} cannot be read"))?;
    fs::write(&path, put_between_marks(&page, &tables)?).with_context(|| format!("{PAGE} cannot be written"))
}

/// The marks are the first and the last line of the tables.
fn put_between_marks(page: &str, tables: &str) -> Result<String> {
    let begin = tables.lines().next().unwrap_or_default();
    let end = tables.lines().last().unwrap_or_default();
    let (before, rest) = page.split_once(begin).context("the page does not say where the tables begin")?;
    let (_, after) = rest.split_once(end).context("the page does not say where the tables end")?;
    Ok(format!("{before}{tables}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = "before\n<b>\nold\n<e>\nafter\n";
        let written = put_between_marks(page, "<b>\nnew\n<e>").expect("both marks are there");
        assert_eq!(written, "before\n<b>\nnew\n<e>\nafter\n");
        assert!(put_between_marks("before", "<b>\n<e>").is_err());
    }
}
