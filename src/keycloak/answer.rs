//! What the server said, and which word an unwanted answer has.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};

use crate::model::{Failure, Reason};

/// No answer but a list is larger, in bytes.
pub(super) const MOST_BYTES: usize = 64 * 1024;

/// What a realm that insists on TLS says to plain HTTP, with 403 (observed).
const NEEDS_TLS: &str = "HTTPS required";

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

/// What Keycloak says when it refuses (RFC 6749, 5.2, and RFC 7591, 3.2.2). Texts of its own, no secrets; yet they end here.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_description: String,
}

impl Answer {
    /// The body as what it should be. The parser's own error can quote the body, so it ends here.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| Reason::BadResponse.into())
    }

    /// The words of a refusal; `None` if the body has none, as the page of a proxy in between has none.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.parse().ok()
    }

    /// Why this is not what was asked for, whatever was asked for.
    pub(super) fn failure(&self) -> Failure {
        self.because(match (self.status, self.refusal()) {
            (429, _) => Reason::RateLimited,
            (500..=599, _) => Reason::ServerError,
            (401, Some(_)) => Reason::Unauthenticated,
            (403, Some(said)) if said.error_description == NEEDS_TLS => Reason::Tls,
            (403, Some(_)) => Reason::Denied,
            (404, Some(_)) => Reason::NotFound,
            _ => Reason::BadResponse,
        })
    }

    /// A failure for this reason, with the wait that the server asked for.
    pub(super) fn because(&self, reason: Reason) -> Failure {
        Failure {
            reason,
            retry_after: self.retry_after,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(status: u16, body: &str) -> Reason {
        let answer = Answer {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        answer.failure().reason
    }

    #[test]
    fn each_unwanted_answer_has_its_word() {
        let spoken = r#"{"error":"HTTP 403 Forbidden"}"#;
        let insists = r#"{"error":"invalid_request","error_description":"HTTPS required"}"#;
        let said = [
            (401, spoken),
            (403, spoken),
            (403, insists),
            (404, spoken),
            (429, ""),
            (500, "<html>"),
            (503, spoken),
        ]
        .map(|(status, body)| reason(status, body));
        assert_eq!(
            said,
            [
                Reason::Unauthenticated,
                Reason::Denied,
                Reason::Tls,
                Reason::NotFound,
                Reason::RateLimited,
                Reason::ServerError,
                Reason::ServerError,
            ]
        );
    }

    #[test]
    fn what_does_not_speak_as_keycloak_is_no_word_of_keycloak() {
        let html = "<html>no such site</html>";
        for status in [301, 302, 307, 400, 401, 403, 404, 418] {
            for body in ["", html, "{}", "[]", r#"{"error":{}}"#] {
                assert_eq!(reason(status, body), Reason::BadResponse, "{status} {body}");
            }
        }
    }
}
