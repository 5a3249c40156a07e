//! Prints the tables of `docs/accounting.md`; `cargo xtask posting-manual` puts them there.

use std::io::Write;

use loam_book::journal::posting_manual::{BEGIN, END, tables};

fn main() -> std::io::Result<()> {
    write!(std::io::stdout(), "{BEGIN}\n\n{}\n{END}", tables())
}
