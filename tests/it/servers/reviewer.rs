//! The part of the Kubernetes API that the server asks when a service account logs in
//! (<https://openbao.org/docs/auth/kubernetes/>): there is no cluster in these tests.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::KeyPair;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::{Authority, OpenBao};

/// Whom the token is for that is projected into the pod.
const AUDIENCE: &str = "vault";

/// A `TokenReview` API that knows one service account, `monitoring/kcwatch`.
pub(crate) struct TokenReviewer {
    api: MockServer,
    /// What the cluster would sign with; nobody looks at the signature, only at the kind of key.
    key: KeyPair,
}

impl TokenReviewer {
    /// Starts it.
    pub(crate) async fn start() -> Self {
        let api = MockServer::start().await;
        let review = Mock::given(matchers::path(
            "/apis/authentication.k8s.io/v1/tokenreviews",
        ));
        let user = json!({
            "username": "system:serviceaccount:monitoring:kcwatch",
            "uid": "7",
            "groups": ["system:serviceaccounts"],
        });
        let status = json!({"authenticated": true, "user": user, "audiences": [AUDIENCE]});
        let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status});
        review
            .respond_with(ResponseTemplate::new(201).set_body_json(body))
            .mount(&api)
            .await;
        let key = KeyPair::generate().expect("a key can be made");
        Self { api, key }
    }

    /// Mounts the auth method and points it here; roles are the caller's business.
    pub(crate) async fn enable_at(&self, server: &OpenBao, mount: &str) {
        server.enable_auth(mount, "kubernetes").await;
        let config = json!({
            "kubernetes_host": self.api.uri(),
            "token_reviewer_jwt": self.service_account(),
            "disable_local_ca_jwt": true,
            "kubernetes_ca_cert": Authority::new().pem(),
        });
        let path = format!("auth/{mount}/config");
        server.call("POST", &path, Some(config)).await;
    }

    /// The token of the service account, as it is projected into a pod.
    pub(crate) fn service_account(&self) -> String {
        self.service_account_for(AUDIENCE)
    }

    /// The same for somebody else.
    pub(crate) fn service_account_for(&self, audience: &str) -> String {
        let now = kcwatch::clock::system()().seconds();
        let account = json!({"name": "kcwatch", "uid": "7"});
        let claims = json!({
            "iss": "https://kubernetes.default.svc.cluster.local",
            "sub": "system:serviceaccount:monitoring:kcwatch",
            "aud": [audience], "iat": now, "nbf": now, "exp": now + 3_600,
            "kubernetes.io": {"namespace": "monitoring", "serviceaccount": account},
        });
        let key = EncodingKey::from_ec_der(&self.key.serialize_der());
        let header = Header::new(Algorithm::ES256);
        jsonwebtoken::encode(&header, &claims, &key).expect("it can be encoded")
    }
}
