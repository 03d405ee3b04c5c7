//! The ticket about a broken integration in the annotation of the alert and the one that `kcwatch request` prints: word for word
//! the same.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::{
    letter::{daemon, prometheus, tickets},
    printed,
};
use crate::servers::{eventually, free_port};

/// Every field, and what Prometheus could take for a template.
const TEXT: &str =
    "{target} {tier} {instance} {store} {path} {mount} {secret} {reason}; {{{{ not a template }}}}";

#[tokio::test]
async fn the_ticket_of_an_integration_is_that_of_kcwatch_request() {
    let folder = TempDir::new().expect("a directory can be made");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("of")).expect("it can be made");
    let credentials = json!({ "id": "zync", "secret": "secret" });
    fs::write(at("of/zync.json"), credentials.to_string()).expect("it can be written");
    let listen = format!("127.0.0.1:{}", free_port());
    // Nobody listens there.
    let issuer = format!("http://127.0.0.1:{}/realms/a", free_port());
    let config = json!({
        "listen": listen,
        "log": { "level": "off" },
        "stores": { "here": { "files": { "directory": folder.path() } } },
        "identity_providers": { "own": { "issuer": issuer } },
        "targets": [{ "name": "3scale", "tier": "prod", "oidc_integration": {
            "identity_provider": "own", "allow_http": true,
            "credentials": {
                "store": "here", "path": "of/zync", "client_id_at": "/id", "client_secret": "/secret",
            },
        } }],
        "alerts": { "runbooks": "https://git.example.com/runbooks" },
        "request": { "oidc_integration": { "text": TEXT, "subject": "{{{target}}} {reason}" } },
    })
    .to_string();
    let _daemon = daemon(folder.path(), &config);
    let prometheus = prometheus(folder.path(), &listen, &config);
    let alerted = eventually("an alert with a ticket", async || {
        tickets(&prometheus).await.remove("3scale")
    })
    .await;
    let asked = printed(&config, &["request", "3scale"]);
    let subject = "Subject: {3scale} is broken at connection (unreachable)\n\n";
    assert!(asked.starts_with(subject), "{asked}");
    assert!(asked.contains("here of/zync of zync is broken"), "{asked}");
    assert_eq!(
        alerted.into_values().collect::<Vec<_>>(),
        [asked.trim_end_matches('\n')]
    );
}
