//! Tokens as Keycloak mints them, and the secrets they lie in.

use kcwatch::{clock, jwt};
use serde_json::{Value, json};

use super::settings::ISSUER;

pub(crate) const DAY: i64 = 86_400;

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    clock::system()().seconds()
}

/// A token with these claims.
pub(crate) fn signed(claims: &Value) -> String {
    jwt::sign_sample(claims, b"the key of a realm of the tests").unwrap()
}

/// The claims of an Initial Access Token of [`ISSUER`], for thirty days, of which the expiry is given.
pub(crate) fn claims(id: &str, expiry: i64) -> Value {
    json!({
        "exp": expiry, "iat": expiry - 30 * DAY, "jti": id,
        "iss": ISSUER, "aud": ISSUER, "typ": "InitialAccessToken",
    })
}

/// An Initial Access Token that expires then.
pub(crate) fn token(id: &str, expiry: i64) -> String {
    signed(&claims(id, expiry))
}

/// The older shape.
pub(crate) fn older(token: &str) -> Value {
    json!({"url": ISSUER, "initial-access-token": token})
}

/// The newer shape.
pub(crate) fn newer(current: &str, previous: Option<&str>) -> Value {
    let slot = |token: &str| json!({"id": "an-id", "token": token});
    json!({"current_iat": slot(current), "previous_iat": previous.map(slot)})
}

/// A secret of the older shape with a token that expires then.
pub(crate) fn secret(id: &str, expiry: i64) -> Value {
    older(&token(id, expiry))
}
