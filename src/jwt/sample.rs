//! Access tokens of a sample realm, signed with a key of its own, as a realm signs them (ES256): for samples and tests.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk};
use serde_json::{Value, json};

use crate::model::Reason;

/// How the key is called.
const KEY_ID: &str = "sample";

/// A key that was made on the spot.
pub struct SampleKey {
    private: EncodingKey,
    /// As it stands in a key set (RFC 7517).
    public: Value,
}

impl SampleKey {
    /// Another one each time.
    ///
    /// # Errors
    ///
    /// [`Reason::Internal`] if none can be made.
    pub fn generate() -> Result<Self, Reason> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
        let pair = pair.map_err(|_| Reason::Internal)?;
        let private = EncodingKey::from_ec_der(pair.as_ref());
        let public = Jwk::from_encoding_key(&private, Algorithm::ES256);
        let public = public.map_err(|_| Reason::Internal)?;
        let mut public = serde_json::to_value(public).map_err(|_| Reason::Internal)?;
        if let Some(fields) = public.as_object_mut() {
            fields.insert("kid".to_owned(), KEY_ID.into());
            fields.insert("use".to_owned(), "sig".into());
        }
        Ok(Self { private, public })
    }

    /// The key set in which it stands alone.
    pub fn key_set(&self) -> Value {
        json!({"keys": [self.public]})
    }

    /// A token with these claims.
    ///
    /// # Errors
    ///
    /// [`Reason::Internal`] if signing fails.
    pub fn sign(&self, claims: &Value) -> Result<String, Reason> {
        let header = Header {
            kid: Some(KEY_ID.to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        jsonwebtoken::encode(&header, claims, &self.private)
            .map_err(|_may_quote_claims| Reason::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_what_its_key_set_verifies() {
        let (key, other) = (
            SampleKey::generate().unwrap(),
            SampleKey::generate().unwrap(),
        );
        let token = key.sign(&json!({"sub": "somebody"})).unwrap();
        let mut rules = jsonwebtoken::Validation::new(Algorithm::ES256);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        let verified = |key: &SampleKey| {
            let jwk: Jwk = serde_json::from_value(key.public.clone()).unwrap();
            let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
            jsonwebtoken::decode::<Value>(&token, &key, &rules).is_ok()
        };
        assert_eq!((verified(&key), verified(&other)), (true, false));
    }
}
