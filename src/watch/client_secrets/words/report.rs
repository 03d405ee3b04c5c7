//! The facts of one target, in fields.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    model::{ClientList, ClientTimes, Expiry, UnixTime},
    watch::client_secrets::{config::ClientSecrets, fold::Facts, needs::Need},
};

/// How many clients are named: those that need something most.
const NAMED: usize = 50;

/// One target's facts, as `/api/v1/status` and `kcwatch check --output json` show them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ClientSecretsReport")]
pub struct Report {
    /// How many there are; `null` before the first look that worked.
    counts: Option<Counts>,
    /// The client whose secret ends first of those that have not ended.
    next: Option<Next>,
    /// Clients that need something, the most pressing first; not all if they are many.
    clients: Vec<ClientReport>,
    /// Configured ids that no client with a secret has; not all if they are many.
    missing: Vec<String>,
}

/// How many clients there are, and how many need what.
#[derive(Debug, Serialize, JsonSchema)]
struct Counts {
    /// Clients with a secret.
    clients: usize,
    /// Those whose secret has expired.
    expired: usize,
    /// Those whose secret is past the threshold `urgent`.
    urgent: usize,
    /// Those whose secret is past the threshold `notice`, and not past `urgent`.
    notice: usize,
    /// Those whose secret before the one in use stops working soon.
    rotated_ends: usize,
    /// Those that are not under the rotation policy; `null` where none is expected.
    unmanaged: Option<usize>,
    /// Those whose secret an update by Zync may replace; `null` where no realm is read.
    replaceable: Option<usize>,
    /// What cannot be judged: times that are not understood, rows without an id, and ids that are not there.
    unclear: usize,
}

/// The client whose secret ends first of those that have not ended.
#[derive(Debug, Serialize, JsonSchema)]
struct Next {
    /// Its id.
    id: String,
    /// When its secret ends.
    expires: UnixTime,
}

/// A client that needs something.
#[derive(Debug, Serialize, JsonSchema)]
struct ClientReport {
    /// Its id.
    id: String,
    /// When its secret ends; `null` if it does not, or that is not understood.
    expires: Option<UnixTime>,
    /// When the secret before it ends; `null` if there is none.
    rotated_expires: Option<UnixTime>,
    /// What it needs: `expired`, `urgent`, `notice`, `rotated_ends`, `unclear`, `replaceable`, `unmanaged`.
    what: Vec<&'static str>,
}

/// The facts of one target, in fields.
pub fn report(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Report {
    let next = super::next(facts, now);
    let missing = facts.missing(wanted).take(NAMED).map(str::to_owned);
    Report {
        counts: counts(wanted, facts, now),
        next: next.map(|(client, expires)| Next {
            id: client.id.to_string(),
            expires,
        }),
        clients: clients(wanted, facts, now),
        missing: missing.collect(),
    }
}

fn counts(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Option<Counts> {
    let of = |need| facts.count(need, wanted, now);
    Some(Counts {
        clients: facts.clients.as_ref()?.len(),
        expired: of(Need::Expired)?,
        urgent: of(Need::Urgent)?,
        notice: of(Need::Notice)?,
        rotated_ends: of(Need::RotatedEnds)?,
        unmanaged: of(Need::Unmanaged).filter(|_| wanted.rotation.is_some()),
        replaceable: of(Need::Replaceable).filter(|_| wanted.is_of_a_realm()),
        unclear: facts.unclear(wanted)?,
    })
}

fn clients(wanted: &ClientSecrets, facts: &Facts, now: UnixTime) -> Vec<ClientReport> {
    let needs = |client: &ClientTimes| -> Vec<Need> {
        let all = Need::ALL.into_iter();
        all.filter(|need| need.is_of(client, wanted, now)).collect()
    };
    let clients = facts.clients.iter().flat_map(ClientList::iter);
    let needing = clients.map(|client| (needs(client), client));
    let mut needing: Vec<_> = needing.filter(|(needs, _)| !needs.is_empty()).collect();
    // Stable, so that those of one sort stay in the order of their ids.
    needing.sort_by_key(|(needs, client)| (needs.first().copied(), end(client)));
    needing.truncate(NAMED);
    let one = |(needs, client): (Vec<Need>, &ClientTimes)| ClientReport {
        id: client.id.to_string(),
        expires: end(client),
        rotated_expires: client.rotated,
        what: needs.into_iter().map(Need::label).collect(),
    };
    needing.into_iter().map(one).collect()
}

fn end(client: &ClientTimes) -> Option<UnixTime> {
    match client.expiry {
        Some(Expiry::At(end)) => Some(end),
        Some(Expiry::Never) | None => None,
    }
}
