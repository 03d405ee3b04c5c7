//! `kcwatch completions`: completions for a shell.

use std::{io, process::ExitCode};

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell, such as bash, zsh or fish
    shell: clap_complete::Shell,
}

impl Completions {
    pub(super) fn run(&self, mut command: clap::Command) -> ExitCode {
        clap_complete::generate(self.shell, &mut command, "kcwatch", &mut io::stdout());
        ExitCode::SUCCESS
    }
}
