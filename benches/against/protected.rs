//! Scrapes a second over TLS with a password, beside nginx with the same certificate, the same password and the same bytes.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, header};

use crate::Problem;
use crate::daemon::Daemon;
use crate::nginx::Nginx;
use crate::plan::Plan;
use crate::table::Line;
use crate::wrk::Load;

const USER: &str = "prometheus";
const PASSWORD: &str = "correct horse battery";
/// Usual; it is paid once.
const COST: u32 = 10;

/// Two targets.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    let (certificate, key) = (cert.pem(), signing_key.serialize_pem());
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("tls.crt"), &certificate)?;
    fs::write(folder.path().join("tls.key"), &key)?;
    let hash = bcrypt::hash(PASSWORD, COST).map_err(|error| error.to_string())?;
    let file = folder.path().join("web.yaml");
    let text = format!(
        "tls_server_config: {{cert_file: tls.crt, key_file: tls.key, min_version: TLS13}}
basic_auth_users: {{{USER}: '{hash}'}}
"
    );
    fs::write(&file, text)?;
    let words = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
    let (daemon, _secrets) = Daemon::protected(plan, &file, client(&certificate, &words)?).await?;
    let nginx = Nginx::protected((&certificate, &key), (USER, PASSWORD)).await?;
    Ok(vec![line(plan, &nginx, &daemon, &words).await?])
}

fn client(certificate: &str, words: &str) -> Result<Client, Problem> {
    let mut headers = header::HeaderMap::new();
    headers.insert(header::AUTHORIZATION, words.parse()?);
    let client = Client::builder()
        .tls_certs_only([Certificate::from_pem(certificate.as_bytes())?])
        .default_headers(headers);
    Ok(client.build()?)
}

async fn line(plan: &Plan, nginx: &Nginx, daemon: &Daemon, words: &str) -> Result<Line, Problem> {
    let page = daemon.page("identity").await?;
    nginx.publish(&page, &[])?;
    let header = format!("Authorization: {words}");
    let load = Load {
        time: plan.load(),
        header: Some(&header),
        script: None,
    };
    let ours = format!("{}/metrics", daemon.url);
    let mut pairs = Vec::new();
    for _round in 0..plan.rounds() {
        let theirs = load.rate(&nginx.url)?;
        pairs.push((load.rate(&ours)?, theirs));
    }
    let size = page.len().div_ceil(1024);
    let what = format!("scrapes over TLS with a password, 2 targets ({size} KiB)");
    Ok(Line::compared(&what, "nginx", "/s", &pairs, 0.5))
}
