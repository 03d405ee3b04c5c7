//! A sample realm: as much of Keycloak as a look at its clients and at an integration asks for, on the loopback.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use url::form_urlencoded;

use crate::{clock::Clock, jwt::SampleKey, model::UnixTime};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The service account of Zync.
const ZYNC: &str = "zync";

/// How long an access token lives, in seconds.
const LIFE: i64 = 300;

/// The clients of the realm: id, whether Zync made it, and for how long from now its secret and the one before it still work, in
/// seconds.
const CLIENTS: [(&str, bool, Option<i64>, Option<i64>); 6] = [
    ("billing", true, None, None),
    ("cluster-console", false, Some(12 * DAY), None),
    ("invoices", true, Some(25 * DAY), None),
    ("reports", false, Some(2 * DAY), Some(20 * HOUR)),
    ("shipping", false, Some(-3 * DAY), None),
    (ZYNC, false, None, None),
];

/// What its answers are made of.
struct Realm {
    issuer: String,
    key: SampleKey,
    clients: Vec<Value>,
    clock: Clock,
}

/// A realm that answers until it is dropped.
pub(super) struct Open {
    pub(super) issuer: String,
    _server: JoinSet<()>,
}

/// Answers from now on.
///
/// # Errors
///
/// Why it cannot.
pub(super) async fn open(clock: Clock) -> Result<Open, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.map_err(|error| format!("no sample realm: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let issuer = format!("http://{address}/realms/sample");
    let realm = Realm {
        issuer: issuer.clone(),
        key: SampleKey::generate().map_err(|reason| format!("no sample key: {reason}"))?,
        clients: clients(clock()),
        clock,
    };
    let mut server = JoinSet::new();
    // It only ends when it is dropped.
    server.spawn(async move { drop(axum::serve(listener, routes(realm)).await) });
    Ok(Open {
        issuer,
        _server: server,
    })
}

fn routes(realm: Realm) -> Router {
    Router::new()
        .route(
            "/realms/sample/.well-known/openid-configuration",
            get(discovery),
        )
        .route("/realms/sample/protocol/openid-connect/certs", get(keys))
        .route("/realms/sample/protocol/openid-connect/token", post(grant))
        .route(
            "/realms/sample/clients-registrations/default/{id}",
            get(client),
        )
        .route("/admin/realms/sample/clients", get(list))
        .with_state(Arc::new(realm))
}

async fn discovery(State(realm): State<Arc<Realm>>) -> Response {
    let Realm { issuer, .. } = realm.as_ref();
    let below = |path: &str| format!("{issuer}/protocol/openid-connect/{path}");
    answer(&json!({
        "issuer": issuer,
        "token_endpoint": below("token"),
        "jwks_uri": below("certs"),
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys(State(realm): State<Arc<Realm>>) -> Response {
    answer(&realm.key.key_set())
}

/// An access token for whoever asks: nothing is protected by it.
async fn grant(State(realm): State<Arc<Realm>>, form: String) -> Response {
    let client_id = parameter(&form, "client_id");
    let now = (realm.clock)().seconds();
    let claims = json!({
        "exp": now + LIFE,
        "iat": now,
        "jti": format!("{:032x}", fastrand::u128(..)),
        "iss": realm.issuer,
        "aud": "account",
        "sub": format!("service-account-{client_id}"),
        "typ": "Bearer",
        "azp": client_id,
        "resource_access": {"realm-management": {"roles": ["manage-clients", "view-clients"]}},
    });
    match realm.key.sign(&claims) {
        Ok(token) => {
            answer(&json!({"access_token": token, "expires_in": LIFE, "token_type": "Bearer"}))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn client(State(realm): State<Arc<Realm>>, Path(id): Path<String>) -> Response {
    match realm.clients.iter().find(|client| client["clientId"] == id) {
        Some(client) => answer(client),
        None => (
            StatusCode::NOT_FOUND,
            answer(&json!({"error": "invalid_request"})),
        )
            .into_response(),
    }
}

/// A page of the list, as the administration gives it.
async fn list(State(realm): State<Arc<Realm>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let number = |name: &str| parameter(&query, name).parse::<usize>().ok();
    let wanted = parameter(&query, "clientId");
    let clients = realm.clients.iter();
    let clients = clients.filter(|client| wanted.is_empty() || client["clientId"] == wanted);
    let page = clients
        .skip(number("first").unwrap_or(0))
        .take(number("max").unwrap_or(usize::MAX));
    answer(&page.cloned().collect())
}

fn clients(now: UnixTime) -> Vec<Value> {
    let after = |span: i64| (now.seconds() + span).to_string();
    let client = |(id, is_of_zync, expiry, rotated): (&str, bool, Option<i64>, Option<i64>)| {
        let attributes = [
            ("client.secret.creation.time", Some(after(-20 * DAY))),
            ("client.secret.expiration.time", expiry.map(after)),
            ("client.secret.rotated.expiration.time", rotated.map(after)),
            ("3scale", is_of_zync.then(|| "true".to_owned())),
        ];
        let attributes = attributes.into_iter();
        let attributes: BTreeMap<_, _> = attributes
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        json!({
            "clientId": id,
            "clientAuthenticatorType": "client-secret",
            "enabled": true,
            "publicClient": false,
            "bearerOnly": false,
            "serviceAccountsEnabled": id == ZYNC,
            "standardFlowEnabled": id != ZYNC,
            "implicitFlowEnabled": false,
            "directAccessGrantsEnabled": false,
            "redirectUris": [format!("https://{id}.example.com/callback")],
            "attributes": attributes,
        })
    };
    CLIENTS.map(client).into()
}

/// The value of a name in a form or a query; empty if it is not there.
fn parameter(form: &str, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(form.as_bytes());
    let found = pairs.find(|(known, _)| known == name);
    found.map_or_else(String::new, |(_, value)| value.into_owned())
}

fn answer(value: &Value) -> Response {
    let media_type = [(header::CONTENT_TYPE, "application/json")];
    (media_type, value.to_string()).into_response()
}
