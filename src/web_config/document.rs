//! The whole file as people write it, and the way from there to what has been checked.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::{
    Papers, WebConfig,
    headers::{self, RawHttp},
    tls::{self, RawTls},
    users,
};
use crate::{
    config::{
        Problem, Problems,
        problems::Key,
        report::Report,
        unread::{self, Unread},
        yaml,
    },
    model::UnixTime,
};

/// The tables, in the order of the toolkit's documentation.
const TABLES: [&str; 4] = [
    "tls_server_config",
    "http_server_config",
    "basic_auth_users",
    "rate_limit",
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    tls_server_config: Unread<RawTls>,
    http_server_config: Unread<RawHttp>,
    basic_auth_users: Unread<BTreeMap<String, String>>,
    rate_limit: Option<IgnoredAny>,
}

/// What checks look at, and where they note what they found.
pub(super) struct Desk<'a> {
    /// What was read.
    pub(super) papers: &'a Papers,
    /// When that was.
    pub(super) now: UnixTime,
    /// What is wrong.
    pub(super) report: Report,
    warnings: Vec<String>,
}

impl Desk<'_> {
    /// Notes what somebody should know, though it is not wrong.
    pub(super) fn warn(&mut self, at: &Key, text: &str) {
        let name = self.papers.name();
        self.warnings.push(format!("{name}: {at}: {text}"));
    }
}

/// What the papers say.
pub(super) fn checked(papers: &Papers, now: UnixTime) -> Result<WebConfig, Problems> {
    let broken = |text| Problems::new(vec![Problem::new(papers.name(), text)]);
    let tree = papers.text().and_then(yaml::parsed).map_err(broken)?;
    let mut desk = Desk {
        papers,
        now,
        report: Report::default(),
        warnings: Vec::new(),
    };
    let document: Option<Document> = unread::read(tree, &Key::default(), &mut desk.report);
    let config = document.unwrap_or_default().check(&mut desk);
    if desk.report.is_empty() {
        Ok(WebConfig {
            warnings: desk.warnings,
            ..config
        })
    } else {
        Err(desk.report.into_problems(&TABLES).in_file(papers.name()))
    }
}

impl Document {
    fn check(self, desk: &mut Desk<'_>) -> WebConfig {
        let key = |name| Key::default().key(name);
        let [tls_key, http_key, users_key, rate_key] = TABLES.map(key);
        let tls = self.tls_server_config.read(&tls_key, &mut desk.report);
        let tls = tls.and_then(|raw| tls::check(&raw, &tls_key, desk));
        let http = self.http_server_config.read(&http_key, &mut desk.report);
        let headers = http.map(|raw| headers::check(&raw, &http_key, &mut desk.report));
        let users = self.basic_auth_users.read(&users_key, &mut desk.report);
        let users = users.and_then(|raw| users::check(raw, &users_key, desk));
        if users.is_some() && tls.is_none() {
            let text = "passwords are sent in clear, because there is no tls_server_config with a certificate";
            desk.warn(&users_key, text);
        }
        if self.rate_limit.is_some() {
            let text = "is not supported by kcwatch: leave it out";
            desk.report.refuse(&rate_key, text);
        }
        let (tls, certificate_end) = tls.map_or((None, None), |tls| (Some(tls.config), tls.end));
        WebConfig {
            tls,
            certificate_end,
            users,
            headers: headers.unwrap_or_default(),
            warnings: Vec::new(),
        }
    }
}
