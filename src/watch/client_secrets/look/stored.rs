//! The answer to a dynamic registration (RFC 7591, 3.2.1), as it lies in a store.

use crate::{
    model::{ClientTimes, Expiry, Reason, UnixTime},
    secret::SecretDocument,
};

/// The end of the year 9999. What lies beyond was written in milliseconds, or is rubbish.
const LATEST: i64 = 253_402_300_799;

/// What the answer says about the secret of its client.
///
/// # Errors
///
/// [`Reason::ShapeUnknown`] if this is no object, or a field holds what cannot be understood; [`Reason::FieldMissing`] if it lacks
/// `client_id` or `client_secret_expires_at`, which a server that gives a secret must send.
pub(super) fn client(content: &SecretDocument) -> Result<ClientTimes, Reason> {
    if !content.is_object() {
        return Err(Reason::ShapeUnknown);
    }
    let [id, end] = ["/client_id", "/client_secret_expires_at"];
    if !content.has(id) || !content.has(end) {
        return Err(Reason::FieldMissing);
    }
    let id = content.public_text(id).ok_or(Reason::ShapeUnknown)?;
    if id.is_empty() {
        return Err(Reason::FieldMissing);
    }
    Ok(ClientTimes {
        id: id.into(),
        expiry: Some(match content.public_number(end) {
            Some(0) => Expiry::Never,
            Some(seconds @ 1..=LATEST) => Expiry::At(UnixTime::from_seconds(seconds)),
            _ => return Err(Reason::ShapeUnknown),
        }),
        created: content
            .public_number("/client_id_issued_at")
            .filter(|seconds| (1..=LATEST).contains(seconds))
            .map(UnixTime::from_seconds),
        rotated: None,
        is_unclear: false,
        is_of_3scale: false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(content: Value) -> Result<ClientTimes, Reason> {
        client(&SecretDocument::new(content))
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_seconds(seconds)
    }

    #[test]
    fn the_answer_of_a_server_is_understood() {
        let answer = json!({
            "client_id": "app", "client_secret": "hunter2", "registration_access_token": "a.b.c",
            "client_id_issued_at": 1_763_800_000, "client_secret_expires_at": 1_763_900_000,
        });
        let client = read(answer).unwrap();
        assert_eq!(
            (&*client.id, client.created),
            ("app", Some(at(1_763_800_000)))
        );
        assert_eq!(client.expiry, Some(Expiry::At(at(1_763_900_000))));
        assert!(!format!("{client:?}").contains("hunter2"));
    }

    #[test]
    fn stores_that_hold_nothing_but_texts_have_it_as_a_text() {
        let client =
            read(json!({"client_id": " app\n", "client_secret_expires_at": " 1763900000 "}));
        let client = client.unwrap();
        assert_eq!(&*client.id, "app");
        assert_eq!(client.expiry, Some(Expiry::At(at(1_763_900_000))));
        for zero in [json!(0), json!("0")] {
            let client = read(json!({"client_id": "app", "client_secret_expires_at": zero}));
            assert_eq!(client.unwrap().expiry, Some(Expiry::Never));
        }
    }

    #[test]
    fn what_is_missing_is_told_from_what_cannot_be_understood() {
        for content in [
            json!({}),
            json!({"client_id": "app"}),
            json!({"client_secret_expires_at": 0}),
            json!({"client_id": "app", "client_secret_expires_at": null}),
            json!({"client_id": null, "client_secret_expires_at": 0}),
            json!({"client_id": " ", "client_secret_expires_at": 0}),
        ] {
            assert_eq!(
                read(content.clone()),
                Err(Reason::FieldMissing),
                "{content}"
            );
        }
        for content in [
            json!(null),
            json!("x"),
            json!([]),
            json!({"client_id": 7, "client_secret_expires_at": 0}),
            json!({"client_id": "app", "client_secret_expires_at": "soon"}),
            json!({"client_id": "app", "client_secret_expires_at": ""}),
            json!({"client_id": "app", "client_secret_expires_at": -1}),
            json!({"client_id": "app", "client_secret_expires_at": 1.5}),
            json!({"client_id": "app", "client_secret_expires_at": true}),
            json!({"client_id": "app", "client_secret_expires_at": 1_763_900_000_000_i64}),
            json!({"client_id": "app", "client_secret_expires_at": [1]}),
        ] {
            assert_eq!(
                read(content.clone()),
                Err(Reason::ShapeUnknown),
                "{content}"
            );
        }
    }

    #[test]
    fn an_odd_time_of_registration_is_none() {
        for odd in [json!(0), json!(-1), json!("x"), json!(null), json!({})] {
            let content = json!({"client_id": "a", "client_secret_expires_at": 0, "client_id_issued_at": odd});
            assert_eq!(read(content).unwrap().created, None);
        }
    }
}
