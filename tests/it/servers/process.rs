//! A process that ends when we do, however we end.

use std::{
    io::Write as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
};

/// Becomes the command given to it, and leaves somebody behind who kills it when our end of its standard input closes without a
/// farewell: at the end of our process, for whatever reason.
pub(crate) const LEASH: &str =
    r#"exec 3<&0; { read -r _ <&3 || kill -9 $$; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-"#;

/// How many lines of its output tell why it ended.
const LAST_LINES: usize = 15;

/// A running process; killed on drop.
pub(crate) struct Process {
    /// Guards the question whether it has ended.
    child: Mutex<Child>,
    output: PathBuf,
}

impl Process {
    /// Starts a program, its output going to a file.
    pub(crate) fn start(program: &Path, arguments: &[String], output: &Path) -> Self {
        let log = std::fs::File::create(output).expect("the log file can be made");
        let child = Command::new("sh")
            .args(["-c", LEASH, "leash"])
            .arg(program)
            .args(arguments)
            .env_remove("VAULT_TOKEN")
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            // Ctrl-C is for us, who then end it.
            .process_group(0)
            .spawn()
            .expect("sh starts");
        Self {
            child: Mutex::new(child),
            output: output.to_owned(),
        }
    }

    /// How it ended by itself, and what it said last; `None` while it runs.
    pub(crate) fn end(&self) -> Option<String> {
        let mut child = self.child.lock().expect("no panic");
        let status = child.try_wait().expect("it can be waited for")?;
        let said = std::fs::read_to_string(&self.output).unwrap_or_default();
        let before = said.lines().count().saturating_sub(LAST_LINES);
        let last: Vec<&str> = said.lines().skip(before).collect();
        Some(format!("{status}\n{}", last.join("\n")))
    }

    /// Fails the test if it ended by itself.
    pub(crate) fn must_run(&self, name: &str) {
        if let Some(end) = self.end() {
            panic!("{name} ended: {end}");
        }
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        let child = self.child.get_mut().expect("no panic");
        drop(child.kill());
        drop(child.wait());
        // Whoever holds the leash has nothing left to kill.
        if let Some(mut leash) = child.stdin.take() {
            drop(leash.write_all(b"\n"));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
