//! What is there before kcwatch comes: a realm, its accounts and tokens, and a store in which they lie.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    arguments::Arguments,
    ports::Ports,
    servers::{Issued, Keycloak, OpenBao, Realm},
};

/// The name of the realm.
pub(crate) const REALM: &str = "demo";

const CONFIG: &str = include_str!("kcwatch.yaml");
const POLICY: &str = include_str!("policy.hcl");
const DAY: u32 = 86_400;

/// The application that 3scale has, and where it wants its users back.
const APPLICATION: (&str, &str) = ("billing", "https://billing.example.com/callback");

/// The realm, and the store.
pub(crate) struct Scene<'a> {
    pub(crate) realm: Realm<'a>,
    openbao: &'a OpenBao,
}

impl<'a> Scene<'a> {
    /// Makes everything but the token of prod, whose time begins when it is issued.
    pub(crate) async fn set(
        keycloak: &'a Keycloak,
        openbao: &'a OpenBao,
        folder: &Path,
    ) -> Result<Self, String> {
        let realm = keycloak.realm_named(REALM.to_owned(), json!({})).await;
        let scene = Self { realm, openbao };
        scene.make_accounts().await;
        scene.make_application().await;
        let stage = scene.realm.issue(100, 90 * DAY).await;
        let slot = json!({"id": stage.id, "token": stage.token});
        let stage = json!({"current_iat": slot, "previous_iat": null});
        scene.write("stage", stage).await;
        scene.let_in(folder).await?;
        Ok(scene)
    }

    /// The account of kcwatch, and that of Zync, each with its secret in the store.
    async fn make_accounts(&self) {
        let account = async |name: &str, role| {
            let secret = format!("secret-of-{name}-in-the-demo");
            let name = name.to_owned();
            self.realm.account_named(name, &secret, &[role]).await
        };
        let kcwatch = account("kcwatch", "view-clients").await;
        let secret = json!({"client_secret": kcwatch.secret});
        self.write("kcwatch", secret).await;
        let zync = account("zync", "manage-clients").await;
        let flows_off = json!({"directAccessGrantsEnabled": false});
        self.realm.change(&zync, flows_off).await;
        // As Zync is given it.
        let with = format!("http://{}:{}@", zync.client_id, zync.secret);
        let url = self.realm.issuer().replacen("http://", &with, 1);
        self.write("zync", json!({"oidc_issuer_endpoint": url}))
            .await;
    }

    /// The client of an application, made as Zync does under a policy by which its secret expires.
    async fn make_application(&self) {
        self.realm
            .rotate_secrets([30 * DAY, 2 * DAY, 10 * DAY])
            .await;
        let (id, redirect_url) = APPLICATION;
        let client = json!({
            "clientId": id, "enabled": true, "publicClient": false,
            "redirectUris": [redirect_url], "standardFlowEnabled": true,
            "serviceAccountsEnabled": false, "directAccessGrantsEnabled": false,
        });
        self.realm.call("POST", "/clients", Some(client)).await;
    }

    /// Lets kcwatch into the store, to read and nothing else.
    async fn let_in(&self, folder: &Path) -> Result<(), String> {
        let policy = self.openbao.policy("kcwatch", POLICY).await;
        self.openbao.enable_auth("approle", "approle").await;
        let role = "auth/approle/role/kcwatch";
        let options =
            json!({"token_policies": policy, "token_no_default_policy": true, "token_ttl": "24h"});
        self.openbao.call("POST", role, Some(options)).await;
        for (method, id) in [("GET", "role_id"), ("POST", "secret_id")] {
            let path = format!("{role}/{}", id.replace('_', "-"));
            let answer = self.openbao.call(method, &path, None).await;
            let found = text(&answer, &format!("/data/{id}"));
            write(folder, id, found.unwrap_or_default())?;
        }
        Ok(())
    }

    /// Issues a token for so many clients and so long, and puts it where it is watched, as the procedure says.
    pub(crate) async fn renew(&self, clients: u32, lifetime: Duration) -> Issued {
        let seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
        let issued = self.realm.issue(clients, seconds).await;
        let secret = json!({"url": self.realm.issuer(), "initial-access-token": issued.token});
        self.write("prod", secret).await;
        issued
    }

    /// Whether somebody has put another token in its place.
    pub(crate) async fn is_renewed(&self, before: &Issued) -> bool {
        let answer = self.openbao.try_call("GET", "secret/data/sso/prod", None);
        let Ok((200, answer)) = answer.await else {
            return false;
        };
        let token = text(&answer, "/data/data/initial-access-token");
        token.is_some_and(|token| token != before.token)
    }

    async fn write(&self, name: &str, content: Value) {
        let path = format!("sso/{name}");
        self.openbao.write("secret", &path, content).await;
    }

    /// The configuration of kcwatch.
    pub(crate) fn config(&self, arguments: &Arguments, ports: &Ports, folder: &Path) -> String {
        let seconds = |span: Duration| format!("{}s", span.as_secs());
        let clients = arguments.clients;
        let filled = [
            ("PORT", ports.kcwatch.to_string()),
            ("FOLDER", folder.display().to_string()),
            ("OPENBAO", self.openbao.address()),
            ("ISSUER", self.realm.issuer()),
            ("LIFETIME", seconds(arguments.lifetime)),
            ("NOTICE", seconds(arguments.part(40))),
            ("URGENT", seconds(arguments.part(20))),
            ("HALF", (clients / 2).to_string()),
            ("QUARTER", (clients / 4).to_string()),
            ("CLIENTS", clients.to_string()),
        ];
        let (remarks, config) = CONFIG.split_once('\n').unwrap_or_default();
        let begin = config.to_owned();
        let config = filled
            .iter()
            .fold(begin, |text, (word, value)| text.replace(word, value));
        format!("{remarks}\n{config}")
    }
}

/// Writes a file, and gives its path back.
pub(crate) fn write(folder: &Path, name: &str, content: &str) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let written = fs::write(&path, content);
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

fn text<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer)?.as_str()
}
