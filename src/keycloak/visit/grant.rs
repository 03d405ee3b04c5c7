//! A login with the credentials of a client (RFC 6749, 4.4), and what a refusal means.

use serde::Deserialize;

use crate::{model::Cause, secret::SecretText};

use super::{page::Page, trouble::Trouble};

/// RFC 6749, 5.1.
#[derive(Deserialize)]
struct Grant {
    #[serde(default)]
    access_token: String,
}

/// How Keycloak says that a client has no service account (observed on 15, 18 and 26).
const NO_SERVICE_ACCOUNT: &str = "Client not enabled to retrieve service account";

/// How it says that the client is public (observed on 18 and 26).
const PUBLIC: &str = "Public client not allowed to retrieve service account";

/// How 18 answers, with 400, if the client is switched off; a wrong secret is another text there.
const SWITCHED_OFF: &str = "Invalid client credentials";

/// The access token in an answer of the token endpoint.
///
/// # Errors
///
/// Why there is none.
pub(super) fn granted(page: Page) -> Result<SecretText, Trouble> {
    if matches!(page.status, 400 | 401 | 403) {
        return Err(refusal(&page));
    }
    let grant: Grant = page.json()?.parse()?;
    let token = SecretText::new(grant.access_token);
    if token.is_empty() {
        return Err(Cause::NoAccessToken.into());
    }
    Ok(token)
}

/// What was observed on 15, 18 and 26: 401 for all of these, 400 in some versions (keycloak/keycloak#11741). An expired secret is
/// refused like a wrong one.
fn refusal(page: &Page) -> Trouble {
    let Some(said) = page.refusal() else {
        return Cause::UnexpectedStatus.into();
    };
    let cause = match said.error.as_str() {
        _ if page.insists_on_tls() => Cause::HttpsRequired,
        "unauthorized_client" if said.error_description == NO_SERVICE_ACCOUNT => {
            Cause::ServiceAccountOff
        }
        "unauthorized_client" if said.error_description == PUBLIC => Cause::NotConfidential,
        "unauthorized_client" if page.status == 400 && said.error_description == SWITCHED_OFF => {
            Cause::ClientUnknownOrDisabled
        }
        "unauthorized_client" => Cause::SecretRefused,
        "invalid_client" => Cause::ClientUnknownOrDisabled,
        _ => Cause::Refused,
    };
    cause.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(status: u16, body: &[u8]) -> Page {
        Page {
            status,
            media_type: "application/json".to_owned(),
            retry_after: None,
            body: body.to_vec(),
        }
    }

    fn outcome(status: u16, body: &str) -> Option<Cause> {
        let granted = granted(page(status, body.as_bytes()));
        granted.err().and_then(Trouble::cause)
    }

    #[test]
    fn each_refusal_has_its_cause() {
        for (status, error, description, cause) in [
            (
                401,
                "unauthorized_client",
                "Invalid client secret",
                Cause::SecretRefused,
            ),
            (
                401,
                "unauthorized_client",
                "Invalid client or Invalid client credentials",
                Cause::SecretRefused,
            ),
            (
                400,
                "unauthorized_client",
                "INVALID_CREDENTIALS: Invalid client credentials",
                Cause::SecretRefused,
            ),
            (
                401,
                "invalid_client",
                "Invalid client or Invalid client credentials",
                Cause::ClientUnknownOrDisabled,
            ),
            (
                400,
                "invalid_client",
                "Client is not enabled",
                Cause::ClientUnknownOrDisabled,
            ),
            (
                401,
                "unauthorized_client",
                NO_SERVICE_ACCOUNT,
                Cause::ServiceAccountOff,
            ),
            (
                403,
                "invalid_request",
                "HTTPS required",
                Cause::HttpsRequired,
            ),
            (403, "access_denied", "no", Cause::Refused),
            (
                400,
                "unsupported_grant_type",
                "Unsupported grant_type",
                Cause::Refused,
            ),
            (400, "invalid_grant", "", Cause::Refused),
        ] {
            let body = serde_json::json!({"error": error, "error_description": description});
            assert_eq!(outcome(status, &body.to_string()), Some(cause), "{body}");
        }
    }

    #[test]
    fn what_keycloak_18_says_otherwise_has_its_cause() {
        for (status, description, cause) in [
            (400, SWITCHED_OFF, Cause::ClientUnknownOrDisabled),
            (401, SWITCHED_OFF, Cause::SecretRefused),
            (401, PUBLIC, Cause::NotConfidential),
        ] {
            let body = serde_json::json!({
                "error": "unauthorized_client", "error_description": description,
            });
            assert_eq!(outcome(status, &body.to_string()), Some(cause), "{body}");
        }
    }

    #[test]
    fn what_is_no_refusal_in_words_and_no_token_has_its_cause() {
        for (status, body, cause) in [
            (401, "<html>", Cause::UnexpectedStatus),
            (404, "{}", Cause::NotFound),
            (302, "", Cause::Redirected),
            (500, "{}", Cause::ServerError),
            (201, "{}", Cause::UnexpectedStatus),
            (200, "<html>", Cause::NotJson),
            (200, "{}", Cause::NoAccessToken),
            (200, r#"{"access_token":""}"#, Cause::NoAccessToken),
        ] {
            assert_eq!(outcome(status, body), Some(cause), "{status} {body}");
        }
        assert_eq!(outcome(200, r#"{"access_token":"a.b.c"}"#), None);
    }

    proptest! {
        #[test]
        fn any_answer_is_a_token_or_trouble(status in 100..600u16, bytes: Vec<u8>, text in "\\PC{0,20}|\\{\"error\":\"\\PC{0,9}\"\\}") {
            drop(granted(page(status, &bytes)));
            drop(granted(page(status, text.as_bytes())));
        }
    }
}
