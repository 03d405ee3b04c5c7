//! Ask the world: would a registration work right now? Secrets end here.

use super::{config::InitialAccessToken, look, rehearsed::Answered, shape};
use crate::{
    keycloak::Rehearser,
    model::{Failure, Reason},
    store::Store,
};

/// Reads the token anew and tries a registration with it that cannot succeed. The token is sent to no other place than its
/// own claim `iss`, and not there unless that is the configured issuer.
///
/// # Errors
///
/// Why there is no clear answer.
pub async fn rehearse(
    wanted: &InitialAccessToken,
    store: &Store,
    rehearser: &Rehearser,
) -> Result<Answered, Failure> {
    let secret = store.read(&wanted.path).await?;
    let found = shape::find(&secret.content, wanted.pointers.as_ref())?;
    let claims = look::claims(&found.current)?;
    // Not even the secret's own `url` is trusted here: whoever can write the secret could send us anywhere.
    let expected = wanted
        .identity_provider
        .as_ref()
        .map(|provider| &provider.issuer);
    let issuer = claims.issuer.filter(|issuer| Some(issuer) == expected);
    let answer = rehearser
        .rehearse(&found.current, &issuer.ok_or(Reason::FieldMissing)?)
        .await?;
    Ok(Answered {
        id: claims.id,
        answer,
    })
}
