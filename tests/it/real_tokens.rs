//! Tokens that a real Keycloak made: `tests/fixtures/tokens/README.md`.

#![cfg(test)]

use kcwatch::{
    jwt,
    model::{Claims, Expiry, TokenType, UnixTime},
    secret::SecretText,
};

fn claims(file: &str) -> Claims {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/tokens/keycloak-26.7.4"
    );
    let text = std::fs::read_to_string(format!("{folder}/{file}.jwt")).unwrap();
    jwt::claims_unverified(&SecretText::new(text.trim().to_owned())).unwrap()
}

#[test]
fn an_initial_access_token_is_read_whole() {
    let claims = claims("iat-30-days");
    let issued = UnixTime::from_seconds(1_795_376_608);
    assert_eq!(claims.token_type, TokenType::InitialAccess);
    assert_eq!(
        claims.id.as_deref(),
        Some("84c92d6c-4384-4751-abcc-35ca5a3403a4")
    );
    assert_eq!(
        claims.issuer.as_deref(),
        Some("http://127.0.0.1:18180/realms/fixtures")
    );
    assert_eq!(claims.issued, Some(issued));
    assert_eq!(
        claims.expiry,
        Expiry::At(UnixTime::from_seconds(1_795_376_608 + 30 * 86_400))
    );
}

#[test]
fn one_without_expiry_never_expires() {
    assert_eq!(claims("iat-never").expiry, Expiry::Never);
}

#[test]
fn one_whose_expiry_overflowed_has_expired() {
    let Expiry::At(end) = claims("iat-overflow").expiry else {
        panic!("it has an end")
    };
    assert!(end.seconds() < 0);
}

#[test]
fn other_tokens_are_no_initial_access_tokens() {
    for file in ["rat", "access"] {
        assert_eq!(claims(file).token_type, TokenType::Other, "{file}");
    }
}
