//! The variant without Keycloak's client registration: 3scale's "REST API".

use kcwatch::{
    model::{Cause, Step},
    watch::oidc_integration::config::Api,
};
use serde_json::json;

use super::scene::{DISCOVERY, Rig, ok, realm};
use crate::servers::Fake;

/// A realm with an adapter at `/realms/a`, whose clients answer with this status.
async fn adapter(own: &'static str, shop: &'static str) -> (Fake, Rig) {
    let server = realm(move |_, path| match path {
        "/clients/zync" => Some((own.to_owned(), String::new())),
        "/clients/shop" => Some((shop.to_owned(), String::new())),
        _ => None,
    })
    .await;
    let mut rig = Rig::realm(&server);
    let endpoint = rig.wanted.identity_provider.issuer.parse();
    rig.wanted.api = Api::Rest {
        endpoint: endpoint.expect("an address"),
    };
    (server, rig)
}

#[tokio::test]
async fn clients_are_read_where_they_can_be() {
    use Cause::{ApplicationMissing, Refused, UnexpectedStatus};
    let whole = [Step::Role, Step::Applications];
    for (own, shop, held, fault) in [
        ("200 OK", "200 OK", &whole[..], None),
        ("404 Not Found", "204 No Content", &whole[..], None),
        (
            "200 OK",
            "404 Not Found",
            &whole[..1],
            Some((Step::Applications, ApplicationMissing)),
        ),
        (
            "200 OK",
            "405 Method Not Allowed",
            &whole[..1],
            Some((Step::Applications, UnexpectedStatus)),
        ),
        ("403 Forbidden", "200 OK", &[], Some((Step::Role, Refused))),
        (
            "401 Unauthorized",
            "200 OK",
            &[],
            Some((Step::Role, Refused)),
        ),
        ("405 Method Not Allowed", "500 Oh", &[], None),
        ("501 Not Implemented", "500 Oh", &[], None),
    ] {
        let (_server, rig) = adapter(own, shop).await;
        let seen = rig.look().await.expect("it can be judged");
        assert_eq!(seen.chain.fault(), fault, "{own}, {shop}");
        let before = [
            Step::Connection,
            Step::Discovery,
            Step::Keys,
            Step::Grant,
            Step::Token,
        ];
        let expected: Vec<Step> = before.iter().chain(held).copied().collect();
        assert_eq!(seen.chain.held, expected, "{own}, {shop}");
    }
}

#[tokio::test]
async fn the_document_lies_at_the_endpoint_and_names_the_issuer() {
    let server = realm(|realm, path| {
        let of_adapter = path.strip_prefix("/adapter")?;
        match of_adapter {
            DISCOVERY => Some(ok(&realm.discovery())),
            "/clients/zync" | "/clients/shop" => Some(ok(&json!({}))),
            _ => None,
        }
    })
    .await;
    let mut rig = Rig::realm(&server);
    let endpoint = format!("{}/adapter", server.address());
    rig.wanted.api = Api::Rest {
        endpoint: endpoint.parse().expect("an address"),
    };
    assert_eq!(rig.fault().await, None);
    let with_credentials = endpoint.replace("http://", "http://zync:s@");
    rig.keep_url(&with_credentials);
    assert_eq!(rig.fault().await, None);
    rig.keep_url(
        &rig.wanted
            .identity_provider
            .issuer
            .replace("http://", "http://zync:s@"),
    );
    assert_eq!(
        rig.fault().await,
        Some((Step::Discovery, Cause::OtherIssuer))
    );
}
