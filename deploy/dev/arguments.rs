//! What can be said on the command line.

use std::{path::PathBuf, time::Duration};

/// Runs the real stack on this machine, with a token that runs out within minutes, and shows what people are told. Ctrl-C ends it
/// and leaves nothing behind.
#[derive(Debug, clap::Parser)]
#[command(
    name = "stack",
    override_usage = r#"make demo DEMO="[OPTIONS]""#,
    max_term_width = 80
)]
pub(crate) struct Arguments {
    /// How long the token lives, 30s to 1h; shorter or longer, the whole story is
    #[arg(long, value_name = "SPAN", default_value = "200s", value_parser = lifetime)]
    pub(crate) lifetime: Duration,
    /// How long after its end a new token is put in place, unless you do it first
    #[arg(long, value_name = "SPAN", default_value = "45s", value_parser = humantime::parse_duration)]
    pub(crate) renew_after: Duration,
    /// How many clients the token may register, 4 to 100
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u32).range(4..=100))]
    pub(crate) clients: u32,
    /// Take ports that are free instead of the usual ones
    #[arg(long)]
    pub(crate) free_ports: bool,
    /// The kcwatch to show; the one that was built with this program otherwise
    #[arg(long, value_name = "FILE", overrides_with = "kcwatch")]
    kcwatch: Option<PathBuf>,
}

fn lifetime(text: &str) -> Result<Duration, String> {
    let span = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let seconds = span.as_secs();
    let is_good = (30..=3_600).contains(&seconds);
    is_good
        .then_some(Duration::from_secs(seconds))
        .ok_or_else(|| "expected 30s to 1h".to_owned())
}

impl Arguments {
    /// The kcwatch to show.
    pub(crate) fn kcwatch(&self) -> Result<PathBuf, String> {
        let beside = || {
            let ours = std::env::current_exe().ok()?;
            Some(ours.parent()?.parent()?.join("kcwatch"))
        };
        let program = self.kcwatch.clone().or_else(beside);
        program
            .filter(|program| program.is_file())
            .ok_or_else(|| "no kcwatch here: build it first, as `make demo` does".to_owned())
    }

    /// A part of the lifetime, in hundredths; at least a second.
    pub(crate) fn part(&self, hundredths: u32) -> Duration {
        (self.lifetime * hundredths / 100).max(Duration::from_secs(1))
    }
}
