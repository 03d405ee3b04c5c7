//! The answer to a dynamic registration, as it lies in a store.

use serde_json::json;

use super::series;
use crate::daemon::{home::Home, settings::Settings};

#[tokio::test]
async fn an_expiry_is_known_without_any_access_to_the_realm() {
    let home = Home::new();
    let secret = json!({
        "client_id": "app \"one\"", "client_secret": "hunter2-hunter2",
        "client_secret_expires_at": "1900000000", "client_id_issued_at": 1_700_000_000,
    });
    home.write("store/app.json", secret.to_string());
    let target = |name: &str, path: &str| {
        let secret = json!({"store": "mounted", "path": path});
        json!({"name": name, "tier": "prod", "interval": "2s", "client_secrets": {"secret": secret}})
    };
    home.write(
        "store/odd.json",
        r#"{"client_id":"a","client_secret_expires_at":"soon"}"#,
    );
    home.write("store/less.json", r#"{"client_id":"a"}"#);
    let settings = Settings::new()
        .files("mounted", &home.path("store"))
        .watching(target("clients", "app.json"))
        .watching(target("less", "less.json"))
        .watching(target("odd", "odd.json"));
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let id = "app \\\"one\\\"";
    let told = daemon.series().await;
    let value = |series: &str| told.get(series);
    assert_eq!(value(&series("expiration", id, "current")), Some(1.9e9));
    assert_eq!(value(&series("created", id, "")), Some(1.7e9));
    assert_eq!(
        value("kcwatch_client_secrets{target=\"clients\"}"),
        Some(1.0)
    );
    assert_eq!(
        value("kcwatch_client_secrets_replaceable{target=\"clients\"}"),
        None
    );
    for (name, reason) in [("less", "field_missing"), ("odd", "shape_unknown")] {
        let failures = crate::daemon::page::failures(name, reason);
        assert!(value(&failures) > Some(0.0), "{name}");
        assert_eq!(
            value(&format!("kcwatch_client_secrets{{target=\"{name}\"}}")),
            None
        );
    }
    assert!(!daemon.said().contains("hunter2") && !daemon.page().await.contains("hunter2"));

    let later = json!({"client_id": "app \"one\"", "client_secret_expires_at": 0});
    home.write("store/app.json", later.to_string());
    daemon
        .wait_for(&series("expiration", id, "current"), f64::INFINITY)
        .await;
}
