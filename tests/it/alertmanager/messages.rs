//! What the template makes of notifications, the same in both versions.

use std::io::Write as _;

use serde_json::{Value, json};

use super::{
    Version, repository, said,
    samples::{alert, down, ended, expiring, failed, notification, secret},
};
use crate::config::assert_file;

/// What Slack and `PagerDuty` are sent, part by part.
const PARTS: &str = r#"pretext: {{ template "kcwatch.mention" . }}
title: {{ template "kcwatch.title" . }}
title_link: {{ template "kcwatch.title_link" . }}
color: {{ template "kcwatch.color" . }}
footer: {{ template "kcwatch.footer" . }}
pagerduty_severity: {{ template "kcwatch.pagerduty_severity" . }}
text:
{{ template "kcwatch.text" . }}
plain:
{{ template "kcwatch.plain" . }}"#;

/// Renders a notification as a version does.
fn rendered(version: Version, template: &str, notification: &Value) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{notification}").unwrap();
    let glob = repository("alerts/alertmanager/*.tmpl");
    let arguments = [
        "template",
        "render",
        &format!("--template.glob={}", glob.display()),
        &format!("--template.data={}", file.path().display()),
        &format!("--template.text={template}"),
    ];
    said(version, &arguments)
}

/// Both versions make this of these alerts.
fn renders(name: &str, alerts: &[Value]) -> String {
    let notification = notification(alerts);
    let [old, current] = Version::BOTH.map(|version| rendered(version, PARTS, &notification));
    assert_eq!(old, current, "{name}");
    let lines = old.lines().map(|line| format!("{}\n", line.trim_end()));
    assert_file(
        &format!("tests/it/alertmanager/messages/{name}.txt"),
        &lines.collect::<String>(),
    );
    old
}

fn part<'a>(rendered: &'a str, name: &str) -> &'a str {
    let (_, rest) = rendered.split_once(&format!("{name}: ")).unwrap();
    rest.lines().next().unwrap()
}

#[test]
fn a_high_alert_mentions_the_group_and_brings_the_ticket() {
    let text = renders("high", &[expiring("urgent", "high")]);
    assert_eq!(part(&text, "pretext"), "<!subteam^S0000000000>");
    assert!(text.contains("Subject: New Initial Access Token"), "{text}");
}

#[test]
fn a_medium_alert_mentions_nobody() {
    let text = renders("medium", &[expiring("notice", "medium")]);
    assert_eq!(part(&text, "pretext"), "");
}

#[test]
fn an_info_alert_is_blue_and_mentions_nobody() {
    let text = renders("info", &[expiring("notice", "info")]);
    assert_eq!(part(&text, "pretext"), "");
    assert_eq!(part(&text, "color"), "#439fe0");
}

#[test]
fn what_is_resolved_mentions_nobody_and_brings_no_ticket() {
    let text = renders("resolved", &[ended(expiring("urgent", "high"))]);
    assert_eq!(part(&text, "pretext"), "");
    assert!(!text.contains("Subject:"), "{text}");
}

#[test]
fn an_alert_without_a_target_has_no_holes() {
    let text = renders("down", &[down()]);
    for hole in ["()", "<|", "<no value>", "target  "] {
        assert!(!text.contains(hole), "{hole}: {text}");
    }
    renders("down-resolved", &[ended(down())]);
}

#[test]
fn alerts_in_one_group_are_all_told() {
    let text = renders("two", &[failed("issuer"), failed("unique")]);
    assert_eq!(part(&text, "title").split(' ').next(), Some("[FIRING:2]"));
    renders("half", &[ended(failed("issuer")), failed("unique")]);
}

#[test]
fn tickets_that_differ_are_told_apart() {
    let mut other = expiring("urgent", "high");
    other["labels"]["target"] = "stage".into();
    other["annotations"]["description"] = "Subject: another".into();
    renders("mixed", &[expiring("urgent", "high"), other]);
}

#[test]
fn no_severity_is_danger_and_an_alert_with_nothing_but_a_name_is_told() {
    let bare = json!({"status": "firing", "labels": {"alertname": "Bare"}, "annotations": {}, "startsAt": "2025-01-01T01:16:00Z"});
    let text = renders("bare", &[bare]);
    assert_eq!(part(&text, "color"), "danger");
    assert_eq!(part(&text, "pagerduty_severity"), "critical");
}

#[test]
fn labels_cannot_mention_or_link_anything() {
    let labels = json!({"alertname": "TargetUnreadable", "severity": "medium", "job": "kcwatch", "target": "<!channel>"});
    let annotations = json!({
        "summary": "The target <!channel> cannot be read",
        "message": "kcwatch cannot read <https://evil.example.com|this> & more",
        "description": "Subject: x\n```\n<!here>",
    });
    let text = renders("hostile", &[alert(&labels, &annotations)]);
    let (for_slack, _) = text.split_once("plain:").unwrap();
    for markup in ["<!", "<https://evil"] {
        assert!(!for_slack.contains(markup), "{text}");
    }
    assert_eq!(text.matches("```").count(), 2, "{text}");
}

#[test]
fn two_hundred_clients_are_one_message_that_can_be_read() {
    let alerts: Vec<Value> = (0..200)
        .map(|at| {
            let client = format!("client-{at:03}");
            secret("ClientSecretExpiring", &client, "sso", "urgent")
        })
        .collect();
    let text = renders("many", &alerts);
    assert_eq!(text.matches("… and 190 more").count(), 2, "{text}");
    assert_eq!(text.matches("Ticket, ready to send").count(), 1, "{text}");
    assert!(text.lines().count() < 50, "{text}");
    let ended: Vec<Value> = alerts.into_iter().map(ended).collect();
    let text = renders("many-resolved", &ended);
    assert!(text.contains("… and 195 more"), "{text}");
}

#[test]
fn the_longest_id_of_a_client_leaves_a_message_readable() {
    let long = format!("https://x.example/\n\"<!channel>\" {}", "ä".repeat(4_000));
    let of = |at: usize| {
        secret(
            "ClientSecretExpiring",
            &format!("{at}{long}"),
            "sso",
            "urgent",
        )
    };
    let alerts: Vec<Value> = (0..20).map(of).collect();
    for version in Version::BOTH {
        let template = r#"{{ template "kcwatch.text" . }}"#;
        let text = rendered(version, template, &notification(&alerts));
        assert!(text.chars().count() < 12_000, "{}", text.chars().count());
        assert!(!text.contains("<!"), "{text}");
    }
}

/// Slack takes some 40000 letters in a message, and shows fewer.
#[test]
fn the_longest_message_is_one_that_slack_takes() {
    let mut longest = expiring("urgent", "high");
    for name in ["summary", "message", "description"] {
        longest["annotations"][name] = "é".repeat(20_000).into();
    }
    let alerts: Vec<Value> = (0..50)
        .map(|number| {
            let mut alert = longest.clone();
            alert["labels"]["check"] = number.to_string().into();
            alert["annotations"]["description"] = format!("{number}{}", "é".repeat(20_000)).into();
            alert
        })
        .collect();
    for version in Version::BOTH {
        for alerts in [&alerts[..], &alerts[..1]] {
            let template = r#"{{ template "kcwatch.text" . }}"#;
            let text = rendered(version, template, &notification(alerts));
            assert!(text.chars().count() < 12_000, "{}", text.chars().count());
            let template = r#"{{ template "kcwatch.title" . }}"#;
            let title = rendered(version, template, &notification(alerts));
            assert!(title.chars().count() < 1_000, "{}", title.chars().count());
        }
    }
}
