//! What `kcwatch rules` and `kcwatch request` make of configurations other than the shipped one, bad ones included.

use serde_json::{Value, json};

use super::{alerts_of, check, kcwatch, printed, rules_of, try_rules};
use crate::{config::text_of, yaml::tree};

/// The least that rules can be printed from, with these sections.
pub(super) fn with(sections: &Value) -> String {
    let mut config = json!({
        "stores": { "here": { "files": { "directory": "/nowhere" } } },
        "targets": [
            { "name": "prod", "tier": "prod",
              "initial_access_token": { "secret": { "store": "here", "path": "prod" } } },
            { "name": "stage", "tier": "stage",
              "initial_access_token": { "secret": { "store": "here", "path": "stage" } } },
        ],
        "alerts": { "runbooks": "https://git.example.com/runbooks" },
    });
    for (name, section) in sections.as_object().expect("sections") {
        if section.is_null() {
            config[name] = Value::Null;
        }
        for (key, value) in section.as_object().into_iter().flatten() {
            config[name][key] = value.clone();
        }
    }
    config.to_string()
}

#[test]
fn what_an_installation_says_is_in_every_alert() {
    let config = with(&json!({ "alerts": {
        "job": "monitoring/kcwatch-2",
        "labels": { "team": "Größe \"3\": {a}, #b", "service": "sso" },
        "unknown_clients": true,
    } }));
    let rules = printed(&config, &["rules"]);
    check(&rules);
    assert!(!rules.contains("<<"), "a mark is left");
    let rules = tree(&rules);
    assert_eq!(alerts_of(&rules).len(), 30);
    for rule in rules_of(&rules) {
        let text = rule["expr"].as_str().expect("an expression");
        assert!(text.contains(r#"job="monitoring/kcwatch-2""#), "{text}");
        assert!(!text.contains(r#"job="kcwatch""#), "{text}");
    }
    for alert in alerts_of(&rules) {
        assert_eq!(alert["labels"]["team"], "Größe \"3\": {a}, #b");
        assert_eq!(alert["labels"]["service"], "sso");
        let annotations = alert["annotations"].as_object().expect("annotations");
        assert!(!annotations.contains_key("dashboard"), "none is known");
        assert!(!annotations.contains_key("link_url"), "none is known");
    }
}

/// One of two that are asked gets no answer.
const UNKNOWN: &str = r#"
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
- interval: 1m
  input_series:
  - {series: 'kcwatch_iat_clients_source{job="kcwatch",target="a",source="unknown"}', values: '1x100'}
  - {series: 'kcwatch_iat_clients_source{job="kcwatch",target="b",source="unknown"}', values: '0x100'}
  promql_expr_test:
  - {expr: 'count(ALERTS{alertname="InitialAccessTokenClientsUnknown",alertstate="firing"})', eval_time: 59m, exp_samples: []}
  - {expr: 'count by (target, severity) (ALERTS{alertname="InitialAccessTokenClientsUnknown",alertstate="firing"})', eval_time: 60m, exp_samples: [{labels: '{target="a",severity="info"}', value: 1}]}
"#;

#[test]
fn that_nobody_knows_the_number_is_an_alert_if_asked_for() {
    let rules = |asked: bool| {
        printed(
            &with(&json!({ "alerts": { "unknown_clients": asked } })),
            &["rules"],
        )
    };
    assert!(!rules(false).contains("ClientsUnknown"));
    try_rules(&rules(true), UNKNOWN);
}

#[test]
fn nothing_of_one_company_is_in_the_rules_of_another() {
    let rules = printed(
        &with(&json!({ "alerts": { "unknown_clients": true } })),
        &["rules"],
    );
    for word in ["redhat", "red hat", "app-sre", "appsre", "devshift", "snow"] {
        assert!(!rules.to_lowercase().contains(word), "{word}");
    }
}

#[test]
fn every_form_holds_the_same_rules() {
    let config = with(&json!({ "alerts": { "object_labels": { "release": "prometheus" } } }));
    let plain = tree(&printed(&config, &["rules"]));
    for form in ["prometheus-rule", "app-interface"] {
        let object = tree(&printed(&config, &["rules", "--format", form]));
        assert_eq!(object["spec"]["groups"], plain["groups"], "{form}");
        assert_eq!(object["metadata"]["labels"]["release"], "prometheus");
        assert_eq!(object.get("$schema").is_some(), form == "app-interface");
    }
}

#[test]
fn rules_that_cannot_be_printed_are_refused_at_once() {
    let alerts = |key: &str, value: Value| with(&json!({ "alerts": { key: value } }));
    for (config, says) in [
        (
            text_of("config/minimal.yaml"),
            "alerts.runbooks: is required for rules",
        ),
        (
            with(&json!({ "targets": null })),
            "targets: at least one target is required",
        ),
        (
            alerts("runbooks", json!("runbooks")),
            "alerts.runbooks: must be a URL",
        ),
        (
            alerts("dashboards", json!("https://g/?x")),
            "alerts.dashboards: must not have a query",
        ),
        (alerts("job", json!("a b")), "alerts.job: must be made of"),
        (
            alerts("labels", json!({ "severity": "high" })),
            "alerts.labels.severity: must not be one of",
        ),
    ] {
        assert_refused(&config, &["rules"], 78, says);
    }
    assert_refused(
        &with(&json!({})),
        &["rules", "--format", "xml"],
        64,
        "app-interface",
    );
}

#[test]
fn a_ticket_that_cannot_be_written_is_refused_at_once() {
    let request = |key: &str, value: &str| with(&json!({ "request": { key: value } }));
    for (config, says) in [
        (
            request("text", "until {date}"),
            "request.text: may hold the fields {target}",
        ),
        (request("text", " "), "request.text: must not be empty"),
        (
            request("subject", "a\nb"),
            "request.subject: must be one line",
        ),
        (
            request("secret_link", "{path}"),
            "request.secret_link: must be a URL",
        ),
        (request("form", "mail them"), "request.form: must be a URL"),
        (
            request("secret_link", "https://vault.example.com/{reason}"),
            "request.secret_link: may hold the fields {target} {tier} {instance} {store} {path} {mount} {secret}, found another field",
        ),
        (
            request("text", "{due}"),
            "request.text: may hold the fields {target}",
        ),
    ] {
        for command in [&["request", "prod"][..], &["rules"]] {
            assert_refused(&config, command, 78, says);
        }
    }
}

#[test]
fn a_ticket_for_nobody_is_refused() {
    let good = with(&json!({}));
    for (arguments, code, says) in [
        (
            &["request", "pord"][..],
            64,
            "no target named pord; there are: prod, stage",
        ),
        (
            &["request", "prod"],
            1,
            "no request for prod: it was never read (unreachable)",
        ),
        (&["request"], 64, "<TARGET>"),
    ] {
        assert_refused(&good, arguments, code, says);
    }
}

#[test]
fn each_kind_has_the_fields_of_its_own_ticket() {
    let letter =
        |kind: &str, key: &str, value: &str| with(&json!({ "request": { kind: { key: value } } }));
    for (config, says) in [
        (
            letter("client_secrets", "text", "the current one {reason}"),
            "request.client_secrets.text: may hold the fields {target} {tier} {instance} {store} {path} {mount} {secret} {expires} {due}, found another field",
        ),
        (
            letter("client_secrets", "subject", "for {due}"),
            "request.client_secrets.subject: must be one line, and {due} has one a client",
        ),
        (
            letter("oidc_integration", "text", "{due}"),
            "request.oidc_integration.text: may hold the fields {target} {tier} {instance} {store} {path} {mount} {secret} {reason}, found another field",
        ),
        (
            letter("oidc_integration", "subject", " "),
            "request.oidc_integration.subject: must not be empty",
        ),
    ] {
        for command in [&["request", "prod"][..], &["rules"]] {
            assert_refused(&config, command, 78, says);
        }
    }
}

/// Asserts that it says this, prints nothing else, and ends with this code.
fn assert_refused(config: &str, arguments: &[&str], code: i32, says: &str) {
    let output = kcwatch(config, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(says), "{arguments:?}: {said}");
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
}
