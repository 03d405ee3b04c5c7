//! Tokens that change, tokens that are not the expected ones, and tokens that never end.

use serde_json::json;

use super::{
    home::Home,
    page::{check, expiry, state, up},
    settings::{ISSUER, Settings},
    tokens::{DAY, claims, newer, now, older, secret, signed, token},
};
use crate::servers::{OpenBao, eventually, unique};

fn previous(target: &str) -> String {
    expiry(target).replace("current", "previous")
}

fn rotations(target: &str) -> String {
    format!("kcwatch_iat_rotations_total{{target=\"{target}\"}}")
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a date")]
fn date(seconds: i64) -> f64 {
    seconds as f64
}

#[tokio::test]
async fn a_new_token_is_the_same_series_with_a_new_value_and_one_rotation() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    let (old, new) = (now() + 2 * DAY, now() + 30 * DAY);
    bao.write(&kv, "prod", secret(&unique("jti"), old)).await;
    let settings = Settings::new().with_root("bao", bao, &home);
    home.configure(&settings.target_of_sso("prod", "bao", &format!("{kv}/prod")));
    let daemon = home.start().await;
    daemon.wait_for(&expiry("prod"), date(old)).await;
    assert_eq!(daemon.metric(&rotations("prod")).await, Some(0.0));

    bao.write(&kv, "prod", secret(&unique("jti"), new)).await;

    daemon.wait_for(&expiry("prod"), date(new)).await;
    let series = daemon.series().await;
    assert_eq!(series.get(&rotations("prod")), Some(1.0));
    assert_eq!(
        series.with(&["kcwatch_iat_expiration"]).len(),
        1,
        "no second series"
    );
    let told = daemon.messages("another token was found");
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_secret_written_again_with_the_same_token_is_no_rotation() {
    let home = Home::new();
    let secret = secret("a", now() + 2 * DAY);
    home.write("secrets/prod.json", secret.to_string());
    let settings = Settings::new().files("mounted", &home.path("secrets"));
    home.configure(&settings.target_of_sso("prod", "mounted", "prod"));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    home.write("secrets/prod.json", format!("{secret:#}"));
    let polls = "kcwatch_target_polls_total{target=\"prod\"}";
    let before = daemon.metric(polls).await.unwrap();
    eventually("it is read again", async || {
        (daemon.metric(polls).await > Some(before + 1.0)).then_some(())
    })
    .await;
    assert_eq!(daemon.metric(&rotations("prod")).await, Some(0.0));
}

#[tokio::test]
async fn both_shapes_and_any_other_by_pointer_are_read_with_the_previous_token() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    let (end, ended) = (now() + 20 * DAY, now() - DAY);
    let (current, before) = (token("new", end), token("old", ended));
    let other = token("third", end);
    bao.write(&kv, "older", older(&token("first", end))).await;
    bao.write(&kv, "newer", newer(&current, Some(&before)))
        .await;
    bao.write(&kv, "alone", newer(&other, None)).await;
    let own = json!({"sso": [token("own", end)], "was": token("own-before", ended)});
    bao.write(&kv, "own", own).await;
    let mut settings = Settings::new().with_root("bao", bao, &home);
    for name in ["older", "newer", "alone", "own"] {
        settings = settings.target_of_sso(name, "bao", &format!("{kv}/{name}"));
    }
    let secret = "/targets/3/initial_access_token/secret";
    let settings = settings
        .with(&format!("{secret}/token"), "/sso/0")
        .with(&format!("{secret}/previous"), "/was");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let series = daemon.series().await;
    for name in ["older", "newer", "alone", "own"] {
        assert_eq!(series.get(&expiry(name)), Some(date(end)), "{name}");
        assert_eq!(series.get(&state(name, "usable")), Some(1.0), "{name}");
    }
    assert_eq!(series.get(&previous("newer")), Some(date(ended)));
    assert_eq!(series.get(&previous("own")), Some(date(ended)));
    assert_eq!(series.get(&previous("older")), None);
    assert_eq!(series.get(&previous("alone")), None);
}

#[tokio::test]
async fn the_token_of_another_issuer_fails_its_check_and_stays_readable() {
    let home = Home::new();
    let mut stage = claims("a", now() + 20 * DAY);
    stage["iss"] = json!("https://sso.stage.example.com/auth/realms/stage");
    home.write("secrets/prod.json", older(&signed(&stage)).to_string());
    home.write(
        "secrets/good.json",
        secret("b", now() + 20 * DAY).to_string(),
    );
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("configured", "mounted", "prod")
        .target("by-its-url", "mounted", "prod")
        .target("good", "mounted", "good");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let series = daemon.series().await;
    for name in ["configured", "by-its-url"] {
        assert_eq!(series.get(&check(name, "issuer")), Some(0.0), "{name}");
        assert_eq!(series.get(&up(name)), Some(1.0), "{name}");
    }
    assert_eq!(series.get(&check("good", "issuer")), Some(1.0));
    let info = series.with(&[
        "kcwatch_target_info",
        "\"by-its-url\"",
        "idp=\"sso.example.com\"",
    ]);
    assert_eq!(info.len(), 1, "the host that the secret names: {ISSUER}");
}

#[tokio::test]
async fn the_same_token_in_two_targets_fails_a_check_of_both() {
    let home = Home::new();
    let twin = secret("same", now() + 20 * DAY).to_string();
    home.write("secrets/one.json", &twin);
    home.write("secrets/two.json", &twin);
    home.write(
        "secrets/three.json",
        secret("other", now() + 20 * DAY).to_string(),
    );
    let settings = Settings::new().files("mounted", &home.path("secrets"));
    let settings = ["one", "two", "three"]
        .iter()
        .fold(settings, |settings, name| {
            settings.target_of_sso(name, "mounted", name)
        });
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let series = daemon.series().await;
    let unique = |name| series.get(&check(name, "unique"));
    assert_eq!(
        ["one", "two", "three"].map(unique),
        [Some(0.0), Some(0.0), Some(1.0)]
    );
}

#[tokio::test]
async fn a_token_that_never_expires_is_plus_inf_and_well() {
    let home = Home::new();
    let mut forever = claims("zero", 0);
    forever["iat"] = json!(now() - 400 * DAY);
    home.write("secrets/zero.json", older(&signed(&forever)).to_string());
    forever["jti"] = json!("missing");
    forever.as_object_mut().unwrap().remove("exp");
    home.write("secrets/missing.json", older(&signed(&forever)).to_string());
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("zero", "mounted", "zero")
        .target_of_sso("missing", "mounted", "missing");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let page = daemon.page().await;
    let series = super::page::Series::of(&page);
    for name in ["zero", "missing"] {
        assert!(page.contains(&format!("{} +Inf\n", expiry(name))), "{page}");
        assert_eq!(series.get(&state(name, "usable")), Some(1.0));
        let failed = series.with(&["kcwatch_iat_check", name]);
        assert!(failed.values().all(|passed| *passed > 0.0), "{failed:?}");
    }
}

#[tokio::test]
async fn a_token_that_ends_while_it_is_watched_becomes_expired_though_nobody_can_read_it() {
    let home = Home::new();
    let end = now() + 4;
    home.write("secrets/prod.json", secret("short", end).to_string());
    let settings = Settings::new().files("mounted", &home.path("secrets"));
    home.configure(&settings.target_of_sso("prod", "mounted", "prod"));
    let daemon = home.start().await;
    daemon.wait_for(&expiry("prod"), date(end)).await;
    std::fs::rename(home.path("secrets"), home.path("away")).unwrap();
    daemon.wait_for(&state("prod", "expired"), 1.0).await;
    assert_eq!(daemon.metric(&expiry("prod")).await, Some(date(end)));
}
