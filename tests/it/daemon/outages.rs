//! Stores that cannot be reached for a while: what was known stays, other stores are not touched, and recovery is seen soon.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    home::Home,
    page::{Series, expiry, failures, state, up},
    rig::Daemon,
    settings::{INTERVAL, Settings},
    tokens::{DAY, now, secret},
};
use crate::servers::{Approle, OpenBao, unique};

/// Two targets: `prod` in a server of its own that is about to fail, `stage` in files.
struct Scene {
    home: Home,
    bao: OpenBao,
    role: Approle,
}

/// What the page says about a target at one moment.
#[derive(Debug)]
struct Picture {
    up: Option<f64>,
    expiry: Option<f64>,
    failed: f64,
}

impl Scene {
    async fn set() -> Self {
        let (home, bao) = (Home::new(), OpenBao::durable().await);
        bao.enable_kv("kv", 2).await;
        let end = now() + 20 * DAY;
        bao.write("kv", "prod", secret("prod", end)).await;
        home.write("secrets/stage.json", secret("stage", end).to_string());
        let rules = "path \"kv/data/*\" { capabilities = [\"read\"] }";
        let policy = bao.policy("reader", rules).await;
        let role = bao.approle(json!({"token_policies": [policy]})).await;
        Self { home, bao, role }
    }

    fn settings(&self) -> Settings {
        Settings::new()
            .files("mounted", &self.home.path("secrets"))
            .target_of_sso("prod", "bao", "kv/prod")
            .target_of_sso("stage", "mounted", "stage")
    }

    /// Starts, logging in through the `AppRole`.
    async fn start(&self) -> Daemon {
        let settings = self.settings();
        self.begin(settings.with_approle("bao", &self.bao, &self.role, &self.home))
            .await
    }

    /// Starts with this token in a token file.
    async fn start_with_token(&self, token: &str) -> Daemon {
        let file = self.home.write("token", token);
        let auth = json!({"token": {"file": file}});
        let settings = self.settings();
        self.begin(settings.vault("bao", &self.bao.address(), &auth))
            .await
    }

    async fn begin(&self, settings: Settings) -> Daemon {
        self.home.configure(&settings);
        let daemon = self.home.start().await;
        daemon.wait_for(&up("prod"), 1.0).await;
        daemon.wait_for(&up("stage"), 1.0).await;
        daemon
    }
}

fn picture(series: &Series, target: &str) -> Picture {
    let words = ["kcwatch_target_failures_total", &format!("\"{target}\"")];
    Picture {
        up: series.get(&up(target)),
        expiry: series.get(&expiry(target)),
        failed: series.with(&words).values().sum(),
    }
}

/// How the targets stand, in the order of their names, as the status says it.
async fn standings(daemon: &Daemon) -> Vec<String> {
    let status: Value = serde_json::from_str(&daemon.get("/api/v1/status").await.text).unwrap();
    let targets = status["targets"].as_array().unwrap();
    let standing = |target: &Value| target["standing"].as_str().unwrap().to_owned();
    targets.iter().map(standing).collect()
}

/// Waits until `prod` fails for this reason, and looks at what else is true then.
async fn fails_for(daemon: &Daemon, reason: &str, known: Option<f64>) {
    daemon.wait_for(&up("prod"), 0.0).await;
    crate::servers::eventually(&format!("prod fails for {reason}"), async || {
        let count = daemon.metric(&failures("prod", reason)).await;
        (count >= Some(1.0)).then_some(())
    })
    .await;
    let series = daemon.series().await;
    let prod = picture(&series, "prod");
    assert_eq!((prod.up, prod.expiry), (Some(0.0), known), "{prod:?}");
    assert!(known.is_some());
    assert_eq!(series.get(&state("prod", "usable")), Some(1.0));
    let standings = standings(daemon).await;
    assert_eq!(
        standings,
        ["unknown", "ok"],
        "known before is not known now"
    );
    let stage = picture(&series, "stage");
    assert_eq!((stage.up, stage.failed), (Some(1.0), 0.0), "{stage:?}");
    assert_eq!(series.get("kcwatch_store_up{store=\"mounted\"}"), Some(1.0));
    daemon
        .wait_for("kcwatch_store_up{store=\"bao\"}", 0.0)
        .await;
}

/// Waits until `prod` can be read again: within an interval of the cause's end, and some time for a busy machine.
async fn recovers(daemon: &Daemon) {
    let mended = Instant::now();
    daemon.wait_for(&up("prod"), 1.0).await;
    assert!(mended.elapsed() < INTERVAL * 3, "{:?}", mended.elapsed());
    daemon
        .wait_for("kcwatch_store_up{store=\"bao\"}", 1.0)
        .await;
    assert_eq!(daemon.messages("target `prod` can be read again").len(), 1);
    assert_eq!(
        daemon.messages("target `stage`").len(),
        1,
        "only that it was read"
    );
}

#[tokio::test]
async fn a_sealed_server_costs_nothing_that_was_known_and_is_found_again() {
    let scene = Scene::set().await;
    let daemon = scene.start().await;
    let known = daemon.metric(&expiry("prod")).await;
    scene.bao.seal().await;
    fails_for(&daemon, "sealed", known).await;
    assert_eq!(daemon.messages("target `prod` cannot be read").len(), 1);
    scene.bao.unseal().await;
    recovers(&daemon).await;
}

#[tokio::test]
async fn a_killed_server_costs_nothing_that_was_known_and_is_found_again() {
    let mut scene = Scene::set().await;
    let daemon = scene.start().await;
    let known = daemon.metric(&expiry("prod")).await;
    scene.bao.kill();
    fails_for(&daemon, "unreachable", known).await;
    scene.bao.restart().await;
    // Sealed for a moment after the start: that is another reason, but no recovery.
    recovers(&daemon).await;
}

#[tokio::test]
async fn a_token_that_is_revoked_is_replaced_by_a_new_login_without_a_failed_read() {
    let scene = Scene::set().await;
    let daemon = scene.start().await;
    let logins = "kcwatch_store_logins_total{store=\"bao\"}";
    assert_eq!(daemon.metric(logins).await, Some(1.0));
    scene.bao.revoke_logins(&scene.role.mount).await;
    daemon.wait_for(logins, 2.0).await;
    let series = daemon.series().await;
    let prod = picture(&series, "prod");
    assert_eq!((prod.up, prod.failed), (Some(1.0), 0.0), "{prod:?}");
}

#[tokio::test]
async fn a_revoked_token_out_of_a_file_is_unauthenticated_until_the_file_holds_another() {
    let scene = Scene::set().await;
    let token = scene.bao.token(json!({"policies": ["reader"]})).await;
    let daemon = scene.start_with_token(&token).await;
    let known = daemon.metric(&expiry("prod")).await;
    scene.bao.revoke(&token).await;
    fails_for(&daemon, "unauthenticated", known).await;
    let another = scene.bao.token(json!({"policies": ["reader"]})).await;
    scene.home.write("token", another);
    recovers(&daemon).await;
}

#[tokio::test]
async fn an_emptied_token_file_is_no_outage_while_the_token_lives() {
    let scene = Scene::set().await;
    let token = scene.bao.token(json!({"policies": ["reader"]})).await;
    let daemon = scene.start_with_token(&token).await;
    scene.home.write("token", "");
    let polls = "kcwatch_target_polls_total{target=\"prod\"}";
    let before = daemon.metric(polls).await.unwrap();
    crate::servers::eventually("two more reads", async || {
        (daemon.metric(polls).await >= Some(before + 2.0)).then_some(())
    })
    .await;
    let prod = picture(&daemon.series().await, "prod");
    assert_eq!((prod.up, prod.failed), (Some(1.0), 0.0), "{prod:?}");
}

#[tokio::test]
async fn an_emptied_token_file_and_a_dead_token_are_unauthenticated_until_the_file_holds_one() {
    let scene = Scene::set().await;
    let token = scene.bao.token(json!({"policies": ["reader"]})).await;
    let daemon = scene.start_with_token(&token).await;
    let known = daemon.metric(&expiry("prod")).await;
    scene.home.write("token", "");
    scene.bao.revoke(&token).await;
    fails_for(&daemon, "unauthenticated", known).await;
    let another = scene.bao.token(json!({"policies": ["reader"]})).await;
    scene.home.write("token", another);
    recovers(&daemon).await;
}

#[tokio::test]
async fn a_policy_that_is_taken_away_is_denied_and_no_fault_of_the_store() {
    let scene = Scene::set().await;
    let daemon = scene.start().await;
    let known = daemon.metric(&expiry("prod")).await;
    scene
        .bao
        .policy("reader", "path \"elsewhere\" { capabilities = [\"read\"] }")
        .await;
    daemon.wait_for(&up("prod"), 0.0).await;
    let series = daemon.series().await;
    assert!(series.get(&failures("prod", "denied")) >= Some(1.0));
    assert_eq!(series.get(&expiry("prod")), known);
    assert_eq!(series.get("kcwatch_store_up{store=\"bao\"}"), Some(1.0));
    let rules = "path \"kv/data/*\" { capabilities = [\"read\"] }";
    scene.bao.policy("reader", rules).await;
    recovers(&daemon).await;
}

#[tokio::test]
async fn a_restart_in_the_middle_of_an_outage_claims_nothing_and_finds_the_server_when_it_is_back()
{
    let scene = Scene::set().await;
    scene.bao.seal().await;
    scene.home.configure(&scene.settings().with_approle(
        "bao",
        &scene.bao,
        &scene.role,
        &scene.home,
    ));
    let daemon = scene.home.start().await;
    daemon.ready().await;
    let series = daemon.series().await;
    assert!(
        series.get(&failures("prod", "sealed")) >= Some(1.0),
        "{series:?}"
    );
    assert_eq!(series.get(&expiry("prod")), None);
    assert_eq!(series.get(&state("prod", "unknown")), Some(1.0));
    scene.bao.unseal().await;
    daemon.wait_for(&up("prod"), 1.0).await;
}

#[tokio::test]
async fn a_whole_secrets_engine_that_is_taken_away_is_not_found() {
    let (bao, home) = (OpenBao::shared().await, Home::new());
    let kv = bao.enable_kv(&unique("kv"), 2).await;
    bao.write(&kv, "prod", secret(&unique("jti"), now() + DAY))
        .await;
    let settings = Settings::new().with_root("bao", bao, &home);
    home.configure(&settings.target_of_sso("prod", "bao", &format!("{kv}/prod")));
    let daemon = home.start().await;
    daemon.wait_for(&up("prod"), 1.0).await;
    bao.disable(&kv).await;
    daemon.wait_for(&up("prod"), 0.0).await;
    let series = daemon.series().await;
    let words = ["kcwatch_target_failures_total", "\"prod\""];
    let counted = series.with(&words);
    let counted: Vec<_> = counted.iter().filter(|(_, count)| **count > 0.0).collect();
    assert_eq!(counted.len(), 1, "{counted:?}");
    assert!(counted[0].0.contains("not_found"), "{counted:?}");
}
