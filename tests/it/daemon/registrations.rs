//! How many registrations are left, and whether one would work: the daemon beside a real identity provider and real stores.

mod fallback;
mod kills;
mod life;
mod state_file;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::page::Series;

/// What is known about the token of a target, one line a target: everything that is said about it but instants, which move.
fn table(series: &Series, targets: &[&str]) -> String {
    let lines = targets.iter().map(|target| {
        let facts: Vec<String> = facts(series, target)
            .into_iter()
            .map(|(name, said)| format!("{name} {said}"))
            .collect();
        format!("{target}: {}\n", facts.join(", "))
    });
    lines.collect()
}

/// Each metric of a target's token, with what it says: a number, or of a closed set the words that are 1.
fn facts(series: &Series, target: &str) -> BTreeMap<String, String> {
    let mut facts: BTreeMap<String, String> = BTreeMap::new();
    let own = format!("target=\"{target}\"");
    for (series, value) in series.with(&["kcwatch_iat_", &own]) {
        let (name, labels) = series.split_once('{').unwrap();
        let name = name.trim_start_matches("kcwatch_iat_");
        // Instants move; what the configuration says does not.
        let is_fixed = name.ends_with("_threshold") || name == "requested_clients";
        if name.ends_with("_seconds") || is_fixed {
            continue;
        }
        let label = labels.trim_end_matches('}').replace(&own, "");
        let word = label.split('"').nth(1).unwrap_or_default();
        let said = match word {
            "" => value.to_string(),
            word if ["check", "source_up"].contains(&name) => format!("{word}={value}"),
            _ if value == 0.0 => continue,
            word => word.to_owned(),
        };
        let entry = facts.entry(name.to_owned()).or_default();
        *entry = [entry, said.as_str()].join(" ").trim().to_owned();
    }
    // Whether one more rehearsal was made after its end is a matter of moments.
    if facts.get("state").is_some_and(|state| state == "expired") {
        facts.retain(|name, _| {
            !["registration_possible", "rehearsal_answer"].contains(&name.as_str())
        });
    }
    facts
}

/// What a client leaves in a store, as the integrations of 2026 write it: the answer to its registration.
fn client_secret(answer: &Value, issuer: &str) -> Value {
    json!({
        "client_id": answer["clientId"], "client_name": answer["clientId"],
        "client_secret": answer["secret"].as_str().unwrap_or("none was given"),
        "redirect_uris": answer["redirectUris"], "issuer": issuer,
        "registration_access_token": answer["registrationAccessToken"],
        "attributes": answer["attributes"],
    })
}
