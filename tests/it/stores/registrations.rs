//! Counting the clients registered with a token: looks at real servers, folded one after another.

mod awkward;
mod names;
mod once;
mod secrets;

use std::time::Duration;

use kcwatch::{
    jwt,
    model::{Failure, Reason, SecretPath, StoreName, UnixTime},
    store::Store,
    watch::initial_access_token::{
        config::{Read, Registrations},
        counted::{Counted, Tally, Used},
        registrations::look,
    },
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::servers::{OpenBao, unique};

const ISSUER: &str = "https://sso.example.com/realms/prod";

/// When the token in use took effect, where a test may say so.
const EFFECTIVE: i64 = 1_790_000_000;

/// Looks at one store, and what came of them.
struct Watch<'a> {
    store: &'a Store,
    wanted: Registrations,
    counted: Option<Counted>,
    effective: UnixTime,
    now: i64,
}

impl<'a> Watch<'a> {
    fn new(store: &'a Store, read: Read, folders: &[String]) -> Self {
        let folders = folders.iter().map(|text| SecretPath::new(text));
        Self {
            store,
            wanted: Registrations {
                store: StoreName::new("devshift").expect("a name"),
                folders: folders.collect::<Result<_, _>>().expect("paths"),
                read,
                ending: None,
                interval: Duration::from_secs(300),
            },
            counted: None,
            effective: UnixTime::from_seconds(EFFECTIVE),
            now: EFFECTIVE + 86_400,
        }
    }

    async fn tally(&self, until: Instant) -> Result<Tally, Failure> {
        let known = self.counted.as_ref();
        can_be_spawned(look(&self.wanted, known, Some(ISSUER), self.store, until)).await
    }

    /// One look, a minute after the one before; what was remembered goes through a file in between.
    async fn look(&mut self) -> Result<Used, Reason> {
        let until = Instant::now() + Duration::from_secs(60);
        let tally = self.tally(until).await.map_err(|failure| failure.reason)?;
        Ok(self.fold(&tally))
    }

    fn fold(&mut self, tally: &Tally) -> Used {
        self.now += 60;
        let now = UnixTime::from_seconds(self.now);
        let text = serde_json::to_string(&self.counted).expect("it can be written");
        let known: Option<Counted> = serde_json::from_str(&text).expect("and read");
        let effective = Some(self.effective);
        let next = Counted::after(known.as_ref(), &self.wanted, tally, effective, now);
        let used = next.used(self.effective);
        self.counted = Some(next);
        used
    }

    fn known(&self) -> &Counted {
        self.counted.as_ref().expect("there was a look")
    }
}

/// Looks run in tasks of their own.
fn can_be_spawned<F: Future + Send>(future: F) -> F {
    future
}

/// An engine with folders of clients.
struct Engine {
    bao: &'static OpenBao,
    mount: String,
    version: u8,
}

impl Engine {
    async fn new(version: u8) -> Self {
        let bao = OpenBao::shared().await;
        let mount = bao.enable_kv(&unique("kv"), version).await;
        Self {
            bao,
            mount,
            version,
        }
    }

    fn folder(&self, name: &str) -> String {
        format!("{}/{name}", self.mount)
    }

    async fn write(&self, path: &str, content: Value) {
        match self.version {
            1 => self.bao.write_v1(&self.folder(path), content).await,
            _ => self.bao.write(&self.mount, path, content).await,
        }
    }

    /// As the integration does: for good.
    async fn delete(&self, path: &str) {
        let path = match self.version {
            1 => self.folder(path),
            _ => format!("{}/metadata/{path}", self.mount),
        };
        self.bao.call("DELETE", &path, None).await;
    }
}

/// A registration token that was issued so many seconds after the token in use took effect.
fn registration_token(id: &str, issuer: &str, after: i64) -> String {
    let claims = json!({
        "exp": 0, "iat": EFFECTIVE + after, "jti": id, "iss": issuer, "aud": issuer,
        "typ": "RegistrationAccessToken", "registration_auth": "authenticated", "allowed-origins": [],
    });
    jwt::sign_sample(&claims, b"a key of ours").expect("it can be signed")
}

/// What every generation of the integration writes.
fn client(id: &str, issuer: &str, after: i64) -> Value {
    json!({
        "client_id": id, "client_name": id, "client_secret": "hush",
        "redirect_uris": ["https://console.example.com/oauth"],
        "registration_access_token": registration_token(id, issuer, after),
        "registration_client_uri": format!("{issuer}/clients-registrations/default/{id}"),
        "issuer": issuer,
    })
}

/// With what the first generation wrote beside it.
fn of_first_generation(id: &str, issuer: &str, after: i64) -> Value {
    let more = json!({
        "client_id_issued_at": EFFECTIVE + after, "client_secret_expires_at": 0,
        "grant_types": ["authorization_code", "refresh_token"], "request_uris": [],
        "response_types": ["code", "none"], "subject_type": "public",
    });
    merged(client(id, issuer, after), &more)
}

/// With what the second and third generations write beside it.
fn of_later_generations(id: &str, issuer: &str, after: i64) -> Value {
    let created = (EFFECTIVE + after).to_string();
    let more = json!({"attributes": {"client.secret.creation.time": created}});
    merged(client(id, issuer, after), &more)
}

fn merged(mut content: Value, more: &Value) -> Value {
    let object = content.as_object_mut().expect("an object");
    object.extend(more.as_object().expect("an object").clone());
    content
}
