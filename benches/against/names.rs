//! Clients counted by their names, in one folder.

use std::sync::Arc;
use std::time::Duration;

use kcwatch::{
    clock,
    config::{self, Config},
    model::UnixTime,
    snapshot::{Attempt, Snapshot},
    store::{Store, Stores},
    watch::{
        Facts, Look, Means, Question, Realms, Rehearsers, Target, Visitors,
        initial_access_token::counted::Used,
    },
};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::bao::{self, Bao};
use crate::daemon::Daemon;
use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};
use crate::{Problem, cpu, cycle, fleet};

const NAMES: usize = 10_000;

/// How many targets the daemon has. Each counts the whole folder.
const TARGETS: usize = 2;

/// How long after one count the next begins, in seconds.
const INTERVAL: u32 = 5;

/// The folders, each with what stands before a name in the API.
const FOLDERS: [(&str, &str, &str); 2] = [
    ("KV version 1", "kv/clients", "kv/clients"),
    ("KV version 2", "secret/clients", "secret/data/clients"),
];

/// One count and the next in this process, and the daemon that goes on counting.
pub(crate) async fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let bao = Bao::telling(plan, TARGETS).await?;
    bao.mount_version_1("kv").await?;
    let mut lines = Vec::new();
    for (what, folder, path) in FOLDERS {
        bao.fill(path, name, NAMES, |_| {
            Ok(json!({ "client_id": "of a benchmark" }))
        })
        .await?;
        let text = watching(&bao, folder);
        let (first, next) = cpu::on_one_thread(async || counts(plan, &text).await)?;
        lines.push(Line::alone(
            &format!("one count of 10,000 names, {what}"),
            Spread::of(first),
            Budget::AtMost(50.0, "ms"),
        ));
        lines.push(Line::alone(
            "the fold of it where nothing is new",
            Spread::of(next),
            Budget::AtMost(1.0, "ms"),
        ));
    }
    let text = watching(&bao, "secret/clients");
    lines.extend(running(plan, &bao, &text).await?);
    Ok(lines)
}

/// Milliseconds of processor time, round by round: to list and to fold for the first time, and to fold the same once more. The first
/// round also finds out where the engine is, and does not count.
async fn counts(plan: &Plan, text: &str) -> Result<(Vec<f64>, Vec<f64>), Problem> {
    let config = config::load_text(text)?;
    let target = config.targets.first().ok_or("no target")?;
    let stores = stores(&config)?;
    let token = asked(target, &stores, Question::Target)?.look(None).await;
    let token = attempt(token.map_err(|failure| failure.reason.label())?);
    let eye = asked(target, &stores, Question::Registrations)?;
    let now = UnixTime::from_seconds(cycle::NOW);
    let (mut first, mut next) = (Vec::new(), Vec::new());
    for round in 0..=plan.rounds() {
        let mut snapshot = Snapshot::new(&config.targets, now);
        snapshot.fold(0, Question::Target, &token, now);
        let started = cpu::used()?;
        let seen = eye.look(None).await;
        let seen = attempt(seen.map_err(|failure| failure.reason.label())?);
        snapshot.fold(0, Question::Registrations, &seen, now);
        let counted = cpu::used()?;
        snapshot.fold(0, Question::Registrations, &seen, now);
        let again = cpu::used()?;
        check(&snapshot)?;
        if round > 0 {
            first.push((counted - started) * 1e3);
            next.push((again - counted) * 1e3);
        }
    }
    Ok((first, next))
}

/// All names have to be in the count.
fn check(snapshot: &Snapshot) -> Result<(), Problem> {
    let state = snapshot.target(0).ok_or("no target")?;
    let Facts::InitialAccessToken(facts) = &state.facts else {
        return Err("it is no token".into());
    };
    let counted = facts.counted.as_ref().ok_or("nothing was counted")?;
    match counted.used(UnixTime::from_seconds(fleet::ISSUED)) {
        Used::Known(10_000) | Used::Undated(10_000) => Ok(()),
        other => Err(format!("not every name was counted: {other:?}").into()),
    }
}

fn asked(
    target: &Arc<Target>,
    stores: &Stores,
    question: Question,
) -> Result<Arc<dyn Look>, Problem> {
    let means = Means {
        stores,
        rehearsers: &Rehearsers::new(),
        visitors: &Visitors::new(),
        realms: &Realms::new(),
    };
    let eye = target.eye(question, means);
    eye.ok_or_else(|| "nobody can be asked".into())
}

fn attempt(seen: kcwatch::watch::Seen) -> Attempt {
    Attempt {
        outcome: Ok(seen),
        took: Duration::ZERO,
    }
}

fn stores(config: &Config) -> Result<Stores, Problem> {
    let built = config.stores.iter().map(|(name, settings)| {
        let store = Store::build(
            name.clone(),
            settings,
            Duration::from_secs(60),
            clock::system(),
        )?;
        Ok((name.clone(), Arc::new(store)))
    });
    built.collect()
}

/// A daemon that does nothing but read two tokens and count.
async fn running(plan: &Plan, bao: &Bao, text: &str) -> Result<Vec<Line>, Problem> {
    let folder = tempfile::tempdir()?;
    let kept = folder.path().join("state.json");
    let text = format!("state_file: \"{}\"\n{text}", kept.display());
    let mut daemon = Daemon::start(plan, &text)?;
    let every = Duration::from_millis(100);
    daemon
        .until_sum("kcwatch_iat_source_up", 2.0, every)
        .await?;
    // The first token is a reason to count once more, out of turn.
    sleep(Duration::from_secs(2 * u64::from(INTERVAL))).await;
    let (lists, seconds, start) = (bao.lists()?, daemon.seconds_used()?, Instant::now());
    // A little less, so that no interval more than that has begun.
    sleep(plan.idle().mul_f64(0.97)).await;
    let lists = f64::from(u32::try_from(bao.lists()? - lists)?);
    let used = daemon.seconds_used()? - seconds;
    let intervals = (start.elapsed().as_secs_f64() / f64::from(INTERVAL)).ceil() * 2.0;
    daemon.page("gzip").await?;
    let figures = [
        (
            "the daemon, 2 targets that count 10,000 names each: lists, a target and interval",
            lists / intervals,
            Budget::AtMost(1.0, "requests"),
        ),
        (
            "the same: processor time, a count",
            used / lists * 1e3,
            Budget::AtMost(50.0, "ms"),
        ),
        (
            "the same: memory",
            daemon.resident()?,
            Budget::AtMost(64.0, "MiB"),
        ),
    ];
    let line = |(what, figure, budget)| Line::alone(what, Spread::of([figure]), budget);
    Ok(figures.map(line).into())
}

fn name(number: usize) -> String {
    format!("client-{number:05}-sso.example.com")
}

/// The configuration: every target counts the whole folder.
fn watching(bao: &Bao, folder: &str) -> String {
    let store = bao::store(&bao.address, &bao.token_file());
    let head = format!(
        "poll: {{ interval: {INTERVAL}s, timeout: 4s }}\nstores:\n  bench: {store}\ntargets:\n"
    );
    (0..TARGETS).map(fleet::name).fold(head, |text, name| {
        text + &format!(
            "  - {{ name: {name}, tier: prod, initial_access_token: {{ secret: {{ store: bench, path: \"secret/iat/{name}\" }}, clients: {{ registrations: {{ store: bench, folders: [{folder}], interval: {INTERVAL}s }} }} }} }}\n"
        )
    })
}
