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
