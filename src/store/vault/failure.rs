//! Unwanted answers → a [`Failure`]; whatever else they hold ends here.

use crate::{
    model::{Failure, Reason},
    store::vault::transport::Answer,
};

/// What Go's HTTP server says to plain HTTP on a TLS port (observed; `net/http/server.go`).
const PLAIN_TO_TLS: &[u8] = b"Client sent an HTTP request to an HTTPS server";

/// The word for an answer that is no success.
pub(super) fn of_answer(answer: &Answer) -> Failure {
    Failure {
        reason: reason_of(answer),
        retry_after: answer.retry_after,
    }
}

fn reason_of(answer: &Answer) -> Reason {
    match answer.status {
        400 if answer.says(PLAIN_TO_TLS) => Reason::Tls,
        403 if answer.is_from_the_server() => Reason::Denied,
        404 if answer.is_from_the_server() => Reason::NotFound,
        429 => Reason::RateLimited,
        // An uninitialised server says that it is sealed, too (observed).
        501 | 503 if answer.says(b"sealed") || answer.says(b"not initialized") => Reason::Sealed,
        500..=599 => Reason::ServerError,
        _ => Reason::BadResponse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn each_unwanted_answer_has_its_word() {
        let said = [
            (400, "Client sent an HTTP request to an HTTPS server.\n"),
            (403, r#"{"errors":["permission denied"]}"#),
            (403, "<html>forbidden by the proxy</html>"),
            (404, r#"{"errors":[]}"#),
            (404, "<html>no such site</html>"),
            (404, ""),
            (429, "slow down"),
            (503, r#"{"errors":["Vault is sealed"]}"#),
            (501, r#"{"errors":["Vault is not initialized"]}"#),
            (503, "<html>no backend</html>"),
            (500, "{}"),
            (307, ""),
            (405, r#"{"errors":[]}"#),
        ]
        .map(|(status, body)| of_answer(&answer(status, body)).reason);
        assert_eq!(
            said,
            [
                Reason::Tls,
                Reason::Denied,
                Reason::BadResponse,
                Reason::NotFound,
                Reason::BadResponse,
                Reason::BadResponse,
                Reason::RateLimited,
                Reason::Sealed,
                Reason::Sealed,
                Reason::ServerError,
                Reason::ServerError,
                Reason::BadResponse,
                Reason::BadResponse,
            ]
        );
    }
}
