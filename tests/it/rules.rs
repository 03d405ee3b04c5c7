//! The alert rules: what is shipped, what `kcwatch rules` makes of other configurations, and what its users would load them with.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod app_interface;
mod letter;
mod letter_of_integration;
mod letter_of_secrets;
mod literal;
mod others;
mod shipped;

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::servers::unpacked;

/// The configuration that the shipped rules are printed from.
const APP_SRE: &str = "config/app-sre.yaml";

/// Runs our program on a configuration, and returns what came of it.
fn kcwatch(config: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a directory can be made");
    let file = folder.path().join("kcwatch.yaml");
    std::fs::write(&file, config).expect("it can be written");
    Command::new(env!("CARGO_BIN_EXE_kcwatch"))
        .arg("--config")
        .arg(file)
        .args(arguments)
        .output()
        .expect("it runs")
}

/// What it printed, if all went well.
fn printed(config: &str, arguments: &[&str]) -> String {
    let output = kcwatch(config, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// The rules of a file, alerts and recordings.
fn rules_of(document: &Value) -> Vec<&Value> {
    let groups = document
        .pointer("/spec/groups")
        .or_else(|| document.get("groups"));
    let groups = groups.and_then(Value::as_array).expect("groups");
    let rules = groups
        .iter()
        .map(|group| group["rules"].as_array().expect("rules"));
    rules.flatten().collect()
}

/// The alerts of a file.
fn alerts_of(document: &Value) -> Vec<&Value> {
    let mut rules = rules_of(document);
    rules.retain(|rule| rule.get("alert").is_some());
    rules
}

/// Runs promtool, which must find nothing wrong.
fn promtool(arguments: &[&str]) {
    let output = Command::new(unpacked("promtool"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("promtool runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{arguments:?}: {said}");
    assert!(
        !said.to_lowercase().contains("warn"),
        "{arguments:?}: {said}"
    );
}

/// Lets promtool check rules, duplicates included.
fn check(rules: &str) {
    let folder = TempDir::new().expect("a directory can be made");
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, rules).expect("it can be written");
    let file = file.to_str().expect("a plain path");
    promtool(&["check", "rules", "--lint=all", "--lint-fatal", file]);
}

/// Lets promtool try rules with tests that know them as `rules.yaml`.
fn try_rules(rules: &str, tests: &str) {
    let folder = TempDir::new().expect("a directory can be made");
    let file = folder.path().join("tests.yaml");
    std::fs::write(folder.path().join("rules.yaml"), rules).expect("it can be written");
    std::fs::write(&file, tests).expect("it can be written");
    promtool(&["test", "rules", file.to_str().expect("a plain path")]);
}
