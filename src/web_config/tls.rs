//! `tls_server_config`: how TLS is spoken.

use std::sync::Arc;

use rustls::{
    ServerConfig,
    crypto::CryptoProvider,
    server::{NoServerSessionStorage, danger::ClientCertVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
};
use serde::Deserialize;

use super::{
    abilities::{self, Versions},
    certificate::{self, Pem, Presented},
    clients,
    document::Desk,
};
use crate::{config::problems::Key, model::UnixTime};

/// As it is written. What the keys with `_file` name was read together with the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawTls {
    cert: Option<String>,
    key: Option<String>,
    cert_file: Option<String>,
    key_file: Option<String>,
    /// How clients show who they are.
    #[serde(rename = "client_auth_type")]
    pub(super) client_auth: Option<String>,
    /// Who vouches for them.
    pub(super) client_ca: Option<String>,
    client_ca_file: Option<String>,
    /// By which names they may come.
    pub(super) client_allowed_sans: Option<Vec<String>>,
    /// Which versions are spoken.
    pub(super) min_version: Option<String>,
    /// The other end of them.
    pub(super) max_version: Option<String>,
    /// Which ciphers, for version 1.2 alone.
    pub(super) cipher_suites: Option<Vec<String>>,
    /// Which curves.
    pub(super) curve_preferences: Option<Vec<String>>,
    prefer_server_cipher_suites: Option<bool>,
}

/// What was made of it.
pub(super) struct Tls {
    /// How it is spoken.
    pub(super) config: Arc<ServerConfig>,
    /// The earliest end among our certificates.
    pub(super) end: Option<UnixTime>,
}

impl RawTls {
    /// Whether there is to be any TLS: as in the toolkit, the other keys alone do not say so.
    fn is_on(&self) -> bool {
        let keys = [
            &self.cert,
            &self.key,
            &self.cert_file,
            &self.key_file,
            &self.client_auth,
            &self.client_ca,
            &self.client_ca_file,
        ];
        keys.into_iter().flatten().any(|text| !text.is_empty())
    }

    fn says_anything(&self) -> bool {
        self.min_version.is_some()
            || self.max_version.is_some()
            || self.cipher_suites.is_some()
            || self.curve_preferences.is_some()
            || self.client_allowed_sans.is_some()
    }
}

/// Checks it; `None` if there is to be no TLS, or something is wrong.
pub(super) fn check(raw: &RawTls, at: &Key, desk: &mut Desk<'_>) -> Option<Tls> {
    let versions = abilities::versions(raw, at, &mut desk.report);
    let provider = Arc::new(abilities::provider(raw, at, &mut desk.report));
    if !raw.is_on() {
        if raw.says_anything() {
            desk.warn(at, "names no certificate, so that there is no TLS");
        }
        return None;
    }
    let presented = presented(raw, at, &provider, desk);
    let judge = clients::check(raw, at, &provider, desk);
    let (presented, end) = presented?;
    let with = (&presented, judge);
    let config = spoken(raw, (provider, &versions?), with, at, desk)?;
    Some(Tls {
        config: Arc::new(config),
        end,
    })
}

fn presented(
    raw: &RawTls,
    at: &Key,
    provider: &CryptoProvider,
    desk: &mut Desk<'_>,
) -> Option<Presented> {
    let chain = Pem::needed(("cert", raw.cert.as_deref()), "cert_file", at, desk);
    let key = Pem::needed(("key", raw.key.as_deref()), "key_file", at, desk);
    certificate::check(chain.as_ref(), key.as_ref(), provider, desk)
}

/// Who judges certificates of clients, if they are asked for one.
type Judge = Arc<dyn ClientCertVerifier>;

fn spoken(
    raw: &RawTls,
    (provider, versions): (Arc<CryptoProvider>, &Versions),
    (presented, judge): (&Arc<CertifiedKey>, Option<Judge>),
    at: &Key,
    desk: &mut Desk<'_>,
) -> Option<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions);
    let text = "must have a suite for the versions from min_version to max_version";
    let builder = builder.map_err(|_| text);
    let builder = desk.report.accept(&at.key("cipher_suites"), builder)?;
    let asks_clients = judge.is_some();
    let builder = match judge {
        Some(judge) => builder.with_client_cert_verifier(judge),
        None => builder.with_no_client_auth(),
    };
    let certificate = SingleCertAndKey::from(Arc::clone(presented));
    let mut config = builder.with_cert_resolver(Arc::new(certificate));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ignore_client_order = raw.prefer_server_cipher_suites.unwrap_or(true);
    if asks_clients {
        // Whoever comes again shows the certificate again: it may have ended meanwhile.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    Some(config)
}
