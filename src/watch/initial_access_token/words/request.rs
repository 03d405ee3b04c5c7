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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ClientsLevel, ClientsThreshold, Severity},
        watch::{
            Seen, Watch,
            initial_access_token::clients::{Clients, Source},
            samples::{target, token},
        },
    };

    const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

    /// What is asked for about a token that expires then, of which so many registrations are left, in this state.
    fn asked(expiry: Expiry, left: Option<i64>, state: State) -> Result<Filling, NoRequest> {
        let target = target("prod", "devshift");
        let Watch::InitialAccessToken(mut wanted) = target.watch.clone() else {
            unreachable!("it is one")
        };
        std::sync::Arc::make_mut(&mut wanted.clients).thresholds = vec![ClientsThreshold {
            level: ClientsLevel::Notice,
            left: 20,
            severity: Severity::Medium,
        }];
        let Seen::InitialAccessToken(seen) = token("a", expiry) else {
            unreachable!("it is one");
        };
        let clients = left.map(|left| Clients {
            source: Source::Field,
            limit: 100,
            left,
            at: NOW,
        });
        let facts = Facts {
            clients,
            state,
            ..Facts::default().after(&wanted, Ok(&seen), NOW)
        };
        request((&target.name, &target.tier), &wanted, &facts, NOW)
    }

    #[test]
    fn the_most_pressing_reason_is_given() {
        let (later, ago) = (
            Expiry::At(NOW.plus(Duration::from_secs(86_400))),
            Expiry::At(NOW),
        );
        for (expiry, left, state, said) in [
            (later, None, State::Usable, "expires on 16 January 2027"),
            (later, Some(21), State::Usable, "expires on 16 January 2027"),
            (
                later,
                Some(20),
                State::Usable,
                "is nearly used up (registrations left: 20) and expires on 16 January 2027",
            ),
            (later, Some(-1), State::Usable, "is used up"),
            (later, None, State::Exhausted, "is used up"),
            (
                later,
                Some(3),
                State::NotKnownToIdp,
                "is refused by the identity provider",
            ),
            (ago, Some(0), State::Exhausted, "expired on 15 January 2027"),
            (
                Expiry::Never,
                Some(1),
                State::Usable,
                "is nearly used up (registrations left: 1)",
            ),
        ] {
            let filling = asked(expiry, left, state).unwrap();
            assert_eq!(filling[&Field::Reason], said);
        }
    }

    #[test]
    fn where_nothing_is_known_or_wanted_nothing_is_asked_for() {
        let never = asked(Expiry::Never, Some(50), State::Usable);
        assert_eq!(never, Err(NoRequest::NeverExpires));
        let target = target("prod", "devshift");
        let Watch::InitialAccessToken(wanted) = &target.watch else {
            unreachable!("it is one")
        };
        let unread = request((&target.name, &target.tier), wanted, &Facts::default(), NOW);
        assert_eq!(unread, Err(NoRequest::NeverRead));
    }

    #[test]
    fn every_field_has_something_to_fill_in() {
        let filling = asked(Expiry::At(NOW), None, State::Usable).unwrap();
        for field in Field::OF_PLACE.into_iter().chain(Field::OF_TOKEN) {
            assert!(
                filling.get(&field).is_some_and(|said| !said.is_empty()),
                "{field:?}"
            );
        }
        assert_eq!(filling[&Field::Mount], "creds");
        assert_eq!(filling[&Field::Secret], "sample");
        assert_eq!(filling[&Field::Lifetime], "30 days");
        assert_eq!(lifetime(Duration::from_secs(100_000)), "100000 seconds");
    }
}
