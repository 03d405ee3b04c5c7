//! What APIcast would take and what not: one row a reason.

use aws_lc_rs::{encoding::AsDer, rsa};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://sso.example.com/auth/realms/a";
const NOW: i64 = 1_800_000_000;

/// The keys of a realm: what signs, and what is told of it.
struct Realm {
    rsa: EncodingKey,
    ec: EncodingKey,
    told: Value,
}

impl Realm {
    fn new() -> Self {
        let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().unwrap();
        // What a private key of 2048 bits has before it in PKCS#8 (RFC 5958): version, algorithm, and the head of an octet string.
        let rsa = EncodingKey::from_rsa_der(&der.as_ref()[26..]);
        let ec = rcgen::KeyPair::generate().unwrap();
        let ec = EncodingKey::from_ec_der(&ec.serialize_der());
        let keys = [
            told("r", &rsa, Algorithm::RS256),
            told("e", &ec, Algorithm::ES256),
        ];
        let told = json!({ "keys": keys });
        Self { rsa, ec, told }
    }

    fn keys(&self) -> KeySet {
        KeySet::parse(self.told.to_string().as_bytes()).unwrap()
    }
}

/// A key as a key set has it.
fn told(kid: &str, key: &EncodingKey, algorithm: Algorithm) -> Value {
    let mut told = Jwk::from_encoding_key(key, algorithm).unwrap();
    told.common.key_id = Some(kid.to_owned());
    told.common.public_key_use = Some(PublicKeyUse::Signature);
    serde_json::to_value(told).unwrap()
}

/// The claims of a service account's token, as Keycloak 26 writes them.
fn claims() -> Value {
    json!({
        "exp": NOW + 60, "iat": NOW, "jti": "trrtcc:1", "iss": ISSUER, "aud": ["realm-management", "account"],
        "sub": "8f3a", "typ": "Bearer", "azp": "zync",
        "resource_access": { "realm-management": { "roles": ["view-clients", "manage-clients"] } },
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn signed(kid: &str, algorithm: Algorithm, claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

/// What is said by a realm that lists these algorithms.
fn verdict(keys: &KeySet, algorithms: &[&str], token: &str) -> Result<(), Cause> {
    let algorithms: Vec<String> = algorithms.iter().map(|alg| (*alg).to_owned()).collect();
    let issuer = Issuer {
        name: ISSUER,
        algorithms: &algorithms,
        keys,
    };
    let token = SecretText::new(token.to_owned());
    verify_as_apicast(&token, &issuer, UnixTime::from_seconds(NOW)).map(drop)
}

/// Keycloak lists algorithms of which it has no key, HMAC included.
const LISTED: [&str; 5] = ["RS256", "ES256", "HS256", "RS512", "PS256"];

/// What is changed and what APIcast says, the claims, and our cause.
#[rustfmt::skip]
fn rows_of_claims() -> Vec<(&'static str, Value, Option<Cause>)> {
    use Cause::{Aud, Azp, Exp, Iat, Iss, Nbf, Sub, Typ};
    vec![
        ("as Keycloak issues it", claims(), None),
        // iss: chain(required, equals_any_of({ issuer }))
        ("iss absent: 'iss' claim is required", without("iss"), Some(Iss)),
        ("iss with a slash at its end: another one", with("iss", json!(format!("{ISSUER}/"))), Some(Iss)),
        ("iss as a list: malformed", with("iss", json!([ISSUER])), Some(Iss)),
        // sub, aud: required
        ("sub absent: 'sub' claim is required", without("sub"), Some(Sub)),
        ("sub null: none", with("sub", json!(null)), Some(Sub)),
        ("sub empty: present", with("sub", json!("")), None),
        ("aud absent: 'aud' claim is required", without("aud"), Some(Aud)),
        ("aud as a text: any value will do", with("aud", json!("account")), None),
        ("aud as an empty list: any value will do", with("aud", json!([])), None),
        // exp: is_not_expired, exp > now without leeway
        ("exp absent: 'exp' claim is required", without("exp"), Some(Exp)),
        ("exp in a second: alive", with("exp", json!(NOW + 1)), None),
        ("exp this second: expired", with("exp", json!(NOW)), Some(Exp)),
        ("exp a second ago: expired", with("exp", json!(NOW - 1)), Some(Exp)),
        ("exp 0: expired", with("exp", json!(0)), Some(Exp)),
        ("exp as a text: malformed", with("exp", json!((NOW + 60).to_string())), Some(Exp)),
        // nbf: opt_is_not_before, nbf <= now without leeway
        ("nbf this second: valid", with("nbf", json!(NOW)), None),
        ("nbf 0: valid", with("nbf", json!(0)), None),
        ("nbf in a second: not valid yet", with("nbf", json!(NOW + 1)), Some(Nbf)),
        ("nbf negative: malformed", with("nbf", json!(-1)), Some(Nbf)),
        ("nbf as a text: malformed", with("nbf", json!("0")), Some(Nbf)),
        // iat: opt_greater_than(0)
        ("iat absent: optional", without("iat"), None),
        ("iat ahead: any time will do", with("iat", json!(NOW + 600)), None),
        ("iat 0: not above 0", with("iat", json!(0)), Some(Iat)),
        ("iat as a text: malformed", with("iat", json!("1")), Some(Iat)),
        // typ: opt_equals_any_of({ 'Bearer' })
        ("typ absent: optional", without("typ"), None),
        ("typ ID: another kind of token", with("typ", json!("ID")), Some(Typ)),
        ("typ in lower case: another word", with("typ", json!("bearer")), Some(Typ)),
        // azp: where the id of the application is read
        ("azp absent: no application", without("azp"), Some(Azp)),
        ("azp as a list: its first entry", with("azp", json!(["zync", "other"])), None),
        ("azp as an empty list: no application", with("azp", json!([])), Some(Azp)),
    ]
}

#[test]
fn a_claim_is_taken_or_refused_as_apicast_does_it() {
    let realm = Realm::new();
    for (row, claims, cause) in rows_of_claims() {
        for (kid, algorithm, key) in [
            ("r", Algorithm::RS256, &realm.rsa),
            ("e", Algorithm::ES256, &realm.ec),
        ] {
            let token = signed(kid, algorithm, &claims, key);
            let said = verdict(&realm.keys(), &LISTED, &token);
            assert_eq!(said.err(), cause, "{row} ({kid})");
        }
    }
}

/// What is changed and what APIcast says, the token, and our cause.
#[rustfmt::skip]
fn rows_of_signatures(realm: &Realm, other: &Realm) -> Vec<(&'static str, String, Option<Cause>)> {
    let good = signed("r", Algorithm::RS256, &claims(), &realm.rsa);
    let (head, tail) = good.rsplit_once('.').unwrap();
    let (_, payload) = head.split_once('.').unwrap();
    let n = realm.told["keys"][0]["n"].as_str().unwrap().to_owned();
    let confused = signed("r", Algorithm::HS256, &claims(), &EncodingKey::from_secret(n.as_bytes()));
    // {"alg":"none","kid":"r"}
    let none = format!("eyJhbGciOiJub25lIiwia2lkIjoiciJ9.{payload}.");
    let nothing = format!("eyJhbGciOiJub25lIiwia2lkIjoiciJ9.{payload}.AA");
    vec![
        ("signed by the key that it names", good.clone(), None),
        ("no JWT", "opaque".to_owned(), Some(Cause::NotAToken)),
        ("alg none, without signature", none, Some(Cause::NotAToken)),
        ("alg none, with one: [jwt] invalid alg", nothing, Some(Cause::AlgNotListed)),
        ("alg not listed: [jwt] invalid alg", signed("r", Algorithm::RS384, &claims(), &realm.rsa), Some(Cause::AlgNotListed)),
        ("kid unknown: [jwk] not found", signed("x", Algorithm::RS256, &claims(), &realm.rsa), Some(Cause::KidUnknown)),
        ("alg of another key: [jwt] alg mismatch", signed("e", Algorithm::RS256, &claims(), &realm.rsa), Some(Cause::AlgMismatch)),
        ("listed, yet not the key's: [jwt] alg mismatch", signed("r", Algorithm::RS512, &claims(), &realm.rsa), Some(Cause::AlgMismatch)),
        ("HS256 with the public key: [jwt] alg mismatch", confused, Some(Cause::AlgMismatch)),
        ("signed by another realm", signed("r", Algorithm::RS256, &claims(), &other.rsa), Some(Cause::Signature)),
        ("other claims than were signed", good.replace(payload, "e30"), Some(Cause::Signature)),
        ("signature cut off", format!("{head}.{}", &tail[..tail.len() - 4]), Some(Cause::Signature)),
    ]
}

#[test]
fn a_signature_is_taken_or_refused_as_apicast_does_it() {
    let (realm, other) = (Realm::new(), Realm::new());
    for (row, token, cause) in rows_of_signatures(&realm, &other) {
        assert_eq!(
            verdict(&realm.keys(), &LISTED, &token).err(),
            cause,
            "{row}"
        );
    }
}

#[test]
fn a_key_that_does_not_say_its_algorithm_is_taken_for_any_that_apicast_verifies_but_hmac() {
    let mut realm = Realm::new();
    for key in realm.told["keys"].as_array_mut().unwrap() {
        key.as_object_mut().unwrap().remove("alg");
    }
    let said = |kid, algorithm, key: &EncodingKey| {
        verdict(
            &realm.keys(),
            &LISTED,
            &signed(kid, algorithm, &claims(), key),
        )
        .err()
    };
    assert_eq!(said("r", Algorithm::RS512, &realm.rsa), None);
    // lua-resty-jwt: "Unsupported algorithm PS256"
    assert_eq!(
        said("r", Algorithm::PS256, &realm.rsa),
        Some(Cause::AlgUnsupported)
    );
    assert_eq!(
        said("e", Algorithm::RS256, &realm.rsa),
        Some(Cause::Signature)
    );
    for secret in ["n", "x", "y"] {
        let listed = realm.told["keys"].as_array().unwrap();
        for (kid, key) in ["r", "e"].into_iter().zip(listed) {
            let text = key[secret].as_str().unwrap_or_default();
            let hmac = EncodingKey::from_secret(text.as_bytes());
            assert_eq!(said(kid, Algorithm::HS256, &hmac), Some(Cause::Signature));
        }
    }
}

#[test]
fn a_token_says_which_roles_it_carries_or_nothing() {
    let realm = Realm::new();
    let verified = |claims: &Value| {
        let token = signed("r", Algorithm::RS256, claims, &realm.rsa);
        let issuer = Issuer {
            name: ISSUER,
            algorithms: &["RS256".to_owned()],
            keys: &realm.keys(),
        };
        verify_as_apicast(
            &SecretText::new(token),
            &issuer,
            UnixTime::from_seconds(NOW),
        )
        .unwrap()
    };
    let full = verified(&claims());
    assert_eq!(
        full.has_role("realm-management", "manage-clients"),
        Some(true)
    );
    assert_eq!(
        full.has_role("realm-management", "manage-realm"),
        Some(false)
    );
    assert_eq!(full.has_role("account", "manage-clients"), None);
    let lightweight = verified(&without("resource_access"));
    assert_eq!(
        lightweight.has_role("realm-management", "manage-clients"),
        None
    );
    assert_eq!(format!("{full:?}"), "Verified { .. }");
}

#[test]
fn the_time_of_signing_is_read_from_tokens_that_are_refused_as_well() {
    let realm = Realm::new();
    let token = signed("x", Algorithm::RS256, &with("exp", json!(1)), &realm.rsa);
    let issued = issued_unverified(&SecretText::new(token));
    assert_eq!(issued, Some(UnixTime::from_seconds(NOW)));
    assert_eq!(
        issued_unverified(&SecretText::new("a.b.c".to_owned())),
        None
    );
}

proptest! {
    #[test]
    fn any_text_is_verified_or_refused(token in "\\PC{0,90}|[A-Za-z0-9_.-]{0,90}|eyJhbGciOiJSUzI1NiJ9\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        let keys = KeySet::parse(br#"{"keys":[{"kid":"a","kty":"RSA","n":"AQAB","e":"AQAB"}]}"#).unwrap();
        prop_assert!(verdict(&keys, &["RS256"], &token).is_err());
    }
}
