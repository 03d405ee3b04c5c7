//! Where registered clients are counted: the key `clients.registrations`.

use std::{collections::BTreeMap, ops::RangeInclusive, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    config::{
        Store,
        duration::{Span, within},
        place,
        problems::Key,
        report::{Named, Report},
        text,
    },
    model::{SecretPath, StoreName},
};

/// How many folders may be counted.
const FOLDERS: RangeInclusive<usize> = 1..=32;

/// How short and how long the pause between two counts may be.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// Where registered clients are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrations {
    /// The store that holds a secret for each client.
    pub store: StoreName,
    /// The folders they lie in; at least one.
    pub folders: Vec<SecretPath>,
    /// What is read of them.
    pub read: Read,
    /// Only names that end so are counted; `None`: all.
    pub ending: Option<String>,
    /// How long after one count the next begins.
    pub interval: Duration,
}

/// What is read of the clients in a store.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// Their names; needs the capability `list` and nothing else.
    #[default]
    Names,
    /// Each secret once, for the moment of its registration.
    Secrets,
}

/// Where registered clients are counted: folders of a store in which each client that is registered has a secret.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Registrations")]
#[serde(deny_unknown_fields)]
pub(super) struct RawRegistrations {
    /// The store that holds them.
    #[schemars(required)]
    store: Option<String>,
    /// The folders they lie in, as `vault kv list` takes them: with the mount, without `metadata/`; 1 to 32, each once.
    #[schemars(required, length(min = 1, max = 32), extend("uniqueItems" = true))]
    folders: Option<Vec<RawFolder>>,
    /// What is read of them. `names` needs the capability `list` and nothing else.
    #[serde(default)]
    read: Read,
    /// Only names that end so are counted, such as `-auth.redhat.com`; `null`: all.
    #[serde(default)]
    #[schemars(regex(pattern = "^[^/]*$"))]
    ending: Option<String>,
    /// How long after one count the next begins, 1s to 1d.
    #[serde(default = "five_minutes")]
    interval: Span,
}

/// The path of a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Folder", inline)]
struct RawFolder(String);

fn five_minutes() -> Span {
    Span::seconds(300)
}

pub(super) fn check(
    raw: RawRegistrations,
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<Registrations> {
    let (name, store) = place::store(raw.store, &at.key("store"), stores, report);
    let folders = folders(raw.folders, store, &at.key("folders"), report);
    let ending_key = at.key("ending");
    let ending = text::optional(raw.ending, &ending_key, report);
    if ending.as_ref().is_some_and(|text| text.contains('/')) {
        report.refuse(&ending_key, "must not contain /: it is the end of one name");
    }
    let interval = within(&INTERVALS, raw.interval.0, &at.key("interval"), report);
    Some(Registrations {
        store: name?,
        folders: folders?,
        read: raw.read,
        ending,
        interval: interval?,
    })
}

fn folders(
    raw: Option<Vec<RawFolder>>,
    store: Option<&Store>,
    at: &Key,
    report: &mut Report,
) -> Option<Vec<SecretPath>> {
    let texts = report.required(at, raw, "the folders with the registered clients")?;
    if !FOLDERS.contains(&texts.len()) {
        let (least, most) = FOLDERS.into_inner();
        let found = texts.len();
        let text = format!("must list from {least} to {most} folders, found {found}");
        report.refuse(at, text);
        return None;
    }
    let mut taken = BTreeMap::new();
    for (index, RawFolder(text)) in texts.iter().enumerate() {
        let at = at.index(index);
        if let Some(path) = place::path(text, store, &at, report)
            && let Some(other) = taken.insert(path, at.clone())
        {
            report.refuse(&at, format!("must be unique, found the same at {other}"));
        }
    }
    Some(
        texts
            .iter()
            .filter_map(|folder| SecretPath::new(&folder.0).ok())
            .collect(),
    )
}
