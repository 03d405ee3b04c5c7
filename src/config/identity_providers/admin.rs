//! Section `identity_providers.<name>.admin`.

use std::{ops::RangeInclusive, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use crate::{
    config::{
        address,
        duration::{Span, within},
        problems::Key,
        report::{Named, Report},
        text,
    },
    keycloak::settings::Admin,
    store::settings::Store,
};

use super::client_secret::{self, RawClientSecret};

/// How short and how long the pause between two readings of the list may be.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// A service account of the realm with the role `view-clients` of the client `realm-management`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Admin")]
#[serde(deny_unknown_fields)]
pub(super) struct RawAdmin {
    /// The id of its client.
    #[schemars(required)]
    client_id: Option<String>,
    /// Where its secret is read, anew at each login: either a `file`, or `store`, `path` and `field`.
    #[schemars(required)]
    client_secret: Option<RawClientSecret>,
    /// Where the realm is administered, such as `https://admin.example.com/auth`, if that is not what stands before
    /// `/realms/` in the issuer: an http or https URL that does not end in `/`. `null`: as in the issuer.
    #[serde(default)]
    address: Option<String>,
    /// How long after one reading of the list the next begins, 1s to 1d. Old servers empty caches at each reading, so a
    /// few minutes are a good choice.
    #[serde(default = "five_minutes")]
    interval: Span,
    /// Whether the secret may be sent without TLS, to an address that begins with `http://`: for development only.
    #[serde(default)]
    allow_http: bool,
}

fn five_minutes() -> Span {
    Span::seconds(300)
}

/// Checks the account; `issuer` is that of its realm, as far as it could be read.
pub(super) fn check(
    raw: RawAdmin,
    issuer: Option<&str>,
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<Admin> {
    let [id, secret, interval] =
        ["client_id", "client_secret", "interval"].map(|name| at.key(name));
    let what = "the id of the client that is the service account";
    let client_id = text::required(raw.client_id, &id, what, report);
    let client_secret = client_secret::check(raw.client_secret, &secret, stores, report);
    let place = place(raw.address, issuer, at, report);
    check_scheme(place.as_ref(), raw.allow_http, at, report);
    let pause = report
        .as_written(&interval, raw.interval.0)
        .and_then(|span| within(&INTERVALS, span, &interval, report));
    let (address, realm) = place?;
    Some(Admin {
        client_id: client_id?,
        client_secret: client_secret?,
        address,
        realm,
        interval: pause?,
    })
}

/// Where the realm is administered, and its name.
fn place(
    own: Option<String>,
    issuer: Option<&str>,
    at: &Key,
    report: &mut Report,
) -> Option<(Url, String)> {
    let own_key = at.key("address");
    let own = own.map(|text| report.accept(&own_key, address::base(&text)));
    report.as_written(&own_key, ())?;
    let (derived, realm) = report.accept(at, address::realm(issuer?))?;
    Some((own.unwrap_or(Some(derived))?, realm))
}

fn check_scheme(place: Option<&(Url, String)>, allowed: bool, at: &Key, report: &mut Report) {
    if let Some((address, _)) = place
        && address.scheme() == "http"
        && !allowed
    {
        let text = "must be true where the address begins with http://: the client's secret would be sent in clear";
        report.refuse(&at.key("allow_http"), text);
    }
}
