//! Client secrets: a realm of 10,000 clients, read page by page.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kcwatch::{
    clock,
    config::{self, Config},
    keycloak::Realm,
    model::UnixTime,
    page::{Page, Process},
    snapshot::{Attempt, Snapshot},
    store::Stores,
    watch::{Look, Means, Question, Realms, Rehearsers, Visitors},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::method};

use crate::daemon::Daemon;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};
use crate::{Problem, cpu, cycle};

const CLIENTS: usize = 10_000;

/// One look and its page in this process; the daemon that goes on looking.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let server = keycloak().await;
    let folder = tempfile::tempdir()?;
    let text = watching(&server.uri(), folder.path())?;
    let figures = cpu::on_one_thread(async || looks(plan, &text).await)?;
    let requests = requests(&server).await? / (plan.rounds() + 1);
    let mut lines = vec![
        Line::alone(
            "10,000 clients of a realm: ask, parse, fold and render, a client",
            Spread::of(figures),
            Budget::AtMost(20.0, "µs"),
        ),
        Line::alone(
            "the same: requests, a look",
            Spread::of([f64::from(u32::try_from(requests)?)]),
            Budget::AtMost(100.0, "requests"),
        ),
    ];
    lines.extend(running(plan, &text).await?);
    Ok(lines)
}

/// Microseconds of processor time a client, round by round. The first one warms up and logs in, and does not count.
async fn looks(plan: &Plan, text: &str) -> Result<Vec<f64>, Problem> {
    let config = config::load_text(text)?;
    let eye = eye(&config)?;
    let now = UnixTime::from_seconds(cycle::NOW);
    let mut snapshot = Snapshot::new(&config.targets, now);
    let mut page = Page::default();
    let mut figures = Vec::new();
    for round in 0..=plan.rounds() {
        let started = cpu::used()?;
        let seen = eye
            .look(None)
            .await
            .map_err(|failure| failure.reason.label())?;
        let attempt = Attempt {
            outcome: Ok(seen),
            took: Duration::ZERO,
        };
        snapshot.fold(0, Question::Target, &attempt, now);
        page = Page::render(&snapshot, &Process::default(), &page);
        let took = cpu::used()? - started;
        if round > 0 {
            figures.push(took * 1e6 / 10_000.0);
        }
    }
    Ok(figures)
}

fn eye(config: &Config) -> Result<Arc<dyn Look>, Problem> {
    let target = config.targets.first().ok_or("no target")?;
    let provider = config.identity_providers.first().ok_or("no realm")?;
    let admin = provider.admin.as_ref().ok_or("no account")?;
    let timeout = Duration::from_secs(60);
    let realm = Realm::new(provider, admin, None, timeout, clock::system())?;
    let means = Means {
        stores: &Stores::new(),
        rehearsers: &Rehearsers::new(),
        visitors: &Visitors::new(),
        realms: &Realms::from([(provider.name.clone(), Arc::new(realm))]),
    };
    let eye = target.eye(Question::Target, means);
    eye.ok_or_else(|| "nobody can be asked".into())
}

/// What the daemon needs once it has looked some times.
async fn running(plan: &Plan, text: &str) -> Result<Vec<Line>, Problem> {
    let mut daemon = Daemon::start(plan, text)?;
    let every = Duration::from_millis(200);
    daemon
        .until_sum("kcwatch_target_polls_total", 5.0, every)
        .await?;
    daemon.page("gzip").await?;
    let expiries = daemon.sum("kcwatch_client_secrets").await?;
    if expiries < 10_000.0 {
        return Err(format!("only {expiries} of 10,000 clients are on the page").into());
    }
    Ok(vec![Line::alone(
        "the same, the daemon: memory",
        Spread::of([daemon.resident()?]),
        Budget::AtMost(64.0, "MiB"),
    )])
}

/// How many pages were asked for so far.
async fn requests(server: &MockServer) -> Result<usize, Problem> {
    let received = server.received_requests().await.ok_or("nothing is known")?;
    let is_page = |request: &&Request| request.method.as_str() == "GET";
    Ok(received.iter().filter(is_page).count())
}

/// A realm that logs anybody in and gives its list of clients in pages.
async fn keycloak() -> MockServer {
    let server = MockServer::start().await;
    let pass = json!({ "access_token": "pass", "token_type": "Bearer", "expires_in": 3600 });
    let granting = Mock::given(method("POST"));
    let granted = ResponseTemplate::new(200).set_body_json(pass);
    granting.respond_with(granted).mount(&server).await;
    let rows: Vec<String> = (0..CLIENTS).map(|number| row(number).to_string()).collect();
    let listing = Mock::given(method("GET"));
    let listed = move |request: &Request| {
        let query: BTreeMap<_, _> = request.url.query_pairs().collect();
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
        let rows = rows.iter().skip(number("first").unwrap_or(0));
        let page: Vec<&str> = rows
            .take(number("max").unwrap_or(CLIENTS))
            .map(String::as_str)
            .collect();
        let page = format!("[{}]", page.join(","));
        ResponseTemplate::new(200).set_body_raw(page, "application/json")
    };
    listing.respond_with(listed).mount(&server).await;
    server
}

/// As large as those of Keycloak.
fn row(number: usize) -> Value {
    let mappers: Vec<Value> = (0..6)
        .map(|mapper| {
            json!({ "id": format!("{number}-{mapper}"), "name": "Client Host", "protocol": "openid-connect",
                "protocolMapper": "oidc-usersessionmodel-note-mapper", "consentRequired": false,
                "config": { "user.session.note": "clientHost", "id.token.claim": "true", "access.token.claim": "true",
                    "claim.name": "clientHost", "jsonType.label": "String" } })
        })
        .collect();
    json!({
        "id": format!("00000000-0000-4000-8000-{number:012}"), "clientId": format!("client-{number:05}-sso.example.com"),
        "enabled": true, "clientAuthenticatorType": "client-secret", "secret": "0123456789abcdef0123456789abcdef",
        "redirectUris": [format!("https://console-{number}.example.com/oauth2callback")], "publicClient": false,
        "bearerOnly": false, "protocolMappers": mappers,
        "attributes": {
            "client.secret.creation.time": (cycle::NOW - 86_400).to_string(),
            "client.secret.expiration.time": (cycle::NOW + 86_400 * 20).to_string(),
            "client.secret.rotated": "0123456789abcdef0123456789abcdef",
            "client.secret.rotated.expiration.time": (cycle::NOW + 86_400).to_string(),
        },
    })
}

fn watching(address: &str, folder: &Path) -> Result<String, Problem> {
    let secret = folder.join("secret");
    fs::write(&secret, "of a benchmark")?;
    Ok(format!(
        "poll: {{ timeout: 9s, interval: 10s }}
identity_providers:
  bench: {{ issuer: \"{address}/realms/bench\", admin: {{ client_id: kcwatch, client_secret: {{ file: \"{}\" }}, allow_http: true }} }}
targets:
  - {{ name: clients, tier: prod, interval: 10s, client_secrets: {{ identity_provider: bench, rotation: {{ remaining: 10d }} }} }}
",
        secret.display()
    ))
}
