//! Tells the program which revision it is and which compiler built it.

#![expect(
    clippy::disallowed_methods,
    reason = "a build script is told things by its environment"
)]

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-env-changed=KCWATCH_REVISION");
    // The log of HEAD grows with each commit and checkout, in a work tree too, where `.git` is a file.
    if let Some(log) = said_by("git", &["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={log}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let revision = env::var("KCWATCH_REVISION")
        .ok()
        .or_else(|| said_by("git", &["rev-parse", "--short=12", "HEAD"]));
    println!(
        "cargo::rustc-env=KCWATCH_BUILD_REVISION={}",
        revision.as_deref().unwrap_or("unknown")
    );
    let compiler = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = said_by(&compiler, &["--version"])
        .and_then(|line| line.split(' ').nth(1).map(str::to_owned));
    println!(
        "cargo::rustc-env=KCWATCH_BUILD_RUST_VERSION={}",
        version.as_deref().unwrap_or("unknown")
    );
}

fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
