//! Verify an access token exactly as APIcast does (`gateway/src/apicast/oauth/oidc.lua`, with lua-resty-jwt 0.2.4).
//!
//! lua-resty-jwt looks at the claims before the signature; here it is the other way round, since the claims of a token that nobody
//! signed say nothing. What is refused is the same.
//!
//! One difference is wanted: a token that is signed by HMAC is always refused. APIcast would try the public key as the secret where
//! the key does not say its algorithm, and that key is no secret.

use std::{fmt, str::FromStr};

use jsonwebtoken::{Algorithm, DecodingKey, crypto, dangerous};
use serde_json::{Map, Value};

use super::{
    is_compact_jws,
    keys::{KeySet, Material},
    numeric_date,
};
use crate::{
    model::{Cause, UnixTime},
    secret::SecretText,
};

/// The longest access token that is looked at, in bytes: one of an account with hundreds of roles.
const LONGEST_TOKEN: usize = 128 * 1024;

/// What lua-resty-jwt 0.2.4 verifies, but for ES512 (P-521), which we cannot, and HMAC.
const VERIFIABLE: [&str; 3] = ["RS256", "RS512", "ES256"];

/// An access token that APIcast would take.
pub struct Verified {
    claims: Map<String, Value>,
}

/// What is known beforehand of whoever issues tokens.
pub struct Issuer<'a> {
    /// The issuer, as the discovery document names itself.
    pub name: &'a str,
    /// `id_token_signing_alg_values_supported` of the discovery document.
    pub algorithms: &'a [String],
    /// Its keys.
    pub keys: &'a KeySet,
}

/// A token, taken apart and not verified yet.
struct Parts<'a> {
    /// Header and claims as they were signed.
    message: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

/// Whether APIcast would take this token at `now`, and why not, in the order in which APIcast asks.
///
/// A token whose `exp` is this very second has expired: lua-resty-jwt wants `exp > now` by a clock with fractions.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn verify_as_apicast(
    token: &SecretText,
    issuer: &Issuer<'_>,
    now: UnixTime,
) -> Result<Verified, Cause> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the decoder is one of the two doors for secrets"
    )]
    let parts = Parts::of(token.reveal()).ok_or(Cause::NotAToken)?;
    parts.check_signature(issuer)?;
    check_claims(&parts.claims, issuer.name, now)?;
    Ok(Verified {
        claims: parts.claims,
    })
}

/// The claim `iat`, **without checking the signature**: when the clock of whoever signed it showed this.
pub fn issued_unverified(token: &SecretText) -> Option<UnixTime> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the decoder is one of the two doors for secrets"
    )]
    let parts = Parts::of(token.reveal())?;
    parts.claims.get("iat").and_then(numeric_date)
}

impl Verified {
    /// Whether the token carries this role of this client (Keycloak's `resource_access`); `None` if it says nothing about the client:
    /// lightweight tokens carry no roles at all.
    pub fn has_role(&self, client: &str, role: &str) -> Option<bool> {
        let access = self.claims.get("resource_access")?.get(client)?;
        let roles = access.get("roles")?.as_array()?;
        Some(roles.iter().any(|carried| carried.as_str() == Some(role)))
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").finish_non_exhaustive()
    }
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST_TOKEN || !is_compact_jws(token) {
            return None;
        }
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self {
            message,
            signature,
            header: object(header)?,
            claims: object(claims)?,
        })
    }

    fn check_signature(&self, issuer: &Issuer<'_>) -> Result<(), Cause> {
        let header = |name: &str| self.header.get(name).and_then(Value::as_str);
        let listed = |alg: &&str| issuer.algorithms.iter().any(|listed| listed == alg);
        let alg = header("alg").filter(listed).ok_or(Cause::AlgNotListed)?;
        let key = header("kid").and_then(|kid| issuer.keys.get(kid));
        let key = key.ok_or(Cause::KidUnknown)?;
        if key.alg.as_deref().is_some_and(|of_key| of_key != alg) {
            return Err(Cause::AlgMismatch);
        }
        let Material::Usable(material) = &key.material else {
            return Err(Cause::AlgUnsupported);
        };
        let is_signed = is_signed_by(self, material, algorithm(alg)?);
        is_signed.then_some(()).ok_or(Cause::Signature)
    }
}

/// The algorithm of that name, if APIcast verifies it.
fn algorithm(name: &str) -> Result<Algorithm, Cause> {
    if name == "HS256" || name == "HS512" {
        return Err(Cause::Signature);
    }
    let known = VERIFIABLE
        .contains(&name)
        .then(|| Algorithm::from_str(name));
    known.and_then(Result::ok).ok_or(Cause::AlgUnsupported)
}

fn is_signed_by(parts: &Parts<'_>, key: &DecodingKey, algorithm: Algorithm) -> bool {
    let message = parts.message.as_bytes();
    key.family() == algorithm.family()
        && crypto::verify(parts.signature, message, key, algorithm).is_ok_and(|signed| signed)
}

/// A part of a token as an object. The crate decodes the middle of three parts, whatever it is.
fn object(part: &str) -> Option<Map<String, Value>> {
    dangerous::insecure_decode_claims(format!("e30.{part}.e30")).ok()
}

fn check_claims(claims: &Map<String, Value>, issuer: &str, now: UnixTime) -> Result<(), Cause> {
    let claim = |name: &str| claims.get(name);
    let has = |name: &str| {
        claim(name).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)))
    };
    let is_absent_or = |name: &str, holds: &dyn Fn(&Value) -> bool| claim(name).is_none_or(holds);
    let now = now.as_sample();
    let checks = [
        (
            Cause::Iss,
            claim("iss").and_then(Value::as_str) == Some(issuer),
        ),
        (Cause::Sub, has("sub")),
        (Cause::Aud, has("aud")),
        (
            Cause::Exp,
            claim("exp")
                .and_then(Value::as_f64)
                .is_some_and(|exp| exp.floor() > now),
        ),
        (
            Cause::Nbf,
            is_absent_or("nbf", &|nbf| {
                nbf.as_f64().is_some_and(|nbf| (0.0..=now).contains(&nbf))
            }),
        ),
        (
            Cause::Iat,
            is_absent_or("iat", &|iat| iat.as_f64().is_some_and(|iat| iat > 0.0)),
        ),
        (
            Cause::Typ,
            is_absent_or("typ", &|typ| typ.as_str() == Some("Bearer")),
        ),
        (Cause::Azp, claim("azp").is_some_and(names_an_application)),
    ];
    let broken = checks.into_iter().find(|(_, holds)| !holds);
    broken.map_or(Ok(()), |(cause, _)| Err(cause))
}

/// A text, or a list that begins with one.
fn names_an_application(azp: &Value) -> bool {
    let first = match azp {
        Value::Array(list) => list.first().and_then(Value::as_str),
        other => other.as_str(),
    };
    first.is_some_and(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
