//! What can befall the scene: each is one thing that somebody does on the server, and what takes it back.

use serde_json::{Value, json};

use super::{front::Way, scene::Scene};

/// Something that is done.
#[derive(Clone)]
pub(super) enum Deed {
    /// The front behaves otherwise.
    Front(Way),
    /// The file with the authorities that Zync trusts is another.
    Bundle(String),
    /// The realm has other settings.
    Realm(Value),
    /// Zync's client has other settings.
    Zync(Value),
    /// Zync's client is given a new secret by the server.
    NewSecret,
    /// Zync's client has the secret again that Zync knows.
    OldSecret,
    /// Zync's service account has this role no more.
    Take(&'static str),
    /// Zync's service account has this role.
    Give(&'static str),
    /// Zync's client no longer has this default client scope.
    Unscope(&'static str),
    /// Zync's client has this default client scope.
    Scope(&'static str),
    /// The tokens of Zync's client have this claim, with this value of this JSON type.
    Claim(&'static str, &'static str, &'static str),
    /// Zync's client has no mappers of its own.
    NoClaims,
    /// The application has other settings.
    Application(Value),
    /// The application's client is gone.
    DeleteApplication,
    /// The application's client is made.
    CreateApplication,
    /// The realm is gone.
    DeleteRealm,
}

impl Scene<'_> {
    /// Lets it happen.
    pub(super) async fn befall(&self, deed: Deed) {
        match deed {
            Deed::Front(way) => self.front.behave(way).await,
            Deed::Bundle(pem) => self.write_bundle(&pem),
            Deed::Realm(settings) => drop(self.realm.call("PUT", "", Some(settings)).await),
            Deed::Zync(changes) => self.realm.change(&self.zync, changes).await,
            Deed::NewSecret => {
                let path = self.zync_path("/client-secret").await;
                self.realm.call("POST", &path, None).await;
            }
            Deed::OldSecret => {
                let secret = json!({"secret": self.zync.secret});
                self.realm.change(&self.zync, secret).await;
            }
            Deed::Take(role) => self.take(role).await,
            Deed::Give(role) => self.realm.give(&self.zync, role).await,
            Deed::Unscope(name) => self.scope("DELETE", name).await,
            Deed::Scope(name) => self.scope("PUT", name).await,
            Deed::Claim(claim, value, kind) => self.claim(claim, value, kind).await,
            Deed::NoClaims => self.no_claims().await,
            Deed::Application(changes) => self.change_application(changes).await,
            Deed::DeleteApplication => {
                let path = format!("/clients/{}", self.realm.key(&self.application.0).await);
                self.realm.call("DELETE", &path, None).await;
            }
            Deed::CreateApplication => self.create_application().await,
            Deed::DeleteRealm => drop(self.realm.call("DELETE", "", None).await),
        }
    }

    async fn take(&self, role: &str) {
        let user = self.zync_path("/service-account-user").await;
        let user = self.realm.call("GET", &user, None).await;
        let user = user["id"].as_str().unwrap();
        let management = self.realm.key("realm-management").await;
        let role = format!("/clients/{management}/roles/{role}");
        let role = self.realm.call("GET", &role, None).await;
        let mapping = format!("/users/{user}/role-mappings/clients/{management}");
        let roles = Some(json!([role]));
        self.realm.call("DELETE", &mapping, roles).await;
    }

    async fn scope(&self, method: &str, name: &str) {
        let scopes = self.realm.call("GET", "/client-scopes", None).await;
        let mut scopes = scopes.as_array().unwrap().iter();
        let scope = scopes.find(|scope| scope["name"] == name).unwrap();
        let path = format!("/default-client-scopes/{}", scope["id"].as_str().unwrap());
        let path = self.zync_path(&path).await;
        self.realm.call(method, &path, None).await;
    }

    async fn claim(&self, claim: &str, value: &str, kind: &str) {
        let mapper = json!({
            "name": claim, "protocol": "openid-connect",
            "protocolMapper": "oidc-hardcoded-claim-mapper",
            "config": {
                "claim.name": claim, "claim.value": value,
                "jsonType.label": kind, "access.token.claim": "true",
            },
        });
        let path = self.zync_path("/protocol-mappers/models").await;
        self.realm.call("POST", &path, Some(mapper)).await;
    }

    async fn no_claims(&self) {
        let path = self.zync_path("/protocol-mappers/models").await;
        let mappers = self.realm.call("GET", &path, None).await;
        for mapper in mappers.as_array().unwrap() {
            // A service account comes with mappers of its own before Keycloak 26.
            if mapper["protocolMapper"] == "oidc-hardcoded-claim-mapper" {
                let path = format!("{path}/{}", mapper["id"].as_str().unwrap());
                self.realm.call("DELETE", &path, None).await;
            }
        }
    }
}
