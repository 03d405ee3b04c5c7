//! The command line, as README and `docs/commands.md` tell it: commands, exit codes and routes.

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
const COMMANDS: &str = include_str!("../../docs/commands.md");

#[test]
fn the_help_of_each_command_fits_a_terminal() {
    let commands = commands();
    for command in commands.iter().map(String::as_str).chain([""]) {
        let arguments = [command, "--help"];
        let help = text(&kcwatch(&arguments[usize::from(command.is_empty())..]));
        assert!(help.lines().count() <= 24, "{command}: {help}");
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{command}: {help}");
    }
}

#[test]
fn every_command_is_documented_and_no_other() {
    let documented = first_words(&rows(COMMANDS, "# Commands"));
    assert_eq!(documented, commands());
    let in_readme = first_words(&rows(README, "## Commands"));
    assert!(in_readme.is_subset(&documented), "{in_readme:?}");
}

#[test]
fn the_manual_page_names_every_command_and_option_and_exit_code() {
    // As it is read: without the marks of its language.
    let page = text(&kcwatch(&["man"])).replace("\\-", "-");
    for command in commands() {
        assert!(
            page.contains(&format!("\"kcwatch {command}\"")),
            "{command}"
        );
        for option in options(&text(&kcwatch(&[&command, "--help"]))) {
            assert!(page.contains(&option), "{command} {option}");
        }
    }
    for cells in rows(COMMANDS, "## Exit codes") {
        assert!(page.contains(&format!("\n.B {}\n", cells[0])), "{cells:?}");
    }
    for section in ["EXIT STATUS", "FILES", "ENVIRONMENT", "SIGNALS", "SEE ALSO"] {
        assert!(page.contains(&format!(".SH {section}\n")), "{section}");
    }
}

#[test]
fn the_manual_page_is_well_formed() {
    let folder = TempDir::new().expect("a directory can be made");
    let page = folder.path().join("kcwatch.1");
    fs::write(&page, kcwatch(&["man"]).stdout).expect("it can be written");
    let checked = Command::new(crate::servers::unpacked("mandoc"))
        .args(["-T", "lint", "-W", "warning"])
        .arg(&page)
        .output()
        .expect("mandoc runs");
    // It has none, so that the same version always has the same page.
    let said = text(&checked);
    let mut mistakes = said.lines().filter(|line| !line.contains("missing date"));
    assert_eq!(mistakes.next(), None, "{said}");
}

#[test]
fn completions_know_the_options_of_check() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = text(&kcwatch(&["completions", shell]));
        assert!(
            said.contains("fail-on") && said.contains("check-config"),
            "{shell}"
        );
    }
}

/// The commands, as the help lists them.
fn commands() -> BTreeSet<String> {
    let help = text(&kcwatch(&["--help"]));
    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let words = commands
        .lines()
        .map_while(|line| line.split_whitespace().next());
    let words = words.filter(|command| *command != "help");
    words.map(str::to_owned).collect()
}

/// The long options that a help text lists.
fn options(help: &str) -> Vec<String> {
    let lines = help.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with('-'));
    let words = lines.flat_map(|line| line.split([' ', ',']));
    let long = words.filter(|word| word.starts_with("--"));
    long.map(str::to_owned).collect()
}

/// The second words of the first cells: `serve` of "`kcwatch serve`".
fn first_words(rows: &[Vec<&'static str>]) -> BTreeSet<String> {
    let cells = rows.iter().map(|cells| cells[0].trim_matches('`'));
    let words = cells.filter_map(|cell| cell.split_whitespace().nth(1));
    words.map(str::to_owned).collect()
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
fn every_exit_code_means_what_is_documented() {
    let rig = Rig::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("it has an address").port();
    let seen: Vec<(i32, &str)> = vec![
        (rig.check(Some(25)), "`check`"),
        (rig.check(Some(7)), "`check`"),
        (rig.check(Some(3)), "`check`"),
        (rig.check(None), "`check`"),
        (rig.serve_at(taken), "`serve`"),
        (code(&decode("no token")), "all others"),
        (code(&kcwatch(&["--surprise"])), "all"),
        (
            code(&kcwatch(&["check-config", "-c", "/nowhere/to/be/found"])),
            "all",
        ),
    ];
    let documented = exit_codes(COMMANDS, "## Exit codes");
    let expected = [0, 1, 2, 3, 69, 1, 64, 78];
    let codes: Vec<i32> = seen.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, expected);
    // The row of 0 speaks of all commands, of which `check` is one.
    assert_eq!(documented[0], (0, "all"));
    assert_eq!(documented[1..], seen[1..]);
    for row in exit_codes(README, "### Exit codes") {
        assert!(documented.contains(&row), "{row:?}");
    }
}

fn exit_codes(document: &'static str, heading: &str) -> Vec<(i32, &'static str)> {
    let rows = rows(document, heading);
    let codes = rows
        .iter()
        .map(|cells| (cells[0].parse().expect("a number"), cells[1]));
    codes.collect()
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

    let table = section(README, "## Routes");
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
        let path = path.replace("NAME", "prod");
        let asked = client.request(method.parse().expect("a method"), url(&path));
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
        .env("COLUMNS", "80")
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

/// What stands below a heading of a document, up to the next.
fn section(document: &'static str, heading: &str) -> &'static str {
    let (_, rest) = document
        .split_once(&format!("{heading}\n"))
        .unwrap_or_else(|| panic!("there is no {heading:?}"));
    rest.split("\n#").next().unwrap_or_default()
}

/// The rows of the table below a heading, without its head.
fn rows(document: &'static str, heading: &str) -> Vec<Vec<&'static str>> {
    let table = section(document, heading)
        .lines()
        .filter(|line| line.starts_with('|'));
    table
        .skip(2)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}
