//! The program `kcwatch`: arguments → command → exit code.

use std::process::ExitCode;

/// glibc's allocator keeps the room of replaced pages: 115 MiB resident at 10,000 targets, where this one needs 59
/// (`docs/decisions`). Its settings stand in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    kcwatch::commands::run()
}
