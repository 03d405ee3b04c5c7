//! Section `stores.<name>.vault.auth`.

use crate::store::settings::Auth;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::{problems::Key, report::Report, schema::exactly_one, text};

use super::only_one;

/// How kcwatch logs in. Credentials are named by file, and read anew at each login.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Auth", transform = exactly_one)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuth {
    /// A token that somebody else keeps alive.
    token: Option<RawToken>,
    /// `AppRole`.
    approle: Option<RawApprole>,
    /// A Kubernetes service account.
    kubernetes: Option<RawKubernetes>,
    /// A JWT of an issuer that the server trusts.
    jwt: Option<RawJwt>,
}

/// A token that somebody else keeps alive.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "TokenAuth")]
#[serde(deny_unknown_fields)]
struct RawToken {
    /// The file that holds the token.
    #[schemars(required)]
    file: Option<String>,
}

/// `AppRole`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ApproleAuth")]
#[serde(deny_unknown_fields)]
struct RawApprole {
    /// Where the auth method is mounted.
    #[serde(default = "approle")]
    mount: String,
    /// The file that holds the role id.
    #[schemars(required)]
    role_id_file: Option<String>,
    /// The file that holds the secret id.
    #[schemars(required)]
    secret_id_file: Option<String>,
}

/// A Kubernetes service account.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "KubernetesAuth")]
#[serde(deny_unknown_fields)]
struct RawKubernetes {
    /// Where the auth method is mounted.
    #[serde(default = "kubernetes")]
    mount: String,
    /// The role to log in as.
    #[schemars(required)]
    role: Option<String>,
    /// The file that holds the token of the service account.
    #[schemars(required)]
    jwt_file: Option<String>,
}

/// A JWT of an issuer that the server trusts.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "JwtAuth")]
#[serde(deny_unknown_fields)]
struct RawJwt {
    /// Where the auth method is mounted.
    #[serde(default = "jwt")]
    mount: String,
    /// The role to log in as.
    #[schemars(required)]
    role: Option<String>,
    /// The file that holds the JWT.
    #[schemars(required)]
    jwt_file: Option<String>,
}

fn approle() -> String {
    "approle".to_owned()
}

fn kubernetes() -> String {
    "kubernetes".to_owned()
}

fn jwt() -> String {
    "jwt".to_owned()
}

impl RawAuth {
    /// Which methods are given.
    fn given(&self) -> [(&'static str, bool); 4] {
        [
            ("token", self.token.is_some()),
            ("approle", self.approle.is_some()),
            ("kubernetes", self.kubernetes.is_some()),
            ("jwt", self.jwt.is_some()),
        ]
    }
}

pub(super) fn check(raw: Option<RawAuth>, at: &Key, report: &mut Report) -> Option<Auth> {
    let raw = report.required(at, raw, "one of token, approle, kubernetes, jwt")?;
    only_one(&raw.given(), at, report)?;
    if let Some(raw) = raw.token {
        return token_auth(raw, &at.key("token"), report);
    }
    if let Some(raw) = raw.approle {
        return approle_auth(raw, &at.key("approle"), report);
    }
    if let Some(raw) = raw.kubernetes {
        return kubernetes_auth(raw, &at.key("kubernetes"), report);
    }
    jwt_auth(raw.jwt?, &at.key("jwt"), report)
}

fn token_auth(raw: RawToken, at: &Key, report: &mut Report) -> Option<Auth> {
    let what = "the file with the token";
    let file = text::path(raw.file, &at.key("file"), what, report)?;
    Some(Auth::Token { file })
}

fn approle_auth(raw: RawApprole, at: &Key, report: &mut Report) -> Option<Auth> {
    let mount = text::mount(raw.mount, &at.key("mount"), report);
    let (role, secret) = ("the file with the role id", "the file with the secret id");
    let role_id_file = text::path(raw.role_id_file, &at.key("role_id_file"), role, report);
    let secret_id_file = text::path(
        raw.secret_id_file,
        &at.key("secret_id_file"),
        secret,
        report,
    );
    Some(Auth::Approle {
        mount: mount?,
        role_id_file: role_id_file?,
        secret_id_file: secret_id_file?,
    })
}

fn kubernetes_auth(raw: RawKubernetes, at: &Key, report: &mut Report) -> Option<Auth> {
    let (mount, role, jwt_file) = role_auth(raw.mount, (raw.role, raw.jwt_file), at, report)?;
    Some(Auth::Kubernetes {
        mount,
        role,
        jwt_file,
    })
}

fn jwt_auth(raw: RawJwt, at: &Key, report: &mut Report) -> Option<Auth> {
    let (mount, role, jwt_file) = role_auth(raw.mount, (raw.role, raw.jwt_file), at, report)?;
    Some(Auth::Jwt {
        mount,
        role,
        jwt_file,
    })
}

/// What the two methods that show a JWT have in common.
fn role_auth(
    mount: String,
    (role, jwt_file): (Option<String>, Option<String>),
    at: &Key,
    report: &mut Report,
) -> Option<(String, String, PathBuf)> {
    let mount = text::mount(mount, &at.key("mount"), report);
    let role = text::required(role, &at.key("role"), "the role to log in as", report);
    let jwt_file = text::path(
        jwt_file,
        &at.key("jwt_file"),
        "the file with the JWT",
        report,
    );
    Some((mount?, role?, jwt_file?))
}
