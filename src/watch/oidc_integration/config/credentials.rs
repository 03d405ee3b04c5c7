//! Where the credentials lie that Zync uses: the key `credentials`.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::json;

use crate::config::{
    place,
    problems::Key,
    report::Report,
    targets::Known,
    text::{self, pointer},
};

use super::{ClientId, Credentials, Form};

/// What is said where they are named not at all, or in more than one way.
const EITHER: &str = "either url, or client_secret and one of client_id and client_id_at";

/// Where the credentials lie that Zync uses: either as one `url`, or as `client_secret` and one of `client_id` and `client_id_at`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "IntegrationCredentials", transform = one_form)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCredentials {
    /// The store that holds them.
    #[schemars(required)]
    store: Option<String>,
    /// The path of the secret in the store, as `vault kv get` takes it: with the mount, without `data/`.
    #[schemars(required)]
    path: Option<String>,
    /// A JSON pointer (RFC 6901) to the whole URL, `https://ID:SECRET@host/…`, as the field OpenID Connect Issuer has it.
    #[serde(default)]
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    url: Option<String>,
    /// The id of the client.
    #[serde(default)]
    client_id: Option<String>,
    /// A JSON pointer to the id of the client.
    #[serde(default)]
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    client_id_at: Option<String>,
    /// A JSON pointer to the secret of the client.
    #[serde(default)]
    #[schemars(regex(pattern = "^(/([^~/]|~[01])*)+$"))]
    client_secret: Option<String>,
}

/// Says in the schema that there are three forms.
fn one_form(schema: &mut Schema) {
    let [text, nothing] = ["string", "null"].map(|kind| json!({ "type": kind }));
    let form = |given: &[&str]| {
        let keys = ["url", "client_id", "client_id_at", "client_secret"];
        let properties = keys.map(|key| {
            let kind = if given.contains(&key) {
                &text
            } else {
                &nothing
            };
            (key.to_owned(), kind.clone())
        });
        let properties: serde_json::Map<_, _> = properties.into_iter().collect();
        json!({ "required": given, "properties": properties })
    };
    let forms = [
        form(&["url"]),
        form(&["client_id", "client_secret"]),
        form(&["client_id_at", "client_secret"]),
    ];
    schema.insert("oneOf".to_owned(), json!(forms));
}

pub(super) fn check(
    raw: Option<RawCredentials>,
    at: &Key,
    known: &Known,
    report: &mut Report,
) -> Option<Credentials> {
    let at = at.key("credentials");
    let mut raw = report.required(
        &at,
        raw,
        "a table with store, path and where in it they stand",
    )?;
    let place = (raw.store.take(), raw.path.take());
    let place = place::secret(place, &at, &known.stores, report);
    let form = form(raw, &at, report);
    let (store, path) = place?;
    Some(Credentials {
        store,
        path,
        form: form?,
    })
}

fn form(raw: RawCredentials, at: &Key, report: &mut Report) -> Option<Form> {
    let [url, id, id_at, secret] =
        ["url", "client_id", "client_id_at", "client_secret"].map(|name| at.key(name));
    // What was refused already is not blamed for the form as well.
    let is_refused = [&url, &id, &id_at, &secret]
        .iter()
        .any(|key| report.is_removed(key));
    let given = [
        raw.url.is_some() || report.is_removed(&url),
        raw.client_id.is_some() || report.is_removed(&id),
        raw.client_id_at.is_some() || report.is_removed(&id_at),
        raw.client_secret.is_some() || report.is_removed(&secret),
    ];
    let [taken_url, taken_id, taken_id_at, taken_secret] = [
        raw.url.map(|text| report.accept(&url, pointer(text))),
        text::optional(raw.client_id, &id, report).map(Some),
        raw.client_id_at
            .map(|text| report.accept(&id_at, pointer(text))),
        raw.client_secret
            .map(|text| report.accept(&secret, pointer(text))),
    ]
    .map(Option::flatten);
    match given {
        [true, false, false, false] => taken_url.map(|pointer| Form::Url { pointer }),
        [false, true, false, true] | [false, false, true, true] => {
            let id = taken_id.map(ClientId::Is);
            Some(Form::Apart {
                client_id: id.or(taken_id_at.map(ClientId::At))?,
                client_secret: taken_secret?,
            })
        }
        _ if is_refused => None,
        _ => {
            report.refuse(at, format!("must have {EITHER}"));
            None
        }
    }
}
