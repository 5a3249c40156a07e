//! `loam` as it may be in a later release, for the test of two versions side by side: the same program, that knows migrations
//! besides. The first word says which: `loam-later expanded serve …`.

use std::process::ExitCode;

/// Only adds: programs that do not know it go on.
const EXPANDED: &str = include_str!("../migrations/expanded.sql");
/// Takes away what no statement of today names: programs that do not know it must end all the same.
const CONTRACTED: &str = include_str!("../migrations/contracted.sql");
/// Gives a column that every change of a loan writes another name. A program that really did so would write that one; this one
/// does not, and is good for nothing but to have migrated.
const RENAMED: &str = include_str!("../migrations/renamed.sql");

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let program = words.next();
    let release = words.next().unwrap_or_default();
    let migrations = match release.to_str() {
        Some("expanded") => vec![EXPANDED],
        Some("contracted") => vec![EXPANDED, CONTRACTED],
        Some("renamed") => vec![EXPANDED, RENAMED],
        _ => {
            eprintln!("loam-later: say first what this release is: expanded, contracted or renamed");
            return ExitCode::from(2);
        }
    };
    loam_store::later::know(migrations);
    loam_cli::program(program.into_iter().chain(words))
}
