//! Every query of the boards finds what it is for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Board, board::Query, boards, made_up, scene::Scene};

/// Queries that find nothing in the demonstration, each with the reason.
const EMPTY: &[(&str, &str)] = &[
    (
        "kcwatch-overview: annotation \"New token\":",
        "no token is renewed",
    ),
    (
        "kcwatch-overview: panel 4 \"Time left\": A",
        "no token has expired",
    ),
    (
        "kcwatch-overview: panel 4 \"Time left\": C",
        "no token is between notice and urgent",
    ),
    (
        "kcwatch-overview: panel 12 \"Own tokens live for\": A",
        "its Vault is dead, so it has no token of its own",
    ),
    (
        "kcwatch-target: annotation \"New token\":",
        "no token is renewed",
    ),
    (
        "kcwatch-target: panel 1 \"Time to expiry\": A",
        "no token has expired",
    ),
    (
        "kcwatch-target: panel 1 \"Time to expiry\": C",
        "no token is between notice and urgent",
    ),
    (
        "kcwatch-target: panel 2 \"Registrations left\": A",
        "no token is used up",
    ),
    (
        "kcwatch-target: panel 2 \"Registrations left\": B",
        "no token has urgently few left",
    ),
    (
        "kcwatch-target: panel 4 \"A registration now\": A",
        "nothing is rehearsed",
    ),
    (
        "kcwatch-target: panel 7 \"Previous token expires on\": A",
        "no secret keeps the token before",
    ),
    (
        "kcwatch-target: panel 8 \"Rehearsal\": A",
        "nothing is rehearsed",
    ),
    (
        "kcwatch-target: panel 9 \"Rehearsed\": A",
        "nothing is rehearsed",
    ),
    (
        "kcwatch-clients: annotation \"New secret\":",
        "no secret is renewed",
    ),
    (
        "kcwatch-integration: annotation \"Keys changed\":",
        "no key changes",
    ),
    (
        "kcwatch-integration: panel 11 \"Keys changed on\": A",
        "no key changes",
    ),
    (
        "kcwatch-integration: panel 3 \"Certificate ends in\": A",
        "its realm has no TLS",
    ),
    (
        "kcwatch-integration: panel 3 \"Certificate ends in\": B",
        "its realm has no TLS",
    ),
    (
        "kcwatch-integration: panel 3 \"Certificate ends in\": C",
        "its realm has no TLS",
    ),
    (
        "kcwatch-integration: panel 3 \"Certificate ends in\": D",
        "its realm has no TLS",
    ),
    (
        "kcwatch-integration: panel 4 \"Clock offset\": A",
        "no clock is wrong",
    ),
    (
        "kcwatch-integration: panel 5 \"Links\": B",
        "its realm has no TLS",
    ),
    (
        "kcwatch-integration: panel 8 \"Life of the certificate\": A",
        "its realm has no TLS",
    ),
    (
        "kcwatch-overview: panel 21 \"Integrations\": C",
        "its realm has no TLS",
    ),
];

/// Where a query stands, its letter included.
fn place(query: &Query) -> String {
    format!("{} {}", query.place, query.letter)
        .trim()
        .to_owned()
}

/// What a query finds: one that is about all targets at once, or about each in turn.
pub(super) async fn found(scene: &Scene, query: &Query, targets: &[String]) -> Vec<Value> {
    if !query.text.contains("target=\"$target\"") {
        return scene
            .found(query, &format!("({})", targets.join("|")))
            .await;
    }
    let mut found = Vec::new();
    for target in targets {
        found.extend(scene.found(query, target).await);
    }
    found
}

#[tokio::test]
async fn every_query_finds_what_it_is_for() {
    let scene = Scene::demo().await;
    let targets = scene.targets().await;
    let mut empty = BTreeSet::new();
    for query in boards().iter().flat_map(Board::queries) {
        let found = found(&scene, &query, &targets).await;
        for series in &found {
            assert_drawable(&query, series);
        }
        if found.is_empty() {
            empty.insert(place(&query));
        }
    }
    let allowed = EMPTY.iter().map(|(place, _)| (*place).to_owned()).collect();
    let unexpected: Vec<_> = empty.difference(&allowed).collect();
    assert!(unexpected.is_empty(), "found nothing: {unexpected:#?}");
    let needless: Vec<_> = allowed.difference(&empty).collect();
    assert!(needless.is_empty(), "not empty any more: {needless:#?}");
}

/// Infinity has no place in a graph, and two replicas are one row unless the row is a replica.
fn assert_drawable(query: &Query, series: &Value) {
    let place = place(query);
    assert!(!series.to_string().contains("Inf"), "{place}: {series}");
    let by_replica = query.text.contains("by (instance)");
    let of_replica = series["metric"].get("instance").is_some();
    assert_eq!(of_replica, by_replica, "{place}: {series}");
}

#[tokio::test]
async fn what_the_demonstration_lacks_is_found_where_it_is() {
    let scene = Scene::made_up().await;
    let targets = made_up::targets();
    for query in boards().iter().flat_map(Board::queries) {
        let found = found(&scene, &query, &targets).await;
        for series in &found {
            assert_drawable(&query, series);
        }
        let place = place(&query);
        let listed = EMPTY.iter().any(|(allowed, _)| *allowed == place);
        assert!(!listed || !found.is_empty(), "found nothing: {place}");
    }
}
