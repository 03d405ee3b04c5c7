//! Section `reload`.

use std::{ops::RangeInclusive, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    duration::{Span, within},
    problems::Key,
    report::Report,
    settings::Reload,
};

/// How often files may be compared.
const WATCHES: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(86_400);

/// How a changed configuration is noticed. SIGHUP always works.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Reload")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawReload {
    /// How often the content of the files is compared with what was loaded, 1s to 1d; `null`: not at all.
    watch: Option<Span>,
    /// Whether `POST /-/reload` is answered.
    http: bool,
}

impl Default for RawReload {
    fn default() -> Self {
        Self {
            watch: Some(Span::seconds(10)),
            http: false,
        }
    }
}

pub(super) fn check(raw: &RawReload, at: &Key, report: &mut Report) -> Reload {
    Reload {
        watch: raw
            .watch
            .and_then(|span| within(&WATCHES, span.0, &at.key("watch"), report)),
        http: raw.http,
    }
}
