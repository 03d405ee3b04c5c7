//! Ask the world: one read of the secret. Secrets end here.

use std::sync::Arc;

use crate::{
    jwt,
    model::{Claims, Failure, Reason, TokenType, UnixTime},
    secret::SecretText,
    store::Store,
};

use super::{config::InitialAccessToken, shape};

/// What one look brought: claims, never a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The token in use.
    pub current: Claims,
    /// The token before it, if the secret keeps one and it can be decoded.
    pub previous: Option<Claims>,
    /// The issuer that the token should name: from the configuration, else from the secret's own `url`.
    pub expected_issuer: Option<Arc<str>>,
    /// When this version of the secret was written, where the store knows.
    pub written: Option<UnixTime>,
    /// The number of registrations left that stands beside the token, if there is one.
    pub field: Option<i64>,
}

/// Reads the secret of one target and decodes what is in it.
///
/// # Errors
///
/// Why there is nothing to see: the store's reason, or what is wrong with the secret or the token.
pub async fn look(wanted: &InitialAccessToken, store: &Store) -> Result<Seen, Failure> {
    let secret = store.read(&wanted.path).await?;
    let found = shape::find(&secret.content, wanted.pointers.as_ref())?;
    let mut current = claims(&found.current)?;
    let field = wanted.clients.field.as_deref();
    let configured = wanted
        .identity_provider
        .as_ref()
        .map(|provider| Arc::clone(&provider.issuer));
    let expected_issuer = configured.or(found.url);
    if current.issuer == expected_issuer {
        // One text for both: with ten thousand targets that is a megabyte.
        current.issuer.clone_from(&expected_issuer);
    }
    Ok(Seen {
        current,
        // A damaged previous token harms nobody: the current one is what registers clients.
        previous: found
            .previous
            .and_then(|token| jwt::claims_unverified(&token).ok()),
        expected_issuer,
        written: secret.written,
        field: field.and_then(|pointer| secret.content.public_number(pointer)),
    })
}

/// The claims of a token, if it is an Initial Access Token.
pub(super) fn claims(token: &SecretText) -> Result<Claims, Reason> {
    let claims = jwt::claims_unverified(token)?;
    match claims.token_type {
        TokenType::InitialAccess => Ok(claims),
        TokenType::Other => Err(Reason::WrongTokenType),
    }
}
