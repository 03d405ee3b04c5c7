//! File and environment → [`Config`]; every mistake at once.
//!
//! The way in: `yaml`, `files` and `environment` make one tree of JSON values; `document` says which sections there are,
//! with a file for each; `unread` and `node` read the raw type of each part, and take out what cannot be read, so that
//! the rest is read nevertheless; the `check` of each section turns raw types into `settings`, and notes every mistake
//! in a `report`. In no message is a value of the configuration, because somebody may have pasted a secret into it.

pub(crate) mod address;
mod alerts;
mod document;
pub(crate) mod duration;
mod environment;
mod files;
mod identity_providers;
mod log;
mod node;
pub(crate) mod number;
pub(crate) mod place;
mod poll;
pub(crate) mod problems;
mod reload;
pub(crate) mod report;
mod request;
mod schema;
mod settings;
mod stores;
pub(crate) mod targets;
pub(crate) mod text;
pub(crate) mod tiers;
pub(crate) mod unread;
pub(crate) mod yaml;

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Value, json};

use document::{Document, SECTIONS};
use report::Report;

pub use crate::store::settings::{Auth, ClientCertificate, Files, KvVersion, Store, Vault};
pub use environment::process_environment;
pub use files::{Source, read_files};
pub use problems::{Problem, Problems};
pub use settings::{Alerts, Config, Log, LogFormat, Poll, Reload};

/// Reads the files, later ones laid over earlier ones, and lays the variables `KCWATCH__…` of `environment` over them.
///
/// # Errors
///
/// Every mistake there is. If a file cannot be read at all, only that: what is missing in it would look like mistakes
/// of the others.
pub fn load(files: &[PathBuf], environment: &BTreeMap<String, String>) -> Result<Config, Problems> {
    load_sources(&read_files(files)?, environment)
}

/// [`load`] with the environment of this process.
///
/// # Errors
///
/// As [`load`].
pub fn load_here(files: &[PathBuf]) -> Result<Config, Problems> {
    load(files, &process_environment())
}

/// [`load`] of files that have been read already.
///
/// # Errors
///
/// As [`load`].
pub fn load_sources(
    sources: &[Source],
    environment: &BTreeMap<String, String>,
) -> Result<Config, Problems> {
    let mut report = Report::default();
    let built_in = json!({ "tiers": tiers::built_in() });
    let mut tree = files::merged(built_in, sources, &mut report);
    if !report.is_empty() {
        return Err(report.into_problems(&SECTIONS));
    }
    environment::lay_over(&mut tree, environment, &mut report);
    match unread::read::<Document>(tree, &problems::Key::default(), &mut report) {
        Some(document) => document.check(report),
        None => Err(report.into_problems(&SECTIONS)),
    }
}

/// [`load`] of a single text in YAML, without an environment.
///
/// # Errors
///
/// As [`load`].
pub fn load_text(text: &str) -> Result<Config, Problems> {
    load_sources(&[Source::new("configuration", text)], &BTreeMap::new())
}

/// The JSON Schema of a configuration file, draft 2020-12.
pub fn schema() -> Value {
    schema::of::<Document>()
}
