//! Section `stores.<name>.vault`.

use crate::store::settings::{ClientCertificate, KvVersion, Vault};
use std::{collections::BTreeMap, ops::RangeInclusive};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::{address, problems::Key, report::Report, text};

use super::auth::{self, RawAuth};

/// How large the largest response may be, in bytes.
const RESPONSES: RangeInclusive<usize> = 1_024..=67_108_864;

/// A Vault or OpenBao server, and how kcwatch logs in there.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Vault")]
#[serde(deny_unknown_fields)]
pub(super) struct RawVault {
    /// Scheme, host and port of the server, such as `https://vault.devshift.net`.
    #[schemars(required)]
    address: Option<String>,
    /// The namespace of Vault Enterprise or OpenBao to work in; `null`: none.
    #[serde(default)]
    namespace: Option<String>,
    /// A PEM file with the only certificate authorities that are trusted; `null`: those of the system.
    #[serde(default)]
    ca_file: Option<String>,
    /// The certificate that kcwatch shows to the server; `null`: none.
    #[serde(default)]
    client_certificate: Option<RawClientCertificate>,
    /// How kcwatch logs in.
    #[schemars(required)]
    auth: Option<RawAuth>,
    /// KV engines whose version is stated instead of found out: mount path to `1` or `2`.
    #[serde(default)]
    mounts: BTreeMap<String, RawKvVersion>,
    /// The largest response that is read, in bytes.
    #[serde(default = "one_mebibyte")]
    #[schemars(range(min = 1024, max = 67_108_864))]
    max_response_bytes: i64,
}

fn one_mebibyte() -> i64 {
    1_048_576
}

/// The version of a KV secrets engine.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KvVersion", inline, extend("enum" = [1, 2]))]
struct RawKvVersion(i64);

/// A client certificate and its key.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ClientCertificate")]
#[serde(deny_unknown_fields)]
struct RawClientCertificate {
    /// A PEM file with the certificate and its chain.
    #[schemars(required)]
    certificate_file: Option<String>,
    /// A PEM file with its private key (PKCS#8).
    #[schemars(required)]
    key_file: Option<String>,
}

pub(super) fn check(raw: RawVault, at: &Key, report: &mut Report) -> Option<Vault> {
    let address = check_address(raw.address, &at.key("address"), report);
    let namespace = text::optional(raw.namespace, &at.key("namespace"), report);
    let ca_file = text::optional(raw.ca_file, &at.key("ca_file"), report);
    let certificate = raw
        .client_certificate
        .map(|raw| client_certificate(raw, &at.key("client_certificate"), report));
    let auth = auth::check(raw.auth, &at.key("auth"), report);
    let mounts = mounts(raw.mounts, &at.key("mounts"), report);
    let largest = at.key("max_response_bytes");
    let max_response_bytes = response_bytes(raw.max_response_bytes, &largest, report);
    Some(Vault {
        address: address?,
        namespace,
        ca_file: ca_file.map(Into::into),
        client_certificate: certificate.flatten(),
        auth: auth?,
        mounts,
        max_response_bytes: max_response_bytes?,
    })
}

fn check_address(raw: Option<String>, at: &Key, report: &mut Report) -> Option<Url> {
    let what = "the server, such as https://vault.devshift.net";
    let text = report.required(at, raw, what)?;
    report.accept(at, address::server(&text))
}

fn client_certificate(
    raw: RawClientCertificate,
    at: &Key,
    report: &mut Report,
) -> Option<ClientCertificate> {
    let mut file = |raw, key| text::path(raw, &at.key(key), "a PEM file", report);
    let certificate_file = file(raw.certificate_file, "certificate_file");
    let key_file = file(raw.key_file, "key_file");
    Some(ClientCertificate {
        certificate_file: certificate_file?,
        key_file: key_file?,
    })
}

fn mounts(
    raw: BTreeMap<String, RawKvVersion>,
    at: &Key,
    report: &mut Report,
) -> BTreeMap<String, KvVersion> {
    let mut taken = BTreeMap::new();
    for (name, version) in raw {
        let at = at.key(&name);
        let name = text::mount(name, &at, report);
        if let (Some(name), Some(version)) = (name, kv_version(version, &at, report)) {
            taken.insert(name, version);
        }
    }
    taken
}

fn kv_version(raw: RawKvVersion, at: &Key, report: &mut Report) -> Option<KvVersion> {
    match raw.0 {
        1 => Some(KvVersion::V1),
        2 => Some(KvVersion::V2),
        number => {
            report.refuse(at, format!("must be 1 or 2, found {number}"));
            None
        }
    }
}

fn response_bytes(raw: i64, at: &Key, report: &mut Report) -> Option<usize> {
    let taken = usize::try_from(raw)
        .ok()
        .filter(|bytes| RESPONSES.contains(bytes));
    if taken.is_none() {
        let (least, most) = RESPONSES.into_inner();
        let text = format!("must be from {least} (1 KiB) to {most} (64 MiB), found {raw}");
        report.refuse(at, text);
    }
    taken
}
