//! The demonstration with real servers, `make demo`: it comes to its first message, and leaves nothing behind.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Keycloak takes its time on a machine that tests other things as well.
const PATIENCE: Duration = Duration::from_secs(180);

const MAKEFILE: &str = include_str!("../../Makefile");

#[tokio::test]
async fn it_comes_to_its_first_message_and_leaves_nothing_behind_when_interrupted() {
    let mut stack = Stack::start(&["--free-ports", "--lifetime", "40s", "--clients", "4"]);
    stack.says("everything runs, after ").await;
    stack.says("· client 2 of 4 is registered").await;
    stack.says("Slack #sd-app-sre  [FIRING] ").await;
    stack.says("Subject: New Initial Access Token").await;
    assert!(!stack.processes().is_empty());
    stack.signal(Signal::INT);
    assert_eq!(stack.exit_code().await, Some(0), "{}", stack.said());
    stack.says("interrupted: everything is ended").await;
    stack.is_gone().await;
}

#[tokio::test]
async fn a_server_that_dies_is_named_and_ends_everything() {
    let mut stack = Stack::start(&["--free-ports", "--lifetime", "1h"]);
    stack.says("everything runs, after ").await;
    let kcwatch = stack.process_of("kcwatch.yaml");
    kill_process(kcwatch, Signal::KILL).expect("it runs");
    assert_eq!(stack.exit_code().await, Some(1), "{}", stack.said());
    stack.says("demo: kcwatch ended by itself: ").await;
    stack.is_gone().await;
}

#[tokio::test]
async fn what_cannot_be_is_one_line_and_starts_nothing() {
    let mut stack = Stack::start(&["--kcwatch", "/no/such/program"]);
    assert_eq!(stack.exit_code().await, Some(1));
    let said = stack.said();
    assert!(said.starts_with("demo: no kcwatch here"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    stack.is_gone().await;
}

#[test]
fn the_document_names_what_there_is() {
    let document = include_str!("../../deploy/dev/README.md");
    let help = Command::new(built()).arg("--help").output();
    let help = String::from_utf8(help.expect("it runs").stdout).expect("plain text");
    for word in document.split(['"', ' ', '`', '=']) {
        assert!(!word.starts_with("--") || help.contains(word), "{word}");
    }
    for (said, meant) in [
        ("200 seconds", "[default: 200s]"),
        ("8 clients", "[default: 8]"),
        ("10037, 9090, 9093, 8080, 8200", "Ctrl-C"),
    ] {
        assert!(document.contains(said) && help.contains(meant), "{help}");
    }
}

#[test]
fn make_builds_and_runs_it() {
    for part in [
        "scripts/setup demo",
        "--bin kcwatch --example stack",
        "target/debug/examples/stack $(DEMO)",
    ] {
        assert!(MAKEFILE.contains(part), "{part}");
    }
}

/// The demonstration, and a folder in which it has all of its own.
struct Stack {
    child: Child,
    folder: TempDir,
}

impl Stack {
    fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a directory can be made");
        fs::create_dir(folder.path().join("tmp")).expect("it can be made");
        let output = fs::File::create(folder.path().join("output")).expect("it can be made");
        let child = Command::new(built())
            .args(["--kcwatch", env!("CARGO_BIN_EXE_kcwatch")])
            .args(arguments)
            .env("TMPDIR", folder.path().join("tmp"))
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file can be shared"))
            .stderr(output)
            .process_group(0)
            .spawn()
            .expect("it starts");
        Self { child, folder }
    }

    fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
    }

    /// Waits for words.
    async fn says(&self, words: &str) {
        let waiting = async {
            while !self.said().contains(words) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(
            waited.is_ok(),
            "it does not say {words:?}:\n{}",
            self.said()
        );
    }

    fn signal(&self, signal: Signal) {
        kill_process(id(self.child.id()), signal).expect("it runs");
    }

    async fn exit_code(&mut self) -> Option<i32> {
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                    return status.code();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        ended.expect("it ends")
    }

    /// Every process that was started below it: all are told where their temporary folder is, or read a file in it.
    fn processes(&self) -> Vec<(u32, String)> {
        let mark = self.folder.path().display().to_string();
        let all = fs::read_dir("/proc").expect("it can be listed");
        let ids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let told = ids.map(|id| {
            let read = |name: &str| fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
            let (arguments, environment) = (read("cmdline"), read("environ"));
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (id, text(&arguments), text(&environment))
        });
        told.filter(|(_, arguments, environment)| {
            arguments.contains(&mark) || environment.contains(&mark)
        })
        .map(|(id, arguments, _)| (id, arguments.replace('\0', " ")))
        .collect()
    }

    /// The process that has this on its command line.
    fn process_of(&self, argument: &str) -> Pid {
        let processes = self.processes();
        // The one who holds the leash has it there, too.
        let found = processes
            .iter()
            .find(|(_, arguments)| arguments.contains(argument) && !arguments.contains("leash"));
        let (found, _) = found.unwrap_or_else(|| panic!("no {argument}: {processes:?}"));
        id(*found)
    }

    /// Waits until no process of it is left, and sees that no file is.
    async fn is_gone(&self) {
        let waiting = async {
            while !self.processes().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
        assert!(waited.is_ok(), "{:?}", self.processes());
        let left = fs::read_dir(self.folder.path().join("tmp")).expect("it can be listed");
        let left: Vec<PathBuf> = left.map(|entry| entry.expect("an entry").path()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

impl Drop for Stack {
    /// What it started ends with it, by its leash.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn id(process: u32) -> Pid {
    let id = i32::try_from(process).expect("it is small");
    Pid::from_raw(id).expect("it is none of the system")
}

/// The program, built as `make demo` builds it. It is there already if all tests are run.
fn built() -> PathBuf {
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--example", "stack"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(cargo.expect("cargo runs").success(), "it is built");
    let beside = Path::new(env!("CARGO_BIN_EXE_kcwatch")).with_file_name("examples");
    beside.join("stack")
}
