//! A directory for one test: configuration, credentials, secrets, and what the program writes.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{
    rig::{Daemon, launch},
    settings::Settings,
};
use crate::servers::kcwatch;

/// A directory for one test.
pub(crate) struct Home(TempDir);

/// What a command that ended by itself left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Everything that came out.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// The path of something in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file as a whole, as a careful writer does; gives its path back.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let folder = path.parent().unwrap();
        std::fs::create_dir_all(folder).unwrap();
        let mut file = tempfile::NamedTempFile::new_in(self.0.path()).unwrap();
        file.write_all(content.as_ref()).unwrap();
        file.persist(&path).unwrap();
        path
    }

    /// Where the configuration lies.
    pub(crate) fn config(&self) -> PathBuf {
        self.path("kcwatch.yaml")
    }

    /// Writes the configuration.
    pub(crate) fn configure(&self, settings: &Settings) -> &Self {
        self.write("kcwatch.yaml", settings.to_string());
        self
    }

    /// Starts the daemon on the configuration, and waits until it listens.
    pub(crate) async fn start(&self) -> Daemon {
        self.start_with(&[]).await
    }

    /// The same, with environment variables.
    pub(crate) async fn start_with(&self, environment: &[(&str, &str)]) -> Daemon {
        let mut daemon = self.launch(&["serve"], environment);
        daemon.listens().await;
        daemon
    }

    /// Starts the program with these arguments and the configuration; waits for nothing.
    pub(crate) fn launch(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Daemon {
        let config = self.config();
        let mut all = vec!["--config", config.to_str().unwrap()];
        all.extend(arguments);
        launch(&all, environment, self.0.path())
    }

    /// Runs a command on the configuration to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let config = self.config();
        let mut all = vec!["--config", config.to_str().unwrap()];
        all.extend(arguments);
        run(&all, b"")
    }
}

/// The program under test.
pub(crate) fn program() -> PathBuf {
    kcwatch().unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_kcwatch")))
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn run(arguments: &[&str], input: &[u8]) -> Ended {
    let mut child = Command::new(program())
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input has closed it by now.
    drop(child.stdin.take().unwrap().write_all(input));
    let output = child.wait_with_output().unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
