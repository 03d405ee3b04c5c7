//! An identity provider of our own making, with keys that sign, and an integration that watches it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, PublicKeyUse},
};
use kcwatch::{
    clock, config,
    keycloak::{
        Visitor,
        settings::{IdentityProvider, Trust},
    },
    model::{Cause, Failure, ProviderName, SecretPath, Step, StoreName},
    store::Store,
    watch::oidc_integration::{
        config::{Api, Application, ClientId, Credentials, Form, OidcIntegration},
        fold::Facts,
        look::{Seen, look},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::servers::{Fake, Reply};

/// The secret of the service account.
pub(super) const SECRET: &str = "canary-of-the-account/%?";

/// Where each part of the realm lies, below the issuer.
pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(super) const KEYS: &str = "/protocol/openid-connect/certs";
pub(super) const TOKEN: &str = "/protocol/openid-connect/token";
pub(super) const CLIENTS: &str = "/clients-registrations/default/";

/// What is found at a path: its status and headers, and its body.
pub(super) type Found = (String, String);

/// A realm that a fake server plays.
pub(super) struct Realm {
    key: EncodingKey,
    pub(super) issuer: String,
}

impl Realm {
    /// The realm as the server that was asked in these words calls itself.
    fn asked(key: &EncodingKey, request: &str) -> Self {
        let mut lines = request.lines();
        let host = lines.find_map(|line| line.strip_prefix("host: "));
        Self {
            key: key.clone(),
            issuer: format!("http://{}/realms/a", host.unwrap_or_default()),
        }
    }

    pub(super) fn discovery(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "token_endpoint": format!("{}{TOKEN}", self.issuer),
            "jwks_uri": format!("{}{KEYS}", self.issuer),
            "id_token_signing_alg_values_supported": ["ES256", "HS256"],
        })
    }

    /// Its only key, as the key set has it.
    pub(super) fn key(&self) -> Value {
        let mut told = Jwk::from_encoding_key(&self.key, Algorithm::ES256).expect("a key");
        told.common.key_id = Some("one".to_owned());
        told.common.public_key_use = Some(PublicKeyUse::Signature);
        serde_json::to_value(told).expect("it can be written")
    }

    pub(super) fn claims(&self) -> Value {
        let now = now();
        json!({
            "iss": self.issuer, "sub": "s", "aud": "account", "exp": now + 60, "iat": now, "typ": "Bearer", "azp": "zync",
        })
    }

    pub(super) fn token(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("one".to_owned());
        jsonwebtoken::encode(&header, claims, &self.key).expect("it can be signed")
    }

    /// What it answers as long as nothing is broken.
    fn answer(&self, path: &str) -> Found {
        match path {
            DISCOVERY => ok(&self.discovery()),
            KEYS => ok(&json!({"keys": [self.key()]})),
            TOKEN => {
                ok(&json!({"access_token": self.token(&self.claims()), "token_type": "Bearer"}))
            }
            _ if path.ends_with("/zync") => ok(&account()),
            _ if path.ends_with("/shop") => ok(&application()),
            _ => (
                "404 Not Found".to_owned(),
                json!({"error": "invalid_request"}).to_string(),
            ),
        }
    }
}

/// The client of the service account, as the guide wants it.
pub(super) fn account() -> Value {
    json!({
        "clientId": "zync", "secret": "canary-of-an-answer", "enabled": true, "publicClient": false, "bearerOnly": false,
        "standardFlowEnabled": false, "implicitFlowEnabled": false, "directAccessGrantsEnabled": false,
        "serviceAccountsEnabled": true, "redirectUris": [],
    })
}

/// The client of an application.
pub(super) fn application() -> Value {
    json!({
        "clientId": "shop", "enabled": true, "publicClient": false, "bearerOnly": false, "standardFlowEnabled": true,
        "implicitFlowEnabled": false, "directAccessGrantsEnabled": false, "serviceAccountsEnabled": false,
        "redirectUris": ["https://shop.example.com/"],
    })
}

pub(super) fn ok(body: &Value) -> Found {
    (
        "200 OK\r\nContent-Type: application/json;charset=UTF-8".to_owned(),
        body.to_string(),
    )
}

pub(super) fn now() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a real token of a fake realm")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

/// Starts a realm; `edit` says what is found at a path instead of the usual.
pub(super) async fn realm(
    edit: impl Fn(&Realm, &str) -> Option<Found> + Send + Sync + 'static,
) -> Fake {
    let key = rcgen::KeyPair::generate().expect("a key");
    let key = EncodingKey::from_ec_der(&key.serialize_der());
    Fake::start(move |request| {
        let realm = Realm::asked(&key, request);
        let path = request.split_whitespace().nth(1).unwrap_or_default();
        let path = path.strip_prefix("/realms/a").unwrap_or(path);
        let (head, body) = edit(&realm, path).unwrap_or_else(|| realm.answer(path));
        Reply::whole(&head, &body)
    })
    .await
}

/// An integration, and where its credentials lie.
pub(super) struct Rig {
    directory: TempDir,
    pub(super) wanted: OidcIntegration,
    pub(super) timeout: Duration,
}

impl Rig {
    /// Watches this issuer, with id and secret apart, and the application `shop`.
    pub(super) fn of(issuer: &str) -> Self {
        let directory = TempDir::new().expect("a directory can be made");
        let rig = Self {
            directory,
            wanted: OidcIntegration {
                identity_provider: Arc::new(IdentityProvider {
                    name: ProviderName::new("sso").expect("a name"),
                    issuer: issuer.into(),
                    ca_file: None,
                    admin: None,
                }),
                api: Api::Keycloak,
                credentials: Credentials {
                    store: StoreName::new("mounted").expect("a name"),
                    path: SecretPath::new("zync").expect("a path"),
                    form: Form::Apart {
                        client_id: ClientId::Is("zync".to_owned()),
                        client_secret: "/secret".to_owned(),
                    },
                },
                ca_file: None,
                allow_http: true,
                applications: vec![Application {
                    client_id: "shop".to_owned(),
                    redirect_url: Some("https://shop.example.com/".to_owned()),
                    flows: None,
                }],
                thresholds: Arc::default(),
                clock_offset: Duration::from_secs(5),
            },
            timeout: super::super::rig::TIMEOUT,
        };
        rig.keep(&json!({"secret": SECRET}));
        rig
    }

    pub(super) fn realm(server: &Fake) -> Self {
        Self::of(&format!("{}/realms/a", server.address()))
    }

    /// Trusts this file, and no plain HTTP.
    pub(super) fn trusting(mut self, file: &Path) -> Self {
        self.wanted.ca_file = Some(file.to_owned());
        self.wanted.allow_http = false;
        self
    }

    /// Puts credentials where they are read.
    pub(super) fn keep(&self, secret: &Value) {
        let file: PathBuf = self.directory.path().join("zync.json");
        std::fs::write(file, secret.to_string()).expect("it can be written");
    }

    /// Puts them there as a URL.
    pub(super) fn keep_url(&mut self, url: &str) {
        self.wanted.credentials.form = Form::Url {
            pointer: "/url".to_owned(),
        };
        self.keep(&json!({ "url": url }));
    }

    pub(super) fn visitor(&self) -> Visitor {
        let trust: Trust = self.wanted.trust();
        Visitor::new(&trust, self.timeout, clock::system()).expect("the settings are fine")
    }

    pub(super) async fn look_again(
        &self,
        visitor: &Visitor,
        known: Option<&Facts>,
    ) -> Result<Seen, Failure> {
        let settings = config::Store::Files(config::Files {
            directory: self.directory.path().to_owned(),
        });
        let name = StoreName::new("mounted").expect("a name");
        let store = Store::build(name, &settings, self.timeout, clock::system());
        let store = store.expect("nothing to fail");
        look(&self.wanted, known, &store, visitor).await
    }

    pub(super) async fn look(&self) -> Result<Seen, Failure> {
        self.look_again(&self.visitor(), None).await
    }

    /// Where the chain is broken.
    pub(super) async fn fault(&self) -> Option<(Step, Cause)> {
        self.look().await.expect("it can be judged").chain.fault()
    }
}
