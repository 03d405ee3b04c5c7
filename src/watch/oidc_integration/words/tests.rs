//! What people read.

use super::*;
use crate::{
    model::{
        Cause, Digest, Field, Level, NoRequest, Severity, Step, TargetName, Threshold, TierName,
    },
    watch::oidc_integration::{chain::Keys, config::OidcIntegration, sample},
};
use std::{sync::Arc, time::Duration};

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

fn wanted() -> OidcIntegration {
    let levels = [(Level::Notice, 21), (Level::Urgent, 7), (Level::Expired, 0)];
    let thresholds = levels.map(|(level, days)| Threshold {
        level,
        before: Duration::from_secs(days * 86_400),
        severity: Severity::Medium,
    });
    OidcIntegration {
        thresholds: Arc::from(thresholds),
        ..sample()
    }
}

fn well() -> Facts {
    Facts {
        chain: Some(Chain {
            held: Step::ALL.to_vec(),
            broken: None,
        }),
        certificate_end: Some(NOW.plus(Duration::from_secs(30 * 86_400))),
        clock_offset: Some(-2),
        keys: Some(Keys {
            count: 2,
            digest: Digest::of(&["a", "b"]),
        }),
        ..Facts::default()
    }
}

fn broken() -> Facts {
    Facts {
        chain: Some(Chain {
            held: vec![Step::Connection],
            broken: Some(Broken {
                step: Step::Applications,
                cause: Cause::RedirectMissing,
                application: Some("shop".to_owned()),
            }),
        }),
        ..well()
    }
}

fn said(facts: &Facts) -> (Standing, String, usize) {
    let wanted = wanted();
    let advice = advice(&wanted, facts, NOW);
    (
        standing(&wanted, facts, NOW),
        summary(&wanted, facts, NOW),
        advice.len(),
    )
}

#[test]
fn each_state_has_its_standing_and_its_line() {
    let rest = "certificate ends 2027-02-14T08:00:00Z, in 30 days; 2 signing keys";
    assert_eq!(
        said(&well()),
        (Standing::Ok, format!("holds: 9 links; {rest}"), 0)
    );
    let line = format!(
        "broken at applications: the client of an application lacks the redirect URL (redirect_missing), at shop; {rest}"
    );
    assert_eq!(said(&broken()), (Standing::Urgent, line, 1));
    let unknown = (Standing::Unknown, "nothing known yet".to_owned(), 0);
    assert_eq!(said(&Facts::default()), unknown);
}

#[test]
fn certificate_clock_and_keys_are_told_when_they_matter() {
    use Standing::{Notice, Ok, Urgent};
    let end = |days: i64| Facts {
        certificate_end: Some(UnixTime::from_seconds(NOW.seconds() + days * 86_400)),
        ..well()
    };
    let standings = [22, 20, 6, -1].map(|days| said(&end(days)).0);
    assert_eq!(standings, [Ok, Notice, Urgent, Urgent]);
    assert!(
        said(&end(-1))
            .1
            .contains("certificate ended 2027-01-14T08:00:00Z, 1 day ago")
    );
    let offset = |seconds| Facts {
        clock_offset: Some(seconds),
        ..well()
    };
    assert_eq!(said(&offset(5)).0, Ok);
    let (standing, line, advice) = said(&offset(-61));
    assert_eq!((standing, advice), (Notice, 1));
    assert!(
        line.ends_with("its clock is 1 minute 1 second behind ours"),
        "{line}"
    );
    assert!(said(&offset(6)).1.ends_with("6 seconds ahead of ours"));
    let changed = |ago| Facts {
        keys_changed: Some(NOW.minus(Duration::from_secs(ago))),
        ..well()
    };
    let (standing, line, advice) = said(&changed(60));
    assert_eq!((standing, advice), (Notice, 1));
    assert!(
        line.contains("the signing keys changed 1 minute ago"),
        "{line}"
    );
    assert_eq!(said(&changed(3_600)).0, Ok);
}

#[test]
fn news_are_what_changed() {
    let nothing = Facts::default();
    let text =
        |before: &Facts, after: &Facts| news(before, after).map(|news| (news.text, news.is_bad));
    assert_eq!(text(&well(), &well()), None);
    assert_eq!(text(&broken(), &broken()), None);
    assert_eq!(text(&nothing, &nothing), None);
    assert_eq!(
        text(&nothing, &well()),
        Some(("the chain holds: 9 links".to_owned(), false))
    );
    assert_eq!(
        text(&broken(), &well()),
        Some(("the chain holds again".to_owned(), false))
    );
    let (line, is_bad) = text(&well(), &broken()).unwrap();
    assert!(
        line.starts_with("broken at applications: ")
            && line.ends_with(Cause::RedirectMissing.advice())
    );
    assert!(is_bad);
    let changed = Facts {
        keys_changed: Some(NOW),
        ..well()
    };
    assert_eq!(
        text(&well(), &changed),
        Some(("the signing keys have changed".to_owned(), true))
    );
    assert_eq!(text(&changed, &changed), None);
}

#[test]
fn a_ticket_is_written_about_what_is_broken_and_nothing_else() {
    let (name, tier) = (
        TargetName::new("3scale").unwrap(),
        TierName::new("prod").unwrap(),
    );
    let asked = |facts: &Facts| request((&name, &tier), &wanted(), facts, NOW);
    assert_eq!(asked(&Facts::default()), Err(NoRequest::NeverRead));
    assert_eq!(asked(&well()), Err(NoRequest::NothingBroken));
    let filling = asked(&broken()).unwrap();
    assert_eq!(filling.len(), Field::ALL.len());
    for (field, said) in [
        (Field::Target, "3scale"),
        (Field::Instance, "sso.example.com"),
        (Field::Store, "devshift"),
        (Field::Mount, "app-sre"),
        (Field::Secret, "3scale/zync"),
        (
            Field::Reason,
            "is broken at applications (redirect_missing)",
        ),
        (Field::Due, ""),
    ] {
        assert_eq!(filling[&field], said, "{field:?}");
    }
}

#[test]
fn the_report_has_every_link_that_was_tried() {
    let report = serde_json::to_value(report(&wanted(), &broken(), NOW)).unwrap();
    assert_eq!(
        report,
        serde_json::json!({
            "issuer": "https://sso.example.com/realms/prod",
            "steps": { "connection": true, "applications": false },
            "broken": {
                "step": "applications", "cause": "redirect_missing",
                "words": "the client of an application lacks the redirect URL", "application": "shop",
            },
            "certificate_expires": "2027-02-14T08:00:00Z", "certificate_level": null,
            "clock_offset_seconds": -2, "clock_offset_limit_seconds": 5,
            "signing_keys": 2, "keys_changed": null,
        })
    );
}
