//! A realm as Red Hat's guide has it set up for 3scale: Zync's client, an application, and who stands before the server.

use serde_json::{Value, json};
use url::Url;

use super::front::{Front, Server};
use crate::{
    daemon::{home::Home, secrecy::MARK, settings::Settings},
    servers::{AUTHORITY, Account, Keycloak, Realm, unique},
};

/// The name of the target.
pub(super) const TARGET: &str = "3scale";

/// Where the application wants its users back.
pub(super) const REDIRECT_URL: &str = "https://myapp.example.com";

/// A realm that 3scale is integrated with, and a home for the program that watches it.
pub(super) struct Scene<'a> {
    pub(super) keycloak: &'a Keycloak,
    pub(super) realm: Realm<'a>,
    pub(super) zync: Account,
    /// The client id of the application, and its secret.
    pub(super) application: (String, String),
    pub(super) front: Front,
    pub(super) home: Home,
}

impl<'a> Scene<'a> {
    /// One where everything is as it should be, in a realm with these settings.
    pub(super) async fn new(keycloak: &'a Keycloak, settings: Value) -> Self {
        let realm = keycloak.realm(settings).await;
        let secret = unique(&format!("{MARK}-of-zync"));
        let zync = realm.account_with(&secret, &["manage-clients"]).await;
        let scene = Self {
            zync,
            realm,
            keycloak,
            application: (
                unique("application"),
                unique(&format!("{MARK}-of-application")),
            ),
            front: Front::new(server(keycloak), AUTHORITY.server("127.0.0.1")).await,
            home: Home::new(),
        };
        let flows_off = json!({"directAccessGrantsEnabled": false});
        scene.realm.change(&scene.zync, flows_off).await;
        scene.create_application().await;
        scene.write_bundle(&AUTHORITY.pem());
        scene.write_secret(&scene.apart());
        scene
    }

    /// The issuer, as it names itself behind the front.
    pub(super) fn issuer(&self) -> String {
        self.issuer_at(&self.front.address())
    }

    /// The issuer, as it names itself at another address.
    pub(super) fn issuer_at(&self, address: &str) -> String {
        let path = if self.keycloak.is_old() { "/auth" } else { "" };
        format!("{address}{path}/realms/{}", self.realm.name)
    }

    /// The credentials of Zync, apart.
    pub(super) fn apart(&self) -> Value {
        json!({"client_id": self.zync.client_id, "client_secret": self.zync.secret})
    }

    /// The credentials of Zync as it takes them itself, in the address of an issuer.
    pub(super) fn as_url(&self, issuer: &str) -> Value {
        let mut url: Url = issuer.parse().unwrap();
        url.set_username(&self.zync.client_id).unwrap();
        url.set_password(Some(&self.zync.secret)).unwrap();
        json!({"oidc_issuer_endpoint": url.as_str()})
    }

    /// Writes the secret with Zync's credentials.
    pub(super) fn write_secret(&self, content: &Value) {
        self.home.write("secrets/zync.json", content.to_string());
    }

    /// Writes the bundle of authorities that Zync trusts.
    pub(super) fn write_bundle(&self, pem: &str) {
        self.home.write("bundle.pem", pem);
    }

    /// A configuration with everything that can be watched about it, and everything logged.
    pub(super) fn settings(&self) -> Settings {
        let provider = json!({"issuer": self.issuer(), "ca_file": self.home.path("bundle.pem")});
        let credentials = json!({
            "store": "mounted", "path": "zync",
            "client_id_at": "/client_id", "client_secret": "/client_secret",
        });
        let application = json!({
            "client_id": self.application.0, "redirect_url": REDIRECT_URL, "flows": ["standard"],
        });
        let integration = json!({
            "identity_provider": "sso", "credentials": credentials, "applications": [application],
        });
        let target = json!({
            "name": TARGET, "tier": "prod", "interval": "2s", "oidc_integration": integration,
        });
        Settings::new()
            .with("/log/level", "trace")
            .with("/identity_providers/sso", provider)
            .with("/targets", json!([target]))
            .with("/state_file", json!(self.home.path("state.json")))
            .files("mounted", &self.home.path("secrets"))
    }

    /// Makes the application, as Zync does.
    pub(super) async fn create_application(&self) {
        let (client_id, secret) = &self.application;
        let client = json!({
            "clientId": client_id, "secret": secret, "enabled": true, "publicClient": false,
            "redirectUris": [REDIRECT_URL], "attributes": {"3scale": "true"},
            "standardFlowEnabled": true, "implicitFlowEnabled": false,
            "serviceAccountsEnabled": false, "directAccessGrantsEnabled": false,
        });
        self.realm.call("POST", "/clients", Some(client)).await;
    }

    /// Changes the client of the application.
    pub(super) async fn change_application(&self, changes: Value) {
        let path = format!("/clients/{}", self.realm.key(&self.application.0).await);
        let mut client = self.realm.call("GET", &path, None).await;
        let changes = changes.as_object().unwrap().clone();
        client.as_object_mut().unwrap().extend(changes);
        self.realm.call("PUT", &path, Some(client)).await;
    }

    /// The discovery document, as the front gives it.
    pub(super) async fn document(&self) -> String {
        let authority = reqwest::Certificate::from_pem(AUTHORITY.pem().as_bytes()).unwrap();
        let client = reqwest::Client::builder()
            .tls_certs_only([authority])
            .no_proxy();
        let url = format!("{}/.well-known/openid-configuration", self.issuer());
        let answer = client.build().unwrap().get(url).send().await.unwrap();
        answer.text().await.unwrap()
    }

    /// A path of the admin API below Zync's client.
    pub(super) async fn zync_path(&self, path: &str) -> String {
        format!(
            "/clients/{}{path}",
            self.realm.key(&self.zync.client_id).await
        )
    }
}

/// Where Keycloak listens.
fn server(keycloak: &Keycloak) -> Server {
    let port = |address: String| Url::parse(&address).unwrap().port().unwrap();
    Server {
        plain: port(keycloak.address()),
        tls: port(keycloak.tls_address()),
    }
}
