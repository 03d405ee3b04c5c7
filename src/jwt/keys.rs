//! A key set (RFC 7517), as APIcast takes it (`gateway/src/resty/oidc/jwk.lua`): a table from `kid` to key.

use std::{collections::BTreeMap, fmt};

use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::model::{Cause, Digest};

/// How the names of algorithms begin that encrypt (RFC 7518, 4.1).
const ENCRYPTIONS: [&str; 6] = ["RSA-OAEP", "RSA1_5", "ECDH-ES", "A", "dir", "PBES2"];

/// The keys of an issuer.
pub struct KeySet {
    keys: BTreeMap<String, Key>,
}

/// One key.
pub(super) struct Key {
    /// The algorithm it is for, if it says so.
    pub(super) alg: Option<String>,
    pub(super) material: Material,
    is_for_encryption: bool,
}

/// What can be done with a key.
pub(super) enum Material {
    /// Signatures can be verified.
    Usable(Box<DecodingKey>),
    /// APIcast could verify signatures with it, we cannot (P-521).
    Foreign,
    /// Nobody could: of no kind that APIcast knows, or damaged. It leaves such keys out.
    Useless,
}

impl KeySet {
    /// Understands the document that `jwks_uri` names.
    ///
    /// # Errors
    ///
    /// Why APIcast could verify no token with it, or not be sure by which key.
    pub fn parse(document: &[u8]) -> Result<Self, Cause> {
        // The parser's own error can quote the document, so it ends here.
        let document: Value = serde_json::from_slice(document).map_err(|_| Cause::NotJson)?;
        let listed = document.get("keys").and_then(Value::as_array);
        let listed = listed
            .filter(|keys| !keys.is_empty())
            .ok_or(Cause::NoKeys)?;
        let mut keys = BTreeMap::new();
        let mut is_unique = true;
        for listed in listed {
            // A key without one breaks the table of APIcast: an index must not be nil.
            let kid = text(listed.as_object(), "kid").ok_or(Cause::KidMissing)?;
            is_unique &= keys
                .insert(kid.to_owned(), Key::understood(listed))
                .is_none();
        }
        let set = Self { keys };
        set.check_use()?;
        is_unique.then_some(set).ok_or(Cause::DuplicateKid)
    }

    /// How many keys sign.
    pub fn signing(&self) -> usize {
        self.signing_kids().count()
    }

    /// Their names, as a digest: another one means that keys came or went.
    pub fn digest(&self) -> Digest {
        let kids: Vec<&str> = self.signing_kids().collect();
        Digest::of(&kids)
    }

    pub(super) fn get(&self, kid: &str) -> Option<&Key> {
        let key = self.keys.get(kid)?;
        (!matches!(key.material, Material::Useless)).then_some(key)
    }

    fn check_use(&self) -> Result<(), Cause> {
        if self.signing() > 0 {
            return Ok(());
        }
        let signs = |key: &Key| !key.is_for_encryption;
        Err(if self.keys.values().any(signs) {
            Cause::UnsupportedKeys
        } else {
            Cause::NoSigningKey
        })
    }

    fn signing_kids(&self) -> impl Iterator<Item = &str> {
        let signs =
            |key: &Key| !key.is_for_encryption && !matches!(key.material, Material::Useless);
        let keys = self.keys.iter().filter(move |(_, key)| signs(key));
        keys.map(|(kid, _)| kid.as_str())
    }
}

impl Key {
    fn understood(listed: &Value) -> Self {
        let fields = listed.as_object();
        let alg = text(fields, "alg");
        let encrypts = |alg: &str| ENCRYPTIONS.iter().any(|begin| alg.starts_with(begin));
        Self {
            is_for_encryption: text(fields, "use") == Some("enc") || alg.is_some_and(encrypts),
            alg: alg.map(str::to_owned),
            material: material(fields).unwrap_or(Material::Useless),
        }
    }
}

/// RSA and elliptic curves: what lua-resty-jwt verifies. `None` if it is damaged, or of another kind.
fn material(fields: Option<&Map<String, Value>>) -> Option<Material> {
    let field = |name| text(fields, name);
    let key = match (field("kty")?, field("crv")) {
        ("RSA", _) => DecodingKey::from_rsa_components(field("n")?, field("e")?),
        ("EC", Some("P-256" | "P-384")) => {
            DecodingKey::from_ec_components(field("x")?, field("y")?)
        }
        ("EC", Some("P-521")) => return Some(Material::Foreign),
        _ => return None,
    };
    Some(Material::Usable(Box::new(key.ok()?)))
}

fn text<'a>(fields: Option<&'a Map<String, Value>>, name: &str) -> Option<&'a str> {
    fields?.get(name)?.as_str()
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<&String> = self.keys.keys().collect();
        f.debug_struct("KeySet").field("kids", &kids).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn rsa(kid: &str) -> Value {
        json!({"kid": kid, "kty": "RSA", "use": "sig", "alg": "RS256", "n": "AQAB", "e": "AQAB"})
    }

    fn with(key: &Value, changes: &Value) -> Value {
        let mut key = key.clone();
        let changes = changes.as_object().unwrap().clone();
        key.as_object_mut().unwrap().extend(changes);
        key
    }

    fn outcome(keys: &Value) -> Result<usize, Cause> {
        let document = json!({"keys": keys}).to_string();
        KeySet::parse(document.as_bytes()).map(|set| set.signing())
    }

    #[test]
    fn a_key_set_holds_a_key_that_signs_or_has_its_cause() {
        let enc = with(&rsa("e"), &json!({"use": "enc", "alg": "RSA-OAEP"}));
        let strange =
            json!({"kid": "o", "kty": "OKP", "crv": "Ed25519", "x": "AQAB", "use": "sig"});
        let damaged = with(&rsa("d"), &json!({"n": "not base64!"}));
        let nameless = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
        let bare = json!({"kid": "b", "kty": "RSA", "n": "AQAB", "e": "AQAB"});
        let curve = json!({"kid": "c", "kty": "EC", "crv": "P-521", "x": "AQAB", "y": "AQAB"});
        for (keys, said) in [
            (json!([rsa("a")]), Ok(1)),
            (json!([rsa("a"), rsa("b"), enc]), Ok(2)),
            (json!([rsa("a"), strange]), Ok(1)),
            (json!([bare, curve]), Ok(2)),
            (json!([]), Err(Cause::NoKeys)),
            (json!({}), Err(Cause::NoKeys)),
            (json!([enc]), Err(Cause::NoSigningKey)),
            (
                json!([with(&bare, &json!({"alg": "RSA-OAEP-256"}))]),
                Err(Cause::NoSigningKey),
            ),
            (json!([strange]), Err(Cause::UnsupportedKeys)),
            (json!([enc, damaged]), Err(Cause::UnsupportedKeys)),
            (json!([rsa("a"), nameless]), Err(Cause::KidMissing)),
            (json!([rsa("a"), "a key"]), Err(Cause::KidMissing)),
            (
                json!([rsa("a"), rsa("b"), rsa("a")]),
                Err(Cause::DuplicateKid),
            ),
        ] {
            assert_eq!(outcome(&keys), said, "{keys}");
        }
        for text in ["", "[", "<html>"] {
            let said = KeySet::parse(text.as_bytes()).err();
            assert_eq!(said, Some(Cause::NotJson), "{text}");
        }
        for text in ["[]", "7", "{}", "null"] {
            let said = KeySet::parse(text.as_bytes()).err();
            assert_eq!(said, Some(Cause::NoKeys), "{text}");
        }
    }

    #[test]
    fn the_digest_tells_whether_keys_came_or_went_and_not_how_they_are_listed() {
        let digest = |keys: Value| {
            let document = json!({"keys": keys}).to_string();
            KeySet::parse(document.as_bytes()).unwrap().digest()
        };
        let enc = with(&rsa("e"), &json!({"use": "enc"}));
        assert_eq!(
            digest(json!([rsa("a"), rsa("b")])),
            digest(json!([rsa("b"), enc, rsa("a")]))
        );
        assert_ne!(
            digest(json!([rsa("a")])),
            digest(json!([rsa("a"), rsa("b")]))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_key_set_or_none(bytes: Vec<u8>) {
            drop(KeySet::parse(&bytes));
        }

        #[test]
        fn any_key_is_understood_or_not(kty in "RSA|EC|OKP|oct", n in "\\PC{0,9}|[A-Za-z0-9_-]{0,9}", crv in "P-256|P-384|x") {
            let key = json!({"kid": "a", "kty": kty, "crv": crv, "n": n, "e": n, "x": n, "y": n});
            let _any = outcome(&json!([key]));
        }
    }
}
