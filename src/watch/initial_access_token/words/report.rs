//! The facts of one target, in fields.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{clients, end};
use crate::{
    model::{ClientsLevel, Expiry, Level, Reason, Rehearsal, UnixTime},
    watch::initial_access_token::{clients::Unknown, config::InitialAccessToken, fold::Facts},
};

/// One target's facts, as `/api/v1/status` and `kcwatch check --output json` show them.
#[derive(Debug, Serialize)]
pub struct Report {
    state: &'static str,
    level: Option<Level>,
    expires: Option<UnixTime>,
    never_expires: bool,
    issued: Option<UnixTime>,
    issuer: Option<Arc<str>>,
    expected_issuer: Option<Arc<str>>,
    previous_expires: Option<UnixTime>,
    written: Option<UnixTime>,
    requested_lifetime_seconds: u64,
    clients: ClientsReport,
    rehearsal: Option<RehearsalReport>,
    checks: BTreeMap<&'static str, bool>,
    rotations: u64,
}

/// How many registrations are left, and how sure that is.
#[derive(Debug, Serialize)]
struct ClientsReport {
    left: Option<i64>,
    limit: i64,
    level: Option<ClientsLevel>,
    source: Option<&'static str>,
    /// Whether the number is exact, as opposed to an estimate.
    exact: Option<bool>,
    at: Option<UnixTime>,
    /// Why nobody knows it.
    unknown: Option<Unknown>,
    /// Clients in the store that say nothing about their registration.
    unclear: u64,
    sources: BTreeMap<&'static str, SourceReport>,
}

/// How a source answers.
#[derive(Debug, Serialize)]
struct SourceReport {
    up: Option<bool>,
    reason: Option<Reason>,
    last_success: Option<UnixTime>,
}

/// What the latest rehearsal with a clear answer showed.
#[derive(Debug, Serialize)]
struct RehearsalReport {
    possible: bool,
    answer: &'static str,
    words: &'static str,
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
