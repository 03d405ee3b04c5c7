//! Should the server register the client after all: away with it, by the token that it gave for this client alone.

use http::Method;
use serde::Deserialize;
use tokio::time::Instant;

use crate::{
    keycloak::{
        answer::{Answer, MOST_BYTES},
        issuer::Issuer,
        link::{Call, Link},
    },
    model::Rehearsal,
    secret::SecretText,
};

/// What a success says about the client (Keycloak's `ClientRepresentation`). Its secret stands there too, and is not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    id: Option<String>,
    client_id: Option<String>,
    registration_access_token: Option<String>,
}

/// What a success of the registration of `client_id` means; `None` if it names no client, as the page of a proxy does not.
pub(super) async fn undo(
    (link, issuer): (&Link, &Issuer),
    answer: &Answer,
    client_id: &str,
    deadline: Instant,
) -> Option<Rehearsal> {
    let registered: Registered = answer.parse().ok()?;
    if registered.id.is_none() && registered.client_id.is_none() {
        return None;
    }
    // A client that was there before has the same name: only what the server says to have created is deleted.
    let deleted = match registered.registration_access_token {
        Some(token) if answer.status == 201 => {
            let id = registered.client_id.as_deref().unwrap_or(client_id);
            delete((link, issuer), id, &SecretText::new(token), deadline).await
        }
        _ => false,
    };
    Some(Rehearsal::Registered { deleted })
}

/// Deletes a client, and says whether the server did. The address is built here: none out of an answer is followed.
async fn delete(
    (link, issuer): (&Link, &Issuer),
    client_id: &str,
    token: &SecretText,
    deadline: Instant,
) -> bool {
    let call = Call {
        method: Method::DELETE,
        url: issuer.registration(client_id),
        bearer: Some(token),
        body: None,
        most_bytes: MOST_BYTES,
        deadline,
        is_repeatable: true,
    };
    let answer = link.ask(call).await;
    answer.is_ok_and(|answer| matches!(answer.status, 200 | 204))
}
