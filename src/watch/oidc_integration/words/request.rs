//! What is filled into the ticket about a broken integration.

use crate::{
    model::{Field, Filling, NoRequest, TargetName, TierName, UnixTime},
    watch::oidc_integration::{chain::Chain, config::OidcIntegration, fold::Facts},
};

use super::provider_host;

/// The facts of a target, for a request.
///
/// # Errors
///
/// If there is nothing to ask for.
pub fn request(
    (name, tier): (&TargetName, &TierName),
    wanted: &OidcIntegration,
    facts: &Facts,
    _now: UnixTime,
) -> Result<Filling, NoRequest> {
    let chain = facts.chain.as_ref().ok_or(NoRequest::NeverRead)?;
    let (step, cause) = Chain::fault(chain).ok_or(NoRequest::NothingBroken)?;
    let path = wanted.credentials.path.as_str();
    let (mount, secret) = path.split_once('/').unwrap_or((path, path));
    let instance = provider_host(wanted, facts).unwrap_or_else(|| name.to_string());
    let mut filling: Filling = Field::ALL.map(|field| (field, String::new())).into();
    filling.extend([
        (Field::Target, name.to_string()),
        (Field::Tier, tier.to_string()),
        (Field::Instance, instance),
        (Field::Store, wanted.credentials.store.to_string()),
        (Field::Path, path.to_owned()),
        (Field::Mount, mount.to_owned()),
        (Field::Secret, secret.to_owned()),
        (Field::Reason, format!("is broken at {step} ({cause})")),
    ]);
    Ok(filling)
}
