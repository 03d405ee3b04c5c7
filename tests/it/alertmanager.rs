//! `alerts/alertmanager`: who is told what, and in which words, by the oldest Alertmanager it is written for and a current one.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod delivery;
mod inhibition;
mod messages;
mod routes;
mod samples;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::servers::{Version, amtool};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn config() -> PathBuf {
    repository("alerts/alertmanager/alertmanager.yaml")
}

fn text_of(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs a version of amtool to its end.
fn run(version: Version, arguments: &[&str]) -> Output {
    Command::new(amtool(version))
        .args(arguments)
        .output()
        .unwrap()
}

/// What it says, if it ends well.
fn said(version: Version, arguments: &[&str]) -> String {
    let output = run(version, arguments);
    let said = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{version:?} {arguments:?}: {said}{complained}"
    );
    said
}

#[test]
fn both_versions_take_the_configuration_and_find_the_template() {
    for version in Version::BOTH {
        let said = said(version, &["check-config", config().to_str().unwrap()]);
        assert!(said.contains("1 templates"), "{said}");
        assert!(said.contains("3 receivers"), "{said}");
    }
}

/// amtool does not look for it, and Alertmanager would drop the notification.
#[test]
fn every_template_that_is_named_is_defined() {
    let templates = text_of("alerts/alertmanager/kcwatch.tmpl");
    let config = text_of("alerts/alertmanager/alertmanager.yaml");
    let defined = names(&templates, "define \"");
    let named = [
        names(&templates, "template \""),
        names(&config, "template \""),
    ]
    .concat();
    for name in &named {
        assert!(defined.contains(name), "{name} is defined nowhere");
    }
    for name in &defined {
        assert!(named.contains(name), "{name} is used nowhere");
    }
}

/// What stands between this and the next quote.
fn names<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let found = text.split(before).skip(1);
    found.filter_map(|rest| rest.split('"').next()).collect()
}
