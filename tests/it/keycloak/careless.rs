//! Where a token is sent, and what happens should a client be registered after all.

use kcwatch::{
    clock,
    keycloak::Rehearser,
    model::{Reason, Rehearsal},
};

use super::{
    fakes::{ISSUED, always},
    rig::{TIMEOUT, rehearse, rehearse_with, trust},
};
use crate::servers::{Fake, Reply};

/// A server that registers clients against all reason, with this answer, and answers like that to a deletion.
async fn careless(status: &str, client: &str, deletion: &str) -> (Fake, Result<Rehearsal, Reason>) {
    let (head, body, deletion) = (status.to_owned(), client.to_owned(), deletion.to_owned());
    let fake = Fake::start(move |request| {
        if request.starts_with("POST") {
            return Reply::whole(&head, &body);
        }
        Reply::whole(&deletion, "")
    })
    .await;
    let issuer = format!("{}/realms/a", fake.address());
    let said = rehearse(ISSUED, &issuer).await;
    (fake, said)
}

#[tokio::test]
async fn a_client_that_was_registered_after_all_is_deleted_at_once() {
    let created = "201 Created\r\nLocation: http://127.0.0.1:1/elsewhere";
    let client = r#"{"id":"7","clientId":"realm-management","registrationAccessToken":"the.rat","secret":"s"}"#;
    let (fake, said) = careless(created, client, "204 No Content").await;
    assert_eq!(said, Ok(Rehearsal::Registered { deleted: true }));
    let deletion = fake.requests().remove(1);
    let path = "DELETE /realms/a/clients-registrations/default/realm-management HTTP/1.1\r\n";
    assert!(deletion.starts_with(path), "{deletion}");
    assert!(
        deletion.contains("\r\nauthorization: Bearer the.rat\r\n"),
        "{deletion}"
    );

    let other = r#"{"clientId":"../a b","registrationAccessToken":"the.rat"}"#;
    let (fake, said) = careless(created, other, "200 OK").await;
    assert_eq!(said, Ok(Rehearsal::Registered { deleted: true }));
    let deletion = fake.requests().remove(1);
    let path = "DELETE /realms/a/clients-registrations/default/..%2Fa%20b HTTP/1.1\r\n";
    assert!(deletion.starts_with(path), "{deletion}");

    for failed in ["401 No", "404 No", "500 Oh", "302 Found\r\nLocation: /"] {
        let (fake, said) = careless(created, client, failed).await;
        assert_eq!(
            said,
            Ok(Rehearsal::Registered { deleted: false }),
            "{failed}"
        );
        assert_eq!(fake.requests().len(), 2, "{failed}");
    }
}

#[tokio::test]
async fn only_what_the_server_says_to_have_created_is_deleted() {
    let with_token = r#"{"clientId":"realm-management","registrationAccessToken":"the.rat"}"#;
    let answers = [
        ("200 OK", with_token),
        ("202 Accepted", with_token),
        ("201 Created", r#"{"clientId":"realm-management"}"#),
        (
            "201 Created",
            r#"{"id":"7","registrationAccessToken":null}"#,
        ),
    ];
    for (status, client) in answers {
        let (fake, said) = careless(status, client, "204 No Content").await;
        assert_eq!(
            said,
            Ok(Rehearsal::Registered { deleted: false }),
            "{status} {client}"
        );
        assert_eq!(fake.requests().len(), 1, "{status} {client}");
    }
    for nothing in [
        "<html>",
        "",
        "[]",
        "{}",
        r#"{"registrationAccessToken":"x"}"#,
        r#"{"id":7}"#,
    ] {
        let (fake, said) = careless("201 Created", nothing, "204 No Content").await;
        assert_eq!(said, Err(Reason::BadResponse), "{nothing}");
        assert_eq!(fake.requests().len(), 1, "{nothing}");
    }
}

#[tokio::test]
async fn words_that_nobody_knows_mean_nothing() {
    let unknown = [
        (
            "400 No",
            r#"{"error":"invalid_client_metadata","error_description":"Something else"}"#,
        ),
        ("400 No", r#"{"error":["invalid_redirect_uri"]}"#),
        (
            "400 No",
            r#"{"error":"invalid_client_metadata","error_description":7}"#,
        ),
        (
            "401 No",
            r#"{"error":"invalid_token","error_description":"Not initial access token allowed"}"#,
        ),
        ("401 No", "{}"),
        ("403 No", r#"{"error":"access_denied"}"#),
        ("418 Teapot", r#"{"error":"invalid_redirect_uri"}"#),
    ];
    for (status, body) in unknown {
        let fake = always(Reply::whole(status, body)).await;
        let issuer = format!("{}/realms/a", fake.address());
        assert_eq!(
            rehearse(ISSUED, &issuer).await,
            Err(Reason::BadResponse),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_token_goes_nowhere_but_to_a_realm_over_tls() {
    let fake = always(Reply::ok("")).await;
    let strict = Rehearser::new(&trust(None, false), TIMEOUT, clock::system());
    let strict = strict.expect("this machine has certificate authorities");
    let issuer = format!("{}/realms/a", fake.address());
    let said = rehearse_with(&strict, ISSUED, &issuer).await;
    assert_eq!(said, Err(Reason::Tls.into()));
    for odd in [
        "",
        "/",
        "/realms/",
        "/realms/a/",
        "/realms/a?b",
        "/realms/a#b",
        "/other/a",
    ] {
        let said = rehearse(ISSUED, &format!("{}{odd}", fake.address())).await;
        assert_eq!(said, Err(Reason::WrongTokenType), "{odd}");
    }
    assert_eq!(
        rehearse("two\nlines", &issuer).await,
        Err(Reason::NotAToken)
    );
    assert_eq!(fake.requests(), Vec::<String>::new());
}
