//! Stories with a paused clock: waiting costs nothing and nothing depends on speed.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;

use super::*;
use crate::{
    model::{Expiry, Failure, Reason, UnixTime},
    poll::Job,
    watch::{
        Facts, Look, Seen, Target,
        samples::{self, target},
    },
};

/// Answers what it was told to, after the time it was told to take.
struct Script {
    answer: Mutex<Result<Duration, Failure>>,
    looks: AtomicUsize,
    name: String,
}

impl Script {
    fn taking(name: &str, time: Duration) -> Arc<Self> {
        Arc::new(Self {
            answer: Mutex::new(Ok(time)),
            looks: AtomicUsize::new(0),
            name: name.to_owned(),
        })
    }

    fn answers(&self, answer: Result<Duration, Failure>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Look for Script {
    async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let answer = *self.answer.lock().unwrap();
        tokio::time::sleep(answer.unwrap_or_default()).await;
        answer.map(|_| samples::token(&self.name, Expiry::Never))
    }
}

struct Panics;

#[async_trait]
impl Look for Panics {
    async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
        panic!("a fault in a kind")
    }
}

/// One target of a score.
fn seat(target: Arc<Target>, look: Arc<impl Look + 'static>) -> (Arc<Target>, Arc<dyn Look>) {
    (target, look)
}

fn score(looks: Vec<(Arc<Target>, Arc<dyn Look>)>) -> Score {
    let targets = looks.iter().map(|(target, _)| Arc::clone(target)).collect();
    let jobs = looks.into_iter().enumerate();
    let jobs = jobs.map(|(position, (target, look))| {
        Job::of_target(position, &target, Question::Target, target.interval, look)
    });
    Score {
        targets,
        jobs: jobs.collect(),
        stores: Vec::new(),
        concurrency: 2,
        guide: Arc::default(),
    }
}

/// A clock that follows tokio's, so that it stands still when that does.
fn clock() -> Clock {
    let started = Instant::now();
    Arc::new(move || UnixTime::from_seconds(1_800_000_000).plus(started.elapsed()))
}

struct Running {
    sites: watch::Receiver<Site>,
    commands: mpsc::Sender<Command>,
    pulse: Pulse,
    _stop: tokio_util::sync::DropGuard,
}

fn run(score: Score) -> Running {
    let conductor = Conductor::new(score, None, clock());
    let (commands, orders) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let (sites, pulse) = (conductor.sites(), conductor.pulse());
    tokio::spawn(conductor.run(orders, stop.clone()));
    Running {
        sites,
        commands,
        pulse,
        _stop: stop.drop_guard(),
    }
}

impl Running {
    fn value(&self, series: &str) -> Option<f64> {
        let page = self.sites.borrow().metrics.clone();
        let text: Vec<u8> = page
            .text()
            .pieces()
            .iter()
            .flat_map(|piece| piece.to_vec())
            .collect();
        let text = String::from_utf8(text).unwrap();
        let line = text.lines().find(|line| {
            line.strip_prefix(series)
                .is_some_and(|rest| rest.starts_with(' '))
        })?;
        line.rsplit(' ').next()?.parse().ok()
    }

    fn of(&self, metric: &str, target: &str) -> Option<f64> {
        self.value(&format!("{metric}{{target=\"{target}\"}}"))
    }
}

async fn seconds(count: u64) {
    tokio::time::sleep(Duration::from_secs(count)).await;
}

#[tokio::test(start_paused = true)]
async fn a_target_is_looked_at_once_an_interval() {
    let look = Script::taking("a", Duration::from_millis(5));
    let running = run(score(vec![(target("a", "one"), look.clone())]));
    seconds(10 * 60 + 1).await;
    assert_eq!(look.looks(), 11);
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(1.0));
    assert_eq!(running.of("kcwatch_target_polls_total", "a"), Some(11.0));
}

#[tokio::test(start_paused = true)]
async fn a_page_says_that_nothing_is_known_until_every_target_was_tried() {
    let look = Script::taking("a", Duration::from_secs(3));
    let mut running = run(score(vec![(target("a", "one"), look)]));
    assert!(!running.sites.borrow().ready);
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(0.0));
    running.sites.wait_for(|site| site.ready).await.unwrap();
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(1.0));
}

/// So many targets that take nine seconds each, and `z`, which is quick, last in the order of the names.
fn slow_ones_and_a_quick_one(slow: usize) -> Score {
    let slow = (0..slow).map(|n| {
        let look = Script::taking("s", Duration::from_secs(9));
        seat(target(&format!("a{n:03}"), "one"), look)
    });
    let quick = Script::taking("q", Duration::from_millis(5));
    score(slow.chain([seat(target("z", "one"), quick)]).collect())
}

#[tokio::test(start_paused = true)]
async fn slow_targets_of_the_same_store_delay_nobody_by_more_than_a_second() {
    // More than two places can take in, were each held for even a second.
    let running = run(slow_ones_and_a_quick_one(200));
    seconds(302).await;
    for minute in 1..=10 {
        seconds(60).await;
        let last = running
            .of("kcwatch_target_last_success_timestamp_seconds", "z")
            .unwrap();
        // It is due on the full minute of the sample clock.
        let due = 1_800_000_300.0 + 60.0 * f64::from(minute);
        assert!((last - due).abs() <= 1.0, "{last}, due {due}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_target_that_turns_out_slow_gives_its_place_away_after_a_second() {
    let running = run(slow_ones_and_a_quick_one(50));
    // 50 targets, two at a time, a second each; held to their end they would take 225 seconds.
    seconds(30).await;
    assert_eq!(running.of("kcwatch_target_up", "z"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_dead_store_does_not_touch_another() {
    let dead = Script::taking("d", Duration::from_secs(3_600));
    let mut all: Vec<(Arc<Target>, Arc<dyn Look>)> = (0..50)
        .map(|n| seat(target(&format!("a{n:02}"), "dead"), dead.clone()))
        .collect();
    let quick = Script::taking("q", Duration::from_millis(5));
    all.push((target("z", "alive"), quick.clone()));
    let running = run(score(all));
    seconds(1).await;
    assert_eq!(running.of("kcwatch_target_up", "z"), Some(1.0));
    seconds(60).await;
    assert_eq!(quick.looks(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_look_without_an_answer_ends_at_the_timeout() {
    let dead = Script::taking("a", Duration::from_secs(3_600));
    let running = run(score(vec![(target("a", "one"), dead)]));
    seconds(11).await;
    assert_eq!(
        running.value(r#"kcwatch_target_failures_total{target="a",reason="timeout"}"#),
        Some(1.0)
    );
    assert_eq!(
        running.of("kcwatch_target_poll_duration_seconds", "a"),
        Some(10.0)
    );
}

#[tokio::test(start_paused = true)]
async fn recovery_is_seen_within_an_interval_however_long_the_outage() {
    let look = Script::taking("a", Duration::from_millis(5));
    let running = run(score(vec![(target("a", "one"), look.clone())]));
    look.answers(Err(Reason::Unreachable.into()));
    seconds(4 * 3_600).await;
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(0.0));
    look.answers(Ok(Duration::from_millis(5)));
    seconds(61).await;
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured() {
    let look = Script::taking("a", Duration::from_millis(5));
    look.answers(Err(Failure {
        reason: Reason::RateLimited,
        retry_after: Some(Duration::from_secs(600)),
    }));
    let _running = run(score(vec![(target("a", "one"), look.clone())]));
    seconds(599).await;
    assert_eq!(look.looks(), 1);
    seconds(2).await;
    assert_eq!(look.looks(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_panics_is_a_failed_look_and_nothing_more() {
    let quick = Script::taking("z", Duration::from_millis(5));
    let running = run(score(vec![
        seat(target("a", "one"), Arc::new(Panics)),
        seat(target("z", "one"), quick),
    ]));
    seconds(200).await;
    assert!(
        running
            .value(r#"kcwatch_target_failures_total{target="a",reason="internal"}"#)
            .unwrap()
            >= 3.0
    );
    assert_eq!(running.of("kcwatch_target_up", "z"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_new_score_keeps_what_stays_and_drops_what_goes() {
    let looks: Vec<_> = ["a", "b"]
        .map(|name| {
            (
                target(name, "one"),
                Script::taking(name, Duration::from_millis(5)),
            )
        })
        .into();
    let as_score = |which: &[usize]| {
        score(
            which
                .iter()
                .map(|at| seat(looks[*at].0.clone(), looks[*at].1.clone()))
                .collect(),
        )
    };
    let running = run(as_score(&[0, 1]));
    seconds(1).await;
    running
        .commands
        .send(Command::Follow(as_score(&[0])))
        .await
        .unwrap();
    seconds(1).await;
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(1.0));
    assert_eq!(running.of("kcwatch_target_up", "b"), None);
    assert_eq!(
        looks[0].1.looks(),
        1,
        "what is known is not asked again at once"
    );
    running
        .commands
        .send(Command::NoteRefusedReload)
        .await
        .unwrap();
    seconds(1).await;
    assert_eq!(
        running.value("kcwatch_config_last_reload_successful"),
        Some(0.0)
    );
}

#[tokio::test(start_paused = true)]
async fn the_pulse_beats_while_the_conductor_runs_and_stops_with_it() {
    let running = run(score(vec![(
        target("a", "one"),
        Script::taking("a", Duration::from_millis(5)),
    )]));
    seconds(1_000).await;
    assert!(running.pulse.is_beating());
    let pulse = running.pulse.clone();
    drop(running);
    seconds(60).await;
    assert!(!pulse.is_beating());
}

#[tokio::test(start_paused = true)]
async fn many_targets_run_no_more_looks_at_a_time_than_allowed() {
    struct Counting(AtomicUsize, AtomicUsize);
    #[async_trait]
    impl Look for Counting {
        async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
            let now = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.0.fetch_sub(1, Ordering::SeqCst);
            Ok(samples::token("t", Expiry::Never))
        }
    }
    let counting = Arc::new(Counting(AtomicUsize::new(0), AtomicUsize::new(0)));
    let looks = (0..2_000)
        .map(|n| seat(target(&format!("{n:05}"), "one"), counting.clone()))
        .collect();
    let mut running = run(score(looks));
    running.sites.wait_for(|site| site.ready).await.unwrap();
    assert_eq!(counting.1.load(Ordering::SeqCst), 2);
}

mod questions;
