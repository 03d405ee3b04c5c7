//! A realm, and what its administrator and its clients do in it, so that tests can say it in a word.

use serde_json::{Value, json};

use super::{super::unique, Keycloak};

/// A realm, with an administrator's access to it.
pub(crate) struct Realm<'a> {
    keycloak: &'a Keycloak,
    pub(crate) name: String,
    admin_token: String,
}

/// A client with a service account.
pub(crate) struct Account {
    pub(crate) client_id: String,
    pub(crate) secret: String,
    /// The id of the client that the admin API goes by.
    key: String,
}

impl Account {
    /// One that no server knows.
    pub(crate) fn new(client_id: &str, secret: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            secret: secret.to_owned(),
            key: String::new(),
        }
    }
}

impl Account {
    /// What it logs in with.
    fn form(&self) -> String {
        format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            self.client_id, self.secret
        )
    }
}

/// An Initial Access Token.
pub(crate) struct Issued {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Keycloak {
    /// A new realm with these settings, which stores events.
    pub(crate) async fn realm(&self, settings: Value) -> Realm<'_> {
        self.realm_named(unique("realm"), settings).await
    }

    /// The same of this name.
    pub(crate) async fn realm_named(&self, name: String, settings: Value) -> Realm<'_> {
        let kept = [
            "CLIENT_REGISTER",
            "CLIENT_REGISTER_ERROR",
            "CLIENT_DELETE",
            "CLIENT_LOGIN",
            "CLIENT_LOGIN_ERROR",
            "CLIENT_INFO",
            "CLIENT_INFO_ERROR",
        ];
        let mut realm = json!({
            "realm": name, "enabled": true,
            "eventsEnabled": true, "eventsExpiration": 36_000, "enabledEventTypes": kept,
            "adminEventsEnabled": true,
        });
        if let (Some(realm), Value::Object(settings)) = (realm.as_object_mut(), settings) {
            realm.extend(settings);
        }
        self.call("POST", "/admin/realms", Some(realm)).await;
        Realm {
            keycloak: self,
            name,
            admin_token: self.admin_token().await,
        }
    }

    /// The realm for all tests that do not disturb each other, as making one takes a while: each uses tokens and accounts of
    /// its own.
    pub(crate) async fn common_realm(&self) -> Realm<'_> {
        let make = async || {
            let made = self.realm(json!({})).await;
            (made.name, made.admin_token)
        };
        let (name, admin_token) = self.common.get_or_init(make).await.clone();
        Realm {
            keycloak: self,
            name,
            admin_token,
        }
    }

    /// The realm `master`.
    pub(crate) fn master(&self) -> Realm<'_> {
        Realm {
            keycloak: self,
            name: "master".to_owned(),
            admin_token: self.admin_token.clone(),
        }
    }
}

impl Realm<'_> {
    /// As its tokens name it.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/realms/{}", self.keycloak.address(), self.name)
    }

    /// Calls a path below `/admin/realms/NAME` as the administrator; fails the test if the server refuses.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let path = format!("/admin/realms/{}{path}", self.name);
        let token = &self.admin_token;
        self.keycloak.call_as(token, method, &path, body).await
    }

    /// A new client with a service account, which has these roles of the client `realm-management`.
    pub(crate) async fn account(&self, roles: &[&str]) -> Account {
        self.account_with(&unique("secret"), roles).await
    }

    /// The same with this secret.
    pub(crate) async fn account_with(&self, secret: &str, roles: &[&str]) -> Account {
        self.account_named(unique("account"), secret, roles).await
    }

    /// The same of this name.
    pub(crate) async fn account_named(
        &self,
        client_id: String,
        secret: &str,
        roles: &[&str],
    ) -> Account {
        let client = json!({
            "clientId": client_id, "secret": secret, "serviceAccountsEnabled": true,
            "publicClient": false, "standardFlowEnabled": false,
        });
        self.call("POST", "/clients", Some(client)).await;
        let account = Account {
            key: self.key(&client_id).await,
            client_id,
            secret: secret.to_owned(),
        };
        for role in roles {
            self.give(&account, role).await;
        }
        account
    }

    /// Gives an account a role of the client `realm-management`.
    pub(crate) async fn give(&self, account: &Account, role: &str) {
        let user = format!("/clients/{}/service-account-user", account.key);
        let user = text(&self.call("GET", &user, None).await, "id");
        let management = self.key("realm-management").await;
        let role = format!("/clients/{management}/roles/{role}");
        let role = self.call("GET", &role, None).await;
        let mapping = format!("/users/{user}/role-mappings/clients/{management}");
        self.call("POST", &mapping, Some(json!([role]))).await;
    }

    /// Changes the client of an account.
    pub(crate) async fn change(&self, account: &Account, changes: Value) {
        let path = format!("/clients/{}", account.key);
        let mut client = self.call("GET", &path, None).await;
        if let (Some(client), Value::Object(changes)) = (client.as_object_mut(), changes) {
            client.extend(changes);
        }
        self.call("PUT", &path, Some(client)).await;
    }

    /// An access token of an account.
    pub(crate) async fn access_token(&self, account: &Account) -> String {
        self.keycloak.token(&self.name, account.form()).await
    }

    /// Status and answer of a login of an account.
    pub(crate) async fn try_log_in(&self, account: &Account) -> (u16, Value) {
        self.keycloak.try_token(&self.name, account.form()).await
    }

    /// How often an account has logged in.
    pub(crate) async fn logins(&self, account: &Account) -> usize {
        let path = format!(
            "/events?max=1000&type=CLIENT_LOGIN&client={}",
            account.client_id
        );
        rows(self.call("GET", &path, None).await).len()
    }

    /// The client of an account, as the server shows it.
    pub(crate) async fn client(&self, account: &Account) -> Value {
        let path = format!("/clients/{}", account.key);
        self.call("GET", &path, None).await
    }

    /// Puts every client with a secret under a rotation policy of so many seconds: for a secret, for one that was rotated out, and
    /// before the end in which an update replaces it.
    pub(crate) async fn rotate_secrets(&self, [expiration, rotated, remaining]: [u32; 3]) {
        let executor = json!({"executor": "secret-rotation", "configuration": {
            "expiration-period": expiration, "rotated-expiration-period": rotated, "remaining-rotation-period": remaining,
        }});
        let profiles = json!({"profiles": [{"name": "rotation", "executors": [executor]}]});
        self.call("PUT", "/client-policies/profiles", Some(profiles))
            .await;
        let condition =
            json!({"condition": "client-access-type", "configuration": {"type": ["confidential"]}});
        let policies = json!({"policies": [
            {"name": "rotation", "enabled": true, "profiles": ["rotation"], "conditions": [condition]},
        ]});
        self.call("PUT", "/client-policies/policies", Some(policies))
            .await;
    }

    /// Gives a client another secret, as "Regenerate" does; gives the account with it.
    pub(crate) async fn regenerate(&self, account: &Account) -> Account {
        let path = format!("/clients/{}/client-secret", account.key);
        let made = self.call("POST", &path, None).await;
        Account {
            client_id: account.client_id.clone(),
            secret: text(&made, "value"),
            key: account.key.clone(),
        }
    }

    /// Lets nobody register a client, with a token, once the realm has so many.
    pub(crate) async fn limit_clients(&self, most: u32) {
        let policy = json!({
            "name": "Max Clients", "providerId": "max-clients", "subType": "authenticated",
            "providerType": "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy",
            "config": {"max-clients": [most.to_string()]},
        });
        self.call("POST", "/components", Some(policy)).await;
    }

    /// Issues an Initial Access Token for so many clients and seconds; zero seconds: for ever.
    pub(crate) async fn issue(&self, count: u32, seconds: u32) -> Issued {
        let order = json!({"count": count, "expiration": seconds});
        let answer = self
            .call("POST", "/clients-initial-access", Some(order))
            .await;
        Issued {
            id: text(&answer, "id"),
            token: text(&answer, "token"),
        }
    }

    /// Registers a client with a token; gives status and answer.
    pub(crate) async fn register(&self, token: &str) -> (u16, Value) {
        let path = format!("/realms/{}/clients-registrations/default", self.name);
        let client = json!({"clientId": unique("client"), "redirectUris": ["https://x.example/*"]});
        self.keycloak
            .try_call(token, "POST", &path, Some(client))
            .await
    }

    /// The list of Initial Access Tokens.
    pub(crate) async fn tokens(&self) -> Vec<Value> {
        rows(self.call("GET", "/clients-initial-access", None).await)
    }

    /// Deletes an Initial Access Token.
    pub(crate) async fn delete(&self, issued: &Issued) {
        let path = format!("/clients-initial-access/{}", issued.id);
        self.call("DELETE", &path, None).await;
    }

    /// The ids of the clients, sorted.
    pub(crate) async fn clients(&self) -> Vec<String> {
        let clients = rows(self.call("GET", "/clients", None).await);
        let mut ids: Vec<String> = clients
            .iter()
            .map(|client| text(client, "clientId"))
            .collect();
        ids.sort();
        ids
    }

    /// The types of the stored events, the newest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let events = rows(self.call("GET", "/events?max=1000", None).await);
        events.iter().map(|event| text(event, "type")).collect()
    }

    /// How many admin events are stored.
    pub(crate) async fn admin_events(&self) -> usize {
        rows(self.call("GET", "/admin-events?max=1000", None).await).len()
    }

    /// The id that the admin API goes by.
    pub(crate) async fn key(&self, client_id: &str) -> String {
        let path = format!("/clients?clientId={client_id}");
        let found = self.call("GET", &path, None).await;
        match found.get(0) {
            Some(client) => text(client, "id"),
            None => panic!("no client {client_id}"),
        }
    }
}

fn rows(answer: Value) -> Vec<Value> {
    match answer {
        Value::Array(rows) => rows,
        other => panic!("no list: {other}"),
    }
}

fn text(value: &Value, field: &str) -> String {
    match value.get(field).and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => panic!("no {field} in {value}"),
    }
}
