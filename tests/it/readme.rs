//! The README keeps its word: its five minutes are run as they stand there, against a real OpenBao and a real Prometheus.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

use std::{
    fs,
    os::unix::{fs::symlink, process::CommandExt as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::servers::{OpenBao, free_port, unpacked};

const README: &str = include_str!("../../README.md");

/// What stands before a block that is run, around its name.
const MARK: (&str, &str) = ("<!-- five minutes: ", " -->\n```sh\n");

/// What the reader's shell is here: one that nobody types into, whose children all end when this process does. The
/// standard input stays open for as long as the test runs; when it closes, the watcher kills the whole group.
const SHELL: &str = "exec 3<&0 < /dev/null; { read -r _ <&3; kill -9 0; } & disown\n";

#[test]
fn the_two_commands_come_first() {
    let first = README.split("```sh\n").nth(1).expect("a block of commands");
    let commands: Vec<&str> = first
        .lines()
        .take(2)
        .map(|line| line.split("  ").next().unwrap_or_default())
        .collect();
    assert_eq!(commands, ["make run", "make test"]);
}

#[test]
fn the_five_minutes_work_when_followed_to_the_letter() {
    let home = Home::new();
    let said = home.follow(&on_free_ports(&blocks()));
    for block in [
        "server",
        "secrets",
        "access",
        "configuration",
        "daemon",
        "prometheus",
        "alerts",
        "end",
    ] {
        assert!(
            said.contains(&format!("<{block}>")),
            "{block} is missing:\n{said}"
        );
    }

    assert!(
        after(&said, "configuration").contains("ok: 2 targets"),
        "{said}"
    );
    let looked = after(&said, "configuration");
    assert!(looked.contains("2 targets: 1 ok, 1 notice"), "{said}");
    let daemon = after(&said, "daemon");
    let prometheus = after(&said, "prometheus");
    for (target, days) in [("prod", 7.0), ("stage", 60.0)] {
        let series = format!("kcwatch_iat_expiration_timestamp_seconds{{target=\"{target}\"");
        assert!(daemon.contains(&series), "{said}");
        assert_days_left(prometheus, target, days);
    }
    let alerts = after(&said, "alerts");
    let ticket = "Subject: New Initial Access Token for sso.example.com (prod)";
    assert!(
        alerts.contains("SUCCESS") && alerts.contains(ticket),
        "{said}"
    );
}

/// What `promtool query instant` says of a target: `{…, target="prod"} => 6.99 @[…]`.
fn assert_days_left(said: &str, target: &str, expected: f64) {
    let days: f64 = said
        .lines()
        .find(|line| line.contains(&format!("target=\"{target}\"")))
        .and_then(|line| line.split("=> ").nth(1)?.split(' ').next()?.parse().ok())
        .unwrap_or_else(|| panic!("{target} is not in Prometheus:\n{said}"));
    assert!(
        (expected - 0.01..=expected).contains(&days),
        "{target}: {days}"
    );
}

/// What was said in a block.
fn after<'a>(said: &'a str, block: &str) -> &'a str {
    let rest = said
        .split(&format!("<{block}>\n"))
        .nth(1)
        .unwrap_or_default();
    rest.split("\n<").next().unwrap_or_default()
}

/// The marked blocks in order: name, commands.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let block = |text: &'static str| {
        let (name, rest) = text.split_once(MARK.1)?;
        Some((name, rest.split_once("```\n")?.0))
    };
    README
        .split(MARK.0)
        .skip(1)
        .map(|text| block(text).expect("a name, and a block of commands right below it"))
        .collect()
}

/// One script of all blocks, each announced by its name, with free ports in place of the usual ones.
fn on_free_ports(blocks: &[(&str, &str)]) -> String {
    let announced = blocks
        .iter()
        .map(|(name, commands)| format!("echo; echo '<{name}>'\n{commands}"));
    let script = announced.collect::<Vec<_>>().concat();
    ["8200", "10037", "9090"]
        .into_iter()
        .fold(script, |script, port| {
            let usual = format!("127.0.0.1:{port}");
            assert!(script.contains(&usual), "the README does not use {usual}");
            script.replace(&usual, &format!("127.0.0.1:{}", free_port()))
        })
}

/// What the reader has after the two commands: a folder with kcwatch and the tools, and a home of their own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(TempDir::new().expect("a directory can be made"));
        home.link(
            "target/debug/kcwatch",
            Path::new(env!("CARGO_BIN_EXE_kcwatch")),
        );
        home.link("target/tools/venv/bin/bao", &OpenBao::program());
        for tool in ["prometheus", "promtool"] {
            let name = format!("target/tools/debian/usr/bin/{tool}");
            home.link(&name, &unpacked(tool));
        }
        home
    }

    fn link(&self, name: &str, target: &Path) {
        let link = self.0.path().join(name);
        fs::create_dir_all(link.parent().expect("it lies in a folder")).expect("it can be made");
        symlink(target, link).expect("it can be linked");
    }

    /// Runs the commands as one shell would, and gives back what they said.
    fn follow(&self, commands: &str) -> String {
        let (script, output) = (self.0.path().join("script"), self.0.path().join("output"));
        fs::write(&script, format!("{SHELL}{commands}")).expect("it can be written");
        let log = fs::File::create(&output).expect("it can be made");
        let mut shell = Command::new("bash")
            .arg(&script)
            .current_dir(self.0.path())
            .env_remove("KCWATCH_CONFIG")
            .env("HOME", self.0.path())
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .process_group(0)
            .spawn()
            .expect("bash starts");
        let leash = shell.stdin.take();
        let said = || fs::read_to_string(&output).unwrap_or_default();
        for _ in 0..1_800 {
            if let Some(status) = shell.try_wait().expect("it can be waited for") {
                drop(leash);
                assert!(status.success(), "{status}:\n{}", said());
                return said();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(leash);
        panic!("not through after three minutes:\n{}", said());
    }
}
