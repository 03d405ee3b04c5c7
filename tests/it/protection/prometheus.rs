//! A real Prometheus scrapes behind TLS, a client certificate and a password.

use serde_json::json;

use super::{
    daemon::home,
    scene::{Folder, PASSWORD, hash},
};
use crate::servers::Prometheus;

#[tokio::test]
async fn prometheus_scrapes_with_a_certificate_and_a_password() {
    let folder = Folder::new();
    let [kind, file] = folder.clients("RequireAndVerifyClientCert");
    let tls = folder.tls(&[
        &kind,
        &file,
        "client_allowed_sans: [prometheus.example.com]",
    ]);
    let users = format!("basic_auth_users: {{prometheus: '{}'}}\n", hash(PASSWORD));
    folder.write("web.yaml", &(tls + &users));
    let (home, _) = home(&folder);
    let daemon = home.start().await;
    let identity = folder.authority.client("prometheus.example.com");
    let scrape = |job: &str, password: &str| {
        json!({
            "job_name": job,
            "scheme": "https",
            "basic_auth": {"username": "prometheus", "password": password},
            "tls_config": {
                "ca_file": folder.authority.file(),
                "cert_file": identity.certificate,
                "key_file": identity.key,
            },
            "static_configs": [{"targets": [daemon.address()]}],
        })
    };
    let mut bare = scrape("bare", PASSWORD);
    bare["tls_config"] = json!({"ca_file": folder.authority.file()});
    let configuration = json!({
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [scrape("kcwatch", PASSWORD), scrape("wrong", "another"), bare],
    });
    let place = home.path("prometheus");
    std::fs::create_dir(&place).unwrap();
    let prometheus = Prometheus::start(&place, &configuration.to_string());
    prometheus.answers("up{job=\"kcwatch\"} == 1").await;
    prometheus.answers("up{job=\"wrong\"} == 0").await;
    prometheus.answers("up{job=\"bare\"} == 0").await;
    let refused = "kcwatch_http_connections_refused_total{reason=\"no_client_certificate\"} > 0";
    prometheus.answers(refused).await;
    prometheus
        .answers("kcwatch_http_requests_unauthenticated_total > 0")
        .await;
}
