//! What one cycle costs in this process: decode, fold and render, per target.

use std::fmt::Write as _;
use std::time::Duration;

use kcwatch::{
    config::{self, Config},
    jwt,
    model::{Reason, UnixTime},
    page::{Page, Process},
    secret::SecretText,
    snapshot::{Attempt, Snapshot},
    watch::{Question, Seen, initial_access_token::look},
};

use crate::plan::Plan;
use crate::spread::Spread;
use crate::table::{Budget, Line};
use crate::{Problem, cpu};

/// When all of this happens, in seconds since 1970.
pub(crate) const NOW: i64 = 1_800_000_000;

/// The cost at three sizes, and how it grows between the smallest and the largest.
pub(crate) fn lines(plan: &Plan) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    let mut medians = Vec::new();
    for targets in [100_u32, 1_000, 10_000] {
        let figure = Spread::of(rounds(plan, targets)?);
        medians.push(figure.median());
        let what = format!("decode, fold and render, a target of {targets}");
        lines.push(Line::alone(&what, figure, Budget::AtMost(20.0, "µs")));
    }
    if let [smallest, .., largest] = medians.as_slice() {
        let growth = Spread::of([largest / smallest]);
        lines.push(Line::alone(
            "the same, 10,000 against 100",
            growth,
            Budget::AtMost(1.5, "times"),
        ));
    }
    Ok(lines)
}

/// Microseconds of processor time a target, round by round. The first round warms up and does not count.
fn rounds(plan: &Plan, targets: u32) -> Result<Vec<f64>, Problem> {
    let config = watching(targets)?;
    let mut snapshot = Snapshot::new(&config.targets, UnixTime::from_seconds(NOW));
    let mut page = Page::default();
    let mut figures = Vec::new();
    // Small fleets are cycled more often, so that a round is long enough to be timed.
    let cycles = (10_000 / targets).max(1);
    for round in 0..=plan.rounds() {
        let tokens = (0..cycles)
            .map(|cycle| tokens(targets, cycle))
            .collect::<Result<Vec<_>, _>>()?;
        let started = cpu::used()?;
        for tokens in &tokens {
            page = cycle(&mut snapshot, tokens, &page)?;
        }
        let took = (cpu::used()? - started) * 1e6;
        if round > 0 {
            figures.push(took / f64::from(targets) / f64::from(cycles));
        }
    }
    Ok(figures)
}

fn cycle(snapshot: &mut Snapshot, tokens: &[SecretText], page: &Page) -> Result<Page, Problem> {
    fold(snapshot, tokens)?;
    Ok(Page::render(snapshot, &Process::default(), page))
}

/// Decodes and folds a token for each target.
pub(crate) fn fold(snapshot: &mut Snapshot, tokens: &[SecretText]) -> Result<(), Problem> {
    let now = UnixTime::from_seconds(NOW);
    for (position, token) in tokens.iter().enumerate() {
        let attempt = Attempt {
            outcome: Ok(seen(token)?),
            took: Duration::from_millis(1),
        };
        snapshot.fold(position, Question::Target, &attempt, now);
    }
    Ok(())
}

fn seen(token: &SecretText) -> Result<Seen, Problem> {
    let current = jwt::claims_unverified(token).map_err(Reason::label)?;
    let seen = look::Seen {
        current,
        previous: None,
        expected_issuer: None,
        written: None,
        field: None,
    };
    Ok(Seen::InitialAccessToken(Box::new(seen)))
}

/// The id of a token.
pub(crate) fn id(position: u32, cycle: u32) -> String {
    format!("{cycle}-{position}-4c5c-b3f1-6d2a9d0c6a55")
}

/// A token for each target, other ones in each cycle.
pub(crate) fn tokens(targets: u32, cycle: u32) -> Result<Vec<SecretText>, Problem> {
    let token = |position: u32| {
        let claims = serde_json::json!({
            "exp": NOW + 86_400 * 20, "iat": NOW - 86_400, "jti": id(position, cycle),
            "iss": "https://sso.example.com/auth/realms/prod", "aud": "https://sso.example.com/auth/realms/prod",
            "typ": "InitialAccessToken",
        });
        let token = jwt::sign_sample(&claims, b"key of a benchmark").map_err(Reason::label)?;
        Ok(SecretText::new(token))
    };
    (0..targets).map(token).collect()
}

fn watching(targets: u32) -> Result<Config, Problem> {
    let mut text = "stores: { files: { files: { directory: / } } }\ntargets:\n".to_owned();
    for position in 0..targets {
        writeln!(
            text,
            "  - {{ name: target-{position:05}, tier: prod, initial_access_token: {{ secret: {{ store: files, path: secrets/{position:05} }} }} }}"
        )?;
    }
    Ok(config::load_text(&text)?)
}
