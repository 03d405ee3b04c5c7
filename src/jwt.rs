//! Decode: a token → its [`Claims`]. The door to the crate `jsonwebtoken`.
//!
//! Two kinds of tokens come here. An access token is verified, as APIcast does it: `apicast` has the rules, `keys` the key set.
//!
//! **Nothing else is verified.** An Initial Access Token is signed with the realm's own HMAC key (HS256 up to Keycloak 23,
//! HS512 from 24), which never leaves the server: nobody outside can check the signature. What is read here is fit to
//! show a date and to raise an alarm, and for nothing else.

mod apicast;
mod keys;
mod sample;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    model::{Claims, Expiry, Reason, TokenType, UnixTime},
    secret::SecretText,
};

pub use apicast::{Issuer, Verified, issued_unverified, verify_as_apicast};
pub use keys::KeySet;
pub use sample::SampleKey;

/// The longest token that is looked at, in bytes. Keycloak's are about 700.
const LONGEST_TOKEN: usize = 16 * 1024;

/// The claim `typ` of an Initial Access Token (Keycloak's `ClientRegistrationTokenUtils`).
const INITIAL_ACCESS_TOKEN: &str = "InitialAccessToken";
/// Up to 2^53 every whole number is exact in a JSON number.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The claims that matter, **without checking the signature**.
///
/// # Errors
///
/// [`Reason::TooLarge`] above 16 KiB, [`Reason::NotAToken`] if this is no JWT or if `exp` is not a number.
pub fn claims_unverified(token: &SecretText) -> Result<Claims, Reason> {
    let claims = all_claims_unverified(token)?;
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    Ok(Claims {
        id: claim("jti").map(str::to_owned),
        issuer: claim("iss").map(Arc::from),
        token_type: match claim("typ") {
            Some(INITIAL_ACCESS_TOKEN) => TokenType::InitialAccess,
            _ => TokenType::Other,
        },
        issued: claims.get("iat").and_then(numeric_date),
        expiry: expiry(claims.get("exp"))?,
    })
}

/// Every claim as it stands in the token, **without checking the signature**.
///
/// # Errors
///
/// [`Reason::TooLarge`] above 16 KiB, [`Reason::NotAToken`] if this is no JWT.
pub fn all_claims_unverified(token: &SecretText) -> Result<Map<String, Value>, Reason> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the decoder is one of the two doors for secrets"
    )]
    let text = token.reveal();
    if text.len() > LONGEST_TOKEN {
        return Err(Reason::TooLarge);
    }
    if !is_compact_jws(text) {
        return Err(Reason::NotAToken);
    }
    jsonwebtoken::dangerous::insecure_decode_claims(text)
        .map_err(|_may_quote_the_token| Reason::NotAToken)
}

/// Three parts of base64url. The crate itself also takes `Bearer x.y.z` and a junk header (observed in 11.1).
fn is_compact_jws(text: &str) -> bool {
    let is_base64url = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3 && parts.into_iter().all(is_base64url)
}

/// A wrong kind of `exp` makes the token unusable for us: to guess would be a false all-clear or a false alarm.
fn expiry(exp: Option<&Value>) -> Result<Expiry, Reason> {
    match exp {
        None | Some(Value::Null) => Ok(Expiry::Never),
        Some(value) => match numeric_date(value) {
            None => Err(Reason::NotAToken),
            Some(instant) if instant.seconds() == 0 => Ok(Expiry::Never),
            Some(instant) => Ok(Expiry::At(instant)),
        },
    }
}

/// A `NumericDate` of RFC 7519: a number of seconds, which may have a fraction (dropped).
fn numeric_date(value: &Value) -> Option<UnixTime> {
    if let Some(seconds) = value.as_i64() {
        return Some(UnixTime::from_seconds(seconds));
    }
    let seconds = value.as_f64()?.floor();
    if !(-EXACT..=EXACT).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "a whole number below 2^53 in magnitude"
    )]
    Some(UnixTime::from_seconds(seconds as i64))
}

/// Signs claims with a key of our own making, as Keycloak signs an Initial Access Token (HS512): for samples and tests. No
/// identity provider will accept the result.
///
/// # Errors
///
/// [`Reason::Internal`] if signing fails.
pub fn sign_sample(claims: &Value, key: &[u8]) -> Result<String, Reason> {
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS512);
    let key = jsonwebtoken::EncodingKey::from_secret(key);
    jsonwebtoken::encode(&header, claims, &key).map_err(|_may_quote_claims| Reason::Internal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> SecretText {
        SecretText::new(sign_sample(claims, b"key of a test").unwrap())
    }

    fn expiry_of(exp: &Value) -> Result<Expiry, Reason> {
        claims_unverified(&token(&json!({"exp": exp}))).map(|claims| claims.expiry)
    }

    #[test]
    fn zero_null_and_missing_mean_never() {
        assert_eq!(expiry_of(&json!(0)), Ok(Expiry::Never));
        assert_eq!(expiry_of(&json!(null)), Ok(Expiry::Never));
        assert_eq!(
            claims_unverified(&token(&json!({}))).unwrap().expiry,
            Expiry::Never
        );
    }

    #[test]
    fn any_number_of_seconds_is_an_instant() {
        for (exp, seconds) in [
            (json!(1_800_000_000), 1_800_000_000),
            (json!(1_800_000_000.75), 1_800_000_000),
            (json!(-499_601_760), -499_601_760),
            (json!(1_800_000_000_000_i64), 1_800_000_000_000),
        ] {
            assert_eq!(
                expiry_of(&exp),
                Ok(Expiry::At(UnixTime::from_seconds(seconds))),
                "{exp}"
            );
        }
    }

    #[test]
    fn an_exp_that_is_no_number_is_refused() {
        for exp in [
            json!("1800000000"),
            json!(true),
            json!({}),
            json!([1]),
            json!(1e30),
            json!(u64::MAX),
        ] {
            assert_eq!(expiry_of(&exp), Err(Reason::NotAToken), "{exp}");
        }
    }

    #[test]
    fn what_is_not_three_parts_of_base64url_is_no_token() {
        for text in [
            "",
            "a.b",
            "a.b.c.d",
            "Bearer a.b.c",
            "a.b.c\n",
            "..",
            "a.b=.c",
            "hvs.CAESI",
            "{\"a\": 1}",
            "ä.b.c",
        ] {
            let token = SecretText::new(text.to_owned());
            assert_eq!(claims_unverified(&token), Err(Reason::NotAToken), "{text}");
        }
    }

    #[test]
    fn a_token_of_a_mebibyte_is_too_large() {
        let token = SecretText::new(format!("a.{}.c", "b".repeat(1 << 20)));
        assert_eq!(claims_unverified(&token), Err(Reason::TooLarge));
    }

    #[test]
    fn an_unknown_algorithm_does_not_hide_the_claims() {
        // {"alg":"ES9000"} . {"exp":7,"typ":"InitialAccessToken"} . x
        let token = SecretText::new(
            "eyJhbGciOiJFUzkwMDAifQ.eyJleHAiOjcsInR5cCI6IkluaXRpYWxBY2Nlc3NUb2tlbiJ9.eA".to_owned(),
        );
        assert_eq!(
            claims_unverified(&token).unwrap().expiry,
            Expiry::At(UnixTime::from_seconds(7))
        );
    }

    proptest! {
        #[test]
        fn decoding_any_text_gives_claims_or_a_reason(text in "\\PC{0,200}|[A-Za-z0-9_.-]{0,200}") {
            let _any = claims_unverified(&SecretText::new(text));
        }

        #[test]
        fn any_whole_exp_but_zero_comes_back_as_it_went_in(exp in prop::num::i64::ANY) {
            prop_assume!(exp != 0);
            prop_assert_eq!(expiry_of(&json!(exp)), Ok(Expiry::At(UnixTime::from_seconds(exp))));
        }
    }
}
