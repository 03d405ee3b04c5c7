//! Calls of the administrator that `scripts/setup` made.

use serde_json::Value;

use super::Keycloak;

impl Keycloak {
    /// Name and password of the administrator, as `scripts/setup` says.
    pub(crate) const ADMINISTRATOR: (&str, &str) = ("admin", "admin-of-the-tests");

    /// Calls a path as the administrator; fails the test if the server refuses.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.call_as(&self.admin_token, method, path, body).await
    }

    /// Calls a path with this token; fails the test if the server refuses.
    pub(crate) async fn call_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Value {
        match self.try_call(token, method, path, body).await {
            (status, answer) if status < 300 => answer,
            (status, answer) => panic!("{method} {path}: {status} {answer}"),
        }
    }

    /// Calls a path with this token; gives status and body.
    pub(crate) async fn try_call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let headers = [
            ("Authorization", format!("Bearer {token}")),
            ("Content-Type", "application/json".to_owned()),
        ];
        let body = body.map_or_else(String::new, |body| body.to_string());
        self.send(method, path, &headers, body).await
    }

    /// A new token for the administrator: one knows only the realms that were there when it was issued, before Keycloak 26.
    pub(super) async fn admin_token(&self) -> String {
        let (name, password) = Self::ADMINISTRATOR;
        let form =
            format!("grant_type=password&client_id=admin-cli&username={name}&password={password}");
        self.token("master", form).await
    }

    /// The access token that a login to a realm gives.
    pub(super) async fn token(&self, realm: &str, form: String) -> String {
        let (status, answer) = self.try_token(realm, form).await;
        match answer.get("access_token").and_then(Value::as_str) {
            Some(token) => token.to_owned(),
            None => panic!("no login to {realm}: {status} {answer}"),
        }
    }

    /// Status and answer of a login to a realm.
    pub(super) async fn try_token(&self, realm: &str, form: String) -> (u16, Value) {
        let path = format!("/realms/{realm}/protocol/openid-connect/token");
        let kind = "application/x-www-form-urlencoded".to_owned();
        self.send("POST", &path, &[("Content-Type", kind)], form)
            .await
    }

    pub(super) async fn log_in(&mut self) {
        self.admin_token = self.admin_token().await;
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: String,
    ) -> (u16, Value) {
        // One a call: connections do not outlive the runtime of the test that made them.
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()
            .expect("a client");
        let method = method.parse().expect("a method");
        let mut request = client.request(method, format!("{}{path}", self.address()));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body).send().await.expect("Keycloak answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("an answer has a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
