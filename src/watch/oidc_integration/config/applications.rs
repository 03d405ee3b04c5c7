//! Clients of applications that must be there: the key `applications`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{problems::Key, report::Report, text};

use super::{Application, Flow};

/// No id of a client is longer, in characters.
const LONGEST_ID: usize = 1_000;

/// A client of an application, as 3scale has it.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Application")]
#[serde(deny_unknown_fields)]
pub(super) struct RawApplication {
    /// Its id: the Client ID of the application in 3scale, each once.
    #[schemars(required)]
    client_id: Option<String>,
    /// A redirect URL that it must have, to the letter: the REDIRECT URL of the application in 3scale. `null`: any or none.
    #[serde(default)]
    redirect_url: Option<String>,
    /// The flows that it must have, and no others: OIDC AUTHORIZATION FLOW of the product in 3scale. `null`: whichever.
    #[serde(default)]
    flows: Option<Vec<Flow>>,
}

/// `None` if one of them is refused.
pub(super) fn check(
    raw: Vec<RawApplication>,
    at: &Key,
    report: &mut Report,
) -> Option<Vec<Application>> {
    report.as_written(at, ())?;
    let mut taken = BTreeMap::new();
    let checked = raw.into_iter().enumerate().map(|(index, raw)| {
        let at = at.index(index);
        let application = application(raw, &at, report)?;
        let id = at.key("client_id");
        if let Some(other) = taken.insert(application.client_id.clone(), id.clone()) {
            report.refuse(&id, format!("must be unique, found the same at {other}"));
            return None;
        }
        Some(application)
    });
    // All are looked at before one that is refused ends it.
    let checked: Vec<Option<Application>> = checked.collect();
    checked.into_iter().collect()
}

fn application(raw: RawApplication, at: &Key, report: &mut Report) -> Option<Application> {
    let [id, redirect_url, flows] = ["client_id", "redirect_url", "flows"].map(|name| at.key(name));
    let client_id = text::required(raw.client_id, &id, "the id of the client", report);
    if let Some(given) = &client_id
        && given.chars().count() > LONGEST_ID
    {
        report.refuse(
            &id,
            format!("must not be longer than {LONGEST_ID} characters"),
        );
        return None;
    }
    let wants_redirect_url = raw.redirect_url.is_some();
    let url = text::optional(raw.redirect_url, &redirect_url, report);
    let mut different = raw.flows.clone().unwrap_or_default();
    different.sort_unstable();
    different.dedup();
    if raw
        .flows
        .as_ref()
        .is_some_and(|given| given.len() != different.len())
    {
        report.refuse(&flows, "must have each flow once");
    }
    if wants_redirect_url && url.is_none() {
        return None;
    }
    Some(Application {
        client_id: client_id?,
        redirect_url: url,
        flows: raw.flows,
    })
}
