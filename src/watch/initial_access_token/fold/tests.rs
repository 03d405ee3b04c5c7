use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{SecretPath, Severity, StoreName, Threshold, TokenType};

const DAY: u64 = 86_400;
const DAY_SECONDS: i64 = 86_400;
const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);
const ISSUER: &str = "https://sso.example.com/realms/prod";

fn wanted() -> InitialAccessToken {
    let threshold = |level, days, severity| Threshold {
        level,
        before: Duration::from_secs(days * DAY),
        severity,
    };
    InitialAccessToken {
        identity_provider: None,
        store: StoreName::new("vault").unwrap(),
        path: SecretPath::new("creds/prod").unwrap(),
        pointers: None,
        lifetime: Duration::from_secs(30 * DAY),
        thresholds: Arc::from([
            threshold(Level::Notice, 10, Severity::Medium),
            threshold(Level::Urgent, 4, Severity::High),
            threshold(Level::Expired, 0, Severity::High),
        ]),
        clients: Arc::default(),
        rehearsal: None,
        incumbent_metric: None,
    }
}

fn days(count: i64) -> UnixTime {
    UnixTime::from_seconds(NOW.seconds() + count * DAY_SECONDS)
}

fn claims(id: &str, issued: UnixTime, expiry: Expiry) -> Claims {
    Claims {
        id: Some(id.to_owned()),
        issuer: Some(ISSUER.into()),
        token_type: TokenType::InitialAccess,
        issued: Some(issued),
        expiry,
    }
}

fn seen(current: Claims) -> Seen {
    Seen {
        current,
        previous: None,
        expected_issuer: Some(ISSUER.into()),
        written: None,
        field: None,
    }
}

/// Issued yesterday for thirty days.
fn fresh() -> Seen {
    seen(claims("a", days(-1), Expiry::At(days(29))))
}

fn known() -> Facts {
    Facts::default().after(&wanted(), Ok(&fresh()), NOW)
}

#[test]
fn a_good_token_is_usable_and_passes_every_check() {
    let facts = known().with_unique(true);
    assert_eq!(facts.state, State::Usable);
    let unasked = [Check::KnownToIdp, Check::RehearsalHarmless];
    for (check, passed) in facts.checks.all() {
        let expected = (!unasked.contains(&check)).then_some(true);
        assert_eq!(passed, expected, "{check:?}");
    }
    assert_eq!(facts.level(&wanted(), NOW), None);
}

#[test]
fn before_the_first_read_nothing_is_claimed() {
    let facts = Facts::default().after(&wanted(), Err(Reason::Unreachable), NOW);
    assert_eq!(facts.state, State::Unknown);
    assert_eq!(facts.checks, Checks::default());
    assert_eq!(facts.level(&wanted(), NOW), None);
}

#[test]
fn an_outage_keeps_what_was_known_and_lets_time_pass() {
    let later = known().after(&wanted(), Err(Reason::Unreachable), days(5));
    assert_eq!(later.current, known().current);
    assert_eq!(later.state, State::Usable);
    let much_later = later.after(&wanted(), Err(Reason::Sealed), days(29));
    assert_eq!(much_later.state, State::Expired);
}

#[test]
fn a_secret_that_cannot_be_used_is_unreadable_until_it_can_be_read_again() {
    let broken = known().after(&wanted(), Err(Reason::Deleted), NOW);
    assert_eq!(broken.state, State::Unreadable);
    assert_eq!(
        broken.current,
        known().current,
        "the last known expiry stays"
    );
    let then_an_outage = broken.after(&wanted(), Err(Reason::Timeout), NOW);
    assert_eq!(
        then_an_outage.state,
        State::Unreadable,
        "an outage does not mend it"
    );
    assert_eq!(
        then_an_outage.after(&wanted(), Ok(&fresh()), NOW).state,
        State::Usable
    );
}

#[test]
fn another_kind_of_token_fails_its_check_and_keeps_the_expiry() {
    let wrong = known().after(&wanted(), Err(Reason::WrongTokenType), NOW);
    assert_eq!(wrong.check(Check::TokenType), Some(false));
    assert_eq!(wrong.current, known().current);
    let outage = wrong.after(&wanted(), Err(Reason::Unreachable), NOW);
    assert_eq!(
        outage.check(Check::TokenType),
        Some(false),
        "an outage is no all-clear"
    );
}

#[test]
fn a_token_that_never_expires_is_not_late() {
    let facts = Facts::default().after(
        &wanted(),
        Ok(&seen(claims("a", days(-900), Expiry::Never))),
        NOW,
    );
    assert_eq!(facts.state, State::Usable);
    assert_eq!(facts.level(&wanted(), NOW), None);
    assert_eq!(facts.check(Check::LifetimeAsRequested), Some(true));
}

#[test]
fn a_negative_expiry_is_expired_and_implausible() {
    let overflowed = seen(claims(
        "a",
        days(-1),
        Expiry::At(UnixTime::from_seconds(-499_601_760)),
    ));
    let facts = Facts::default().after(&wanted(), Ok(&overflowed), NOW);
    assert_eq!(facts.state, State::Expired);
    assert_eq!(facts.check(Check::ExpiryPlausible), Some(false));
}

#[test]
fn milliseconds_taken_for_seconds_are_implausible() {
    let milliseconds = seen(claims(
        "a",
        days(-1),
        Expiry::At(UnixTime::from_seconds(1_800_000_000_000)),
    ));
    let facts = Facts::default().after(&wanted(), Ok(&milliseconds), NOW);
    assert_eq!(facts.check(Check::ExpiryPlausible), Some(false));
}

#[test]
fn the_issuer_must_match_to_the_letter() {
    let mut other = fresh();
    other.expected_issuer = Some(format!("{ISSUER}/").into());
    let refused = Facts::default().after(&wanted(), Ok(&other), NOW);
    assert_eq!(refused.check(Check::Issuer), Some(false));
    assert_eq!(refused.state, State::NotKnownToIdp, "no false all-clear");
    other.expected_issuer = None;
    assert_eq!(
        Facts::default()
            .after(&wanted(), Ok(&other), NOW)
            .check(Check::Issuer),
        None
    );
}

#[test]
fn a_token_from_the_future_is_told_beyond_a_minute() {
    for (ahead, passed) in [(0, true), (60, true), (61, false)] {
        let issued = UnixTime::from_seconds(NOW.seconds() + ahead);
        let facts = Facts::default().after(
            &wanted(),
            Ok(&seen(claims("a", issued, Expiry::At(days(30))))),
            NOW,
        );
        assert_eq!(
            facts.check(Check::IssuedInPast),
            Some(passed),
            "{ahead} s ahead"
        );
    }
}

#[test]
fn a_life_shorter_than_asked_by_more_than_a_day_is_told() {
    for (days_given, passed) in [(30, true), (29, true), (28, false), (7, false), (90, true)] {
        let facts = Facts::default().after(
            &wanted(),
            Ok(&seen(claims("a", NOW, Expiry::At(days(days_given))))),
            NOW,
        );
        assert_eq!(
            facts.check(Check::LifetimeAsRequested),
            Some(passed),
            "{days_given} days"
        );
    }
}

#[test]
fn a_rotation_is_counted_once_and_the_same_token_never() {
    let again = known().after(&wanted(), Ok(&fresh()), NOW);
    assert_eq!(again.rotations, 0);
    let rotated = again.after(
        &wanted(),
        Ok(&seen(claims("b", NOW, Expiry::At(days(30))))),
        NOW,
    );
    assert_eq!(rotated.rotations, 1);
    assert_eq!(
        rotated
            .after(&wanted(), Err(Reason::Timeout), NOW)
            .rotations,
        1
    );
}

#[test]
fn levels_begin_below_their_threshold_and_end_at_zero() {
    let facts = known();
    for (left_seconds, level) in [
        (10 * DAY_SECONDS, None),
        (10 * DAY_SECONDS - 1, Some(Level::Notice)),
        (4 * DAY_SECONDS, Some(Level::Notice)),
        (4 * DAY_SECONDS - 1, Some(Level::Urgent)),
        (1, Some(Level::Urgent)),
        (0, Some(Level::Expired)),
        (-9, Some(Level::Expired)),
    ] {
        let now = UnixTime::from_seconds(days(29).seconds() - left_seconds);
        assert_eq!(facts.level(&wanted(), now), level, "{left_seconds} s left");
    }
}

proptest! {
    #[test]
    fn a_failed_look_never_moves_a_known_token(exp in prop::num::i64::ANY, why in 0..Reason::COUNT, now in prop::num::i64::ANY) {
        let known = Facts::default().after(&wanted(), Ok(&seen(claims("a", NOW, Expiry::At(UnixTime::from_seconds(exp))))), NOW);
        let later = known.after(&wanted(), Err(Reason::ALL[why]), UnixTime::from_seconds(now));
        prop_assert_eq!(&later.current, &known.current);
        prop_assert_eq!(later.rotations, known.rotations);
    }

    #[test]
    fn nothing_but_a_read_token_is_usable(why in 0..Reason::COUNT, now in prop::num::i64::ANY) {
        let facts = Facts::default().after(&wanted(), Err(Reason::ALL[why]), UnixTime::from_seconds(now));
        prop_assert_ne!(facts.state, State::Usable);
    }
}

mod evidence;
