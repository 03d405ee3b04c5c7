//! Stories about what is asked beside a target: lists, counts, rehearsals.

use super::*;
use crate::{
    model::{ListedToken, ProviderName, Rehearsal, TokenList},
    poll::LaneName,
    watch::{
        Watch,
        initial_access_token::{
            config::{InitialAccessToken, Rehearse},
            rehearsed::Answered,
        },
    },
};

const HOUR: u64 = 3_600;

/// What a look brings.
type Answer = Result<Seen, Failure>;

/// Says what it was told to, at once, and counts how often it was asked.
struct Says {
    answer: Mutex<Answer>,
    looks: AtomicUsize,
}

impl Says {
    fn that(answer: Answer) -> Arc<Self> {
        Arc::new(Self {
            answer: Mutex::new(answer),
            looks: AtomicUsize::new(0),
        })
    }

    fn now(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Look for Says {
    async fn look(&self, _known: Option<Facts>) -> Result<Seen, Failure> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.answer.lock().unwrap().clone()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as looks answer")]
fn token(id: &str) -> Answer {
    Ok(samples::token(id, Expiry::Never))
}

#[expect(clippy::unnecessary_wraps, reason = "as looks answer")]
fn rehearsal(id: &str, answer: Rehearsal) -> Answer {
    Ok(Seen::Rehearsal(Answered {
        id: Some(id.to_owned()),
        answer,
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "as looks answer")]
fn list(ids: &[&str]) -> Answer {
    let row = ListedToken { limit: 9, left: 7 };
    let rows = ids.iter().map(|id| ((*id).to_owned(), row));
    Ok(Seen::TokenList(TokenList::of(rows)))
}

fn provider() -> ProviderName {
    ProviderName::new("sso").unwrap()
}

/// A target whose token is in the list of a realm and is rehearsed each hour.
fn asked(name: &str) -> Arc<Target> {
    let provider = samples::identity_provider("https://sso.example.com/realms/prod");
    let plain = target(name, "one");
    let Watch::InitialAccessToken(wanted) = &plain.watch else {
        unreachable!("it is one")
    };
    Arc::new(Target {
        watch: Watch::InitialAccessToken(InitialAccessToken {
            identity_provider: Some(Arc::new(provider)),
            rehearsal: Some(Rehearse {
                every: Duration::from_secs(HOUR),
                allow_http: false,
            }),
            ..wanted.clone()
        }),
        ..Target::clone(&plain)
    })
}

/// One look for each target, and the questions beside them.
fn asking(targets: &[(Arc<Target>, Arc<Says>)], beside: Vec<Job>) -> Score {
    let looks = targets
        .iter()
        .map(|(target, look)| seat(target.clone(), look.clone()));
    let mut score = score(looks.collect());
    score.jobs.extend(beside);
    score
}

fn rehearsing(position: usize, target: &Arc<Target>, look: &Arc<Says>) -> Job {
    let every = Duration::from_secs(HOUR);
    Job::of_target(position, target, Question::Rehearsal, every, look.clone())
}

fn reading_list(look: &Arc<Says>) -> Job {
    Job {
        about: About::List(provider()),
        look: look.clone(),
        interval: Duration::from_secs(300),
        timeout: Duration::from_secs(10),
        lane: LaneName::List(provider()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_rehearsed_at_once_then_hourly_and_a_new_one_within_a_minute() {
    let (target, secret) = (asked("a"), Says::that(token("1")));
    let stage = Says::that(rehearsal("1", Rehearsal::Works));
    let beside = vec![rehearsing(0, &target, &stage)];
    let running = run(asking(&[(target, secret.clone())], beside));
    seconds(1).await;
    assert_eq!(stage.looks(), 1);
    assert_eq!(
        running.of("kcwatch_iat_registration_possible", "a"),
        Some(1.0)
    );
    seconds(10 * HOUR).await;
    assert!((9..=12).contains(&stage.looks()), "{}", stage.looks());
    let before = stage.looks();
    secret.now(token("2"));
    stage.now(rehearsal("2", Rehearsal::UsedUp));
    seconds(60).await;
    assert_eq!(stage.looks(), before + 1);
    assert_eq!(
        running.of("kcwatch_iat_registration_possible", "a"),
        Some(0.0)
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_rehearsed_without_a_token_nor_after_a_client_was_registered() {
    let (target, secret) = (asked("a"), Says::that(Err(Reason::NotFound.into())));
    let stage = Says::that(rehearsal("1", Rehearsal::Registered { deleted: true }));
    let beside = vec![rehearsing(0, &target, &stage)];
    let running = run(asking(&[(target, secret.clone())], beside));
    seconds(24 * HOUR).await;
    assert_eq!(stage.looks(), 0);
    secret.now(token("1"));
    seconds(100).await;
    assert_eq!(stage.looks(), 1);
    let harmless = r#"kcwatch_iat_check{target="a",check="rehearsal_harmless"}"#;
    assert_eq!(running.value(harmless), Some(0.0));
    seconds(24 * HOUR).await;
    secret.now(token("2"));
    seconds(24 * HOUR).await;
    assert_eq!(stage.looks(), 1);
    assert_eq!(running.value(harmless), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn one_list_an_interval_serves_all_its_targets() {
    let targets: Vec<_> = (0..60)
        .map(|n| {
            (
                asked(&format!("{n:04}")),
                Says::that(token(&format!("{n}"))),
            )
        })
        .collect();
    let ids: Vec<String> = (0..60).map(|n| n.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let realm = Says::that(list(&ids));
    let running = run(asking(&targets, vec![reading_list(&realm)]));
    seconds(901).await;
    assert_eq!(realm.looks(), 4, "one at the start, one each five minutes");
    for name in ["0000", "0030", "0059"] {
        assert_eq!(running.of("kcwatch_iat_clients_remaining", name), Some(7.0));
        assert_eq!(running.of("kcwatch_iat_clients_limit", name), Some(9.0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_token_has_the_list_read_again_soon_but_not_again_and_again() {
    let targets: Vec<_> = (0..60)
        .map(|n| {
            (
                asked(&format!("{n:04}")),
                Says::that(token(&format!("{n}"))),
            )
        })
        .collect();
    let realm = Says::that(list(&["0"]));
    let running = run(asking(&targets, vec![reading_list(&realm)]));
    seconds(100).await;
    let before = realm.looks();
    for (n, (_, secret)) in targets.iter().enumerate() {
        secret.now(token(&format!("new {n}")));
    }
    realm.now(list(&["new 0"]));
    seconds(70).await;
    let more = realm.looks() - before;
    assert!(
        (1..=8).contains(&more),
        "{more} lists in 70 s for 60 new tokens"
    );
    assert_eq!(
        running.of("kcwatch_iat_clients_remaining", "0000"),
        Some(7.0)
    );
    let unknown = r#"kcwatch_iat_state{target="0001",state="not_known_to_idp"}"#;
    assert_eq!(running.value(unknown), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn what_fails_beside_a_target_neither_makes_it_down_nor_delays_it() {
    let (target, secret) = (asked("a"), Says::that(token("1")));
    let stage = Script::taking("never", Duration::from_secs(100_000));
    let realm = Says::that(Err(Reason::Denied.into()));
    let every = Duration::from_secs(HOUR);
    let beside = vec![
        Job::of_target(0, &target, Question::Rehearsal, every, stage.clone()),
        reading_list(&realm),
    ];
    let running = run(asking(&[(target, secret.clone())], beside));
    seconds(601).await;
    assert_eq!(secret.looks(), 11);
    assert_eq!(running.of("kcwatch_target_up", "a"), Some(1.0));
    assert_eq!(running.of("kcwatch_iat_registration_possible", "a"), None);
    let up = |source: &str| {
        running.value(&format!(
            r#"kcwatch_iat_source_up{{target="a",source="{source}"}}"#
        ))
    };
    assert_eq!((up("keycloak"), up("rehearsal")), (Some(0.0), Some(0.0)));
    let provider = r#"kcwatch_identity_provider_up{identity_provider="sso"}"#;
    assert_eq!(running.value(provider), Some(0.0));
    assert!(realm.looks() <= 3, "{} lists in ten minutes", realm.looks());
}

#[tokio::test(start_paused = true)]
async fn a_new_token_is_rehearsed_soon_though_the_one_before_could_not_be() {
    let target = Arc::new(Target {
        interval: Duration::from_secs(5),
        ..Target::clone(&asked("a"))
    });
    let secret = Says::that(token("1"));
    let never = Script::taking("never", Duration::from_secs(100_000));
    let every = Duration::from_secs(HOUR);
    let rehearsal = Job::of_target(0, &target, Question::Rehearsal, every, never.clone());
    let _running = run(asking(&[(target, secret.clone())], vec![rehearsal]));
    seconds(1).await;
    secret.now(token("2"));
    seconds(28).await;
    assert_eq!(never.looks(), 1, "it gives up after thirty seconds");
    seconds(11).await;
    assert_eq!(never.looks(), 2);
}
