//! What is known about an Initial Access Token → what a person reads. Pure.

mod clients;
mod portrait;
mod report;
mod request;

use crate::model::{
    Claims, ClientsLevel, Expiry, Level, Reason, Standing, UnixTime, words_for_span,
};

use crate::watch::News;

pub use portrait::{next_end, particulars, portrait};
pub use report::{Report, report};
pub use request::request;

use super::{
    checks::Check, clients::Unknown, config::InitialAccessToken, fold::Facts, state::State,
};

/// How the target stands: by its expiry and its checks. Whether it could be read at all is said by the caller.
pub fn standing(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Standing {
    let by_state = match facts.state {
        State::Usable => Standing::Ok,
        State::Expired | State::Exhausted | State::NotKnownToIdp => Standing::Urgent,
        State::Unreadable | State::Unknown => Standing::Unknown,
    };
    let by_level = match facts.level(wanted, now) {
        None => Standing::Ok,
        Some(Level::Notice) => Standing::Notice,
        Some(Level::Urgent | Level::Expired) => Standing::Urgent,
    };
    let by_checks = facts
        .checks
        .failed()
        .map(weight)
        .max()
        .unwrap_or(Standing::Ok);
    by_state
        .max(by_level)
        .max(by_clients(wanted, facts))
        .max(by_checks)
}

/// Unknown is not well: whoever is asked and gives no number leaves the target unknown, unless a rehearsal says that it works.
fn by_clients(wanted: &InitialAccessToken, facts: &Facts) -> Standing {
    let by_rehearsal = match facts.rehearsal.is_possible() {
        Some(false) => Standing::Urgent,
        Some(true) | None => Standing::Ok,
    };
    let is_unknown = facts.clients.is_none() && facts.unknown_clients(wanted) != Unknown::NotAsked;
    let by_count = match facts.clients_level(wanted) {
        None if is_unknown && facts.rehearsal.is_possible() != Some(true) => Standing::Unknown,
        None => Standing::Ok,
        Some(ClientsLevel::Notice) => Standing::Notice,
        Some(ClientsLevel::Urgent | ClientsLevel::Exhausted) => Standing::Urgent,
    };
    by_rehearsal.max(by_count)
}

/// One line: when it expires, how many registrations are left, whether one would work, and what is wrong with it.
pub fn summary(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> String {
    let mut said = match facts.current.as_ref().map(|claims| claims.expiry) {
        None => "nothing known yet".to_owned(),
        Some(Expiry::Never) => "never expires".to_owned(),
        Some(Expiry::At(end)) if end <= now => {
            format!(
                "expired {end}, {} ago",
                words_for_span(now.seconds_since(end))
            )
        }
        Some(Expiry::At(end)) => format!(
            "expires {end}, in {}",
            words_for_span(end.seconds_since(now))
        ),
    };
    let left = clients::left(wanted, facts, now);
    let complaints = facts
        .checks
        .failed()
        .map(|check| complaint(check).to_owned());
    let rest = left
        .into_iter()
        .chain(clients::rehearsed(facts, now))
        .chain(clients::failing(wanted, facts))
        .chain(complaints);
    for part in rest {
        said.push_str("; ");
        said.push_str(&part);
    }
    said
}

/// What to do, most pressing first; empty if there is nothing to do.
pub fn advice(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Vec<&'static str> {
    let by_level = facts.level(wanted, now).map(|level| match level {
        Level::Notice => "order a new token now: it takes some working days",
        Level::Urgent => "escalate: without a new token registrations will fail within days",
        Level::Expired => "registrations fail now: get a new token and write it to the store",
    });
    by_level
        .into_iter()
        .chain(clients::advice(wanted, facts))
        .chain(facts.checks.failed().map(remedy))
        .collect()
}

/// What changed between two looks and is worth a line in the log. That a look failed, and why, has a line of its own.
pub fn news(before: &Facts, after: &Facts) -> Option<News> {
    let of_token = another_token(before, after)
        .or_else(|| another_state(before, after))
        .or_else(|| other_checks(before, after));
    let of_token = of_token.map(|text| News {
        text,
        is_bad: after.state != State::Usable || after.checks.failed().next().is_some(),
    });
    match (of_token, clients::news(before, after)) {
        (Some(one), Some(other)) => Some(News {
            text: format!("{}; {}", one.text, other.text),
            is_bad: one.is_bad || other.is_bad,
        }),
        (one, other) => one.or(other),
    }
}

/// Also what is wrong with it, because that is new too.
fn another_token(before: &Facts, after: &Facts) -> Option<String> {
    let found = if after.rotations > before.rotations {
        "another token was found"
    } else if before.current.is_none() {
        "the token was read"
    } else {
        return None;
    };
    let end = match after.current.as_ref()?.expiry {
        Expiry::Never => "it never expires".to_owned(),
        Expiry::At(end) => format!("it expires {end}"),
    };
    let complaints = after
        .checks
        .failed()
        .map(|check| format!("; {}", complaint(check)));
    Some(
        complaints.fold(format!("{found}: {end}"), |text, complaint| {
            text + &complaint
        }),
    )
}

fn another_state(before: &Facts, after: &Facts) -> Option<String> {
    let is_told_already = match (before.state, after.state) {
        (before, after) if before == after => true,
        (_, State::Unreadable) | (State::Unreadable, State::Usable) => true,
        _ => false,
    };
    let (before, after) = (before.state.label(), after.state.label());
    (!is_told_already).then(|| format!("the token is now {after} (it was {before})"))
}

fn other_checks(before: &Facts, after: &Facts) -> Option<String> {
    let changed = Check::ALL.into_iter().filter(|check| {
        // That the type is wrong is the reason of a failed look, which has a line of its own.
        *check != Check::TokenType && before.check(*check) != after.check(*check)
    });
    let told = changed.filter_map(|check| {
        let outcome = match (before.check(check), after.check(check)) {
            (_, Some(false)) => "failed",
            (Some(false), Some(true)) => "holds again",
            _ => return None,
        };
        Some(format!("the check {} {outcome}", check.label()))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// The host name of the identity provider: of the configured issuer, else of the one the secret names, else of the token's.
pub fn provider_host(wanted: &InitialAccessToken, facts: &Facts) -> Option<String> {
    let configured = wanted
        .identity_provider
        .as_ref()
        .map(|provider| &*provider.issuer);
    let claimed = || facts.current.as_ref()?.issuer.as_deref();
    let issuer = configured
        .or(facts.expected_issuer.as_deref())
        .or_else(claimed)?;
    url::Url::parse(issuer).ok()?.host_str().map(str::to_owned)
}

fn end(claims: &Claims) -> Option<UnixTime> {
    match claims.expiry {
        Expiry::Never => None,
        Expiry::At(end) => Some(end),
    }
}

const fn weight(check: Check) -> Standing {
    match check {
        Check::TokenType
        | Check::Issuer
        | Check::Unique
        | Check::KnownToIdp
        | Check::RehearsalHarmless => Standing::Urgent,
        Check::IssuedInPast | Check::LifetimeAsRequested | Check::ExpiryPlausible => {
            Standing::Notice
        }
    }
}

const fn complaint(check: Check) -> &'static str {
    match check {
        Check::TokenType => "not an Initial Access Token",
        Check::Issuer => "of another issuer",
        Check::IssuedInPast => "issued in the future",
        Check::Unique => "the same token lies at another target",
        Check::LifetimeAsRequested => "issued for less than asked",
        Check::ExpiryPlausible => "expiry is no likely date",
        Check::KnownToIdp => "the identity provider does not know it",
        Check::RehearsalHarmless => "a rehearsal registered a client",
    }
}

const fn remedy(check: Check) -> &'static str {
    match check {
        Check::TokenType => Reason::WrongTokenType.advice(),
        Check::Issuer => {
            "the identity provider will refuse this token: write the one of this instance, or correct the issuer in the configuration"
        }
        Check::IssuedInPast => "compare the clocks of this machine and of the identity provider",
        Check::Unique => {
            "one of the two targets holds the wrong token: compare where each was written"
        }
        Check::LifetimeAsRequested => "ask for the agreed lifetime with the next order",
        Check::ExpiryPlausible => {
            "the claim exp is no likely date: ask the issuer for another token"
        }
        Check::KnownToIdp => {
            "the identity provider does not know this token: it was deleted, or is of another realm or host; get a new one"
        }
        Check::RehearsalHarmless => {
            "a rehearsal registered a client, which must not happen: see that it is gone at the identity provider, and report it to the makers of kcwatch; no more rehearsals are made here"
        }
    }
}
