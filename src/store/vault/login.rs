//! How we log in: credentials out of their files, a token in return.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    time::Duration,
};

use rustify_derive::Endpoint;
use serde::Deserialize;
use vaultrs::api::auth::{
    approle::requests::LoginWithApproleRequest, kubernetes::requests::LoginWithKubernetesRequest,
    oidc::requests::JWTLoginRequest,
};

use crate::{
    model::{Failure, Reason},
    secret::SecretText,
    store::settings::Auth,
    store::{
        regular,
        vault::{
            link::Link,
            transport::{Answer, Terms},
        },
    },
};

/// No credential is larger, in bytes; the largest are JWTs.
const MOST_BYTES: usize = 64 * 1024;

/// Longer lives are cut to this, so that instants cannot overflow: ten years.
const LONGEST_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);

/// What we show to the server, as the files hold it now.
pub(super) struct Credentials<'a> {
    auth: &'a Auth,
    /// The token, the JWT, or the role id.
    first: SecretText,
    /// The secret id.
    second: Option<SecretText>,
}

/// A token that works, and for how long.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) token: SecretText,
    pub(super) lease: Lease,
}

/// How long a token lives from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    /// `None`: for ever.
    pub(super) life: Option<Duration>,
    /// Whether the server would prolong it.
    pub(super) renewable: bool,
}

/// <https://openbao.org/api-docs/auth/token/#lookup-a-token-self>. The type of vaultrs lacks `type` and takes
/// `num_uses` for unsigned, which it is not: the last use shows as -1 (observed).
#[derive(Debug, Endpoint)]
#[endpoint(path = "auth/token/lookup-self")]
pub(super) struct LookupSelf {}

/// <https://openbao.org/api-docs/auth/token/#renew-a-token-self>. The path of the type of vaultrs begins with a tab.
#[derive(Debug, Endpoint)]
#[endpoint(path = "auth/token/renew-self", method = "POST")]
pub(super) struct RenewSelf {}

/// <https://openbao.org/api-docs/auth/token/#revoke-a-token-self>
#[derive(Debug, Endpoint)]
#[endpoint(path = "auth/token/revoke-self", method = "POST")]
pub(super) struct RevokeSelf {}

#[derive(Deserialize)]
struct AuthAnswer {
    auth: AuthInfo,
}

#[derive(Deserialize)]
struct AuthInfo {
    client_token: String,
    #[serde(default)]
    lease_duration: u64,
    #[serde(default)]
    renewable: bool,
}

#[derive(Deserialize)]
struct TokenInfo {
    /// Zero for a token without end, and in the last second of every other.
    ttl: u64,
    /// Null for a token without end.
    #[serde(default)]
    expire_time: Option<String>,
    /// Missing for root tokens (observed).
    #[serde(default)]
    renewable: bool,
    #[serde(default)]
    num_uses: i64,
    #[serde(default, rename = "type")]
    kind: String,
}

impl<'a> Credentials<'a> {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// [`Reason::Unauthenticated`] if one is missing, empty or not one line of text: nothing that a server could
    /// accept.
    pub(super) async fn read(auth: &'a Auth) -> Result<Self, Reason> {
        let (first, second) = match auth {
            Auth::Token { file } => (file, None),
            Auth::Kubernetes { jwt_file, .. } | Auth::Jwt { jwt_file, .. } => (jwt_file, None),
            Auth::Approle {
                role_id_file,
                secret_id_file,
                ..
            } => (role_id_file, Some(secret_id_file)),
        };
        Ok(Self {
            auth,
            first: credential(first).await?,
            second: match second {
                Some(file) => Some(credential(file).await?),
                None => None,
            },
        })
    }

    /// A number that changes when the credentials do.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        reveal(&self.first).hash(&mut hasher);
        self.second.as_ref().map(reveal).hash(&mut hasher);
        hasher.finish()
    }

    /// Logs in.
    ///
    /// # Errors
    ///
    /// [`Reason::Unauthenticated`] if the server refuses, or what else keeps it from answering.
    pub(super) async fn log_in(self, link: &Link, terms: Terms<'_>) -> Result<Granted, Failure> {
        let answer = match self.auth {
            Auth::Token { .. } => return adopt(link, self.first, terms).await,
            Auth::Approle { mount, .. } => link.ask(&self.by_approle(mount), terms).await?,
            Auth::Kubernetes { mount, role, .. } => {
                link.ask(&self.by_kubernetes(mount, role), terms).await?
            }
            Auth::Jwt { mount, role, .. } => link.ask(&self.by_jwt(mount, role), terms).await?,
        };
        granted(answer)
    }

    fn by_approle(&self, mount: &str) -> LoginWithApproleRequest {
        LoginWithApproleRequest {
            mount: trimmed(mount),
            role_id: reveal(&self.first).to_owned(),
            secret_id: self
                .second
                .as_ref()
                .map(reveal)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    fn by_kubernetes(&self, mount: &str, role: &str) -> LoginWithKubernetesRequest {
        LoginWithKubernetesRequest {
            mount: trimmed(mount),
            role: role.to_owned(),
            jwt: reveal(&self.first).to_owned(),
        }
    }

    fn by_jwt(&self, mount: &str, role: &str) -> JWTLoginRequest {
        JWTLoginRequest {
            mount: trimmed(mount),
            jwt: reveal(&self.first).to_owned(),
            role: Some(role.to_owned()),
        }
    }
}

/// Takes over a token that somebody else obtained, once the server says that it lives.
async fn adopt(link: &Link, token: SecretText, terms: Terms<'_>) -> Result<Granted, Failure> {
    let lease = look_up(link, &token, terms.deadline).await;
    match lease {
        Ok(lease) => Ok(Granted { token, lease }),
        Err(failure) => Err(refusal(failure)),
    }
}

/// Asks the server about a token of ours. [`Reason::Denied`] means that the token is dead.
pub(super) async fn look_up(
    link: &Link,
    token: &SecretText,
    deadline: tokio::time::Instant,
) -> Result<Lease, Failure> {
    let terms = Terms {
        token: Some(token),
        deadline,
    };
    let answer = link.ask(&LookupSelf {}, terms).await?.success()?;
    let info: TokenInfo = answer.data()?.ok_or(Reason::BadResponse)?;
    // Each of our calls would burn one use, until the token is dead in the middle of a read.
    if info.num_uses != 0 {
        return Err(Reason::Unauthenticated.into());
    }
    Ok(Lease {
        life: life(info.ttl).or(info.expire_time.map(|_| Duration::ZERO)),
        renewable: info.renewable && info.kind != "batch",
    })
}

/// Prolongs the life of a token, and says how long it is now. [`Reason::Denied`] means that it cannot be.
pub(super) async fn renew(link: &Link, terms: Terms<'_>) -> Result<Lease, Failure> {
    let answer = link.ask(&RenewSelf {}, terms).await?;
    // 400: `lease is not renewable`, `batch tokens cannot be renewed`.
    if answer.status == 400 && answer.is_from_the_server() {
        return Err(Reason::Denied.into());
    }
    let AuthAnswer { auth } = answer.success()?.parse()?;
    // In its last second a token has zero seconds left, which elsewhere means "for ever".
    match lease(&auth) {
        Lease { life: None, .. } => Err(Reason::Denied.into()),
        renewed => Ok(renewed),
    }
}

fn granted(answer: Answer) -> Result<Granted, Failure> {
    if answer.status == 400 && answer.is_from_the_server() {
        return Err(Reason::Unauthenticated.into());
    }
    let AuthAnswer { auth } = answer.success().map_err(refusal)?.parse()?;
    let lease = lease(&auth);
    if is_credential(&auth.client_token) {
        let token = SecretText::new(auth.client_token);
        Ok(Granted { token, lease })
    } else {
        Err(Reason::BadResponse.into())
    }
}

/// On the way in, "not allowed" and "no such thing" both mean that we are not let in.
fn refusal(failure: Failure) -> Failure {
    match failure.reason {
        Reason::Denied | Reason::NotFound => Reason::Unauthenticated.into(),
        _ => failure,
    }
}

fn lease(auth: &AuthInfo) -> Lease {
    Lease {
        life: life(auth.lease_duration),
        renewable: auth.renewable,
    }
}

/// Zero seconds is how the server spells "for ever".
fn life(seconds: u64) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds).min(LONGEST_LIFE))
}

async fn credential(file: &Path) -> Result<SecretText, Reason> {
    let bytes = regular::read_aside(file.to_owned(), MOST_BYTES).await;
    let text = bytes
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map(|text| text.trim().to_owned())
        .filter(|text| is_credential(text))
        .ok_or(Reason::Unauthenticated)?;
    Ok(SecretText::new(text))
}

/// Whether a text can be a token, a JWT or an id. A control character comes of a wrong file, and fits into no header.
fn is_credential(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

fn trimmed(mount: &str) -> String {
    mount.trim_matches('/').to_owned()
}

fn reveal(text: &SecretText) -> &str {
    #[expect(
        clippy::disallowed_methods,
        reason = "our own credentials, on their way to the server"
    )]
    text.reveal()
}
