//! Values that must never be shown.
//!
//! A [`SecretText`] prints as `[REDACTED]` and gives its content to one call, `reveal`,
//! which is banned (`clippy.toml`) outside the doors that need it: `store/vault` sends our own
//! credentials, `jwt` decodes a token, `keycloak` sends both, `service/credentials.rs` sends a password, `web_config/hash.rs` compares
//! one with its hash. A [`SecretDocument`] is what lies at a path of a store.
//!
//! What this cannot promise: `vaultrs`, `rustify`, `reqwest` and `serde_json` hold plain copies of what passes
//! through them and do not wipe them (see `docs/security.md`).

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// A text that must never be shown: a credential, or a token.
pub struct SecretText(SecretString);

impl SecretText {
    /// Takes a text into custody.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        #[expect(clippy::disallowed_methods, reason = "only the length is looked at")]
        self.reveal().is_empty()
    }

    /// The text itself. Every call is an exception with a reason.
    pub(crate) fn reveal(&self) -> &str {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that opens the wrapper; callers need an exception of their own"
        )]
        self.0.expose_secret()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// The content of one secret: any JSON value, as the store holds it.
pub struct SecretDocument(Value);

impl SecretDocument {
    /// Takes a value into custody.
    pub fn new(value: Value) -> Self {
        Self(value)
    }

    /// Whether the content is a JSON object, as all secrets of a KV store are.
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }

    /// Whether something other than `null` stands at a JSON pointer (RFC 6901).
    pub fn has(&self, pointer: &str) -> bool {
        self.0
            .pointer(pointer)
            .is_some_and(|found| !found.is_null())
    }

    /// Whether the object has this field, be it `null`.
    pub fn knows_field(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// The text at a JSON pointer, without the blanks around it; `None` if there is no text.
    pub fn text(&self, pointer: &str) -> Option<SecretText> {
        let text = self.0.pointer(pointer)?.as_str()?.trim();
        Some(SecretText::new(text.to_owned()))
    }

    /// The whole number at a pointer of which we know that it is no secret; also one written as a text, as stores that hold nothing
    /// but texts have it.
    pub fn public_number(&self, pointer: &str) -> Option<i64> {
        let found = self.0.pointer(pointer)?;
        found
            .as_i64()
            .or_else(|| found.as_str()?.trim().parse().ok())
    }

    /// The text at a pointer of which we know that it is no secret, such as the address of an issuer.
    pub fn public_text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer)?.as_str().map(str::trim)
    }
}

impl fmt::Debug for SecretDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}
