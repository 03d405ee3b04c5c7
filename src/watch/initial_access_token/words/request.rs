//! What is filled into the request for another token. `src/rules/facts.rs` says the same to Prometheus, and a test holds them
//! together.

use std::time::Duration;

use crate::{
    model::{Expiry, Field, Filling, NoRequest, TargetName, TierName, UnixTime},
    watch::initial_access_token::{
        config::InitialAccessToken, fold::Facts, state::State, words::provider_host,
    },
};

/// The facts of a target, for a request.
///
/// # Errors
///
/// If there is nothing to ask for.
pub fn request(
    (name, tier): (&TargetName, &TierName),
    wanted: &InitialAccessToken,
    facts: &Facts,
    now: UnixTime,
) -> Result<Filling, NoRequest> {
    let expiry = facts.current.as_ref().ok_or(NoRequest::NeverRead)?.expiry;
    let reason = reason(wanted, facts, expiry, now).ok_or(NoRequest::NeverExpires)?;
    let path = wanted.path.as_str();
    let (mount, secret) = path.split_once('/').unwrap_or((path, path));
    let instance = provider_host(wanted, facts).unwrap_or_else(|| name.to_string());
    Ok(Filling::from([
        (Field::Target, name.to_string()),
        (Field::Tier, tier.to_string()),
        (Field::Instance, instance),
        (Field::Store, wanted.store.to_string()),
        (Field::Path, path.to_owned()),
        (Field::Mount, mount.to_owned()),
        (Field::Secret, secret.to_owned()),
        (Field::Expires, day(expiry).unwrap_or_default()),
        (Field::Reason, reason),
        (Field::Clients, wanted.clients.limit.to_string()),
        (Field::Lifetime, lifetime(wanted.lifetime)),
    ]))
}

/// Why another token is needed, most pressing first; `None`: none is.
fn reason(
    wanted: &InitialAccessToken,
    facts: &Facts,
    expiry: Expiry,
    now: UnixTime,
) -> Option<String> {
    let day = day(expiry);
    if expiry.is_past(now) {
        return day.map(|day| format!("expired on {day}"));
    }
    match facts.state {
        State::Exhausted => return Some("is used up".to_owned()),
        State::NotKnownToIdp => return Some("is refused by the identity provider".to_owned()),
        _ => {}
    }
    let is_low = facts.clients_level(wanted).is_some();
    match facts.clients.filter(|_| is_low).map(|clients| clients.left) {
        Some(..=0) => Some("is used up".to_owned()),
        Some(left) => {
            let end = day.map_or_else(String::new, |day| format!(" and expires on {day}"));
            Some(format!(
                "is nearly used up (registrations left: {left}){end}"
            ))
        }
        None => day.map(|day| format!("expires on {day}")),
    }
}

fn day(expiry: Expiry) -> Option<String> {
    match expiry {
        Expiry::Never => None,
        Expiry::At(end) => Some(end.day()),
    }
}

/// In days, as tokens are ordered, unless it is less than two.
fn lifetime(asked: Duration) -> String {
    let seconds = asked.as_secs_f64();
    let days = seconds / 86_400.0;
    if days >= 2.0 {
        format!("{days:.0} days")
    } else {
        format!("{seconds:.0} seconds")
    }
}
