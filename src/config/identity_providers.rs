//! Section `identity_providers`.

mod admin;
mod client_secret;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    keycloak::settings::{Admin, IdentityProvider},
    model::ProviderName,
    store::settings::Store,
};

use super::{
    address,
    problems::Key,
    report::{Named, Report},
    text,
};

/// An identity provider: a realm of Keycloak.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "IdentityProvider")]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentityProvider {
    /// Its issuer, exactly as the claim `iss` of its tokens spells it: an http or https URL that does not end in `/`.
    #[schemars(required)]
    issuer: Option<String>,
    /// A PEM file with the only certificate authorities that are trusted; `null`: those of the system.
    #[serde(default)]
    ca_file: Option<String>,
    /// The service account that may read the realm's list of Initial Access Tokens, which says how many registrations each
    /// has left; `null`: there is none.
    #[serde(default)]
    admin: Option<admin::RawAdmin>,
}

pub(super) fn check(
    name: Option<ProviderName>,
    raw: RawIdentityProvider,
    at: &Key,
    stores: &Named<Store>,
    report: &mut Report,
) -> Option<Arc<IdentityProvider>> {
    let issuer = issuer(raw.issuer, &at.key("issuer"), report);
    let ca_file = text::optional(raw.ca_file, &at.key("ca_file"), report);
    let admin_key = at.key("admin");
    let admin: Option<Option<Admin>> = raw
        .admin
        .map(|raw| admin::check(raw, issuer.as_deref(), &admin_key, stores, report));
    // Without this, those who need the account would be blamed for a mistake in it.
    report.as_written(&admin_key, ())?;
    Some(Arc::new(IdentityProvider {
        name: name?,
        issuer: Arc::from(issuer?),
        ca_file: ca_file.map(Into::into),
        admin: match admin {
            Some(admin) => Some(admin?),
            None => None,
        },
    }))
}

fn issuer(raw: Option<String>, at: &Key, report: &mut Report) -> Option<String> {
    let what = "the URL of the realm, such as https://auth.redhat.com/auth/realms/EmployeeIDP";
    let text = report.required(at, raw, what)?;
    report.accept(at, address::issuer(&text))?;
    Some(text)
}
