//! Load, by wrk.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::{Problem, tools};

/// As many connections as kcwatch reads with.
const CONNECTIONS: &str = "-c16";

/// A load to apply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load<'a> {
    /// How long.
    pub(crate) time: Duration,
    /// A header of every request.
    pub(crate) header: Option<&'a str>,
    /// A Lua script that makes the requests.
    pub(crate) script: Option<&'a Path>,
}

impl Load<'_> {
    /// How many requests a second were answered.
    pub(crate) fn rate(self, url: &str) -> Result<f64, Problem> {
        let mut command = Command::new(tools::wrk()?);
        command.args(["-t1", CONNECTIONS, "--timeout", "60s", "-d"]);
        command.arg(format!("{}s", self.time.as_secs()));
        command.args(
            self.header
                .map(|header| ["-H", header])
                .into_iter()
                .flatten(),
        );
        if let Some(script) = self.script {
            command.arg("-s").arg(script);
        }
        let said = String::from_utf8(command.arg(url).output()?.stdout)?;
        understood(&said).ok_or_else(|| format!("wrk was not served well by {url}:\n{said}").into())
    }
}

/// The rate, unless something else than the page was answered.
fn understood(said: &str) -> Option<f64> {
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        return None;
    }
    let rate = said
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))?;
    rate.trim().parse().ok()
}
