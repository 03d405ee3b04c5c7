//! What lies in a directory of files.

use std::{
    collections::BTreeSet,
    fs::{self, DirEntry},
    io,
    path::Path,
};

use crate::{
    model::{Reason, SecretPath},
    store::{ListedName, Listing, regular},
};

/// What one entry of a directory is.
enum Entry {
    Secret(String),
    Folder,
    Other,
}

pub(super) fn list(directory: &Path, folder: &SecretPath) -> Result<Listing, Reason> {
    match entries(&directory.join(folder.as_str())) {
        Err(Reason::NotFound) if !directory.is_dir() => Err(Reason::Unreachable),
        outcome => outcome,
    }
}

fn entries(folder: &Path) -> Result<Listing, Reason> {
    // `NAME.json` and the directory `NAME` are one secret to whoever reads `NAME`.
    let (mut names, mut folders) = (BTreeSet::new(), 0_usize);
    for entry in fs::read_dir(folder).map_err(regular::reason)? {
        match classify(entry)? {
            Entry::Secret(name) => drop(names.insert(name)),
            Entry::Folder => folders = folders.saturating_add(1),
            Entry::Other => {}
        }
    }
    if names.is_empty() && folders == 0 {
        return Err(Reason::NotFound);
    }
    Ok(Listing {
        names: names.iter().map(|name| ListedName::new(name)).collect(),
        folders,
    })
}

fn classify(entry: io::Result<DirEntry>) -> Result<Entry, Reason> {
    let entry = entry.map_err(regular::reason)?;
    let Ok(name) = entry.file_name().into_string() else {
        return Err(Reason::BadResponse);
    };
    if name.starts_with('.') {
        return Ok(Entry::Other);
    }
    // Links are followed. What is gone since it was listed is no entry.
    let Ok(found) = fs::metadata(entry.path()) else {
        return Ok(Entry::Other);
    };
    if found.is_dir() {
        return Ok(if holds_keys(&entry.path())? {
            Entry::Secret(name)
        } else {
            Entry::Folder
        });
    }
    match name.strip_suffix(".json") {
        Some(name) if found.is_file() && !name.is_empty() => Ok(Entry::Secret(name.to_owned())),
        _ => Ok(Entry::Other),
    }
}

/// Whether a directory holds keys of one secret, rather than secrets.
fn holds_keys(directory: &Path) -> Result<bool, Reason> {
    for entry in fs::read_dir(directory).map_err(regular::reason)? {
        let entry = entry.map_err(regular::reason)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_key = !name.starts_with('.') && !name.ends_with(".json");
        if is_key && fs::metadata(entry.path()).is_ok_and(|found| found.is_file()) {
            return Ok(true);
        }
    }
    Ok(false)
}
