use std::time::Duration;

use super::*;
use crate::{
    model::{Expiry, Failure, Reason, SecretPath},
    watch::{Facts, Question, Seen, Target, Watch, initial_access_token::checks::Check, samples},
};

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

fn target(name: &str) -> Arc<Target> {
    samples::target(name, "vault")
}

fn attempt(outcome: Result<Seen, Failure>) -> Attempt {
    Attempt {
        outcome,
        took: Duration::from_millis(5),
    }
}

fn token(id: &str) -> Attempt {
    attempt(Ok(samples::token(id, Expiry::Never)))
}

fn unique(snapshot: &Snapshot, position: usize) -> Option<bool> {
    let Facts::InitialAccessToken(facts) = &snapshot.target(position).unwrap().facts else {
        unreachable!("it is one")
    };
    facts.check(Check::Unique)
}

#[test]
fn a_failed_attempt_counts_its_reason_and_keeps_the_last_success() {
    let mut snapshot = Snapshot::new(&[target("a")], NOW);
    snapshot.fold(0, Question::Target, &token("1"), NOW);
    snapshot.fold(
        0,
        Question::Target,
        &attempt(Err(Reason::Denied.into())),
        NOW.plus(Duration::from_secs(60)),
    );
    let state = snapshot.target(0).unwrap();
    assert_eq!(state.last_success, Some(NOW));
    assert_eq!(state.last_attempt, Some(NOW.plus(Duration::from_secs(60))));
    assert_eq!(
        (
            state.polls,
            state.failures[Reason::Denied.index()],
            state.failures_in_a_row
        ),
        (2, 1, 1)
    );
    assert!(!state.is_up());
}

#[test]
fn it_is_ready_when_every_target_was_tried_whatever_came_of_it() {
    let mut snapshot = Snapshot::new(&[target("a"), target("b")], NOW);
    snapshot.fold(0, Question::Target, &token("1"), NOW);
    snapshot.fold(0, Question::Target, &token("1"), NOW);
    assert!(!snapshot.all_tried());
    snapshot.fold(
        1,
        Question::Target,
        &attempt(Err(Reason::Sealed.into())),
        NOW,
    );
    assert!(snapshot.all_tried());
}

#[test]
fn the_same_token_at_two_targets_fails_both_until_one_changes() {
    let mut snapshot = Snapshot::new(&[target("a"), target("b"), target("c")], NOW);
    for (position, id) in [(0, "same"), (1, "same"), (2, "other")] {
        snapshot.fold(position, Question::Target, &token(id), NOW);
    }
    assert_eq!(
        [0, 1, 2].map(|position| unique(&snapshot, position)),
        [Some(false), Some(false), Some(true)]
    );
    snapshot.fold(
        1,
        Question::Target,
        &attempt(Err(Reason::Timeout.into())),
        NOW,
    );
    assert_eq!(
        unique(&snapshot, 0),
        Some(false),
        "a failed look changes nothing"
    );
    snapshot.fold(1, Question::Target, &token("new"), NOW);
    assert_eq!(
        [0, 1].map(|position| unique(&snapshot, position)),
        [Some(true), Some(true)]
    );
}

#[test]
fn a_block_without_news_is_shared_with_the_next_snapshot() {
    let targets: Vec<_> = (0..3 * BLOCK).map(|n| target(&format!("{n:04}"))).collect();
    let before = Snapshot::new(&targets, NOW);
    let mut after = before.clone();
    after.fold(BLOCK, Question::Target, &token("1"), NOW);
    let shared: Vec<bool> = before
        .blocks()
        .iter()
        .zip(after.blocks())
        .map(|(before, after)| Arc::ptr_eq(before, after))
        .collect();
    assert_eq!(shared, [true, false, true]);
}

#[test]
fn a_new_configuration_keeps_what_is_known_of_targets_that_watch_the_same() {
    let mut snapshot = Snapshot::new(&[target("a"), target("b")], NOW);
    snapshot.fold(0, Question::Target, &token("1"), NOW);
    snapshot.fold(1, Question::Target, &token("2"), NOW);
    let mut moved = Target::clone(&target("b"));
    let Watch::InitialAccessToken(wanted) = &mut moved.watch else {
        unreachable!("it is one")
    };
    wanted.path = SecretPath::new("elsewhere").unwrap();
    let next = snapshot.with_targets(&[target("a"), Arc::new(moved), target("c")], NOW);
    assert!(next.target(0).unwrap().is_up());
    assert!(
        next.target(1).unwrap().last_attempt.is_none(),
        "what was known was about another secret"
    );
    assert!(!next.all_tried());
    assert_eq!(next.targets().count(), 3);
}
