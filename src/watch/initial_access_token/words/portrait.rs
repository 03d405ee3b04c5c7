//! What a page shows of an Initial Access Token.

use crate::{
    model::{
        ClientsLevel, Expiry, Lasting, Level, Link, Mark, Note, Outcome, Part, Particulars,
        Portrait, Rehearsal, Runbook, Said, Stock, Trial, UnixTime, words_for_span,
    },
    watch::initial_access_token::{
        answers::Answers, checks::Check, clients::Unknown, config::InitialAccessToken, fold::Facts,
        state::State,
    },
};

use super::{clients, complaint, end};

/// When the token expires; `None` if that is not known, or never.
pub fn next_end(_wanted: &InitialAccessToken, facts: &Facts, _now: UnixTime) -> Option<UnixTime> {
    facts.current.as_ref().and_then(end)
}

/// What a page shows of it among others.
pub fn portrait(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Portrait {
    let failed = facts.checks.failed();
    let complaints = failed.map(|check| complaint(check).to_owned());
    Portrait {
        lasting: lasting(wanted, facts),
        stock: stock(wanted, facts),
        trial: Some(trial(wanted, facts, now)),
        wrong: complaints.chain(clients::failing(wanted, facts)).collect(),
        runbook: runbook(wanted, facts, now),
        is_letter_due: is_letter_due(wanted, facts, now),
        ..Portrait::default()
    }
}

fn lasting(wanted: &InitialAccessToken, facts: &Facts) -> Option<Lasting> {
    let token = facts.current.as_ref()?;
    let lived = match (token.expiry, token.issued) {
        (Expiry::At(end), Some(issued)) => Some(end.seconds_since(issued)),
        _ => i64::try_from(wanted.lifetime.as_secs()).ok(),
    };
    let what = ("Token", None);
    Some(Lasting::new(what, token.expiry, lived, &wanted.thresholds))
}

fn stock(wanted: &InitialAccessToken, facts: &Facts) -> Option<Stock> {
    let Some(clients) = facts.clients else {
        return match facts.unknown_clients(wanted) {
            Unknown::NotAsked => None,
            unknown => Some(Stock::Unknown(clients::why(unknown))),
        };
    };
    let marks = wanted.clients.thresholds.iter();
    let marks = marks.filter(|threshold| threshold.level != ClientsLevel::Exhausted);
    Some(Stock::Left {
        left: clients.left,
        limit: clients.limit,
        by_whom: wanted.words_for(clients.source),
        at: clients.at,
        marks: marks
            .map(|threshold| Mark {
                label: threshold.level.label(),
                left: i64::from(threshold.left),
            })
            .collect(),
    })
}

/// What a rehearsal showed, unless the token is of no use since; where there is none, what everything else lets expect.
fn trial(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Trial {
    let (outcome, words) = match (facts.judged(wanted, now), facts.rehearsal.last()) {
        (State::Expired, _) => (Outcome::No, "the token has expired"),
        (State::Unreadable, _) => (Outcome::Unknown, "what lies there is no usable token"),
        (State::Unknown, _) => (Outcome::Unknown, "the token was never read"),
        (State::Usable, Some((at, answer))) if answer.is_possible() => {
            return rehearsed(Outcome::Yes, at, answer);
        }
        (_, Some((at, answer))) if !answer.is_possible() => {
            return rehearsed(Outcome::No, at, answer);
        }
        (State::Exhausted, _) => (Outcome::No, "no registration is left"),
        (State::NotKnownToIdp, _) => (Outcome::No, "the identity provider does not take the token"),
        (State::Usable, _) if wanted.rehearsal.is_some() => {
            (Outcome::Likely, "no rehearsal has a clear answer yet")
        }
        (State::Usable, _) => (
            Outcome::Likely,
            "nothing speaks against it; it is not rehearsed",
        ),
    };
    Trial {
        outcome,
        words: words.to_owned(),
        at: None,
    }
}

fn rehearsed(outcome: Outcome, at: UnixTime, answer: Rehearsal) -> Trial {
    let words = match answer {
        Rehearsal::Works => "a rehearsal was taken",
        other => clients::meaning(other),
    };
    Trial {
        outcome,
        words: words.to_owned(),
        at: Some(at),
    }
}

fn is_letter_due(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> bool {
    let is_of_no_use = matches!(
        facts.state,
        State::Expired | State::Exhausted | State::NotKnownToIdp
    );
    is_of_no_use || facts.level(wanted, now).is_some() || facts.clients_level(wanted).is_some()
}

/// The page on what presses most.
fn runbook(wanted: &InitialAccessToken, facts: &Facts, now: UnixTime) -> Option<Runbook> {
    let by_level = facts.level(wanted, now).map(|level| match level {
        Level::Expired => Runbook::InitialAccessTokenExpired,
        Level::Urgent | Level::Notice => Runbook::InitialAccessTokenExpiring,
    });
    let by_clients = facts.clients_level(wanted).map(|level| match level {
        ClientsLevel::Exhausted => Runbook::InitialAccessTokenClientsExhausted,
        ClientsLevel::Urgent | ClientsLevel::Notice => Runbook::InitialAccessTokenClientsLow,
    });
    let is_refused = facts.rehearsal.is_possible() == Some(false);
    let by_rehearsal = is_refused.then_some(Runbook::InitialAccessTokenRejected);
    let by_check = facts.checks.failed().next().map(|check| match check {
        Check::LifetimeAsRequested => Runbook::InitialAccessTokenLifetimeShort,
        _ => Runbook::InitialAccessTokenCheckFailed,
    });
    let is_unknown = matches!(stock(wanted, facts), Some(Stock::Unknown(_)));
    let by_stock = is_unknown.then_some(Runbook::InitialAccessTokenClientsUnknown);
    let fails = clients::failing(wanted, facts).next().is_some();
    let by_source = fails.then_some(Runbook::InitialAccessTokenSourceFailing);
    let late = by_level.filter(|_| facts.level(wanted, now) != Some(Level::Notice));
    late.or(by_rehearsal)
        .or(by_clients)
        .or(by_level)
        .or(by_check)
        .or(by_source)
        .or(by_stock)
}

/// What a page of its own shows of it beside that.
pub fn particulars(
    wanted: &InitialAccessToken,
    facts: &Facts,
    _part: Part,
    _now: UnixTime,
) -> Particulars {
    let checks = facts.checks.all().map(|(check, holds)| Link {
        label: claim(check),
        holds,
    });
    Particulars {
        notes: notes(wanted, facts),
        checks: checks.collect(),
        roll: None,
    }
}

fn notes(wanted: &InitialAccessToken, facts: &Facts) -> Vec<Note> {
    let token = facts.current.as_ref();
    let provider = wanted.identity_provider.as_ref();
    let configured = provider.map(|provider| provider.issuer.to_string());
    let expected = configured.or_else(|| facts.expected_issuer.as_deref().map(str::to_owned));
    let named = token.and_then(|token| token.issuer.as_deref());
    let life = wanted.lifetime.as_secs();
    let life = words_for_span(i64::try_from(life).unwrap_or(i64::MAX));
    let counted = facts.counted.as_ref();
    let unclear = counted.map_or(0, |counted| counted.unclear());
    let known = [
        Some(Note::words("State", facts.state.label())),
        token.and_then(end).map(|end| Note::at("Expires", end)),
        token
            .and_then(|token| token.issued)
            .map(|at| Note::at("Issued", at)),
        facts.written.map(|at| Note::at("Written to the store", at)),
        Some(Note::words("Lifetime that is asked for", life)),
        named.map(|issuer| Note::foreign("Issuer that the token names", issuer)),
        expected.map(|issuer| Note::foreign("Issuer that is expected", issuer)),
        facts
            .previous
            .as_ref()
            .map(|previous| match previous.expiry {
                Expiry::At(end) => Note::at("The token before it ends", end),
                Expiry::Never => Note::words("The token before it", "never expires"),
            }),
        (unclear > 0).then(|| {
            Note::words(
                "Clients that say nothing of their registration",
                unclear.to_string(),
            )
        }),
        Some(Note::words(
            "Other tokens found since the start",
            facts.rotations.to_string(),
        )),
    ];
    let sources = facts.answers(wanted).map(|(source, answers)| Note {
        about: asked(source),
        said: answered(answers),
    });
    known.into_iter().flatten().chain(sources).collect()
}

/// How a source answers now, and when it last answered well.
fn answered(answers: Answers) -> Vec<Vec<Said>> {
    let word = match (answers.is_up(), answers.failed) {
        (_, Some(reason)) => format!("fails: {reason}"),
        (Some(true), None) => "answers".to_owned(),
        _ => "not asked yet".to_owned(),
    };
    let last = answers.last_success;
    let last = last.map(|at| vec![Said::Words("last answer".to_owned()), Said::At(at)]);
    [vec![Said::Words(word)]].into_iter().chain(last).collect()
}

fn asked(source: &str) -> &'static str {
    match source {
        "keycloak" => "The identity provider's list",
        "registrations" => "Counting clients in the store",
        _ => "Rehearsals",
    }
}

const fn claim(check: Check) -> &'static str {
    match check {
        Check::TokenType => "It is an Initial Access Token",
        Check::Issuer => "It names the expected issuer",
        Check::IssuedInPast => "It was not issued in the future",
        Check::Unique => "No other target holds the same token",
        Check::LifetimeAsRequested => "It lives as long as was asked for",
        Check::ExpiryPlausible => "Its expiry is a likely date",
        Check::KnownToIdp => "The identity provider knows it",
        Check::RehearsalHarmless => "No rehearsal ever registered a client",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::watch::{
        Seen, Watch,
        initial_access_token::{config::Rehearse, rehearsed::Answered},
        samples::{target, token},
    };

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
    const HOUR: Duration = Duration::from_secs(3_600);

    /// What is said two hours after a token that lives so many hours was read, and rehearsed with this answer an hour after that.
    fn said(hours: u32, answer: Option<Rehearsal>) -> (Outcome, String, bool) {
        let target = target("prod", "devshift");
        let Watch::InitialAccessToken(mut wanted) = target.watch.clone() else {
            unreachable!("it is one")
        };
        wanted.rehearsal = answer.map(|_| Rehearse {
            every: HOUR,
            allow_http: false,
        });
        let Seen::InitialAccessToken(seen) = token("a", Expiry::At(NOW.plus(HOUR * hours))) else {
            unreachable!("it is one");
        };
        let mut facts = Facts::default().after(&wanted, Ok(&seen), NOW);
        if let Some(answer) = answer {
            let id = Some("a".to_owned());
            let answer = Answered { id, answer };
            facts = facts.after_rehearsal(&wanted, Ok(&answer), NOW.plus(HOUR));
        }
        let trial = trial(&wanted, &facts, NOW.plus(HOUR * 2));
        (trial.outcome, trial.words, trial.at.is_some())
    }

    #[test]
    fn a_rehearsal_that_worked_is_no_all_clear_for_a_token_that_has_expired_since() {
        for (hours, answer, outcome, words, has_time) in [
            (9, None, Outcome::Likely, "nothing speaks against it", false),
            (9, Some(Rehearsal::Works), Outcome::Yes, "was taken", true),
            (9, Some(Rehearsal::UsedUp), Outcome::No, "refused", true),
            (2, Some(Rehearsal::Works), Outcome::No, "expired", false),
            (2, Some(Rehearsal::UsedUp), Outcome::No, "expired", false),
            (2, None, Outcome::No, "expired", false),
        ] {
            let said = said(hours, answer);
            assert_eq!((said.0, said.2), (outcome, has_time), "{hours} {answer:?}");
            assert!(said.1.contains(words), "{hours} {answer:?}: {}", said.1);
        }
    }
}
