//! The ticket in the annotation of an alert and the one that `kcwatch request` prints: word for word the same.

use std::{collections::BTreeMap, fs, path::Path};

use kcwatch::{clock, jwt};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{kcwatch, printed};
use crate::servers::{Process, Prometheus, eventually, free_port};

const ISSUER: &str = "https://sso.example.com/realms/platform";
const DAY: i64 = 86_400;

/// Every field, and what Prometheus could take for a template.
const TEXT: &str = r#"  {target} {tier} {instance} {store} {path} {mount} {secret}
until "{expires}", because it {reason}; {{{{ not a template }}}} \ $labels 'quoted' ünïcode: # no comment

	{clients} for {lifetime}  "#;

/// Targets, what lies there, and what is said of it.
fn targets(now: i64) -> [(&'static str, Value, &'static str); 8] {
    let token = |name: &str, issuer: &str, issued: i64, end: i64| {
        let claims = json!({
            "typ": "InitialAccessToken", "iss": issuer, "jti": name, "iat": issued, "exp": end,
        });
        jwt::sign_sample(&claims, b"the key of a realm of the tests").expect("it can be signed")
    };
    let secret = |name, end, left| json!({ "token": token(name, ISSUER, end - 30 * DAY, end), "left": left });
    let never = |name, left| json!({ "token": token(name, ISSUER, now - DAY, 0), "left": left });
    let others = json!({ "token": token("others", "https://other.example.com/realms/x", now, now + 3 * DAY), "left": 90 });
    [
        ("soon", secret("soon", now + 3 * DAY, 90), "it expires on"),
        ("over", secret("over", now - DAY, 90), "it expired on"),
        (
            "low",
            secret("low", now + 20 * DAY, 4),
            "it is nearly used up (registrations left: 4) and expires on",
        ),
        (
            "last",
            secret("last", now + 2 * DAY, 1),
            "it is nearly used up (registrations left: 1) and expires on",
        ),
        ("none", secret("none", now + 20 * DAY, 0), "it is used up;"),
        (
            "over-and-none",
            secret("over-and-none", now - DAY, -3),
            "it expired on",
        ),
        (
            "low-for-ever",
            never("low-for-ever", 2),
            "it is nearly used up (registrations left: 2);",
        ),
        ("refused", others, "it is refused by the identity provider;"),
    ]
}

fn configuration(folder: &Path, listen: &str, names: &[&str]) -> String {
    let target = |name: &&str| {
        json!({ "name": name, "tier": "prod", "initial_access_token": {
            "identity_provider": "platform",
            "secret": { "store": "here", "path": format!("sso/of/{name}"), "token": "/token" },
            "clients": { "field": "/left", "limit": 150 },
        } })
    };
    json!({
        "listen": listen,
        "log": { "level": "off" },
        "stores": { "here": { "files": { "directory": folder } } },
        "identity_providers": { "platform": { "issuer": ISSUER } },
        "targets": names.iter().map(target).collect::<Vec<_>>(),
        "alerts": { "runbooks": "https://git.example.com/runbooks" },
        "request": { "text": TEXT, "subject": "{{{instance}}} needs {clients}" },
    })
    .to_string()
}

#[tokio::test]
async fn the_ticket_of_an_alert_is_that_of_kcwatch_request() {
    let folder = TempDir::new().expect("a directory can be made");
    let targets = targets(clock::system()().seconds());
    fs::create_dir_all(folder.path().join("sso/of")).expect("a directory can be made");
    for (name, secret, _) in &targets {
        let file = folder.path().join(format!("sso/of/{name}.json"));
        fs::write(file, secret.to_string()).expect("it can be written");
    }
    let listen = format!("127.0.0.1:{}", free_port());
    let names = targets.each_ref().map(|(name, ..)| *name);
    let config = configuration(folder.path(), &listen, &names);
    let _daemon = daemon(folder.path(), &config);
    let prometheus = prometheus(folder.path(), &listen, &config);

    for (name, _, says) in targets {
        let alerted = eventually(&format!("an alert with a ticket for {name}"), async || {
            tickets(&prometheus).await.remove(name)
        })
        .await;
        let asked = printed(&config, &["request", name]);
        assert!(
            asked.starts_with("Subject: {sso.example.com} needs 150\n\n"),
            "{asked}"
        );
        assert!(asked.contains(says), "{name}: {asked}");
        assert!(
            asked.contains(r"{{ not a template }} \ $labels 'quoted'"),
            "{asked}"
        );
        for (alert, ticket) in alerted {
            assert_eq!(ticket, asked.trim_end_matches('\n'), "{name}: {alert}");
        }
    }
}

pub(super) fn daemon(folder: &Path, config: &str) -> Process {
    let file = folder.join("kcwatch.yaml");
    fs::write(&file, config).expect("it can be written");
    let arguments = ["--config".to_owned(), file.display().to_string()];
    let log = folder.join("kcwatch.log");
    Process::start(Path::new(env!("CARGO_BIN_EXE_kcwatch")), &arguments, &log)
}

/// With the rules of this configuration, which do not wait.
pub(super) fn prometheus(folder: &Path, target: &str, config: &str) -> Prometheus {
    let rules = printed(config, &["rules"]);
    let rules: String = rules
        .lines()
        .filter(|line| !line.trim_start().starts_with("for: "))
        .fold(String::new(), |text, line| text + line + "\n");
    fs::write(folder.join("rules.yaml"), rules).expect("it can be written");
    let settings = json!({
        "global": { "scrape_interval": "1s", "evaluation_interval": "1s" },
        "rule_files": [folder.join("rules.yaml")],
        "scrape_configs": [{ "job_name": "kcwatch", "static_configs": [{ "targets": [target] }] }],
    });
    Prometheus::start(folder, &settings.to_string())
}

/// The tickets of the alerts that are there: target → alert → ticket.
pub(super) async fn tickets(prometheus: &Prometheus) -> BTreeMap<String, BTreeMap<String, String>> {
    let answer = prometheus.ask("alerts", &[]).await.unwrap_or_default();
    let mut found = BTreeMap::<String, BTreeMap<String, String>>::new();
    for alert in answer["data"]["alerts"].as_array().into_iter().flatten() {
        let label = |name: &str| {
            alert["labels"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        if let Some(ticket) = alert["annotations"]["description"].as_str() {
            let of_target = found.entry(label("target")).or_default();
            of_target.insert(
                format!("{} {}", label("alertname"), label("level")),
                ticket.to_owned(),
            );
        }
    }
    found
}

#[test]
fn a_token_that_never_expires_and_has_registrations_left_needs_no_ticket() {
    let folder = TempDir::new().expect("a directory can be made");
    let claims =
        json!({ "typ": "InitialAccessToken", "iss": ISSUER, "jti": "never", "iat": 1, "exp": 0 });
    let token =
        jwt::sign_sample(&claims, b"the key of a realm of the tests").expect("it can be signed");
    fs::create_dir_all(folder.path().join("sso/of")).expect("a directory can be made");
    let secret = json!({ "token": token, "left": 90 });
    fs::write(folder.path().join("sso/of/never.json"), secret.to_string())
        .expect("it can be written");
    let config = configuration(folder.path(), "127.0.0.1:0", &["never"]);
    let output = kcwatch(&config, &["request", "never"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("its token never expires and has registrations left"),
        "{said}"
    );
    assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()));
}
