//! Whether a registration is rehearsed: the key `rehearsal`.

use std::{ops::RangeInclusive, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{
    duration::{Span, within},
    problems::Key,
    report::Report,
};

use super::Provider;

/// How short and how long the pause between two rehearsals may be.
const PAUSES: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// How a registration is rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rehearse {
    /// How long after one the next begins.
    pub every: Duration,
    /// Whether the token may be sent without TLS.
    pub allow_http: bool,
}

/// Whether a registration is rehearsed.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Rehearsal")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRehearsal {
    /// Whether it is; needs `identity_provider`, for the token is sent to no other issuer.
    enabled: bool,
    /// How long after one rehearsal the next begins, 1s to 1d. Each is one request to the identity provider, so an hour is
    /// a good choice.
    every: Span,
    /// Whether the token may be sent without TLS, to an issuer that begins with `http://`: for development only.
    allow_http: bool,
}

impl Default for RawRehearsal {
    fn default() -> Self {
        Self {
            enabled: false,
            every: Span::seconds(3_600),
            allow_http: false,
        }
    }
}

/// The rehearsal, if it is enabled.
pub(super) fn check(
    raw: &RawRehearsal,
    provider: Provider<'_>,
    at: &Key,
    report: &mut Report,
) -> Option<Rehearse> {
    let every = within(&PAUSES, raw.every.0, &at.key("every"), report);
    if raw.enabled && matches!(provider, Provider::Unnamed) {
        let text = "needs identity_provider, beside rehearsal: it says where the token may be sent";
        report.refuse(&at.key("enabled"), text);
    }
    if raw.enabled && !raw.allow_http && speaks_http(provider) {
        let text =
            "must be true where the issuer begins with http://: the token would be sent in clear";
        report.refuse(&at.key("allow_http"), text);
    }
    let allow_http = raw.allow_http;
    every
        .filter(|_| raw.enabled)
        .map(|every| Rehearse { every, allow_http })
}

fn speaks_http(provider: Provider<'_>) -> bool {
    let scheme = |issuer: &str| issuer.split(':').next().map(str::to_ascii_lowercase);
    let provider = provider.known();
    provider.is_some_and(|provider| scheme(&provider.issuer).as_deref() == Some("http"))
}
