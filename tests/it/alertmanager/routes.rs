//! Which labels lead to whom.

use std::collections::BTreeSet;

use super::{Version, config, said, text_of};

/// Labels, and the receiver.
const ROUTES: &[(&str, &str)] = &[
    (
        "alertname=InitialAccessTokenExpired service=kcwatch severity=critical target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpired service=kcwatch severity=high target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpiring service=kcwatch severity=medium level=notice target=prod",
        "kcwatch-slack",
    ),
    (
        "alertname=InitialAccessTokenExpiring service=kcwatch severity=warning level=notice target=prod",
        "kcwatch-slack",
    ),
    (
        "alertname=InitialAccessTokenExpiring service=kcwatch severity=info level=notice target=stage",
        "kcwatch-quiet",
    ),
    (
        "alertname=KcwatchDown service=kcwatch severity=medium job=kcwatch",
        "kcwatch-slack",
    ),
    (
        "alertname=StoreAccessFailing service=kcwatch severity=medium store=vault job=kcwatch",
        "kcwatch-slack",
    ),
    (
        "alertname=InitialAccessTokenExpiring service=rhidp severity=info level=notice target=stage",
        "kcwatch-quiet",
    ),
    // Nobody knows these severities.
    (
        "alertname=InitialAccessTokenExpired service=kcwatch severity=hihg target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpired service=kcwatch severity=HIGH target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpired service=kcwatch severity=informational target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpired service=kcwatch target=prod",
        "kcwatch-page",
    ),
    // Nor these services.
    (
        "alertname=InitialAccessTokenExpired service=other severity=info target=prod",
        "kcwatch-page",
    ),
    (
        "alertname=InitialAccessTokenExpired severity=info",
        "kcwatch-page",
    ),
];

#[test]
fn severity_says_who_is_told_and_what_nobody_knows_is_loud() {
    let config = config();
    for version in Version::BOTH {
        for (labels, receiver) in ROUTES {
            let file = format!("--config.file={}", config.display());
            let verify = format!("--verify.receivers={receiver}");
            let mut arguments = vec!["config", "routes", "test", &file, &verify];
            arguments.extend(labels.split(' '));
            said(version, &arguments);
        }
    }
}

#[test]
fn the_rules_that_are_shipped_have_a_service_that_is_routed() {
    let rules = text_of("alerts/kcwatch.rules.yaml");
    let services: BTreeSet<&str> = rules
        .split("service: \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(services.len(), 1, "{services:?}");
    for service in services {
        let file = format!("--config.file={}", config().display());
        let service = format!("service={service}");
        let arguments = ["config", "routes", "test", &file, &service, "severity=info"];
        let said = said(Version::Current, &arguments);
        assert_eq!(said.trim(), "kcwatch-quiet", "{service}");
    }
}
