//! The program `kcwatch`: arguments → command → exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    kcwatch::commands::run()
}
