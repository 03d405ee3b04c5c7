//! What an administrator does, so that tests can say it in a word.

use serde_json::{Value, json};

use super::OpenBao;

/// The two ids that an `AppRole` login takes.
#[derive(Clone)]
pub(crate) struct Approle {
    pub(crate) mount: String,
    pub(crate) role_id: String,
    pub(crate) secret_id: String,
}

impl OpenBao {
    /// Calls the API as root; fails the test if the server refuses.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        match self.try_call(method, path, body).await {
            Ok((status, answer)) if status < 300 => answer,
            Ok((status, answer)) => panic!("{method} {path}: {status} {answer}"),
            Err(problem) => panic!("{method} {path}: {problem}"),
        }
    }

    /// Calls the API as root; gives status and body.
    pub(crate) async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value), reqwest::Error> {
        self.call_as(&self.root_token, method, path, body).await
    }

    /// Calls the API with another token; gives status and body.
    pub(crate) async fn call_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<(u16, Value), reqwest::Error> {
        // A path such as `@team/secret/x` is meant for a namespace.
        let (namespace, path) = match path.strip_prefix('@').and_then(|rest| rest.split_once('/')) {
            Some(parts) => parts,
            None => ("", path),
        };
        // One a call: connections do not outlive the runtime of the test that made them.
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .build()?;
        let method = method.parse().expect("a method");
        let response = client
            .request(method, format!("{}/v1/{path}", self.address()))
            .header("X-Vault-Token", token)
            .header("X-Vault-Namespace", namespace)
            .body(body.map_or_else(String::new, |body| body.to_string()))
            .send()
            .await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Mounts a key-value engine, and gives its path back.
    pub(crate) async fn enable_kv(&self, mount: &str, version: u8) -> String {
        let options = json!({"type": "kv", "options": {"version": version.to_string()}});
        let path = format!("sys/mounts/{mount}");
        self.call("POST", &path, Some(options)).await;
        if version == 2 {
            // The upgrade of a fresh engine takes a moment, in which it answers 400.
            let ready = format!("{mount}/config");
            super::super::eventually("the engine is ready", async || {
                let answer = self.try_call("GET", &ready, None).await;
                answer.ok().filter(|(status, _)| *status == 200)
            })
            .await;
        }
        mount.to_owned()
    }

    /// Takes a secrets engine away, with all that lies in it.
    pub(crate) async fn disable(&self, mount: &str) {
        self.call("DELETE", &format!("sys/mounts/{mount}"), None)
            .await;
    }

    /// Writes a secret to an engine of version 1.
    pub(crate) async fn write_v1(&self, path: &str, content: Value) {
        self.call("POST", path, Some(content)).await;
    }

    /// Writes a secret to an engine of version 2; `path` as `bao kv put` takes it.
    pub(crate) async fn write(&self, mount: &str, path: &str, content: Value) {
        let body = json!({"data": content});
        self.call("POST", &format!("{mount}/data/{path}"), Some(body))
            .await;
    }

    /// Writes a policy, and gives its name back.
    pub(crate) async fn policy(&self, name: &str, rules: &str) -> String {
        let path = format!("sys/policies/acl/{name}");
        self.call("PUT", &path, Some(json!({"policy": rules})))
            .await;
        name.to_owned()
    }

    /// A new token; `options` as `auth/token/create` takes them.
    pub(crate) async fn token(&self, options: Value) -> String {
        let answer = self.call("POST", "auth/token/create", Some(options)).await;
        text(&answer, "/auth/client_token")
    }

    /// Revokes a token.
    pub(crate) async fn revoke(&self, token: &str) {
        self.call("POST", "auth/token/revoke", Some(json!({"token": token})))
            .await;
    }

    /// Revokes all tokens that a role's logins obtained.
    pub(crate) async fn revoke_logins(&self, mount: &str) {
        let path = format!("sys/leases/revoke-prefix/auth/{mount}");
        self.call("POST", &path, None).await;
    }

    /// How many tokens there are.
    pub(crate) async fn count_tokens(&self) -> usize {
        let answer = self.call("LIST", "auth/token/accessors", None).await;
        let keys = answer.pointer("/data/keys").and_then(Value::as_array);
        keys.map_or(0, Vec::len)
    }

    /// Mounts an auth method, and gives its path back.
    pub(crate) async fn enable_auth(&self, mount: &str, kind: &str) -> String {
        let path = format!("sys/auth/{mount}");
        self.call("POST", &path, Some(json!({"type": kind}))).await;
        mount.to_owned()
    }

    /// Makes a role at an `AppRole` method of its own; `options` as `auth/approle/role/NAME` takes them.
    pub(crate) async fn approle(&self, options: Value) -> Approle {
        let mount = self
            .enable_auth(&super::super::unique("approle"), "approle")
            .await;
        let role = format!("auth/{mount}/role/kcwatch");
        self.call("POST", &role, Some(options)).await;
        let role_id = self.call("GET", &format!("{role}/role-id"), None).await;
        Approle {
            role_id: text(&role_id, "/data/role_id"),
            secret_id: self.secret_id(&role).await,
            mount,
        }
    }

    /// A new secret id of a role, given by its path.
    async fn secret_id(&self, role: &str) -> String {
        let answer = self.call("POST", &format!("{role}/secret-id"), None).await;
        text(&answer, "/data/secret_id")
    }

    /// Seals the server.
    pub(crate) async fn seal(&self) {
        self.call("PUT", "sys/seal", None).await;
    }

    /// Unseals the server, and waits until it serves.
    pub(crate) async fn unseal(&self) {
        let key = self.unseal_key.as_ref().expect("a server with a key");
        super::super::eventually("the server is unsealed", async || {
            let key = json!({"key": key});
            self.try_call("PUT", "sys/unseal", Some(key)).await.ok()?;
            // 429 is how a node says that it is not yet the active one.
            let answer = self.try_call("GET", "sys/health", None).await;
            answer.ok().filter(|(status, _)| *status == 200)
        })
        .await;
    }

    pub(super) async fn initialise(&mut self) {
        let shares = json!({"secret_shares": 1, "secret_threshold": 1});
        let answer = self.call("PUT", "sys/init", Some(shares)).await;
        self.unseal_key = Some(text(&answer, "/keys_base64/0"));
        self.root_token = text(&answer, "/root_token");
        self.unseal().await;
    }
}

fn text(answer: &Value, pointer: &str) -> String {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found.expect("the answer holds what it promises").to_owned()
}
