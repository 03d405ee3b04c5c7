//! Stories of an integration, look by look.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    model::{Cause, Digest, Severity, Step, Threshold},
    watch::oidc_integration::{chain::Broken, config::Application, sample},
};

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

/// A look that found these keys, and the chain broken there.
fn seen(kids: &[&str], fault: Option<(Step, Cause)>) -> Seen {
    let keys = Keys {
        count: u64::try_from(kids.len()).unwrap(),
        digest: Digest::of(kids),
    };
    Seen {
        chain: Chain {
            held: vec![Step::Connection],
            broken: fault.map(|(step, cause)| Broken {
                step,
                cause,
                application: None,
            }),
        },
        certificate_end: Some(at(1_000)),
        clock_offset: Some(-2),
        keys: (!kids.is_empty()).then_some(keys),
    }
}

fn after(facts: &Facts, seen: &Seen, now: i64) -> Facts {
    facts.after(&sample(), Ok(seen), at(now))
}

#[test]
fn a_change_of_keys_is_noticed_once_and_remembered() {
    let first = after(&Facts::default(), &seen(&["a"], None), 10);
    assert_eq!(first.keys_changed, None);
    let broken = seen(&[], Some((Step::Discovery, Cause::NotFound)));
    let kept = after(&first, &broken, 20);
    assert_eq!((kept.keys, kept.keys_changed), (first.keys, None));
    let changed = after(&kept, &seen(&["b"], None), 30);
    assert_eq!(changed.keys_changed, Some(at(30)));
    let later = after(&changed, &seen(&["b"], None), 40);
    assert_eq!(later.keys_changed, Some(at(30)));
    assert!(later.have_keys_just_changed(at(3_629)));
    assert!(!later.have_keys_just_changed(at(3_630)));
    let file = serde_json::to_string(&later).unwrap();
    let restored: Facts = serde_json::from_str(&file).unwrap();
    assert_eq!(restored.restored(&sample(), at(50)), later);
    let again = after(&restored, &seen(&["a"], None), 60);
    assert_eq!(again.keys_changed, Some(at(60)));
}

#[test]
fn a_failed_look_keeps_everything_and_is_counted_in_this_process_only() {
    let known = after(&Facts::default(), &seen(&["a"], None), 10);
    let failed = known.after(&sample(), Err(Reason::Timeout), at(20));
    let expected = Facts {
        failures: 1,
        ..known.clone()
    };
    assert_eq!(failed, expected);
    assert!(!failed.is_worth_keeping_since(&known));
    let file = serde_json::to_string(&failed).unwrap();
    assert_eq!(serde_json::from_str::<Facts>(&file).unwrap(), known);
    assert_eq!(after(&failed, &seen(&["a"], None), 30), known);
}

#[test]
fn numbers_that_a_broken_chain_does_not_show_stay() {
    let known = after(&Facts::default(), &seen(&["a"], None), 10);
    let nothing = Seen {
        certificate_end: None,
        clock_offset: None,
        ..seen(&[], Some((Step::Connection, Cause::Unreachable)))
    };
    let next = after(&known, &nothing, 20);
    assert_eq!(next.certificate_end, known.certificate_end);
    assert_eq!(next.clock_offset, known.clock_offset);
    assert_eq!(next.chain, Some(nothing.chain));
    assert!(next.is_worth_keeping_since(&known));
}

#[test]
fn trouble_is_waited_out_once_if_all_was_known_and_well() {
    let well = after(&Facts::default(), &seen(&["a"], None), 10);
    let failed = well.after(&sample(), Err(Reason::Timeout), at(20));
    let passing = after(&well, &seen(&[], Some((Step::Keys, Cause::Timeout))), 20);
    let lasting = after(&well, &seen(&[], Some((Step::Keys, Cause::NoKeys))), 20);
    let waits = [&Facts::default(), &well, &failed, &passing, &lasting].map(Facts::may_wait);
    assert_eq!(waits, [false, true, false, false, true]);
}

#[test]
fn another_expectation_makes_the_chain_unknown_and_nothing_else() {
    let known = after(&Facts::default(), &seen(&["a"], None), 10);
    let same = sample();
    let mut looser = sample();
    looser.clock_offset = Duration::from_secs(60);
    assert_eq!(known.under(&same, &looser), known);
    let mut more = sample();
    more.applications = vec![Application {
        client_id: "shop".to_owned(),
        redirect_url: None,
        flows: None,
    }];
    let expected = Facts {
        chain: None,
        ..known.clone()
    };
    assert_eq!(known.under(&same, &more), expected);
}

#[test]
fn a_certificate_gets_worse_as_its_end_comes() {
    let mut wanted = sample();
    let levels = [
        (Level::Notice, 100),
        (Level::Urgent, 10),
        (Level::Expired, 0),
    ];
    let thresholds = levels.map(|(level, before)| Threshold {
        level,
        before: Duration::from_secs(before),
        severity: Severity::Medium,
    });
    wanted.thresholds = Arc::from(thresholds);
    let facts = after(&Facts::default(), &seen(&["a"], None), 10);
    let levels = [900, 901, 991, 1_000, 1_001].map(|now| facts.level(&wanted, at(now)));
    let [notice, urgent, expired] = Level::ALL.map(Some);
    assert_eq!(levels, [None, notice, urgent, expired, expired]);
    assert_eq!(Facts::default().level(&wanted, at(0)), None);
}
