//! The facts of one target, in fields.

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

use super::{clients, end};
use crate::{
    model::{ClientsLevel, Expiry, Level, Reason, Rehearsal, UnixTime},
    watch::initial_access_token::{clients::Unknown, config::InitialAccessToken, fold::Facts},
};

/// One target's facts, as `/api/v1/status` and `kcwatch check --output json` show them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InitialAccessTokenReport")]
pub struct Report {
    /// What can be said about the token in one word, as in the metric `kcwatch_iat_state`.
    state: &'static str,
    /// How late it is by its expiry; `null` while that is far off or not known.
    level: Option<Level>,
    /// When it expires; `null` if it does not, or was never read.
    expires: Option<UnixTime>,
    /// Whether it never expires.
    never_expires: bool,
    /// When it was issued; `null` if it does not say, or was never read.
    issued: Option<UnixTime>,
    /// The issuer that it names; `null` if it names none, or was never read.
    issuer: Option<Arc<str>>,
    /// The issuer that it should name; `null` where none is known.
    expected_issuer: Option<Arc<str>>,
    /// When the token before it expires; `null` if there is none, or it does not.
    previous_expires: Option<UnixTime>,
    /// When the secret was written; `null` where the store does not know.
    written: Option<UnixTime>,
    /// The lifetime that is asked for when a token is ordered.
    requested_lifetime_seconds: u64,
    /// How many registrations are left.
    clients: ClientsReport,
    /// The latest rehearsal with a clear answer; `null` if there is none.
    rehearsal: Option<RehearsalReport>,
    /// Whether each check holds, by its name; one that cannot be judged is left out.
    checks: BTreeMap<&'static str, bool>,
    /// How often another token was found in its place since the start.
    rotations: u64,
}

/// How many registrations are left, and how sure that is.
#[derive(Debug, Serialize, JsonSchema)]
struct ClientsReport {
    /// How many; `null` while nobody knows. May be below zero.
    left: Option<i64>,
    /// Of how many.
    limit: i64,
    /// How few that is; `null` while it is enough or not known.
    level: Option<ClientsLevel>,
    /// Who says so: `keycloak`, `registrations` or `field`; `null` while nobody does.
    source: Option<&'static str>,
    /// Whether the number is exact, as opposed to an estimate.
    exact: Option<bool>,
    /// When that was learnt.
    at: Option<UnixTime>,
    /// Why nobody knows it.
    unknown: Option<Unknown>,
    /// Clients in the store that say nothing about their registration.
    unclear: u64,
    /// How each source that is asked on its own answers, by its name.
    sources: BTreeMap<&'static str, SourceReport>,
}

/// How a source answers.
#[derive(Debug, Serialize, JsonSchema)]
struct SourceReport {
    /// Whether its latest answer was a good one; `null` before the first since the start.
    up: Option<bool>,
    /// Why it was none; `null` if it was.
    reason: Option<Reason>,
    /// When it last answered well; `null` if it never did.
    last_success: Option<UnixTime>,
}

/// What the latest rehearsal with a clear answer showed.
#[derive(Debug, Serialize, JsonSchema)]
struct RehearsalReport {
    /// Whether a registration would work.
    possible: bool,
    /// What the identity provider answered, as in the metric `kcwatch_iat_rehearsal_answer`.
    answer: &'static str,
    /// The same for people.
    words: &'static str,
    /// When that was.
    at: UnixTime,
}

/// The facts of one target, in fields.
pub fn report(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Report {
    let current = facts.current.as_ref();
    // Known also while nothing could be read, when a person wants to compare a new token with it.
    let provider = wanted.identity_provider.as_ref();
    let configured = provider.map(|provider| Arc::clone(&provider.issuer));
    Report {
        state: facts.state.label(),
        level: facts.level(wanted, now),
        expires: current.and_then(end),
        never_expires: current.is_some_and(|claims| claims.expiry == Expiry::Never),
        issued: current.and_then(|claims| claims.issued),
        issuer: current.and_then(|claims| claims.issuer.clone()),
        expected_issuer: configured.or_else(|| facts.expected_issuer.clone()),
        previous_expires: facts.previous.as_ref().and_then(end),
        written: facts.written,
        requested_lifetime_seconds: wanted.lifetime.as_secs(),
        clients: clients_report(wanted, facts),
        rehearsal: facts.rehearsal.last().map(rehearsal_report),
        checks: facts
            .checks
            .all()
            .filter_map(|(check, passed)| Some((check.label(), passed?)))
            .collect(),
        rotations: facts.rotations,
    }
}

fn clients_report(wanted: &InitialAccessToken, facts: &Facts) -> ClientsReport {
    let clients = facts.clients;
    let sources = facts.answers(wanted).map(|(source, answers)| {
        let report = SourceReport {
            up: answers.is_up(),
            reason: answers.failed,
            last_success: answers.last_success,
        };
        (source, report)
    });
    ClientsReport {
        left: clients.map(|clients| clients.left),
        limit: clients.map_or(i64::from(wanted.clients.limit), |clients| clients.limit),
        level: facts.clients_level(wanted),
        source: clients.map(|clients| clients.source.label()),
        exact: clients.map(|clients| clients.source.is_exact()),
        at: clients.map(|clients| clients.at),
        unknown: clients.is_none().then(|| facts.unknown_clients(wanted)),
        unclear: facts
            .counted
            .as_ref()
            .map_or(0, |counted| counted.unclear()),
        sources: sources.collect(),
    }
}

fn rehearsal_report((at, answer): (UnixTime, Rehearsal)) -> RehearsalReport {
    RehearsalReport {
        possible: answer.is_possible(),
        answer: answer.label(),
        words: clients::meaning(answer),
        at,
    }
}
