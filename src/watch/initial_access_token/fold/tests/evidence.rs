//! What follows from list, count, field and rehearsal, alone and against each other.

use super::*;
use crate::{
    model::{ListedToken, Rehearsal},
    watch::initial_access_token::{
        clients::{Source, Unknown},
        config::{Clients as Wanted, CountFrom, Read, Registrations, Rehearse},
        counted::Listed as Name,
    },
    watch::samples,
};

const MINUTE: i64 = 60;

/// Asks all there is: the list every five minutes, names as often, a field, and a rehearsal an hour.
fn asking(from: CountFrom) -> InitialAccessToken {
    let provider = samples::identity_provider(ISSUER);
    let registrations = Registrations {
        store: StoreName::new("vault").unwrap(),
        folders: vec![SecretPath::new("clients").unwrap()],
        read: Read::Names,
        ending: None,
        interval: Duration::from_secs(300),
    };
    InitialAccessToken {
        identity_provider: Some(Arc::new(provider)),
        clients: Arc::new(Wanted {
            limit: 100,
            from,
            registrations: Some(registrations),
            field: Some("/left".to_owned()),
            thresholds: Vec::new(),
        }),
        rehearsal: Some(Rehearse {
            every: Duration::from_secs(3_600),
            allow_http: false,
        }),
        ..wanted()
    }
}

fn minutes(count: i64) -> UnixTime {
    UnixTime::from_seconds(NOW.seconds() + count * MINUTE)
}

/// One target, and what happens to it.
struct Story {
    wanted: InitialAccessToken,
    facts: Facts,
    /// When each client was registered.
    names: Vec<UnixTime>,
}

impl Story {
    fn of(from: CountFrom) -> Self {
        let wanted = asking(from);
        let facts = Facts::default().after(&wanted, Ok(&fresh()), NOW);
        Self {
            wanted,
            facts,
            names: Vec::new(),
        }
    }

    fn secret(mut self, at: i64, seen: &Seen) -> Self {
        self.facts = self.facts.after(&self.wanted, Ok(seen), minutes(at));
        self
    }

    fn silence(mut self, at: i64) -> Self {
        let why = Err(Reason::Unreachable);
        self.facts = self.facts.after(&self.wanted, why, minutes(at));
        self
    }

    fn list(mut self, at: i64, said: Result<Listing, Reason>) -> Self {
        // Whoever is not asked says nothing.
        if self.wanted.listed_by().is_none() {
            return self;
        }
        let now = minutes(at);
        self.facts = self.facts.after_list(&self.wanted, said, now, now);
        self
    }

    fn left(self, at: i64, left: i64) -> Self {
        self.list(at, Ok(Listing::Found(ListedToken { limit: 100, left })))
    }

    /// So many clients were registered since the last count, and are counted.
    fn registered(mut self, at: i64, more: usize) -> Self {
        self.names.extend(vec![minutes(at); more]);
        let folder = SecretPath::new("clients").unwrap();
        let names = self.names.iter().enumerate();
        let names = names.map(|(n, at)| Name::new(&folder, &n.to_string(), &[(1, *at)]));
        let tally = Tally::new(names.collect(), None);
        self.facts = self
            .facts
            .after_count(&self.wanted, Ok(&tally), minutes(at));
        self
    }

    fn rehearsed(mut self, at: i64, said: Result<Rehearsal, Reason>) -> Self {
        let said = said.map(|answer| Answered {
            id: Some("a".to_owned()),
            answer,
        });
        let said = said.as_ref().map_err(|reason| *reason);
        self.facts = self.facts.after_rehearsal(&self.wanted, said, minutes(at));
        self
    }

    fn number(&self) -> Option<(Source, i64)> {
        self.facts
            .clients
            .map(|clients| (clients.source, clients.left))
    }
}

#[test]
fn the_best_source_with_a_fresh_number_wins() {
    let story = Story::of(CountFrom::Auto);
    assert_eq!(
        story.facts.unknown_clients(&story.wanted),
        Unknown::NoAnswer
    );
    let story = story.secret(
        1,
        &Seen {
            field: Some(70),
            ..fresh()
        },
    );
    assert_eq!(story.number(), Some((Source::Field, 70)));
    let story = story.registered(2, 20);
    assert_eq!(story.number(), Some((Source::Registrations, 80)));
    let story = story.left(3, 60);
    assert_eq!(story.number(), Some((Source::Keycloak, 60)));
}

#[test]
fn a_source_that_was_not_chosen_is_not_heard() {
    for (from, heard) in [
        (CountFrom::Keycloak, Some((Source::Keycloak, 60))),
        (CountFrom::Registrations, Some((Source::Registrations, 80))),
        (CountFrom::Field, Some((Source::Field, 70))),
        (CountFrom::None, None),
    ] {
        let story = Story::of(from)
            .secret(
                1,
                &Seen {
                    field: Some(70),
                    ..fresh()
                },
            )
            .registered(2, 20)
            .left(3, 60);
        assert_eq!(story.number(), heard, "{from:?}");
    }
}

#[test]
fn it_falls_back_after_three_intervals_and_not_before_and_returns_at_once() {
    let gone = Err(Reason::Denied);
    let mut story = Story::of(CountFrom::Auto).registered(0, 20).left(1, 60);
    for at in [5, 10, 16] {
        story = story.list(at, gone).registered(at, 0);
        assert_eq!(story.number(), Some((Source::Keycloak, 60)), "minute {at}");
    }
    story = story.list(17, gone).registered(17, 0);
    let number = Some((Source::Registrations, 60));
    assert_eq!(story.number(), number, "never above what the list said");
    story = story.registered(20, 5);
    let number = Some((Source::Registrations, 55));
    assert_eq!(story.number(), number, "less those registered since");
    story = story.left(25, 33);
    assert_eq!(story.number(), Some((Source::Keycloak, 33)));
}

#[test]
fn a_number_stays_while_a_secret_is_still_to_be_read() {
    let story = Story::of(CountFrom::Registrations).registered(1, 20);
    let mut facts = story.facts.clone();
    let mut unread = story.wanted.clone();
    let registrations = story.wanted.clients.registrations.clone();
    unread.clients = Arc::new(Wanted {
        registrations: registrations.map(|wanted| Registrations {
            read: Read::Secrets,
            ..wanted
        }),
        ..Wanted::clone(&story.wanted.clients)
    });
    let name = |n: &str| Name::new(&SecretPath::new("clients").unwrap(), n, &[]);
    let read = Tally::new(Vec::new(), None);
    facts = facts.after_count(&unread, Ok(&read), minutes(2));
    let before = facts.clients;
    assert_eq!(before.map(|clients| clients.left), Some(100));
    let one_unread = Tally::new(vec![name("new")], None);
    facts = facts.after_count(&unread, Ok(&one_unread), minutes(7));
    assert_eq!(facts.clients, before, "the same number, with its age");
}

#[test]
fn one_unclear_answer_makes_no_estimate_believed_against_a_rehearsal_that_worked() {
    let story = Story::of(CountFrom::Registrations)
        .registered(1, 120)
        .rehearsed(2, Ok(Rehearsal::Works))
        .rehearsed(62, Err(Reason::Timeout));
    assert_eq!(story.facts.rehearsal.is_possible(), None);
    assert_eq!(story.facts.state, State::Usable);
    assert_eq!(story.number(), Some((Source::Registrations, 1)));
}

#[test]
fn a_client_registered_with_a_token_that_is_gone_ends_the_rehearsals_all_the_same() {
    let other = seen(claims("b", minutes(2), Expiry::At(days(30))));
    let story = Story::of(CountFrom::None)
        .secret(3, &other)
        .rehearsed(4, Ok(Rehearsal::Registered { deleted: false }));
    assert_eq!(story.facts.check(Check::RehearsalHarmless), Some(false));
}

#[test]
fn after_a_restart_nobody_is_heard_who_is_not_asked_any_more() {
    let story = Story::of(CountFrom::Auto)
        .left(1, 60)
        .list(6, Ok(Listing::Absent))
        .rehearsed(7, Ok(Rehearsal::UsedUp));
    let nobody = InitialAccessToken {
        rehearsal: None,
        ..asking(CountFrom::None)
    };
    let restored = story.facts.restored(&nobody, minutes(8));
    assert_eq!(restored.state, State::Usable);
    assert_eq!(restored.clients, None);
}

#[test]
fn a_source_that_answers_every_other_time_makes_nothing_flap() {
    let mut story = Story::of(CountFrom::Auto).registered(0, 20).left(0, 60);
    for round in 1..20 {
        let at = round * 5;
        let said = if round % 2 == 0 {
            Ok(Listing::Found(ListedToken {
                limit: 100,
                left: 60,
            }))
        } else {
            Err(Reason::Timeout)
        };
        story = story.list(at, said).registered(at, 0);
        assert_eq!(story.number(), Some((Source::Keycloak, 60)), "minute {at}");
    }
}

#[test]
fn when_nobody_answers_the_last_number_stays_with_its_age() {
    let mut story = Story::of(CountFrom::Keycloak).left(0, 60);
    story = story.list(600, Err(Reason::Unreachable)).silence(601);
    assert_eq!(story.number(), Some((Source::Keycloak, 60)));
    assert_eq!(story.facts.clients.unwrap().at, NOW);
}

#[test]
fn the_limit_is_that_of_the_list_if_it_says_one() {
    let said = Listing::Found(ListedToken { limit: 5, left: 4 });
    let story = Story::of(CountFrom::Auto).list(0, Ok(said));
    assert_eq!(story.facts.clients.unwrap().limit, 5);
}

#[test]
fn zero_and_below_are_exhausted() {
    for left in [0, -1, -7] {
        let story = Story::of(CountFrom::Auto).left(0, left);
        assert_eq!(story.facts.state, State::Exhausted);
        assert_eq!(story.number(), Some((Source::Keycloak, left)));
    }
}

#[test]
fn a_token_that_leaves_the_list_was_used_up_if_few_were_left_and_deleted_if_not() {
    let absent = Ok(Listing::Absent);
    for (before, state, left, known) in [
        (5, State::Exhausted, 0, None),
        (0, State::Exhausted, 0, None),
        (-2, State::Exhausted, -2, None),
        (6, State::NotKnownToIdp, 6, Some(false)),
        (100, State::NotKnownToIdp, 100, Some(false)),
    ] {
        let story = Story::of(CountFrom::Auto).left(0, before).list(5, absent);
        assert_eq!(story.facts.state, state, "{before} left before");
        assert_eq!(story.number(), Some((Source::Keycloak, left)));
        assert_eq!(story.facts.check(Check::KnownToIdp), known);
    }
    let never_seen = Story::of(CountFrom::Auto).list(5, absent);
    assert_eq!(never_seen.facts.state, State::NotKnownToIdp);
    assert_eq!(never_seen.number(), None, "unknown, not zero");
    assert_eq!(
        never_seen.facts.unknown_clients(&never_seen.wanted),
        Unknown::NotListed
    );
}

#[test]
fn clients_of_the_very_moment_of_the_list_are_not_taken_off_twice_when_none_is_left() {
    let story = Story::of(CountFrom::Auto).left(0, 0).registered(0, 4);
    let story = story.list(5, Ok(Listing::Absent));
    assert_eq!(story.facts.state, State::Exhausted);
    assert_eq!(story.number(), Some((Source::Keycloak, 0)));
}

#[test]
fn an_expired_token_that_leaves_the_list_is_expired() {
    let story = Story::of(CountFrom::Auto).left(0, 60);
    let later = 29 * 24 * 60;
    let story = story.list(later + 1, Ok(Listing::Absent));
    assert_eq!(story.facts.state, State::Expired);
    assert_eq!(
        story.facts.check(Check::KnownToIdp),
        None,
        "the state says it"
    );
}

#[test]
fn a_list_from_before_the_token_was_seen_and_a_garbled_row_say_nothing() {
    let old = Story::of(CountFrom::Auto).list(-1, Ok(Listing::Absent));
    assert_eq!(old.facts.state, State::Usable);
    assert_eq!(old.facts.check(Check::KnownToIdp), None);
    let garbled = Story::of(CountFrom::Auto)
        .left(0, 60)
        .list(5, Ok(Listing::Garbled));
    assert_eq!(garbled.facts.state, State::Usable);
    assert_eq!(garbled.number(), Some((Source::Keycloak, 60)));
    assert_eq!(garbled.facts.listed.answers.is_up(), Some(false));
}

#[test]
fn each_answer_to_a_rehearsal_has_its_meaning() {
    for (answer, state, possible, known) in [
        (Rehearsal::Works, State::Usable, true, Some(true)),
        (Rehearsal::UsedUp, State::Exhausted, false, None),
        (
            Rehearsal::NotFound,
            State::NotKnownToIdp,
            false,
            Some(false),
        ),
        (Rehearsal::Refused, State::NotKnownToIdp, false, Some(false)),
        (
            Rehearsal::WrongType,
            State::NotKnownToIdp,
            false,
            Some(false),
        ),
        (Rehearsal::RefusedByPolicy, State::Usable, false, Some(true)),
    ] {
        let story = Story::of(CountFrom::None).rehearsed(1, Ok(answer));
        assert_eq!(story.facts.state, state, "{answer:?}");
        assert_eq!(story.facts.rehearsal.is_possible(), Some(possible));
        assert_eq!(story.facts.check(Check::KnownToIdp), known);
        assert_eq!(story.facts.check(Check::RehearsalHarmless), Some(true));
    }
}

#[test]
fn no_clear_answer_takes_back_an_all_clear_and_never_an_alarm() {
    let well = Story::of(CountFrom::None).rehearsed(1, Ok(Rehearsal::Works));
    let unclear = well.rehearsed(61, Err(Reason::BadResponse));
    assert_eq!(unclear.facts.rehearsal.is_possible(), None);
    let refused = Story::of(CountFrom::None).rehearsed(1, Ok(Rehearsal::UsedUp));
    let unclear = refused.rehearsed(61, Err(Reason::Timeout));
    assert_eq!(unclear.facts.rehearsal.is_possible(), Some(false));
    assert_eq!(unclear.facts.state, State::Exhausted);
}

#[test]
fn an_all_clear_ages_and_an_alarm_does_not() {
    let well = Story::of(CountFrom::None).rehearsed(0, Ok(Rehearsal::Works));
    let well = well.secret(120, &fresh());
    assert_eq!(well.facts.rehearsal.is_possible(), Some(true));
    let well = well.secret(121, &fresh());
    assert_eq!(well.facts.rehearsal.is_possible(), None);
    let refused = Story::of(CountFrom::None).rehearsed(0, Ok(Rehearsal::NotFound));
    let refused = refused.secret(10_000, &fresh());
    assert_eq!(refused.facts.rehearsal.is_possible(), Some(false));
}

#[test]
fn of_list_and_rehearsal_the_newer_one_decides() {
    let deleted = Story::of(CountFrom::Auto)
        .left(0, 60)
        .rehearsed(1, Ok(Rehearsal::Works))
        .list(5, Ok(Listing::Absent));
    assert_eq!(deleted.facts.state, State::NotKnownToIdp);
    let works = deleted.rehearsed(6, Ok(Rehearsal::Works));
    assert_eq!(works.facts.state, State::Usable);
    let used_up = Story::of(CountFrom::Auto)
        .left(0, 3)
        .rehearsed(4, Ok(Rehearsal::UsedUp));
    assert_eq!(used_up.facts.state, State::Exhausted);
    assert_eq!(used_up.number(), Some((Source::Keycloak, 0)));
}

#[test]
fn an_estimate_of_none_is_believed_unless_a_rehearsal_works() {
    let none = Story::of(CountFrom::Registrations).registered(1, 120);
    assert_eq!(none.facts.state, State::Exhausted);
    assert_eq!(none.number(), Some((Source::Registrations, -20)));
    let works = none.rehearsed(2, Ok(Rehearsal::Works));
    assert_eq!(works.facts.state, State::Usable);
    assert_eq!(works.number(), Some((Source::Registrations, 1)));
    let stale = works.secret(200, &fresh()).registered(200, 0);
    assert_eq!(stale.facts.state, State::Exhausted);
}

#[test]
fn another_token_is_judged_by_nothing_that_was_said_about_the_one_before() {
    let story = Story::of(CountFrom::Auto)
        .left(0, 0)
        .rehearsed(1, Ok(Rehearsal::UsedUp));
    let other = seen(claims("b", minutes(2), Expiry::At(days(30))));
    let story = story.secret(3, &other);
    assert_eq!(story.facts.state, State::Usable);
    assert_eq!(story.facts.rehearsal.is_possible(), None);
    assert_eq!(story.number(), None);
    let late = story.rehearsed(4, Ok(Rehearsal::UsedUp));
    assert_eq!(late.facts.state, State::Usable, "that answer was about `a`");
}

#[test]
fn a_registered_client_fails_a_check_and_ends_the_rehearsals() {
    let answer = Rehearsal::Registered { deleted: true };
    let story = Story::of(CountFrom::None).rehearsed(1, Ok(answer));
    assert_eq!(story.facts.check(Check::RehearsalHarmless), Some(false));
    assert!(!story.facts.may_be_rehearsed());
    let other = seen(claims("b", minutes(2), Expiry::At(days(30))));
    let story = story.secret(3, &other);
    assert!(!story.facts.may_be_rehearsed(), "nor with the next token");
    assert_eq!(story.facts.check(Check::RehearsalHarmless), Some(false));
}

#[test]
fn what_makes_no_sense_is_not_rehearsed() {
    let wanted = asking(CountFrom::None);
    assert!(!Facts::default().may_be_rehearsed(), "no token");
    let mut other = fresh();
    other.current.issuer = Some("https://other.example.com/realms/prod".into());
    let foreign = Facts::default().after(&wanted, Ok(&other), NOW);
    assert!(
        !foreign.may_be_rehearsed(),
        "the token would be sent elsewhere"
    );
    let expired = Facts::default().after(&wanted, Ok(&fresh()), days(40));
    assert!(
        !expired.may_be_rehearsed(),
        "each would be an error in the server's log"
    );
}

#[test]
fn what_is_known_comes_back_from_a_file_as_it_went_in() {
    let story = Story::of(CountFrom::Auto)
        .secret(
            1,
            &Seen {
                field: Some(70),
                ..fresh()
            },
        )
        .registered(2, 20)
        .left(3, 60)
        .rehearsed(4, Ok(Rehearsal::Works));
    let text = serde_json::to_string(&story.facts).unwrap();
    let back: Facts = serde_json::from_str(&text).unwrap();
    let back = back.restored(&story.wanted, minutes(4));
    assert_eq!(back.clients, story.facts.clients);
    assert_eq!(back.state, story.facts.state);
    assert_eq!(back.rehearsal.last(), story.facts.rehearsal.last());
    assert_eq!(back.sighting, story.facts.sighting);
    assert!(
        back.counted
            .unwrap()
            .counts_the_same_as(&story.facts.counted.unwrap())
    );
}

#[test]
fn what_changes_is_told_in_one_line_and_is_bad_only_if_it_is() {
    use crate::watch::initial_access_token::words::news;
    let told =
        |before: &Facts, after: &Facts| news(before, after).map(|news| (news.text, news.is_bad));
    let quiet = Story::of(CountFrom::Auto);
    let works = Story::of(CountFrom::Auto).rehearsed(1, Ok(Rehearsal::Works));
    let said = Some(("a rehearsed registration: works".to_owned(), false));
    assert_eq!(told(&quiet.facts, &works.facts), said);
    let again = Story::of(CountFrom::Auto)
        .rehearsed(1, Ok(Rehearsal::Works))
        .rehearsed(61, Ok(Rehearsal::Works));
    assert_eq!(told(&works.facts, &again.facts), None);
    let (before, after) = (
        works.facts.clone(),
        works.rehearsed(2, Ok(Rehearsal::UsedUp)).facts,
    );
    let said = "the token is now exhausted (it was usable); \
                a rehearsed registration: refused, no registration is left";
    assert_eq!(told(&before, &after), Some((said.to_owned(), true)));
    let answer = Rehearsal::Registered { deleted: false };
    let (text, is_bad) = told(&before, &again.rehearsed(62, Ok(answer)).facts).unwrap();
    assert!(is_bad && text.contains("could not be deleted"), "{text}");
}
