//! What is filled into the request for new secrets.

use super::{names::one_line, provider_host};
use crate::{
    model::{ClientTimes, Expiry, Field, Filling, NoRequest, TargetName, TierName, UnixTime},
    watch::client_secrets::{
        config::{ClientSecrets, Source},
        fold::Facts,
        needs::level,
    },
};

/// The facts of a target, for a request: the secrets in use whose remaining life is below the threshold of the level `notice`.
///
/// # Errors
///
/// If there is nothing to ask for.
pub fn request(
    (name, tier): (&TargetName, &TierName),
    wanted: &ClientSecrets,
    facts: &Facts,
    now: UnixTime,
) -> Result<Filling, NoRequest> {
    let clients = facts.clients.as_ref().ok_or(NoRequest::NeverRead)?;
    let due: Vec<(&ClientTimes, UnixTime)> = clients
        .iter()
        .filter(|client| level(client, wanted, now).is_some())
        .filter_map(|client| match client.expiry {
            Some(Expiry::At(end)) => Some((client, end)),
            _ => None,
        })
        .collect();
    let earliest = due.iter().map(|(_, end)| *end).min();
    let earliest = earliest.ok_or(NoRequest::NothingDue)?;
    let (store, path) = match &wanted.source {
        Source::Realm { .. } => ("", ""),
        Source::Stored { store, path, .. } => (store.as_str(), path.as_str()),
    };
    let (mount, secret) = path.split_once('/').unwrap_or((path, path));
    let mut filling: Filling = Field::ALL.map(|field| (field, String::new())).into();
    filling.extend([
        (Field::Target, name.to_string()),
        (Field::Tier, tier.to_string()),
        (
            Field::Instance,
            provider_host(wanted, facts).unwrap_or_else(|| name.to_string()),
        ),
        (Field::Store, store.to_owned()),
        (Field::Path, path.to_owned()),
        (Field::Mount, mount.to_owned()),
        (Field::Secret, secret.to_owned()),
        (Field::Expires, earliest.day()),
        (Field::Due, lines(due, now)),
    ]);
    Ok(filling)
}

/// Those that end first, in the order of their ids, and how many there are beside them. `src/rules/facts.rs` says the same to
/// Prometheus, and a test holds them together.
fn lines(mut due: Vec<(&ClientTimes, UnixTime)>, now: UnixTime) -> String {
    let more = due.len().saturating_sub(Field::MOST_DUE);
    due.sort_by(|(one, end), (other, other_end)| (end, &one.id).cmp(&(other_end, &other.id)));
    due.truncate(Field::MOST_DUE);
    due.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    let more = (more > 0).then(|| format!("- and {more} more"));
    let named = due.into_iter().map(|due| line(due, now));
    let lines: Vec<String> = named.chain(more).collect();
    lines.join("\n")
}

/// The whole id, as whoever is asked has to find the client.
fn line((client, end): (&ClientTimes, UnixTime), now: UnixTime) -> String {
    let verb = if end <= now { "expired" } else { "expires" };
    format!("- {}: {verb} on {}", one_line(&client.id), end.day())
}
