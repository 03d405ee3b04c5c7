//! What arrives, when Alertmanager runs with the configuration that is shipped.

use serde_json::{Value, json};

use super::{
    Version,
    samples::{ended, expiring, integration, secret},
    text_of,
};
use crate::{
    config::assert_file,
    servers::{Alertmanager, Message, Sink, eventually},
};

const DOCUMENT: &str = "docs/on-call.md";
const MARKS: (&str, &str) = ("<!-- as it arrived -->\n", "<!-- end -->");

/// Waits for a message for one of those that the sink plays.
async fn arrives(sink: &Sink, to: &str) -> Message {
    eventually(&format!("a message for {to}"), async || {
        sink.sent_to(to).pop()
    })
    .await
}

#[tokio::test]
async fn a_high_alert_reaches_slack_pagerduty_and_the_webhook_and_is_what_the_document_shows() {
    for version in Version::BOTH {
        let sink = Sink::start("high").await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        alertmanager
            .tell(&json!([without_end(expiring("urgent", "high"))]))
            .await;

        let slack = arrives(&sink, "slack").await;
        assert_eq!(slack.field("pretext"), "<!subteam^S0000000000>");
        let document = text_of(DOCUMENT);
        assert_file(DOCUMENT, &with_message(&document, &slack));
        let page = arrives(&sink, "pagerduty").await.body;
        assert_eq!(page["event_action"], "trigger");
        assert_eq!(page["routing_key"], "0".repeat(32));
        assert_eq!(page["payload"]["severity"], "critical");
        let ticket = page["payload"]["custom_details"]["ticket"]
            .as_str()
            .unwrap();
        assert!(ticket.starts_with("Subject: "), "{ticket}");
        let webhook = arrives(&sink, "webhook").await.body;
        assert_eq!(webhook["groupLabels"]["target"], "prod");
    }
}

#[tokio::test]
async fn an_ended_alert_is_told_as_resolved_to_all_who_knew() {
    for version in Version::BOTH {
        let sink = Sink::start("resolved").await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        let alert = expiring("urgent", "high");
        alertmanager
            .tell(&json!([without_end(alert.clone())]))
            .await;
        for to in ["slack", "pagerduty", "webhook"] {
            arrives(&sink, to).await;
        }
        alertmanager.tell(&json!([ended(alert)])).await;
        for (to, pointer, word) in [
            ("slack", "/attachments/0/color", "good"),
            ("pagerduty", "/event_action", "resolve"),
            ("webhook", "/status", "resolved"),
        ] {
            eventually(&format!("{to} hears of the end"), async || {
                let last = sink.sent_to(to).pop()?;
                (last.body.pointer(pointer)? == word).then_some(())
            })
            .await;
        }
    }
}

#[tokio::test]
async fn an_inhibited_alert_is_silent_until_the_worse_one_ends() {
    for version in Version::BOTH {
        let sink = Sink::start("inhibited").await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        let (notice, urgent) = (expiring("notice", "medium"), expiring("urgent", "high"));
        let mut stage = expiring("notice", "medium");
        stage["labels"]["target"] = "stage".into();
        let alerts = [notice, urgent.clone(), stage].map(without_end);
        alertmanager.tell(&json!(alerts)).await;

        eventually("prod at high and stage at medium", async || {
            (sink.sent_to("slack").len() >= 2).then_some(())
        })
        .await;
        let suppressed: Vec<Value> = alertmanager
            .alerts()
            .await
            .into_iter()
            .filter(|alert| alert["status"]["state"] == "suppressed")
            .map(|alert| alert["labels"].clone())
            .collect();
        assert_eq!(suppressed.len(), 1, "{suppressed:?}");
        assert_eq!(suppressed[0]["target"], "prod");
        alertmanager.tell(&json!([ended(urgent)])).await;
        eventually("prod at medium", async || {
            let slack = sink.sent_to("slack");
            let footers = slack.iter().map(|message| message.field("footer"));
            footers
                .filter(|footer| footer.contains("level notice") && footer.contains("target prod"))
                .count()
                .eq(&1)
                .then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn two_hundred_clients_of_a_target_are_one_message() {
    for version in Version::BOTH {
        let sink = Sink::start("clients").await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        let of = |target: &'static str| {
            (0..100).map(move |at| {
                let client = format!("client-{at:03}");
                let mut alert =
                    without_end(secret("ClientSecretExpiring", &client, target, "urgent"));
                // One that began long ago does not wait for others.
                alert.as_object_mut().unwrap().remove("startsAt");
                alert
            })
        };
        let alerts: Vec<Value> = of("sso").chain(of("other")).collect();
        alertmanager.tell(&json!(alerts)).await;
        eventually("a message for each target", async || {
            (sink.sent_to("slack").len() >= 2).then_some(())
        })
        .await;
        for message in sink.sent_to("slack") {
            assert!(message.field("title").starts_with("[FIRING:100]"));
        }
        assert_eq!(sink.sent_to("slack").len(), 2);
    }
}

/// What is silenced by what, of clients and integrations: only what is about the same client, or the same target.
#[tokio::test]
async fn an_expired_secret_and_a_broken_chain_silence_what_they_explain_and_no_more() {
    for version in Version::BOTH {
        let sink = Sink::start("explained").await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        let (expiring, expired) = ("ClientSecretExpiring", "ClientSecretExpired");
        let (broken, certificate) = ("OidcIntegrationBroken", "OidcCertificateExpiring");
        let alerts = [
            secret(expired, "orders", "sso", "expired"),
            secret(expiring, "orders", "sso", "urgent"),
            secret(expiring, "billing", "sso", "urgent"),
            secret(expiring, "billing", "sso", "notice"),
            secret(expiring, "later", "sso", "notice"),
            secret(expiring, "orders", "other", "notice"),
            integration(broken, "3scale"),
            integration(certificate, "3scale"),
            integration("OidcClockSkew", "3scale"),
            integration("OidcKeysChanged", "3scale"),
            integration(certificate, "other"),
        ];
        alertmanager.tell(&json!(alerts.map(without_end))).await;
        eventually("all that is not explained", async || {
            (sink.sent_to("slack").len() >= 7).then_some(())
        })
        .await;
        let mut suppressed: Vec<String> = alertmanager
            .alerts()
            .await
            .into_iter()
            .filter(|alert| alert["status"]["state"] == "suppressed")
            .map(|alert| {
                ["alertname", "target", "client", "level"]
                    .map(|label| alert["labels"][label].as_str().unwrap_or("-").to_owned())
                    .join(" ")
            })
            .collect();
        suppressed.sort();
        assert_eq!(
            suppressed,
            [
                "ClientSecretExpiring sso billing notice",
                "ClientSecretExpiring sso orders urgent",
                "OidcCertificateExpiring 3scale - -",
                "OidcClockSkew 3scale - -",
            ]
        );
    }
}

/// As Prometheus sends it: the end is left to the receiver.
fn without_end(mut alert: Value) -> Value {
    alert.as_object_mut().unwrap().remove("endsAt");
    alert
}

/// The README with this message as its example.
fn with_message(document: &str, message: &Message) -> String {
    let (before, rest) = document.split_once(MARKS.0).expect("a mark");
    let (_, after) = rest.split_once(MARKS.1).expect("an end");
    let shown = ["pretext", "title", "text", "footer"]
        .map(|field| message.field(field).to_owned())
        .join("\n");
    let (open, close) = MARKS;
    format!("{before}{open}````text\n{shown}\n````\n{close}{after}")
}
