use std::{io::Read, sync::Arc, time::Duration};

use proptest::prelude::*;

use super::*;
use crate::{
    model::{Expiry, Reason, TargetName, UnixTime},
    snapshot::{Attempt, BLOCK, Protection, Reload},
    watch::{
        Question, Target, Watch,
        initial_access_token::config::{IncumbentMetric, InitialAccessToken},
        samples,
    },
};

const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

fn target(name: &str) -> Arc<Target> {
    samples::target(name, "vault")
}

/// A target whose expiry is told under the incumbent's name, too.
fn incumbent(name: &str) -> Arc<Target> {
    let plain = target(name);
    let Watch::InitialAccessToken(wanted) = &plain.watch else {
        unreachable!("it is one")
    };
    let labels = IncumbentMetric {
        integration: "rhidp-sso-client".to_owned(),
        ocm_environment: "production".to_owned(),
    };
    Arc::new(Target {
        watch: Watch::InitialAccessToken(InitialAccessToken {
            incumbent_metric: Some(Arc::new(labels)),
            ..wanted.clone()
        }),
        ..Target::clone(&plain)
    })
}

fn token(expiry: Expiry) -> Attempt {
    Attempt {
        outcome: Ok(samples::token("a", expiry)),
        took: Duration::from_millis(5),
    }
}

fn whole(document: &Document) -> Vec<u8> {
    document
        .pieces()
        .iter()
        .flat_map(|piece| piece.iter().copied())
        .collect()
}

fn text(page: &Page) -> String {
    String::from_utf8(whole(page.text())).unwrap()
}

fn lines_of(page: &Page, metric: &str) -> Vec<String> {
    let is_of = |line: &&str| line.starts_with(&format!("{metric}{{"));
    text(page)
        .lines()
        .filter(is_of)
        .map(str::to_owned)
        .collect()
}

fn render(snapshot: &Snapshot, before: &Page) -> Page {
    Page::render(snapshot, &Process::default(), before)
}

#[test]
fn a_token_that_never_expires_is_plus_inf() {
    let mut snapshot = Snapshot::new(&[target("a")], NOW);
    snapshot.fold(0, Question::Target, &token(Expiry::Never), NOW);
    let page = render(&snapshot, &Page::default());
    assert_eq!(
        lines_of(&page, "kcwatch_iat_expiration_timestamp_seconds"),
        [r#"kcwatch_iat_expiration_timestamp_seconds{target="a",slot="current"} +Inf"#]
    );
}

#[test]
fn before_the_first_read_counters_stand_at_zero_and_unknown_values_are_absent() {
    let page = render(&Snapshot::new(&[target("a")], NOW), &Page::default());
    assert_eq!(
        lines_of(&page, "kcwatch_target_failures_total").len(),
        Reason::COUNT
    );
    assert_eq!(
        lines_of(&page, "kcwatch_target_up"),
        [r#"kcwatch_target_up{target="a"} 0"#]
    );
    for absent in [
        "kcwatch_iat_expiration_timestamp_seconds",
        "kcwatch_target_last_success_timestamp_seconds",
        "kcwatch_iat_check",
    ] {
        assert!(
            !text(&page).contains(absent),
            "{absent} must be absent, its header too"
        );
    }
}

#[test]
fn what_is_ordered_is_told_even_where_nobody_is_asked_what_is_left() {
    let page = render(&Snapshot::new(&[target("a")], NOW), &Page::default());
    assert_eq!(
        lines_of(&page, "kcwatch_iat_requested_clients"),
        [r#"kcwatch_iat_requested_clients{target="a"} 100"#]
    );
    assert!(lines_of(&page, "kcwatch_iat_clients_limit").is_empty());
}

#[test]
fn an_outage_lowers_up_and_keeps_the_expiry() {
    let mut snapshot = Snapshot::new(&[target("a")], NOW);
    snapshot.fold(0, Question::Target, &token(Expiry::At(NOW)), NOW);
    let outage = Attempt {
        outcome: Err(Reason::Unreachable.into()),
        took: Duration::from_millis(1),
    };
    snapshot.fold(
        0,
        Question::Target,
        &outage,
        NOW.plus(Duration::from_secs(60)),
    );
    let page = render(&snapshot, &Page::default());
    assert_eq!(
        lines_of(&page, "kcwatch_target_up"),
        [r#"kcwatch_target_up{target="a"} 0"#]
    );
    assert_eq!(
        lines_of(&page, "kcwatch_iat_expiration_timestamp_seconds"),
        [r#"kcwatch_iat_expiration_timestamp_seconds{target="a",slot="current"} 1800000000"#]
    );
}

#[test]
fn the_incumbents_metric_says_the_same_where_it_is_asked_for_and_is_nowhere_else() {
    const NAME: &str = "rhidp_sso_client_inital_access_token_expiration";
    let mut snapshot = Snapshot::new(&[target("a"), incumbent("b")], NOW);
    let unread = render(&snapshot, &Page::default());
    assert!(!text(&unread).contains(NAME), "its header neither");
    for (expiry, value) in [(Expiry::At(NOW), "1800000000"), (Expiry::Never, "+Inf")] {
        for position in [0, 1] {
            snapshot.fold(position, Question::Target, &token(expiry), NOW);
        }
        let page = render(&snapshot, &Page::default());
        let line = format!(
            r#"{NAME}{{integration="rhidp-sso-client",ocm_environment="production",path="creds/sample"}} {value}"#
        );
        assert_eq!(lines_of(&page, NAME), [line]);
    }
}

#[test]
fn the_figures_of_the_process_stand_where_their_names_belong() {
    let mut snapshot = Snapshot::new(&[incumbent("a")], NOW);
    snapshot.fold(0, Question::Target, &token(Expiry::Never), NOW);
    let page = Page::render(&snapshot, &Process::measure(), &Page::default());
    let text = text(&page);
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let names: Vec<&str> = names.collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with(Process::PREFIX)));
    assert!(names.last().unwrap().starts_with("rhidp_"), "{names:?}");
}

#[test]
fn a_removed_target_is_gone_with_the_next_page() {
    let snapshot = Snapshot::new(&[target("a"), target("b")], NOW);
    let page = render(&snapshot, &Page::default());
    let next = render(&snapshot.with_targets(&[target("b")], NOW), &page);
    assert!(text(&page).contains("target=\"a\"") && !text(&next).contains("target=\"a\""));
}

#[test]
fn what_did_not_change_is_not_rendered_again_whatever_the_number_of_targets() {
    for blocks in [2, 40] {
        let targets: Vec<_> = (0..blocks * BLOCK)
            .map(|n| target(&format!("{n:06}")))
            .collect();
        let mut snapshot = Snapshot::new(&targets, NOW);
        let before = render(&snapshot, &Page::default());
        snapshot.fold(0, Question::Target, &token(Expiry::Never), NOW);
        let after = render(&snapshot, &before);
        let anew = before
            .blocks
            .iter()
            .zip(after.blocks.iter())
            .filter(|(one, other)| !Arc::ptr_eq(&one.1, &other.1));
        assert_eq!(anew.count(), 1, "of {blocks} blocks");
        assert_eq!(
            text(&after),
            text(&render(&snapshot, &Page::default())),
            "reused pieces show the same"
        );
    }
}

#[test]
fn the_compressed_page_is_the_page() {
    for count in [1, 2 * BLOCK, 20 * BLOCK] {
        let targets: Vec<_> = (0..count).map(|n| target(&format!("{n:06}"))).collect();
        let page = render(&Snapshot::new(&targets, NOW), &Page::default());
        let compressed = whole(&page.gzip());
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(compressed.as_slice())
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, whole(page.text()), "{count} targets");
        assert_eq!(
            page.gzip().length(),
            u64::try_from(compressed.len()).unwrap()
        );
    }
}

proptest! {
    #[test]
    fn any_target_name_survives_the_way_to_the_page_and_back(name in "\\PC{1,40}") {
        prop_assume!(TargetName::new(&name).is_ok());
        let page = render(&Snapshot::new(&[target(&name)], NOW), &Page::default());
        let line = lines_of(&page, "kcwatch_target_up").pop().unwrap();
        let written = line.strip_prefix("kcwatch_target_up{target=\"").unwrap().strip_suffix("\"} 0").unwrap();
        let read = written.replace("\\\\", "\u{0}").replace("\\\"", "\"").replace("\\n", "\n").replace('\u{0}', "\\");
        prop_assert_eq!(read, name);
    }
}

#[test]
fn how_the_listener_is_protected_is_told_only_where_it_is() {
    let mut snapshot = Snapshot::new(&[target("a")], NOW);
    let ours = ["kcwatch_web_", "kcwatch_http_"];
    let told = |snapshot: &Snapshot| -> Vec<String> {
        let page = text(&render(snapshot, &Page::default()));
        let is_ours = |line: &&str| ours.iter().any(|name| line.starts_with(name));
        page.lines().filter(is_ours).map(str::to_owned).collect()
    };
    assert!(told(&snapshot).is_empty());
    let reload = Reload {
        successful: false,
        last_success: NOW,
    };
    snapshot.fold_protection(Some(Protection {
        reload,
        certificate_end: Some(NOW),
        refused: [1, 2, 3, 4, 5, 6, 7],
        unauthenticated: 8,
    }));
    insta::assert_snapshot!(told(&snapshot).join("\n"), @r#"
    kcwatch_http_connections_refused_total{reason="plain_http"} 1
    kcwatch_http_connections_refused_total{reason="tls_version"} 2
    kcwatch_http_connections_refused_total{reason="no_client_certificate"} 3
    kcwatch_http_connections_refused_total{reason="bad_client_certificate"} 4
    kcwatch_http_connections_refused_total{reason="certificate_refused"} 5
    kcwatch_http_connections_refused_total{reason="timeout"} 6
    kcwatch_http_connections_refused_total{reason="other"} 7
    kcwatch_http_requests_unauthenticated_total 8
    kcwatch_web_certificate_expiry_timestamp_seconds 1800000000
    kcwatch_web_config_last_reload_success_timestamp_seconds 1800000000
    kcwatch_web_config_last_reload_successful 0
    "#);
}
