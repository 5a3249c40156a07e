//! The program `loam`; what it does is in the library beside it, so that tests can make another version of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    loam_cli::program(std::env::args_os())
}
