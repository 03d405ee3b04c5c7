//! Section `identity_providers`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{keycloak::settings::IdentityProvider, model::ProviderName};

use super::{address, problems::Key, report::Report};

/// An identity provider: a realm of Keycloak.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "IdentityProvider")]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentityProvider {
    /// Its issuer, exactly as the claim `iss` of its tokens spells it: an http or https URL that does not end in `/`.
    #[schemars(required)]
    issuer: Option<String>,
}

pub(super) fn check(
    name: Option<ProviderName>,
    raw: RawIdentityProvider,
    at: &Key,
    report: &mut Report,
) -> Option<Arc<IdentityProvider>> {
    let issuer = at.key("issuer");
    let what = "the URL of the realm, such as https://auth.redhat.com/auth/realms/EmployeeIDP";
    let text = report.required(&issuer, raw.issuer, what)?;
    report.accept(&issuer, address::issuer(&text))?;
    Some(Arc::new(IdentityProvider {
        name: name?,
        issuer: Arc::from(text),
        ca_file: None,
        admin: None,
    }))
}
