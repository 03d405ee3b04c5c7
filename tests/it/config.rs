//! The configuration: what loads, what is refused and in which words, and what is shipped with the program.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod fixtures;
mod incumbent;
mod layers;
mod properties;
mod registrations;
mod shipped;

use std::{collections::BTreeMap, fs, path::PathBuf};

use kcwatch::config::{Config, load_text};

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), path].iter().collect()
}

/// The text of a file of the repository.
pub(crate) fn text_of(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files `*.yaml` of a folder of the repository: name → text.
fn yaml_files(folder: &str) -> BTreeMap<String, String> {
    let found: BTreeMap<String, String> = fs::read_dir(repository(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .map(|name| (name.clone(), text_of(&format!("{folder}/{name}.yaml"))))
        .collect();
    assert!(!found.is_empty(), "{folder} is empty");
    found
}

/// The configuration in a text that must load.
fn loaded(text: &str) -> Config {
    load_text(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is said about a text that must be refused.
fn refused(text: &str) -> String {
    load_text(text).unwrap_err().to_string()
}

/// Compares a file of the repository with what the code says, or writes it if `KCWATCH_BLESS` is set.
pub(crate) fn assert_file(path: &str, said: &str) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the tests, not of the program"
    )]
    if std::env::var_os("KCWATCH_BLESS").is_some() {
        fs::write(repository(path), said).unwrap();
    }
    let stands = fs::read_to_string(repository(path)).unwrap_or_default();
    assert!(
        stands == said,
        "{path} is not what the code says; look at the difference, or write it with KCWATCH_BLESS=1:\n{said}"
    );
}
