//! TLS towards real servers: whom we trust, and who we are.

use kcwatch::{config::ClientCertificate, model::Reason};
use serde_json::json;

use super::rig::{Rig, status, text};
use crate::servers::{Authority, Identity, OpenBao, Tls};

const HERE: &str = "127.0.0.1";

async fn server(identity: Identity, clients_of: Option<&Authority>) -> OpenBao {
    let bao = OpenBao::with_tls(Tls {
        identity,
        clients_of,
    })
    .await;
    bao.enable_kv("kv", 1).await;
    bao.write_v1("kv/sso", json!({"url": "one"})).await;
    bao
}

fn rig(bao: &OpenBao, trusting: &Authority) -> Rig {
    let mut rig = Rig::with_token(&bao.tls_address(), bao.root_token());
    rig.settings.ca_file = Some(trusting.file());
    rig
}

async fn found(rig: &Rig) -> Result<String, Reason> {
    text(&rig.store(), "kv/sso", "/url").await
}

#[tokio::test]
async fn only_the_stated_authority_is_trusted() {
    let authority = Authority::new();
    let bao = server(authority.server(HERE), None).await;
    assert_eq!(found(&rig(&bao, &authority)).await, Ok("one".to_owned()));

    assert_eq!(found(&rig(&bao, &Authority::new())).await, Err(Reason::Tls));
    let mut of_the_system = rig(&bao, &authority);
    of_the_system.settings.ca_file = None;
    assert_eq!(found(&of_the_system).await, Err(Reason::Tls));
}

#[tokio::test]
async fn a_certificate_for_another_name_or_of_another_time_is_refused() {
    let authority = Authority::new();
    let elsewhere = server(authority.server("elsewhere.example"), None).await;
    let store = rig(&elsewhere, &authority).store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Err(Reason::Tls));
    assert_eq!(status(&store).up, Some(false));

    let expired = server(authority.expired_server(HERE), None).await;
    assert_eq!(found(&rig(&expired, &authority)).await, Err(Reason::Tls));
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_one_is_asked_for() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let bao = server(authority.server(HERE), Some(&clients)).await;
    let mut rig = rig(&bao, &authority);
    assert_eq!(found(&rig).await, Err(Reason::Tls), "none shown");

    let mut show = |identity: Identity| {
        rig.settings.client_certificate = Some(ClientCertificate {
            certificate_file: identity.certificate,
            key_file: identity.key,
        });
        rig.store()
    };
    let right = show(clients.client("kcwatch"));
    assert_eq!(text(&right, "kv/sso", "/url").await, Ok("one".to_owned()));
    let wrong = show(authority.client("kcwatch"));
    assert_eq!(text(&wrong, "kv/sso", "/url").await, Err(Reason::Tls));
}

#[tokio::test]
async fn tls_to_a_plain_port_and_plain_to_a_tls_port_are_both_tls_problems() {
    let authority = Authority::new();
    let bao = server(authority.server(HERE), None).await;
    let mut rig = rig(&bao, &authority);
    rig.settings.address = bao.address().replace("http:", "https:").parse().unwrap();
    assert_eq!(found(&rig).await, Err(Reason::Tls));
    rig.settings.address = bao
        .tls_address()
        .replace("https:", "http:")
        .parse()
        .unwrap();
    assert_eq!(found(&rig).await, Err(Reason::Tls));
}

#[tokio::test]
async fn a_replaced_authority_is_taken_at_the_next_read() {
    let authority = Authority::new();
    let bao = server(authority.server(HERE), None).await;
    let mut rig = rig(&bao, &authority);
    rig.settings.ca_file = Some(rig.write("ca.pem", &Authority::new().pem()));
    let store = rig.store();
    assert_eq!(text(&store, "kv/sso", "/url").await, Err(Reason::Tls));

    rig.write("ca.pem", &authority.pem());

    crate::servers::eventually("the login is tried again", async || {
        text(&store, "kv/sso", "/url").await.ok()
    })
    .await;
}

#[tokio::test]
async fn certificate_files_that_cannot_work_are_refused_at_the_start() {
    let authority = Authority::new();
    let mut rig = Rig::with_token("https://127.0.0.1:9", "t");
    rig.settings.ca_file = Some(rig.path("missing.pem"));
    let missing = rig.try_store().unwrap_err().to_string();
    assert!(
        missing.starts_with("cannot read ") && missing.ends_with("not found"),
        "{missing}"
    );

    rig.settings.ca_file = Some(authority.file());
    rig.settings.client_certificate = Some(ClientCertificate {
        certificate_file: authority.client("one").certificate,
        key_file: authority.client("other").key,
    });
    let mismatch = rig.try_store().unwrap_err().to_string();
    assert!(
        mismatch.contains("are no certificate with its key"),
        "{mismatch}"
    );
}

#[tokio::test]
async fn a_file_without_certificates_is_refused_rather_than_trusting_nobody() {
    for content in [
        "",
        "no PEM at all",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    ] {
        let mut rig = Rig::with_token("https://127.0.0.1:9", "t");
        rig.settings.ca_file = Some(rig.write("ca.pem", content));
        let refused = rig.try_store().unwrap_err().to_string();
        assert!(
            refused.ends_with("ca.pem holds no certificate in PEM form"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn the_environment_changes_nothing() {
    // The same test once more, with everything set that Vault's own client and proxies would obey.
    let itself = std::env::current_exe().expect("a test has a program");
    let mut again = std::process::Command::new(itself);
    again.args([
        "--exact",
        "stores::encryption::only_the_stated_authority_is_trusted",
    ]);
    for name in ["VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"] {
        again.env(name, "yes");
    }
    for name in [
        "VAULT_TOKEN",
        "VAULT_NAMESPACE",
        "VAULT_CACERT",
        "VAULT_CLIENT_CERT",
        "VAULT_CLIENT_KEY",
    ] {
        again.env(name, "/nonexistent");
    }
    for name in [
        "VAULT_ADDR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        again.env(name, "http://127.0.0.1:9");
    }
    let done = tokio::task::spawn_blocking(move || again.output()).await;
    let done = done.expect("it ends").expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}
