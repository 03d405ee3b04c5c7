//! The documents say what the program does: each is held against it, or against the others.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod links;
mod metrics;
mod queries;
mod registrations;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The root of the repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Markdown file of the repository.
fn documents() -> Vec<PathBuf> {
    let mut folders = vec![repository().to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be listed") {
            let entry = entry.expect("it can be read");
            let name = entry.file_name().into_string().expect("a plain name");
            let is_ours = !name.starts_with('.') && name != "target";
            let path = entry.path();
            if is_ours && path.is_dir() {
                folders.push(path);
            } else if is_ours && path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 5, "{found:?}");
    found.sort();
    found
}

/// The text of a document.
fn text_of(document: &Path) -> String {
    fs::read_to_string(document).unwrap_or_else(|error| panic!("{}: {error}", document.display()))
}
