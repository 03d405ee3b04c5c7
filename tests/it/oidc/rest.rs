//! The identity provider of somebody else ("REST API"): the token is Keycloak's, and clients are synchronized through an
//! adapter that answers as we say.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::{
    rig::{Watching, canaries},
    scene::Scene,
};
use crate::servers::{Fake, Reply, on_both};

/// The links of this chain: the adapter speaks no TLS, and has no settings of the service account.
const STEPS: [&str; 7] = [
    "connection",
    "discovery",
    "keys",
    "grant",
    "token",
    "role",
    "applications",
];

/// An adapter that answers each question for a client like this: status and body.
struct Adapter {
    fake: Fake,
    answer: Arc<Mutex<(&'static str, &'static str)>>,
}

const JSON: &str = "Content-Type: application/json";

impl Adapter {
    /// One that describes the issuer like this.
    async fn new(document: String) -> Self {
        let answer = Arc::new(Mutex::new(("200 OK", "{}")));
        let says = Arc::clone(&answer);
        let fake = Fake::start(move |request| {
            if request.starts_with("GET /api/.well-known/openid-configuration ") {
                return Reply::whole(&format!("200 OK\r\n{JSON}"), &document);
            }
            let (head, body) = *says.lock().unwrap();
            let is_expected = request.starts_with("GET /api/clients/")
                && request.contains("authorization: Bearer eyJ");
            if is_expected {
                Reply::whole(&format!("{head}\r\n{JSON}"), body)
            } else {
                Reply::whole("400 Bad Request", "")
            }
        })
        .await;
        Self { fake, answer }
    }

    fn answers(&self, head: &'static str, body: &'static str) {
        *self.answer.lock().unwrap() = (head, body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adapter_is_asked_for_the_clients_instead() {
    on_both(async |keycloak| {
        let scene = Scene::new(keycloak, json!({})).await;
        let adapter = Adapter::new(scene.document().await).await;
        let settings = scene
            .settings()
            .with("/targets/0/oidc_integration/api", "rest")
            .with("/targets/0/oidc_integration/allow_http", true)
            .with(
                "/targets/0/oidc_integration/endpoint",
                format!("{}/api", adapter.fake.address()),
            );
        let mut watching = Watching::of(&scene, &settings, &STEPS).await;

        adapter.answers("401 Unauthorized", "{}");
        watching.breaks("role", "refused", "401").await;
        adapter.answers("200 OK", "{}");
        watching.holds("taken again").await;

        adapter.answers("403 Forbidden", "{}");
        watching.breaks("role", "refused", "403").await;
        // It need not know how to read: Zync only writes.
        adapter.answers("405 Method Not Allowed", "");
        watching.holds_up_to(5, "only writes").await;

        adapter.answers("404 Not Found", "{}");
        watching
            .breaks("applications", "application_missing", "404")
            .await;

        let asked = adapter.fake.requests();
        assert!(
            asked.iter().all(|request| request.starts_with("GET ")),
            "only reads"
        );
        watching.gives_nothing_away(&canaries(&scene)).await;
    })
    .await;
}
