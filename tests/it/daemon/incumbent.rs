//! The incumbent's metric: what dashboards ask for by its name is answered as before.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    home::Home,
    metrics::assert_sound,
    page::{expiry, up},
    prometheus::{scraping, value},
    settings::Settings,
    start_and_stop::with_one_token,
    tokens::{DAY, claims, now, older, secret, signed},
};
use crate::servers::{OpenBao, eventually, unique};

/// The query of a panel that is in use, letter by letter; it gives seconds, where the panel wants thousandths.
const QUERY: &str = r#"max(rhidp_sso_client_inital_access_token_expiration{integration="rhidp-sso-client", path="apps/sso-iat/share-with/app/ai-app-sre/iat"})"#;

/// Where the secrets lie within their mount `apps`.
const FOLDER: &str = "sso-iat/share-with/app/ai-app-sre";

/// The key of the target at this place of the list.
fn key(index: usize) -> String {
    format!("/targets/{index}/initial_access_token/incumbent_metric")
}

fn production() -> Value {
    json!({"ocm_environment": "production"})
}

/// Three secrets at a mount such as the incumbent's, and a target for each, of which the second does not give the metric.
async fn three_tokens(bao: &OpenBao, home: &Home, end: i64) -> Settings {
    let kv = bao.enable_kv("apps", 2).await;
    let mut forever = claims(&unique("jti"), 0);
    forever["iat"] = json!(now());
    let mut settings = Settings::new().with_root("bao", bao, home);
    for (name, token) in [
        ("iat", secret(&unique("jti"), end)),
        ("iat-stage", secret(&unique("jti"), end)),
        ("iat-forever", older(&signed(&forever))),
    ] {
        bao.write(&kv, &format!("{FOLDER}/{name}"), token).await;
        settings = settings.target_of_sso(name, "bao", &format!("{kv}/{FOLDER}/{name}"));
    }
    settings
        .with(&key(0), production())
        .with(&key(2), production())
}

#[tokio::test]
async fn the_query_of_the_dashboards_finds_the_expiry_as_before() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let end = now() + 20 * DAY;
    home.configure(&three_tokens(bao, &home, end).await);
    let daemon = home.start().await;
    daemon.ready().await;
    let prometheus = scraping(daemon.address(), &home);

    assert_eq!(
        value(&prometheus.answers(QUERY).await),
        end.to_string(),
        "seconds"
    );
    let panel = format!("{QUERY} * 1000 == {end}000");
    assert_eq!(prometheus.answers(&panel).await.len(), 1, "as panels do");
    let forever = QUERY.replace("/iat\"", "/iat-forever\"");
    assert_eq!(value(&prometheus.answers(&forever).await), "+Inf");
    assert_eq!(
        value(&prometheus.answers(&expiry("iat-stage")).await),
        end.to_string(),
        "it is known"
    );
    let stage = QUERY.replace("/iat\"", "/iat-stage\"");
    let absent = format!("absent({stage})");
    assert_eq!(value(&prometheus.answers(&absent).await), "1", "{stage}");
    assert_sound(&daemon.page().await);
}

#[test]
fn that_query_is_the_documented_one() {
    assert!(include_str!("../../../docs/metrics.md").contains(QUERY));
}

#[tokio::test]
async fn the_incumbents_metric_outlives_failures_and_goes_when_nobody_wants_it() {
    let (home, settings) = with_one_token();
    let wanted = json!({"integration": "a \"b\"", "ocm_environment": "stage"});
    let series = r#"rhidp_sso_client_inital_access_token_expiration{integration="a \"b\"",ocm_environment="stage",path="prod"}"#;
    std::fs::rename(home.path("secrets"), home.path("away")).unwrap();
    home.configure(&settings.clone().with(&key(0), wanted));
    let daemon = home.start().await;
    daemon.ready().await;
    assert_eq!(daemon.metric(series).await, None, "absent until known");

    std::fs::rename(home.path("away"), home.path("secrets")).unwrap();
    daemon.wait_for(&up("prod"), 1.0).await;
    let known = daemon.metric(&expiry("prod")).await;
    assert!(known.is_some() && daemon.metric(series).await == known);

    std::fs::rename(home.path("secrets"), home.path("away")).unwrap();
    daemon.wait_for(&up("prod"), 0.0).await;
    assert_eq!(daemon.metric(series).await, known, "kept when reads fail");
    assert_sound(&daemon.page().await);

    home.configure(&settings);
    daemon.signal(Signal::HUP);
    eventually("it is gone", async || {
        daemon.metric(series).await.is_none().then_some(())
    })
    .await;
    assert_eq!(
        daemon.metric(&expiry("prod")).await,
        known,
        "this one stays"
    );
    assert!(!daemon.page().await.contains("rhidp_"), "nor a header");
}
