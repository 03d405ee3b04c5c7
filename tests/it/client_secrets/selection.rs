//! Which clients of a realm are read, and in how many requests.

use kcwatch::keycloak::ClientQuery;
use serde_json::{Value, json};

use super::{all, asked, ids};
use crate::{
    keycloak::rig::Rig,
    servers::{Keycloak, Realm, on_both},
};

/// Ids that a realm can have and that break what is careless.
const ODD: [&str; 6] = [
    "https://app.example/\"quoted\"",
    "two\nlines",
    "a b&c=d+e%20#f?g",
    "ÄÖ€-\u{1f511}",
    "back\\slash",
    "{}[]'`$;",
];

fn client(id: &str, attributes: &Value) -> Value {
    json!({"clientId": id, "publicClient": false, "serviceAccountsEnabled": false, "attributes": attributes})
}

/// A realm with clients of every sort, and more of them than fit on a page.
async fn realm(keycloak: &Keycloak) -> Realm<'_> {
    let many = (0..300).map(|at| client(&format!("app-{at:03}"), &json!({})));
    let marked = [
        client("marked", &json!({"3scale": "true"})),
        client(
            "spoken",
            &json!({"a b": "it's c: d", "quoted": "say \"x\" \\ y"}),
        ),
    ];
    let others = [
        json!({"clientId": "public", "publicClient": true}),
        json!({"clientId": "bearer", "bearerOnly": true}),
        json!({"clientId": "disabled", "enabled": false}),
        json!({"clientId": "saml", "protocol": "saml"}),
        json!({"clientId": "signed", "clientAuthenticatorType": "client-jwt"}),
        json!({"clientId": "with-jwt", "clientAuthenticatorType": "client-secret-jwt"}),
    ];
    let odd = ODD.map(|id| client(id, &json!({})));
    let clients: Vec<Value> = many.chain(marked).chain(others).chain(odd).collect();
    keycloak.realm(json!({"clients": clients})).await
}

#[tokio::test]
async fn every_client_with_a_secret_is_read_once_and_no_other() {
    on_both(async |keycloak| {
        let realm = realm(keycloak).await;
        let account = realm.account(&["view-clients"]).await;
        let rig = Rig::new(&realm, &account);
        let list = all(&rig).await.unwrap();
        let found = ids(&list);
        let mut expected: Vec<String> = (0..300).map(|at| format!("app-{at:03}")).collect();
        expected.extend(ODD.map(str::to_owned));
        expected.extend(["marked", "spoken", "with-jwt"].map(str::to_owned));
        expected.push(account.client_id.clone());
        expected.sort();
        assert_eq!(found, expected);
        assert_eq!(list.nameless, 0);
        assert!(list.get("marked").unwrap().is_of_3scale);
        assert!(list.iter().all(|client| !client.is_unclear));

        by_ids(&rig).await;
        by_attribute(&rig).await;
    })
    .await;
}

async fn by_ids(rig: &Rig) {
    let few = ODD.map(str::to_owned);
    let query = ClientQuery {
        ids: &few,
        attribute: None,
    };
    let mut expected = ODD.to_vec();
    expected.sort_unstable();
    assert_eq!(ids(&asked(rig, query).await.unwrap()), expected);
    // Part of an id is none, nor is the id of a client without a secret.
    let none = ["app", "public", "saml", "disabled", "gone"].map(str::to_owned);
    let query = ClientQuery {
        ids: &none,
        attribute: None,
    };
    assert_eq!(ids(&asked(rig, query).await.unwrap()), Vec::<&str>::new());
    let many: Vec<String> = (290..310).map(|at| format!("app-{at:03}")).collect();
    let query = ClientQuery {
        ids: &many,
        attribute: None,
    };
    assert_eq!(ids(&asked(rig, query).await.unwrap()), many[..10]);
}

async fn by_attribute(rig: &Rig) {
    for (name, value, found) in [
        ("3scale", "true", vec!["marked"]),
        ("3scale", "tru", vec![]),
        ("a b", "it's c: d", vec!["spoken"]),
        ("quoted", "say \"x\" \\ y", vec!["spoken"]),
        ("nobody", "has", vec![]),
    ] {
        let query = ClientQuery {
            ids: &[],
            attribute: Some((name, value)),
        };
        assert_eq!(
            ids(&asked(rig, query).await.unwrap()),
            found,
            "{name} {value}"
        );
    }
}
