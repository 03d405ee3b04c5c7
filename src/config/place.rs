//! Where secrets lie: a store and a path in it, wherever the configuration names them.

use crate::{
    model::{SecretPath, StoreName},
    store::settings::Store,
};

use super::{
    problems::Key,
    report::{Named, Report},
};

/// The store that a key `store` names, and its name, as far as they could be read.
pub(crate) fn store<'a>(
    raw: Option<String>,
    at: &Key,
    stores: &'a Named<Store>,
    report: &mut Report,
) -> (Option<StoreName>, Option<&'a Store>) {
    let Some(name) = report.required(at, raw, "the name of a store") else {
        return (None, None);
    };
    let store = stores.find(&name, at, "store", report);
    (StoreName::new(&name).ok(), store)
}

/// The path of a secret, or of a folder of secrets, in a store that may not be known.
pub(crate) fn path(
    text: &str,
    store: Option<&Store>,
    at: &Key,
    report: &mut Report,
) -> Option<SecretPath> {
    let path = report.accept(at, SecretPath::new(text))?;
    if matches!(store, Some(Store::Vault(_))) && !path.as_str().contains('/') {
        let text = "must name the mount and what lies in it, such as secret/sso";
        report.refuse(at, text);
        return None;
    }
    Some(path)
}

/// The store and the path of one secret, from the keys `store` and `path` of the table at `at`.
pub(crate) fn secret(
    (store_name, text): (Option<String>, Option<String>),
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<(StoreName, SecretPath)> {
    let path_key = at.key("path");
    let (name, store) = store(store_name, &at.key("store"), stores, report);
    let text = report.required(&path_key, text, "where the secret lies in its store")?;
    let path = path(&text, store, &path_key, report);
    Some((name?, path?))
}
