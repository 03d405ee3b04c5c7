//! Whole files: those that load, and those that are refused with the exact words.

use std::collections::BTreeSet;

use super::{assert_file, loaded, refused, repository, yaml_files};

const VALID: &str = "tests/fixtures/config/valid";
const INVALID: &str = "tests/fixtures/config/invalid";

#[test]
fn every_valid_file_loads() {
    for (name, text) in yaml_files(VALID) {
        println!("{name}");
        loaded(&text);
    }
}

#[test]
fn every_mistake_is_told_in_these_words() {
    for (name, text) in yaml_files(INVALID) {
        assert_file(
            &format!("{INVALID}/{name}.expect.txt"),
            &format!("{}\n", refused(&text)),
        );
    }
}

#[test]
fn every_expectation_belongs_to_a_file() {
    let known: BTreeSet<String> = yaml_files(INVALID).into_keys().collect();
    for entry in std::fs::read_dir(repository(INVALID)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.split('.').next().unwrap();
        assert!(known.contains(stem), "{name} belongs to no file");
    }
}

#[test]
fn no_mistake_is_told_twice() {
    for (name, text) in yaml_files(INVALID) {
        let said = refused(&text);
        let lines: Vec<&str> = said.lines().collect();
        let different: BTreeSet<&str> = lines.iter().copied().collect();
        assert_eq!(lines.len(), different.len(), "{name}:\n{said}");
    }
}

#[test]
fn passwords_in_urls_are_not_repeated() {
    for name in [
        "vault_address",
        "issuer",
        "auth",
        "admin",
        "admin_address",
        "oidc_integration",
    ] {
        let text = &yaml_files(INVALID)[name];
        assert!(text.contains("hunter2"), "{name}");
        assert!(!refused(text).contains("hunter2"), "{name}");
    }
}
