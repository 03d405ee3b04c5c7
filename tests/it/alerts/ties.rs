//! Alert ⇄ runbook ⇄ the tables of the documents.

use std::collections::BTreeSet;

use kcwatch::{
    model::{Cause, ClientsLevel, Level, Severity, Step},
    watch::Watch,
};

use super::{
    pages::{Page, blocks, rows, runbooks, text_of},
    rules::{Alert, Rules},
};

const SECTIONS: [&str; 6] = [
    "Meaning",
    "Impact",
    "Diagnosis",
    "Mitigation",
    "Has it worked?",
    "Silence",
];

#[test]
fn every_alert_has_a_runbook_and_no_runbook_lacks_its_alert() {
    let rules = Rules::printed();
    let mut alerts: Vec<_> = rules.alerts().iter().map(|a| a.name().to_owned()).collect();
    alerts.sort();
    let pages: Vec<_> = runbooks().into_iter().map(|page| page.name).collect();
    assert_eq!(pages, alerts);
}

#[test]
fn every_alert_links_its_own_runbook() {
    let rules = Rules::printed();
    let base = rules.config.alerts.runbooks.as_deref().unwrap();
    for alert in rules.alerts() {
        let own = format!("{base}/{}.md", alert.name());
        assert_eq!(alert.annotation("runbook"), Some(own.as_str()));
    }
}

#[test]
fn every_runbook_has_its_sections_in_order() {
    for page in runbooks() {
        let title = format!("# {}\n", page.name);
        assert!(page.text.starts_with(&title), "{}", page.name);
        assert_eq!(page.headings(), SECTIONS, "{}", page.name);
    }
}

#[test]
fn every_runbook_says_first_what_is_true_and_what_can_wait() {
    for page in runbooks() {
        let meaning = page.section("Meaning").trim();
        let first = meaning.split("\n\n").next().unwrap().replace('\n', " ");
        let is_one_sentence = first.ends_with('.') && !first.contains(". ");
        assert!(is_one_sentence, "{}: {first}", page.name);
        for when in ["- **Now:** ", "- **In the morning:** "] {
            let impact = page.section("Impact");
            assert!(impact.contains(when), "{}: no {when}", page.name);
        }
    }
}

#[test]
fn a_silence_hushes_the_alert_of_this_page_only_and_has_an_end() {
    let rules = Rules::printed();
    for alert in rules.alerts() {
        let page = Page::named(alert.name());
        let silences = blocks(page.section("Silence"), "sh");
        assert_eq!(silences.len(), 1, "{}", page.name);
        let of = |what: &str| silences[0].contains(what);
        let own = format!("alertname={}", alert.name());
        let is_own = silences[0].split_whitespace().any(|word| word == own);
        assert!(is_own, "{}: not {own}", page.name);
        assert!(of("--end=") || of("--duration="), "{}: no end", page.name);
        let for_one_target = of(r#"target="$target""#);
        assert_eq!(for_one_target, alert.is_about_a_target(), "{}", page.name);
        assert_eq!(of("level=notice"), alert.has_levels(), "{}", page.name);
    }
}

#[test]
fn the_index_of_the_runbooks_has_every_alert_with_its_severity() {
    let rules = Rules::printed();
    let text = Page::named("README").text;
    let expected: Vec<_> = rules
        .alerts()
        .iter()
        .map(|alert| {
            let severity = match (alert.name(), alert.severity()) {
                (_, Some(severity)) => severity,
                ("InitialAccessTokenCheckFailed", None) => "of the threshold, or info",
                (_, None) => "of the threshold",
            };
            (alert.name().to_owned(), severity.to_owned())
        })
        .collect();
    assert_same_rows(rows(&text), expected, |cells| cells[0].to_owned());
}

#[test]
fn the_table_of_alerts_is_that_of_the_rules() {
    let rules = Rules::printed();
    let text = text_of("docs/alerts.md");
    let expected: Vec<_> = rules
        .alerts()
        .iter()
        .map(|alert| {
            let ticket = match alert.annotation("description") {
                Some(_) => "yes",
                None => "no",
            };
            let (prod, stage) = (
                severity(&rules, alert, "prod"),
                severity(&rules, alert, "stage"),
            );
            let cells = [alert.after(), &prod, &stage, ticket];
            (alert.name().to_owned(), cells.join(" | "))
        })
        .collect();
    assert_same_rows(rows(&text), expected, |cells| cells[1..].join(" | "));
}

/// Compares rows in whatever order, and names those that differ.
fn assert_same_rows(
    found: Vec<(&str, Vec<&str>)>,
    expected: Vec<(String, String)>,
    said: impl Fn(&[&str]) -> String,
) {
    let count = found.len();
    let found: BTreeSet<(String, String)> = found
        .into_iter()
        .map(|(name, cells)| (name.to_owned(), said(&cells)))
        .collect();
    assert_eq!(found.len(), count, "a row stands there twice");
    let expected = BTreeSet::from_iter(expected);
    let wrong: Vec<_> = found.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let is_same = wrong.is_empty() && missing.is_empty();
    assert!(is_same, "there: {wrong:#?}; must be: {missing:#?}");
}

/// How the severity of an alert is written in the table.
fn severity(rules: &Rules, alert: &Alert<'_>, tier: &str) -> String {
    if let Some(severity) = alert.severity() {
        return severity.to_owned();
    }
    let targets = &rules.config.targets;
    // Those of client secrets and certificates are the tier's as well.
    let wanted = targets.iter().find_map(|target| match &target.watch {
        Watch::InitialAccessToken(wanted) if target.tier.as_str() == tier => Some(wanted),
        _ => None,
    });
    let wanted = wanted.expect("a token of this tier");
    let expiry = |level| {
        let threshold = wanted.thresholds.iter().find(|each| each.level == level);
        threshold.map_or("none", |each| Severity::label(each.severity))
    };
    let clients = |level| {
        let mut thresholds = wanted.clients.thresholds.iter();
        let threshold = thresholds.find(|each| each.level == level);
        threshold.map_or("none", |each| Severity::label(each.severity))
    };
    match alert.name() {
        "InitialAccessTokenExpiring" | "ClientSecretExpiring" | "OidcCertificateExpiring" => {
            format!("{} → {}", expiry(Level::Notice), expiry(Level::Urgent))
        }
        "InitialAccessTokenClientsLow" => {
            let (notice, urgent) = (clients(ClientsLevel::Notice), clients(ClientsLevel::Urgent));
            format!("{notice} → {urgent}")
        }
        "RotatedSecretExpiring"
        | "ClientSecretUnmanaged"
        | "ClientSecretReplaceable"
        | "ClientSecretsUnclear"
        | "OidcKeysChanged"
        | "OidcClockSkew" => expiry(Level::Notice).to_owned(),
        "InitialAccessTokenClientsExhausted" => clients(ClientsLevel::Exhausted).to_owned(),
        "InitialAccessTokenCheckFailed" => format!("{}, or info", expiry(Level::Expired)),
        _ => expiry(Level::Expired).to_owned(),
    }
}

/// Whatever the alert says in brackets has a row to look at.
#[test]
fn the_runbook_of_a_broken_integration_has_every_step_and_every_cause() {
    let page = Page::named("OidcIntegrationBroken");
    let mitigation = page.section("Mitigation");
    for step in Step::ALL {
        let heading = format!("\n### {step}\n");
        assert!(mitigation.contains(&heading), "no section {step}");
    }
    let first_cells: Vec<&str> = mitigation
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .collect();
    for cause in Cause::ALL {
        let word = cause.label();
        let has = |cell: &&str| cell.split(['`', ',', ' ']).any(|said| said == word);
        assert!(first_cells.iter().any(has), "no row for {word}");
    }
}
