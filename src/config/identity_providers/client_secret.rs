//! Section `identity_providers.<name>.admin.client_secret`.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::json;

use crate::{
    config::{
        place,
        problems::Key,
        report::{Named, Report},
        text,
    },
    keycloak::settings::ClientSecret,
    store::settings::Store,
};

/// What is said where the secret is named not at all, or in both ways.
const EITHER: &str = "either file, or store, path and field";

/// Where the secret of a service account is read: either a `file`, or `store`, `path` and `field`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientSecret", transform = file_or_stored)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClientSecret {
    /// The file that holds the secret and nothing else, read anew at each login.
    file: Option<String>,
    /// The store that holds a secret with it.
    store: Option<String>,
    /// The path of that secret in the store, as `vault kv get` takes it: with the mount, without `data/`.
    path: Option<String>,
    /// The field of that secret that holds it, such as `client_secret`.
    field: Option<String>,
}

/// Says in the schema that there are two ways to name it.
fn file_or_stored(schema: &mut Schema) {
    let [text, nothing] = ["string", "null"].map(|kind| json!({ "type": kind }));
    let file = json!({
        "required": ["file"],
        "properties": { "file": text, "store": nothing, "path": nothing, "field": nothing },
    });
    let stored = json!({
        "required": ["store", "path", "field"],
        "properties": { "file": nothing, "store": text, "path": text, "field": text },
    });
    schema.insert("oneOf".to_owned(), json!([file, stored]));
}

pub(super) fn check(
    raw: Option<RawClientSecret>,
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<ClientSecret> {
    let raw = report.required(at, raw, EITHER)?;
    let file_key = at.key("file");
    let file = raw.file.is_some() || report.is_removed(&file_key);
    match (file, raw.is_stored(at, report)) {
        (true, false) => {
            let what = "the file with the secret";
            text::path(raw.file, &file_key, what, report).map(ClientSecret::File)
        }
        (false, true) => stored(raw, at, stores, report),
        (both, _) => {
            let found = if both { "both" } else { "neither" };
            report.refuse(at, format!("must have {EITHER}, found {found}"));
            None
        }
    }
}

impl RawClientSecret {
    /// Whether a place in a store is named, be it in part. What was refused counts.
    fn is_stored(&self, at: &Key, report: &Report) -> bool {
        let given = [
            ("store", &self.store),
            ("path", &self.path),
            ("field", &self.field),
        ];
        given
            .iter()
            .any(|(key, value)| value.is_some() || report.is_removed(&at.key(key)))
    }
}

fn stored(
    raw: RawClientSecret,
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<ClientSecret> {
    let place = place::secret((raw.store, raw.path), at, stores, report);
    let what = "the field of the secret that holds it, such as client_secret";
    let field = text::required(raw.field, &at.key("field"), what, report);
    let (store, path) = place?;
    Some(ClientSecret::Stored {
        store,
        path,
        field: field?,
    })
}
