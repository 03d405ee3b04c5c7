//! The part of the made-up page that is about client secrets and integrations.

use std::fmt::Write as _;

use kcwatch::model::Step;

const DAY: f64 = 86_400.0;

/// One target with clients, and integrations called after the level of their certificate.
pub(super) const TARGETS: [&str; 5] = [
    "clients",
    "certificate-expired",
    "certificate-urgent",
    "certificate-notice",
    "certificate-well",
];

/// How many clients there are, and how many days the secret of each still lives.
const CLIENTS: [(usize, f64); 5] = [(1, -1.0), (2, 2.0), (3, 7.0), (4, 20.0), (1, f64::INFINITY)];

/// An integration: its certificate's life in days, its clock, and whether it is broken at TLS.
const INTEGRATIONS: [(&str, f64, f64, bool); 4] = [
    ("certificate-expired", -1.0, 5.0, true),
    ("certificate-urgent", 6.0, 6.0, false),
    ("certificate-notice", 20.0, -6.0, false),
    ("certificate-well", 80.0, -5.0, false),
];

const OF_CLIENTS: &str = r#"kcwatch_target_info{target="clients",kind="client_secrets",tier="prod",idp="sso.example.com",store="",path=""} 1
kcwatch_client_secret_expiry_threshold_seconds{target="clients",slot="current",level="notice",severity="medium"} 864000
kcwatch_client_secret_expiry_threshold_seconds{target="clients",slot="current",level="urgent",severity="high"} 345600
kcwatch_client_secret_expiry_threshold_seconds{target="clients",slot="current",level="expired",severity="high"} 0
kcwatch_client_secret_expiry_threshold_seconds{target="clients",slot="rotated",level="notice",severity="medium"} 86400
kcwatch_client_secrets{target="clients"} 11
kcwatch_client_secrets_unmanaged{target="clients"} 1
kcwatch_client_secrets_replaceable{target="clients"} 0
kcwatch_client_secrets_unclear{target="clients"} 0
ALERTS{target="clients",alertname="ClientSecretExpired",alertstate="firing",severity="high"} 1
ALERTS{target="clients",alertname="ClientSecretExpiring",alertstate="firing",severity="medium",level="notice"} 1
ALERTS{target="clients",alertname="ClientSecretUnmanaged",alertstate="firing",severity="info"} 1
"#;

const OF_INTEGRATION: &str = r#"kcwatch_target_info{target="T",kind="oidc_integration",tier="prod",idp="sso.example.com",store="vault",path="T"} 1
kcwatch_oidc_certificate_expiry_threshold_seconds{target="T",level="notice",severity="medium"} 1814400
kcwatch_oidc_certificate_expiry_threshold_seconds{target="T",level="urgent",severity="high"} 604800
kcwatch_oidc_certificate_expiry_threshold_seconds{target="T",level="expired",severity="high"} 0
kcwatch_oidc_clock_offset_limit_seconds{target="T"} 5
kcwatch_oidc_signing_keys{target="T"} 1
ALERTS{target="T",alertname="OidcIntegrationBroken",alertstate="firing",severity="high"} 1
ALERTS{target="T",alertname="OidcClockSkew",alertstate="firing",severity="medium"} 1
ALERTS{target="T",alertname="OidcCertificateExpiring",alertstate="firing",severity="info",level="notice"} 1
"#;

/// What every target has that was looked at; one of two looks fails.
const OF_LOOKS: &str = r#"kcwatch_target_polls_total{target="T"} N
kcwatch_target_failures_total{target="T",reason="timeout"} N
kcwatch_target_last_success_timestamp_seconds{target="T"} 1
kcwatch_target_poll_interval_seconds{target="T"} 300
"#;

/// The part at one scrape. Before each scrape secrets are made anew and keys change.
pub(super) fn page(now: f64, scrape: u32) -> String {
    let mut page = OF_CLIENTS.to_owned();
    for target in TARGETS {
        let looks = OF_LOOKS.replace("\"T\"", &format!("{target:?}"));
        page += &looks.replace('N', &scrape.to_string());
    }
    page += &clients(now, f64::from(scrape));
    for (target, life, offset, is_broken) in INTEGRATIONS {
        page += &OF_INTEGRATION.replace("\"T\"", &format!("{target:?}"));
        page += &numbers(target, now + life * DAY, offset, now + f64::from(scrape));
        page += &links(target, is_broken);
    }
    page
}

fn clients(now: f64, scrape: f64) -> String {
    let mut text = String::new();
    let lives = CLIENTS
        .iter()
        .flat_map(|(count, days)| std::iter::repeat_n(days, *count));
    for (at, days) in lives.enumerate() {
        let end = now + days * DAY;
        for (name, slot, value) in [
            ("expiration", ",slot=\"current\"", end),
            ("expiration", ",slot=\"rotated\"", now + DAY / 2.0),
            ("created", "", now - DAY + scrape),
            ("rotation_opens", "", now - DAY),
        ] {
            writeln!(
                text,
                "kcwatch_client_secret_{name}_timestamp_seconds{{target=\"clients\",client=\"{at}\"{slot}}} {value}"
            )
            .expect("a text takes all");
        }
    }
    text
}

fn numbers(target: &str, end: f64, offset: f64, changed: f64) -> String {
    let mut text = String::new();
    for (name, value) in [
        ("certificate_expiration_timestamp_seconds", end),
        ("clock_offset_seconds", offset),
        ("keys_changed_timestamp_seconds", changed),
    ] {
        writeln!(text, "kcwatch_oidc_{name}{{target={target:?}}} {value}")
            .expect("a text takes all");
    }
    text
}

/// Where it is broken, links after that are absent.
fn links(target: &str, is_broken: bool) -> String {
    let mut text = String::new();
    let tried = if is_broken { 2 } else { Step::ALL.len() };
    for step in &Step::ALL[..tried] {
        let holds = u8::from(!is_broken || *step != Step::Tls);
        writeln!(
            text,
            "kcwatch_oidc_check{{target={target:?},step=\"{step}\"}} {holds}"
        )
        .expect("a text takes all");
    }
    if is_broken {
        writeln!(
            text,
            "kcwatch_oidc_broken{{target={target:?},step=\"tls\",cause=\"certificate_expired\"}} 1"
        )
        .expect("a text takes all");
    }
    text
}
