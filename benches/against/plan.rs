//! What to measure, and how long.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// What to measure, and how long.
#[derive(Debug, Parser)]
#[command(name = "against", about = "Measures kcwatch beside its yardsticks")]
pub(crate) struct Plan {
    /// Only these rows; all of them if none is named.
    rows: Vec<Row>,
    /// Fewer and shorter rounds: shows whether it works, not how fast it is.
    #[arg(long)]
    quick: bool,
    /// The binary to measure instead of the one just built, for a comparison of versions.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_kcwatch"))]
    pub(crate) binary: PathBuf,
    /// The OpenBao binary.
    #[arg(long, env = "KCWATCH_TEST_BAO")]
    pub(crate) bao: Option<PathBuf>,
    /// Cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// One row of the table, or a few that share their setup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Row {
    Cycle,
    Scrape,
    Protected,
    Poll,
    Start,
    Memory,
    Idle,
    Names,
    List,
    Clients,
    Status,
    Size,
}

impl Row {
    /// The name it is chosen by.
    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

impl Plan {
    /// The rows to measure.
    pub(crate) fn rows(&self) -> Vec<Row> {
        if self.rows.is_empty() {
            Row::value_variants().to_vec()
        } else {
            self.rows.clone()
        }
    }

    /// How often kcwatch and its yardstick take turns.
    pub(crate) fn rounds(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// How long one round of load lasts.
    pub(crate) fn load(&self) -> Duration {
        Duration::from_secs(if self.quick { 1 } else { 3 })
    }

    /// How long a daemon that has little to do is watched: one interval, so that one round of reads is in it.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(if self.quick { 10 } else { 60 })
    }
}
