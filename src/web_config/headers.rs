//! `http_server_config`: the five headers that the toolkit lets one add.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;

use crate::config::{problems::Key, report::Report};

/// The headers, each with the only values that it may have, if there are such.
const HEADERS: [(&str, HeaderName, &[&str]); 5] = [
    (
        "Content-Security-Policy",
        header::CONTENT_SECURITY_POLICY,
        &[],
    ),
    (
        "X-Frame-Options",
        header::X_FRAME_OPTIONS,
        &["deny", "sameorigin"],
    ),
    (
        "X-Content-Type-Options",
        header::X_CONTENT_TYPE_OPTIONS,
        &["nosniff"],
    ),
    ("X-XSS-Protection", header::X_XSS_PROTECTION, &[]),
    (
        "Strict-Transport-Security",
        header::STRICT_TRANSPORT_SECURITY,
        &[],
    ),
];

/// As it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHttp {
    /// HTTP/2 is never spoken, so that both are the same; read for its type alone.
    #[serde(rename = "http2")]
    _http2: Option<bool>,
    headers: Option<BTreeMap<String, String>>,
}

/// The headers to add.
pub(super) fn check(raw: &RawHttp, at: &Key, report: &mut Report) -> HeaderMap {
    let at = at.key("headers");
    let written = raw.headers.iter().flatten();
    written
        .filter_map(|(name, value)| header(name, value, &at, report))
        .collect()
}

fn header(
    name: &str,
    value: &str,
    at: &Key,
    report: &mut Report,
) -> Option<(HeaderName, HeaderValue)> {
    let known = HEADERS.iter().find(|(known, ..)| *known == name);
    let at = at.key(name);
    let Some((_, name, values)) = known else {
        let names = HEADERS.map(|(known, ..)| known).join(", ");
        let text = format!("cannot be set; headers that can: {names}");
        report.refuse(&at, text);
        return None;
    };
    if !values.is_empty() && !values.contains(&value) {
        let text = format!("must be {}, found another text", values.join(" or "));
        report.refuse(&at, text);
        return None;
    }
    let text = "must be one line of printable ASCII characters";
    let value = report.accept(&at, HeaderValue::from_str(value).map_err(|_| text))?;
    (!value.is_empty()).then(|| (name.clone(), value))
}
