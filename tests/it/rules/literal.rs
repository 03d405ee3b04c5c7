//! Rules with the thresholds written into them.

use serde_json::json;

use super::{alerts_of, check, others::with, printed, rules_of, try_rules};
use crate::yaml::tree;

#[test]
fn literal_thresholds_are_those_of_the_configuration() {
    let config =
        with(&json!({ "tiers": { "stage": { "expiry": { "notice": { "before": "20d" } } } } }));
    let literal = printed(&config, &["rules", "--thresholds", "literal"]);
    check(&literal);
    let literal = tree(&literal);
    let by_metrics = tree(&printed(&config, &["rules"]));
    assert_eq!(
        alerts_of(&literal),
        alerts_of(&by_metrics),
        "alerts are the same"
    );
    let thresholds: Vec<String> = rules_of(&literal)
        .iter()
        .filter(|rule| rule["record"] == "target:kcwatch_iat_expiry_threshold_seconds:max")
        .map(|rule| {
            let text = rule["expr"].as_str().expect("an expression");
            let tier = text
                .split("tier=")
                .nth(1)
                .expect("a tier")
                .split('}')
                .next();
            let number = text.rsplit(' ').next().expect("a number");
            let labels = &rule["labels"];
            format!(
                "{} {} {} {number}",
                tier.unwrap(),
                labels["level"],
                labels["severity"]
            )
        })
        .collect();
    assert_eq!(
        thresholds,
        [
            r#""prod" "expired" "high" 0"#,
            r#""prod" "urgent" "high" 345600"#,
            r#""prod" "notice" "medium" 864000"#,
            r#""stage" "expired" "medium" 0"#,
            r#""stage" "notice" "info" 1728000"#,
            r#""stage" "urgent" "medium" 432000"#,
        ]
    );
}

/// Nothing of the thresholds is scraped here: prod is at its urgent level, stage at its notice.
const TESTS: &str = r#"
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
- interval: 1m
  input_series:
  - {series: 'kcwatch_target_info{job="kcwatch",target="p",tier="prod"}', values: '1x60'}
  - {series: 'kcwatch_target_info{job="kcwatch",target="s",tier="stage"}', values: '1x60'}
  - {series: 'kcwatch_iat_expiration_timestamp_seconds{job="kcwatch",target="p",slot="current"}', values: '345600x60'}
  - {series: 'kcwatch_iat_expiration_timestamp_seconds{job="kcwatch",target="s",slot="current"}', values: '864000x60'}
  - {series: 'kcwatch_iat_clients_remaining{job="kcwatch",target="s"}', values: '0x60'}
  promql_expr_test:
  - expr: 'count by (alertname, target, level, severity) (ALERTS{alertname!="KcwatchDown"})'
    eval_time: 20m
    exp_samples:
    - {labels: '{alertname="InitialAccessTokenExpiring",target="p",level="notice",severity="medium"}', value: 1}
    - {labels: '{alertname="InitialAccessTokenExpiring",target="p",level="urgent",severity="high"}', value: 1}
    - {labels: '{alertname="InitialAccessTokenExpiring",target="s",level="notice",severity="info"}', value: 1}
    - {labels: '{alertname="InitialAccessTokenClientsLow",target="s",level="notice",severity="info"}', value: 1}
    - {labels: '{alertname="InitialAccessTokenClientsLow",target="s",level="urgent",severity="medium"}', value: 1}
    - {labels: '{alertname="InitialAccessTokenClientsExhausted",target="s",severity="medium"}', value: 1}
    - {labels: '{alertname="TargetUnknown",target="p",severity="medium"}', value: 1}
    - {labels: '{alertname="TargetUnknown",target="s",severity="medium"}', value: 1}
"#;

#[test]
fn literal_thresholds_do_what_the_metrics_would() {
    let rules = printed(&with(&json!({})), &["rules", "--thresholds", "literal"]);
    try_rules(&rules, TESTS);
}

/// What a target of each other kind is held to, whatever its name.
const OF_OTHER_KINDS: &str = r#"
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
- interval: 1m
  input_series:
  - {series: 'kcwatch_target_info{job="kcwatch",target="sso <<job>>: #1",kind="client_secrets",tier="prod"}', values: '1x60'}
  - {series: 'kcwatch_target_info{job="kcwatch",target="3scale",kind="oidc_integration",tier="stage"}', values: '1x60'}
  promql_expr_test:
  - expr: 'target:kcwatch_client_secret_expiry_threshold_seconds:max'
    eval_time: 5m
    exp_samples:
    - {labels: 'target:kcwatch_client_secret_expiry_threshold_seconds:max{target="sso <<job>>: #1",job="kcwatch",slot="current",level="notice",severity="medium"}', value: 864000}
    - {labels: 'target:kcwatch_client_secret_expiry_threshold_seconds:max{target="sso <<job>>: #1",job="kcwatch",slot="current",level="urgent",severity="high"}', value: 345600}
    - {labels: 'target:kcwatch_client_secret_expiry_threshold_seconds:max{target="sso <<job>>: #1",job="kcwatch",slot="current",level="expired",severity="high"}', value: 0}
    - {labels: 'target:kcwatch_client_secret_expiry_threshold_seconds:max{target="sso <<job>>: #1",job="kcwatch",slot="rotated",level="notice",severity="medium"}', value: 7200}
  - expr: 'target:kcwatch_oidc_certificate_expiry_threshold_seconds:max'
    eval_time: 5m
    exp_samples:
    - {labels: 'target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{target="3scale",job="kcwatch",level="notice",severity="info"}', value: 2592000}
    - {labels: 'target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{target="3scale",job="kcwatch",level="urgent",severity="medium"}', value: 604800}
    - {labels: 'target:kcwatch_oidc_certificate_expiry_threshold_seconds:max{target="3scale",job="kcwatch",level="expired",severity="medium"}', value: 0}
  - {expr: 'target:kcwatch_oidc_clock_offset_limit_seconds:max', eval_time: 5m, exp_samples: [{labels: 'target:kcwatch_oidc_clock_offset_limit_seconds:max{target="3scale",job="kcwatch"}', value: 2}]}
"#;

#[test]
fn literal_thresholds_of_other_kinds_are_those_of_each_target() {
    let config = json!({
        "stores": { "here": { "files": { "directory": "/nowhere" } } },
        "identity_providers": { "own": { "issuer": "https://sso.example.com/realms/a" } },
        "targets": [
            { "name": "sso <<job>>: #1", "tier": "prod", "client_secrets": {
                "secret": { "store": "here", "path": "client" }, "rotated": { "before": "2h" },
            } },
            { "name": "3scale", "tier": "stage", "oidc_integration": {
                "identity_provider": "own", "clock_offset": "2s", "certificate": { "notice": "30d" },
                "credentials": { "store": "here", "path": "zync", "url": "/url" },
            } },
        ],
        "alerts": { "runbooks": "https://git.example.com/runbooks" },
    })
    .to_string();
    let rules = printed(&config, &["rules", "--thresholds", "literal"]);
    check(&rules);
    try_rules(&rules, OF_OTHER_KINDS);
}
