//! The command line, as the README tells it: commands, exit codes and routes.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::json;
use tempfile::TempDir;

use crate::servers::{Process, eventually, free_port};

const README: &str = include_str!("../../README.md");

#[test]
fn the_help_fits_a_terminal() {
    let help = text(&kcwatch(&["--help"]));
    assert!(help.lines().count() <= 24, "{help}");
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
}

#[test]
fn every_command_is_in_the_readme_and_no_other() {
    let help = text(&kcwatch(&["--help"]));
    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let there: BTreeSet<&str> = commands
        .lines()
        .map_while(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    let documented: BTreeSet<&str> = first_cells("## Commands")
        .iter()
        .filter_map(|cell| cell.split_whitespace().nth(1))
        .collect();
    assert_eq!(documented, there);
    for command in there {
        assert!(kcwatch(&[command, "--help"]).status.success(), "{command}");
    }
}

#[test]
fn the_version_names_its_revision_and_compiler() {
    let version = text(&kcwatch(&["--version"]));
    let start = concat!("kcwatch ", env!("CARGO_PKG_VERSION"), " (revision ");
    assert!(
        version.starts_with(start) && version.contains(", rustc "),
        "{version}"
    );
}

#[test]
fn every_exit_code_means_what_the_readme_says() {
    let rig = Rig::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("it has an address").port();
    let seen: Vec<(i32, &str)> = vec![
        (rig.check(Some(25)), "`check`"),
        (rig.check(Some(7)), "`check`"),
        (rig.check(Some(3)), "`check`"),
        (rig.check(None), "`check`"),
        (rig.serve_at(taken), "all others"),
        (code(&kcwatch(&["--surprise"])), "all"),
        (
            code(&kcwatch(&["check-config", "-c", "/nowhere/to/be/found"])),
            "all",
        ),
    ];
    let documented: Vec<(i32, &str)> = rows("### Exit codes")
        .iter()
        .map(|cells| (cells[0].parse().expect("a number"), cells[1]))
        .collect();
    let expected = [0, 1, 2, 3, 1, 64, 78];
    let codes: Vec<i32> = seen.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, expected);
    // The row of 0 speaks of all commands, of which `check` is one.
    assert_eq!(documented[0], (0, "all"));
    assert_eq!(documented[1..], seen[1..]);
}

#[test]
fn a_target_or_an_argument_that_nobody_knows_is_bad_usage() {
    let rig = Rig::new();
    rig.write_token(25);
    assert_eq!(code(&rig.run(&["check", "nobody"])), 64);
    assert_eq!(code(&kcwatch(&["surprise"])), 64);
    assert_eq!(code(&kcwatch(&["completions"])), 64);
}

#[test]
fn a_bad_configuration_binds_nothing() {
    let rig = Rig::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    // The address is taken: had it been bound, or tried, that would be the complaint.
    rig.configure(&format!("listen: {address}\nsurprise: true\n"));
    for command in ["serve", "check", "check-config"] {
        let refused = rig.run(&[command]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(code(&refused), 78, "{command}: {said}");
        assert!(
            said.contains("surprise") && !said.contains("in use"),
            "{said}"
        );
    }
}

#[test]
fn decode_tells_the_claims_and_never_the_token() {
    let token = kcwatch::jwt::sign_sample(&json!({"jti": "x", "exp": 0}), b"key").expect("signed");
    let decoded = decode(&token);
    let said = format!(
        "{}{}",
        text(&decoded),
        String::from_utf8_lossy(&decoded.stderr)
    );
    assert!(
        said.contains("never expires") && said.contains("unverified"),
        "{said}"
    );
    assert!(token.split('.').all(|part| !said.contains(part)), "{said}");

    let refused = decode("CANARY");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!said.contains("CANARY"), "{said}");
    assert_eq!(code(&refused), 1);
}

#[tokio::test]
async fn every_route_of_the_readme_answers() {
    let folder = TempDir::new().expect("a directory can be made");
    let address = format!("127.0.0.1:{}", free_port());
    // What it leaves behind when it is killed lies in our folder.
    let arguments = [
        format!("TMPDIR={}", folder.path().display()),
        env!("CARGO_BIN_EXE_kcwatch").to_owned(),
        "demo".to_owned(),
        format!("--listen={address}"),
    ];
    let log = folder.path().join("log");
    let _demo = Process::start(Path::new("env"), &arguments, &log);
    let client = reqwest::Client::new();
    let url = |path: &str| format!("http://{address}{path}");
    eventually("the demo is ready", async || {
        let asked = client.get(url("/-/ready")).send().await.ok()?;
        asked.status().is_success().then_some(())
    })
    .await;

    let table = section("## Routes");
    let routes: Vec<(&str, &str)> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| match code.split_once(' ') {
            Some((method, path)) => Some((method, path)),
            None => code.starts_with('/').then_some(("GET", code)),
        })
        .collect();
    assert!(routes.len() >= 9, "{routes:?}");
    for (method, path) in routes {
        let asked = client.request(method.parse().expect("a method"), url(path));
        let status = asked.send().await.expect("an answer").status().as_u16();
        let expected = if method == "POST" { 403 } else { 200 };
        assert_eq!(status, expected, "{method} {path}");
    }
}

/// A configuration of one target in a directory of files.
struct Rig(TempDir);

impl Rig {
    fn new() -> Self {
        let rig = Self(TempDir::new().expect("a directory can be made"));
        rig.configure("");
        rig
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn configure(&self, more: &str) {
        let directory = self.0.path();
        let text = format!(
            "{more}stores: {{files: {{files: {{directory: {directory:?}}}}}}}\ntargets:\n- name: prod\n  tier: prod\n  \
             initial_access_token: {{secret: {{store: files, path: token.json}}}}\n"
        );
        fs::write(self.path("kcwatch.yaml"), text).expect("it can be written");
    }

    fn write_token(&self, days_left: i64) {
        let now = kcwatch::clock::system()().seconds();
        let end = now + days_left * 86_400;
        let claims = json!({"typ": "InitialAccessToken", "iat": end - 30 * 86_400, "exp": end});
        let token = kcwatch::jwt::sign_sample(&claims, b"key of a test").expect("signed");
        let secret = json!({"initial-access-token": token});
        fs::write(self.path("token.json"), secret.to_string()).expect("it can be written");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let config = self.path("kcwatch.yaml");
        let mut all = vec!["--config", config.to_str().expect("a plain path")];
        all.extend(arguments);
        kcwatch(&all)
    }

    /// The exit code of `check`, for a token with so many days left, or for none.
    fn check(&self, days_left: Option<i64>) -> i32 {
        match days_left {
            Some(days) => self.write_token(days),
            None => fs::remove_file(self.path("token.json")).expect("it was there"),
        }
        code(&self.run(&["check"]))
    }

    fn serve_at(&self, taken: u16) -> i32 {
        self.configure(&format!("listen: 127.0.0.1:{taken}\n"));
        code(&self.run(&["serve"]))
    }
}

fn kcwatch(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kcwatch"))
        .args(arguments)
        .current_dir(Path::new("/"))
        .env_remove("KCWATCH_CONFIG")
        .output()
        .expect("kcwatch runs")
}

fn decode(input: &str) -> Output {
    let mut kcwatch = Command::new(env!("CARGO_BIN_EXE_kcwatch"))
        .arg("decode")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("kcwatch runs");
    let mut door = kcwatch.stdin.take().expect("it listens");
    door.write_all(input.as_bytes()).expect("it takes it");
    drop(door);
    kcwatch.wait_with_output().expect("it ends")
}

fn text(said: &Output) -> String {
    String::from_utf8(said.stdout.clone()).expect("plain text")
}

fn code(said: &Output) -> i32 {
    said.status.code().expect("it was not killed")
}

/// What stands below a heading of the README, up to the next.
fn section(heading: &str) -> &'static str {
    let (_, rest) = README
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("the README has no {heading:?}"));
    rest.split("\n#").next().unwrap_or_default()
}

/// The rows of the table below a heading, without its head.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let table = section(heading)
        .lines()
        .filter(|line| line.starts_with('|'));
    table
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The first cell of each row, without its backticks.
fn first_cells(heading: &str) -> Vec<&'static str> {
    rows(heading)
        .iter()
        .map(|cells| cells[0].trim_matches('`'))
        .collect()
}
