//! A process that ends when we do, however we end.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

/// Starts the command given to it, and kills it when its own standard input is closed: by a drop, or by the
/// end of the test process for whatever reason.
const LEASH: &str = r#""$@" </dev/null & child=$!; read -r _; kill -9 $child; wait $child"#;

/// A running process; killed on drop.
pub(crate) struct Process {
    leash: Child,
}

impl Process {
    /// Starts a program, its output going to a file.
    pub(crate) fn start(program: &Path, arguments: &[String], output: &Path) -> Self {
        let log = std::fs::File::create(output).expect("the log file can be made");
        let leash = Command::new("sh")
            .args(["-c", LEASH, "leash"])
            .arg(program)
            .args(arguments)
            .env_remove("VAULT_TOKEN")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("sh starts");
        Self { leash }
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        drop(self.leash.stdin.take());
        self.leash.wait().expect("the leash ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        drop(self.leash.wait());
    }
}
