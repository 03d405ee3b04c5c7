use proptest::{prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

use super::*;

fn parsed(list: &Value) -> Result<Page, Reason> {
    parse(list.to_string().as_bytes(), None, false)
}

/// What a page with one client of these attributes says about it.
fn with(attributes: &Value) -> ClientTimes {
    let client = json!({"clientId": "a", "attributes": attributes});
    let mut page = parsed(&json!([client])).unwrap();
    page.clients.remove(0)
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

#[test]
fn a_client_of_keycloak_is_understood() {
    let client = json!({
        "id": "2ae0f7d4-43d4-4ef1-97ce-cd0a1c1cf0e0", "clientId": "zync", "enabled": true, "publicClient": false,
        "bearerOnly": false, "protocol": "openid-connect", "clientAuthenticatorType": "client-secret", "secret": "hunter2",
        "redirectUris": ["https://x.example/*"], "protocolMappers": [{"config": {"clientId": "other"}}],
        "attributes": {
            "client.secret.creation.time": "1763800000", "client.secret.expiration.time": "1763900000",
            "client.secret.rotated": "hunter3", "client.secret.rotated.creation.time": "1763800000",
            "client.secret.rotated.expiration.time": "1763850000", "3scale": "true",
        },
    });
    let page = parsed(&json!([client])).unwrap();
    let times = ClientTimes {
        id: "zync".into(),
        expiry: Some(Expiry::At(at(1_763_900_000))),
        created: Some(at(1_763_800_000)),
        rotated: Some(at(1_763_850_000)),
        is_unclear: false,
        is_of_3scale: true,
    };
    assert_eq!(page.clients, [times]);
    assert_eq!((page.rows, page.nameless), (1, 0));
    assert!(!format!("{page:?}").contains("hunter"));
}

#[test]
fn only_clients_with_a_secret_of_their_own_are_there() {
    let with = |changes: Value| {
        let mut client = json!({"clientId": "a", "protocol": "openid-connect", "clientAuthenticatorType": "client-secret"});
        let fields = client.as_object_mut().unwrap();
        fields.extend(changes.as_object().unwrap().clone());
        parsed(&json!([client])).unwrap().clients.len()
    };
    for none in [
        json!({"publicClient": true}),
        json!({"bearerOnly": true}),
        json!({"enabled": false}),
        json!({"protocol": "saml"}),
        json!({"protocol": "docker-v2"}),
        json!({"clientAuthenticatorType": "client-jwt"}),
        json!({"clientAuthenticatorType": "client-x509"}),
    ] {
        assert_eq!(with(none.clone()), 0, "{none}");
    }
    for one in [
        json!({}),
        json!({"publicClient": false, "bearerOnly": false, "enabled": true}),
        json!({"publicClient": null, "enabled": null, "protocol": null, "clientAuthenticatorType": null}),
        json!({"clientAuthenticatorType": "client-secret-jwt"}),
        json!({"publicClient": "rubbish", "bearerOnly": 7, "enabled": [], "protocol": {}}),
    ] {
        assert_eq!(with(one.clone()), 1, "{one}");
    }
}

#[test]
fn an_end_is_a_number_of_seconds_however_it_is_written() {
    for value in [
        json!("1763900000"),
        json!(" 1763900000\n"),
        json!(1_763_900_000),
        json!(1_763_900_000.9),
    ] {
        let client = with(&json!({"client.secret.expiration.time": value}));
        assert_eq!(
            client.expiry,
            Some(Expiry::At(at(1_763_900_000))),
            "{value}"
        );
        assert!(!client.is_unclear);
    }
}

#[test]
fn what_is_missing_or_zero_never_ends() {
    for value in [
        json!(null),
        json!(""),
        json!(" "),
        json!("0"),
        json!(0),
        json!(0.0),
    ] {
        let client = with(
            &json!({"client.secret.expiration.time": value, "client.secret.rotated.expiration.time": value}),
        );
        assert_eq!(client.expiry, Some(Expiry::Never), "{value}");
        assert_eq!((client.rotated, client.is_unclear), (None, false));
    }
    assert_eq!(with(&json!({})).expiry, Some(Expiry::Never));
}

#[test]
fn what_is_rubbish_is_neither_an_end_nor_none() {
    for value in [
        json!("soon"),
        json!("2026-11-26"),
        json!("NaN"),
        json!("1e9"),
        json!("-499601760"),
        json!(-499_601_760),
        json!(-0.5),
        json!(1e300),
        json!(u64::MAX),
        json!("1763900000000"),
        json!(1_763_900_000_000_i64),
        json!("99999999999999999999999"),
        json!(true),
        json!([1_763_900_000]),
        json!({"x": 1}),
    ] {
        let client = with(&json!({"client.secret.expiration.time": value}));
        assert_eq!((client.expiry, client.is_unclear), (None, true), "{value}");
        let client = with(&json!({"client.secret.rotated.expiration.time": value}));
        assert_eq!((client.rotated, client.is_unclear), (None, true), "{value}");
        assert_eq!(client.expiry, Some(Expiry::Never), "{value}");
        let client = with(&json!({"client.secret.creation.time": value}));
        assert_eq!(
            (client.created, client.is_unclear),
            (None, false),
            "{value}"
        );
    }
}

#[test]
fn attributes_that_are_none_leave_the_end_unclear() {
    for value in [json!(null), json!("x"), json!(7), json!([])] {
        let client = with(&value);
        assert_eq!((client.expiry, client.is_unclear), (None, true), "{value}");
    }
}

#[test]
fn the_mark_of_3scale_is_seen() {
    for (value, seen) in [
        (json!("true"), true),
        (json!(true), true),
        (json!("yes"), true),
        (json!("false"), false),
        (json!(""), false),
        (json!(null), false),
    ] {
        assert_eq!(
            with(&json!({"3scale": value})).is_of_3scale,
            seen,
            "{value}"
        );
    }
}

#[test]
fn a_garbled_row_says_nothing_about_the_others() {
    for broken in [
        json!({}),
        json!({"clientId": null}),
        json!({"clientId": ""}),
        json!({"clientId": 7}),
        json!({"clientId": ["a"]}),
        json!(null),
        json!(true),
        json!(-7),
        json!(7.5),
        json!("x"),
        json!([{"clientId": "b"}]),
    ] {
        let page = parsed(&json!([broken, {"clientId": "good"}])).unwrap();
        assert_eq!((page.nameless, page.rows), (1, 2), "{broken}");
        assert_eq!(&*page.clients[0].id, "good");
    }
}

#[test]
fn a_field_that_stands_there_twice_counts_as_it_stands_last() {
    let twice =
        br#"[{"clientId":"a","clientId":"b","attributes":{"3scale":"false","3scale":"true"}}]"#;
    let page = parse(twice, None, false).unwrap();
    assert_eq!(&*page.clients[0].id, "b");
    assert!(page.clients[0].is_of_3scale);
}

#[test]
fn clients_are_chosen_by_an_attribute() {
    let attribute = Attribute {
        name: "3scale",
        value: "true",
    };
    let of = |id: &str, attributes: Value| json!({"clientId": id, "attributes": attributes});
    let list = json!([
        of("has", json!({"3scale": "true"})),
        of("other", json!({"3scale": "True"})),
        of("number", json!({"3scale": 1})),
        of("none", json!({"x": "true"})),
        of("odd", json!(null)),
    ]);
    let page = parse(list.to_string().as_bytes(), Some(attribute), false).unwrap();
    let ids: Vec<&str> = page.clients.iter().map(|client| &*client.id).collect();
    assert_eq!((ids, page.rows), (vec!["has"], 5));
    assert!(page.clients[0].is_of_3scale);
}

#[test]
fn the_row_where_two_pages_meet_is_not_taken_twice() {
    let list = json!([{}, {"clientId": "b"}, {"clientId": "c"}]);
    let page = parse(list.to_string().as_bytes(), None, true).unwrap();
    assert_eq!((page.rows, page.nameless, page.clients.len()), (3, 0, 2));
    assert_eq!(page.first, Some(Key(None)));
    assert_eq!(page.last, Some(Key(Some("c".into()))));
}

#[test]
fn anything_but_a_list_is_none() {
    assert_eq!(parse(b"[]", None, false), Ok(Page::default()));
    let others: [&[u8]; 9] = [
        b"",
        b"{}",
        b"null",
        b"7",
        b"[",
        b"[{}",
        b"[{}] x",
        b"<html>",
        b"[{\"clientId\":}]",
    ];
    for other in others {
        assert_eq!(
            parse(other, None, false),
            Err(Reason::BadResponse),
            "{other:?}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_page_or_none(bytes: Vec<u8>) {
        drop(parse(&bytes, None, true));
    }

    #[test]
    fn any_array_is_a_page(text in r#"\[[\[\]{}",:a-c0-9.\-]{0,24}\]"#) {
        if let Ok(Value::Array(rows)) = serde_json::from_str(&text) {
            let page = parse(text.as_bytes(), None, false).unwrap();
            prop_assert_eq!(page.rows, rows.len());
        }
    }

    #[test]
    fn any_time_is_an_end_or_none_or_unclear(text in ".{0,12}|-?[0-9]{1,20}(\\.[0-9]{1,3})?") {
        let client = with(&json!({"client.secret.expiration.time": text}));
        prop_assert_eq!(client.expiry.is_none(), client.is_unclear);
        if let Some(Expiry::At(end)) = client.expiry {
            prop_assert!((1..=LATEST).contains(&end.seconds()));
        }
    }

    #[test]
    fn any_id_is_kept_as_it_is(id in ".{1,300}") {
        let page = parsed(&json!([{"clientId": id}])).unwrap();
        prop_assert_eq!(&*page.clients[0].id, id.as_str());
    }
}
