//! Registrations left and rehearsals, in words.

use crate::{
    model::{ClientsLevel, Reason, Rehearsal, UnixTime, words_for_span},
    watch::News,
    watch::initial_access_token::{
        answers::Answers,
        clients::{Source, Unknown},
        config::InitialAccessToken,
        fold::Facts,
        state::State,
    },
};

/// From when on the age of a number is said.
const OLD_SECONDS: i64 = 15 * 60;

/// How many are left, who says so, and how old that is; `None` if nobody is asked.
pub(super) fn left(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Option<String> {
    let Some(clients) = facts.clients else {
        return match facts.unknown_clients(wanted) {
            Unknown::NotAsked => None,
            unknown => Some(format!("registrations left unknown: {}", why(unknown))),
        };
    };
    let (left, limit) = (clients.left, clients.limit);
    let age = now.seconds_since(clients.at);
    let age = if age > OLD_SECONDS {
        format!(", {} ago", words_for_span(age))
    } else {
        String::new()
    };
    let by_whom = wanted.words_for(clients.source);
    Some(format!(
        "{left} of {limit} registrations left, {by_whom}{age}"
    ))
}

/// Which sources fail, and why.
pub(super) fn failing(wanted: &InitialAccessToken, facts: &Facts) -> impl Iterator<Item = String> {
    let what = |source| match source {
        "keycloak" => "the identity provider's list cannot be read",
        "registrations" => "clients cannot be counted",
        _ => "no rehearsal has a clear answer",
    };
    let answers = facts.answers(wanted);
    answers
        .filter_map(move |(source, answers)| Some(format!("{}: {}", what(source), answers.failed?)))
}

/// What the latest rehearsal showed; `None` if there was none.
pub(super) fn rehearsed(facts: &Facts, now: UnixTime) -> Option<String> {
    let (at, answer) = facts.rehearsal.last()?;
    let age = words_for_span(now.seconds_since(at));
    Some(format!("last rehearsal {age} ago: {}", meaning(answer)))
}

/// What to do about few registrations left, or about a registration that would be refused.
pub(super) fn advice(wanted: &InitialAccessToken, facts: &Facts) -> Option<&'static str> {
    let by_level = facts.clients_level(wanted).map(|level| match level {
        ClientsLevel::Notice => {
            "few registrations are left: order a new token now, it takes some working days"
        }
        ClientsLevel::Urgent => {
            "very few registrations are left: escalate the order of a new token"
        }
        ClientsLevel::Exhausted => {
            "no registration is left: get a new token and write it to the store"
        }
    });
    let by_rehearsal = || match facts.rehearsal.last()?.1 {
        Rehearsal::Works | Rehearsal::Registered { .. } => None,
        Rehearsal::RefusedByPolicy => Some(
            "the token is good, but a policy of the identity provider refuses registrations: ask its owners what changed",
        ),
        Rehearsal::UsedUp => {
            Some("no registration is left: get a new token and write it to the store")
        }
        Rehearsal::NotFound | Rehearsal::Refused | Rehearsal::WrongType => {
            Some("registrations fail now: get a new token and write it to the store")
        }
    };
    // An expired token has its advice already.
    let is_told = facts.state == State::Expired;
    let told = by_level.or_else(by_rehearsal).filter(|_| !is_told);
    told.or_else(|| advice_on_unknown(wanted, facts))
}

fn advice_on_unknown(wanted: &InitialAccessToken, facts: &Facts) -> Option<&'static str> {
    let is_undated = facts.clients.is_none() && facts.unknown_clients(wanted) == Unknown::Undated;
    is_undated.then_some(
        "the number will be known with the next token; to have it now, count with `read: secrets`, or list with dates",
    )
}

/// What changed, and is worth a line in the log. How the list of the identity provider is read has lines of its own, because many
/// targets share it.
pub(super) fn news(before: &Facts, after: &Facts) -> Option<News> {
    rehearsal_news(before, after)
        .or_else(|| source_news(before, after))
        .or_else(|| {
            let what = "clients cannot be counted";
            let answers = (before.counting, after.counting);
            outage_news(what, answers, Reason::advice_on_counting)
        })
        .or_else(|| {
            let what = "a registration cannot be rehearsed";
            let answers = (before.rehearsal.answers, after.rehearsal.answers);
            outage_news(what, answers, Reason::advice_on_provider)
        })
}

/// What an answer means.
pub(super) const fn meaning(answer: Rehearsal) -> &'static str {
    match answer {
        Rehearsal::Works => "works",
        Rehearsal::UsedUp => "refused, no registration is left",
        Rehearsal::NotFound => "refused, the identity provider does not know the token",
        Rehearsal::Refused => "refused, the identity provider does not take the token",
        Rehearsal::WrongType => "refused, another kind of token",
        Rehearsal::RefusedByPolicy => "refused by a policy of the identity provider",
        Rehearsal::Registered { deleted: true } => "registered a client, which was deleted",
        Rehearsal::Registered { deleted: false } => {
            "registered a client, which could not be deleted"
        }
    }
}

/// Why there is no number.
pub(super) const fn why(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::NotAsked => "nobody is asked",
        Unknown::NoAnswer => "no source has answered yet",
        Unknown::NotListed => "the identity provider's list does not have this token",
        Unknown::Undated => {
            "clients were there before kcwatch, and their names do not say which token registered them"
        }
        Unknown::Unread => "not every client has been read yet",
    }
}

fn rehearsal_news(before: &Facts, after: &Facts) -> Option<News> {
    let answer = |facts: &Facts| facts.rehearsal.last().map(|(_, answer)| answer);
    let now = answer(after)?;
    (answer(before) != Some(now)).then(|| News {
        text: format!("a rehearsed registration: {}", meaning(now)),
        is_bad: now != Rehearsal::Works,
    })
}

fn source_news(before: &Facts, after: &Facts) -> Option<News> {
    let (then, now) = (before.clients?.source, after.clients?.source);
    (then != now).then(|| News {
        text: format!(
            "registrations left are now told by {} (it was {})",
            now.label(),
            then.label()
        ),
        is_bad: rank(after) > rank(before),
    })
}

fn outage_news(
    what: &str,
    (before, after): (Answers, Answers),
    advice: fn(Reason) -> &'static str,
) -> Option<News> {
    let text = match (before.failed, after.failed) {
        (before, now) if before == now => return None,
        (_, Some(reason)) => format!("{what} ({reason}): {}", advice(reason)),
        (_, None) => format!("it is over that {what}"),
    };
    let is_bad = after.failed.is_some();
    Some(News { text, is_bad })
}

fn rank(facts: &Facts) -> usize {
    let source = facts.clients.map(|clients| clients.source);
    let place = Source::ALL.iter().position(|each| Some(*each) == source);
    place.unwrap_or(Source::ALL.len())
}
