//! The ticket for client secrets in the annotations of alerts and the one that `kcwatch request` prints: word for word the same.

use std::fs;

use kcwatch::clock;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    letter::{daemon, prometheus, tickets},
    printed,
};
use crate::servers::{Fake, Reply, eventually, free_port};

const DAY: i64 = 86_400;

/// Every field, and what Prometheus could take for a template.
const TEXT: &str = "{target} {tier} {instance} [{store}{path}{mount}{secret}] until {expires}; {{{{ not a template }}}}\n\n{due}";

/// An id that could be taken for anything else.
const ODD: &str = "two\nlines\t\"q\" {{ $x }} \\ <!channel>";

fn client(id: &str, end: i64) -> Value {
    json!({
        "clientId": id, "attributes": { "client.secret.expiration.time": end.to_string() },
    })
}

/// One that has expired, an odd one, many that expire soon, one that has time and one that never expires.
fn clients(now: i64, soon: i64) -> Vec<Value> {
    let soon = (0..soon).map(|at| client(&format!("soon-{at:03}"), now + (9 * DAY) - (at * 3_600)));
    let others = [
        client("over", now - DAY),
        client(ODD, now + DAY),
        client("later", now + 20 * DAY),
        client("never", 0),
    ];
    soon.chain(others).collect()
}

/// A realm with these clients.
async fn realm(clients: Vec<Value>) -> Fake {
    Fake::start(move |request| {
        if request.contains("/protocol/openid-connect/token") {
            return Reply::ok(
                r#"{"access_token":"access","token_type":"Bearer","expires_in":300}"#,
            );
        }
        let number = |name: &str| -> Option<usize> {
            let (_, after) = request.lines().next()?.split_once(&format!("{name}="))?;
            after.split(['&', ' ']).next()?.parse().ok()
        };
        let page = clients.iter().skip(number("first").unwrap_or(0));
        let page: Vec<&Value> = page.take(number("max").unwrap_or(usize::MAX)).collect();
        Reply::ok(&json!(page).to_string())
    })
    .await
}

fn configuration(folder: &TempDir, realm: &Fake, listen: &str) -> String {
    let secret = folder.path().join("client-secret");
    fs::write(&secret, "secret").expect("it can be written");
    let issuer = format!("{}/realms/a", realm.address());
    json!({
        "listen": listen,
        "log": { "level": "off" },
        "identity_providers": { "own": { "issuer": issuer, "admin": {
            "client_id": "kcwatch", "client_secret": { "file": secret }, "allow_http": true,
        } } },
        "targets": [{ "name": "clients", "tier": "prod", "client_secrets": { "identity_provider": "own" } }],
        "alerts": { "runbooks": "https://git.example.com/runbooks" },
        "request": { "client_secrets": { "text": TEXT, "subject": "{{{instance}}} by {expires}" } },
    })
    .to_string()
}

/// What `kcwatch request` prints, once it was seen that every alert with a ticket says the same.
async fn told(clients: Vec<Value>, alerts: usize) -> String {
    let folder = TempDir::new().expect("a directory can be made");
    let realm = realm(clients).await;
    let listen = format!("127.0.0.1:{}", free_port());
    let config = configuration(&folder, &realm, &listen);
    let _daemon = daemon(folder.path(), &config);
    let prometheus = prometheus(folder.path(), &listen, &config);
    let alerted = eventually("alerts with a ticket", async || {
        let found = tickets(&prometheus).await.remove("clients")?;
        (found.len() >= alerts).then_some(found)
    })
    .await;
    let asked = printed(&config, &["request", "clients"]);
    for (alert, ticket) in alerted {
        assert_eq!(ticket, asked.trim_end_matches('\n'), "{alert}");
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ticket_names_every_client_that_is_due() {
    let now = clock::system()().seconds();
    // Notice, urgent and expired.
    let asked = told(clients(now, 3), 3).await;
    let lines: Vec<&str> = asked
        .lines()
        .filter(|line| line.starts_with("- "))
        .collect();
    let named: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split(": ").next())
        .collect();
    let odd = "- two\\nlines\\t\"q\" {{ $x }} \\ <!channel>";
    assert_eq!(
        named,
        ["- over", "- soon-000", "- soon-001", "- soon-002", odd]
    );
    assert!(lines[0].starts_with("- over: expired on "), "{asked}");
    assert!(lines[4].contains(": expires on "), "{asked}");
    assert!(
        asked.contains("clients prod 127.0.0.1 [] until "),
        "{asked}"
    );
    assert!(asked.contains("{{ not a template }}"), "{asked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_clients_the_ticket_names_those_that_end_first() {
    let now = clock::system()().seconds();
    let asked = told(clients(now, 70), 3).await;
    let lines: Vec<&str> = asked
        .lines()
        .filter(|line| line.starts_with("- "))
        .collect();
    assert_eq!(lines.len(), 51, "{asked}");
    assert_eq!(lines[50], "- and 22 more");
    assert!(
        !asked.contains("soon-021:") && asked.contains("soon-022:"),
        "{asked}"
    );
}
