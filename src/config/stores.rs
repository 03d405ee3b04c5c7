//! Section `stores`.

mod auth;
mod vault;

use crate::store::settings::{Files, Store};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{problems::Key, report::Report, schema::exactly_one, text};

/// One place where secrets are read: a Vault or OpenBao server, or a directory of files.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Store", transform = exactly_one)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStore {
    /// A Vault or OpenBao server.
    vault: Option<vault::RawVault>,
    /// A directory of JSON files, one a secret, as Vault Agent or the secrets of Kubernetes give it.
    files: Option<RawFiles>,
}

/// A directory of JSON files, one a secret.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Files")]
#[serde(deny_unknown_fields)]
struct RawFiles {
    /// Where the files lie; a secret's path is relative to it.
    #[schemars(required)]
    directory: Option<String>,
}

pub(super) fn check(raw: RawStore, at: &Key, report: &mut Report) -> Option<Store> {
    let given = [
        ("vault", raw.vault.is_some()),
        ("files", raw.files.is_some()),
    ];
    only_one(&given, at, report)?;
    if let Some(raw) = raw.vault {
        return vault::check(raw, &at.key("vault"), report)
            .map(|vault| Store::Vault(Box::new(vault)));
    }
    let directory = at.key("files").key("directory");
    let what = "the directory with the files";
    text::path(raw.files?.directory, &directory, what, report)
        .map(|directory| Store::Files(Files { directory }))
}

/// Notes it unless exactly one of several keys is given. One that was refused counts as given.
fn only_one(given: &[(&str, bool)], at: &Key, report: &mut Report) -> Option<()> {
    let count = given
        .iter()
        .filter(|(key, given)| *given || report.is_removed(&at.key(key)))
        .count();
    if count == 1 {
        return Some(());
    }
    let keys: Vec<&str> = given.iter().map(|(key, _)| *key).collect();
    let found = if count == 0 { "none" } else { "several" };
    report.refuse(
        at,
        format!(
            "must have exactly one of {}, found {found}",
            keys.join(", ")
        ),
    );
    None
}
