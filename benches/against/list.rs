//! The list of an identity provider's tokens: read once for all its targets.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kcwatch::{
    clock,
    config::{self, Config},
    keycloak::Realm,
    model::UnixTime,
    snapshot::{Attempt, Snapshot},
    watch::{Facts, ListLook, Look as _},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};
use crate::{Problem, cpu, cycle};

/// The cost at two sizes, and how it grows from one to the other.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let few = rounds(plan, 1_000).await?;
    let many = rounds(plan, 10_000).await?;
    let growth = many.median() / few.median();
    Ok(vec![
        Line::alone(
            "list of 1,000 tokens: ask, parse and fold, a target",
            few,
            Budget::AtMost(20.0, "µs"),
        ),
        Line::alone(
            "the same, 10,000 against 1,000",
            Spread::of([growth]),
            Budget::AtMost(1.5, "times"),
        ),
    ])
}

/// Microseconds of processor time a target, with a realm that has a token for each and no other.
async fn rounds(plan: &Plan, targets: u32) -> Result<Spread, Problem> {
    let server = keycloak(targets).await;
    let folder = tempfile::tempdir()?;
    let text = watching(targets, &server.uri(), folder.path())?;
    let figures = cpu::on_one_thread(async || measured(plan, targets, &text).await)?;
    Ok(Spread::of(figures))
}

/// Round by round. The first one warms up and logs in, and does not count.
async fn measured(plan: &Plan, targets: u32, text: &str) -> Result<Vec<f64>, Problem> {
    let config = config::load_text(text)?;
    let realm = realm(&config)?;
    let name = &config.identity_providers.first().ok_or("no realm")?.name;
    let now = UnixTime::from_seconds(cycle::NOW);
    let mut snapshot = Snapshot::new(&config.targets, now);
    cycle::fold(&mut snapshot, &cycle::tokens(targets, 0)?)?;
    let mut figures = Vec::new();
    for round in 0..=plan.rounds() {
        let started = cpu::used()?;
        let attempt = Attempt {
            outcome: realm.look(None).await,
            took: Duration::ZERO,
        };
        snapshot.fold_list(name, &attempt, now);
        let took = cpu::used()? - started;
        check(&snapshot)?;
        if round > 0 {
            figures.push(took * 1e6 / f64::from(targets));
        }
    }
    Ok(figures)
}

/// Every target has to be in the list.
fn check(snapshot: &Snapshot) -> Result<(), Problem> {
    let is_listed = |facts: &Facts| {
        let Facts::InitialAccessToken(facts) = facts else {
            unreachable!("it is a token")
        };
        facts.listed.found.is_some()
    };
    if snapshot.targets().all(|state| is_listed(&state.facts)) {
        Ok(())
    } else {
        Err("not every token was found in the list".into())
    }
}

fn realm(config: &Config) -> Result<ListLook, Problem> {
    let provider = config.identity_providers.first().ok_or("no realm")?;
    let admin = provider.admin.as_ref().ok_or("no account")?;
    let timeout = Duration::from_secs(60);
    let realm = Realm::new(provider, admin, None, timeout, clock::system())?;
    Ok(ListLook(Arc::new(realm)))
}

/// A server that logs anybody in and has this one list.
async fn keycloak(tokens: u32) -> MockServer {
    let server = MockServer::start().await;
    let pass = json!({ "access_token": "pass", "token_type": "Bearer", "expires_in": 3600 });
    let list = (0..tokens).map(row).collect::<Value>();
    for (verb, answer) in [("POST", pass), ("GET", list)] {
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        let mock = Mock::given(method(verb)).respond_with(answer);
        mock.mount(&server).await;
    }
    server
}

fn row(position: u32) -> Value {
    json!({
        "id": cycle::id(position, 0), "timestamp": cycle::NOW, "expiration": 7_776_000, "count": 100,
        "remainingCount": 63, "webOrigins": [],
    })
}

fn watching(targets: u32, address: &str, folder: &Path) -> Result<String, Problem> {
    let secret = folder.join("secret");
    fs::write(&secret, "of a benchmark")?;
    let mut text = format!(
        "stores: {{ files: {{ files: {{ directory: / }} }} }}
identity_providers:
  bench: {{ issuer: \"{address}/realms/bench\", admin: {{ client_id: kcwatch, client_secret: {{ file: \"{}\" }}, allow_http: true }} }}
targets:
",
        secret.display()
    );
    for position in 0..targets {
        writeln!(
            text,
            "  - {{ name: target-{position:05}, tier: prod, initial_access_token: {{ identity_provider: bench, secret: {{ store: files, path: secrets/{position:05} }} }} }}"
        )?;
    }
    Ok(text)
}
