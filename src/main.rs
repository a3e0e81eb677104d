//! The `watchfloor` program: everything it does is in the library.

use std::process::ExitCode;

use clap::Parser;
use watchfloor::cli::{self, Cli};

fn main() -> ExitCode {
    cli::run(Cli::parse())
}
