//! What Keycloak's answer to a registration that cannot succeed means: one table for every version.
//!
//! The texts were read in Keycloak's `ClientRegistrationAuth` and `AbstractClientRegistrationProvider`, and observed on 15, 18 and 26.

use crate::model::{Reason, Rehearsal};

/// One line of the table.
struct Line {
    status: u16,
    error: &'static str,
    /// `None`: whatever it says. Messages of validation and of policies differ by version and by realm.
    description: Option<&'static str>,
    meaning: Result<Rehearsal, Reason>,
}

const fn line(
    status: u16,
    error: &'static str,
    description: Option<&'static str>,
    meaning: Result<Rehearsal, Reason>,
) -> Line {
    Line {
        status,
        error,
        description,
        meaning,
    }
}

#[rustfmt::skip]
const TABLE: [Line; 10] = [
    // The first lock held: the token was taken, and a registration is left.
    line(400, "invalid_client_metadata", Some("Client Identifier in use"), Ok(Rehearsal::Works)),
    // The second did.
    line(400, "invalid_redirect_uri", None, Ok(Rehearsal::Works)),
    line(401, "invalid_token", Some("No remaining count on initial access token"), Ok(Rehearsal::UsedUp)),
    line(401, "invalid_token", Some("Initial Access Token not found"), Ok(Rehearsal::NotFound)),
    // One text for expired, another issuer or host, a signing key that is gone, and damaged.
    line(401, "invalid_token", Some("Failed decode token"), Ok(Rehearsal::Refused)),
    line(401, "invalid_token", Some("Expired initial access token"), Ok(Rehearsal::Refused)),
    line(401, "invalid_token", Some("Invalid type of token"), Ok(Rehearsal::WrongType)),
    line(403, "insufficient_scope", None, Ok(Rehearsal::RefusedByPolicy)),
    line(403, "not_allowed", None, Ok(Rehearsal::RefusedByPolicy)),
    line(403, "invalid_request", Some("HTTPS required"), Err(Reason::Tls)),
];

/// What an answer means; `None` if it is in no line of the table.
pub(super) fn meaning(
    status: u16,
    error: &str,
    description: &str,
) -> Option<Result<Rehearsal, Reason>> {
    let fits = |line: &&Line| {
        line.status == status
            && line.error == error
            && line.description.is_none_or(|text| text == description)
    };
    TABLE.iter().find(fits).map(|line| line.meaning)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::*;

    #[test]
    fn every_line_means_what_it_says() {
        for line in &TABLE {
            let description = line.description.unwrap_or("any words");
            let said = meaning(line.status, line.error, description);
            assert_eq!(said, Some(line.meaning), "{} {description}", line.error);
        }
    }

    #[test]
    fn words_that_are_close_mean_nothing() {
        let close = [
            (401, "invalid_token", "Not initial access token allowed"),
            (401, "invalid_token", ""),
            (401, "invalid_client_metadata", "Client Identifier in use"),
            (400, "invalid_client_metadata", "client identifier in use"),
            (400, "invalid_client_metadata", "Client Identifier included"),
            (400, "invalid_token", "Failed decode token"),
            (403, "invalid_request", "Forbidden"),
            (403, "invalid_redirect_uri", ""),
            (404, "invalid_request", "Client not found"),
        ];
        for (status, error, description) in close {
            assert_eq!(meaning(status, error, description), None, "{description}");
        }
    }

    #[test]
    fn a_token_works_only_by_two_answers() {
        let works = TABLE
            .iter()
            .filter(|line| line.meaning == Ok(Rehearsal::Works));
        assert_eq!(works.count(), 2);
    }

    proptest! {
        #[test]
        fn no_other_words_mean_that_a_token_works(status: u16, error in "[a-z_]{0,30}", description in ".{0,40}") {
            prop_assert!(meaning(status, &error, &description) != Some(Ok(Rehearsal::Works)) || error == "invalid_redirect_uri");
        }
    }
}
