//! Each secret is read once in its life, and no more than needed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kcwatch::{
    config::KvVersion,
    model::Reason,
    watch::initial_access_token::{config::Read, counted::Used},
};
use serde_json::json;
use tokio::time::Instant;

use super::{ISSUER, Watch, client};
use crate::{
    servers::{Fake, Reply},
    stores::rig::Rig,
};

/// A server with twenty clients, which answers reads of some of them otherwise.
async fn server(otherwise: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Fake {
    Fake::start(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        match path.rsplit('/').next().unwrap_or_default() {
            "lookup-self" => Reply::ok(r#"{"data": {"ttl": 0, "type": "service"}}"#),
            "clients" => Reply::ok(&json!({"data": {"keys": names()}}).to_string()),
            name => otherwise(name).unwrap_or_else(|| {
                Reply::ok(&json!({"data": client(name, ISSUER, 60)}).to_string())
            }),
        }
    })
    .await
}

fn names() -> Vec<String> {
    (0..20)
        .map(|number| format!("client-{number:02}"))
        .collect()
}

/// How often each secret was asked for.
fn reads(fake: &Fake) -> BTreeMap<String, usize> {
    let mut reads = BTreeMap::new();
    for head in fake.requests() {
        if let Some((_, rest)) = head.split_once("GET /v1/kv/clients/") {
            let name = rest.split(' ').next().unwrap_or_default();
            *reads.entry(name.to_owned()).or_default() += 1;
        }
    }
    reads
}

fn rig(fake: &Fake) -> Rig {
    Rig::with_token(fake.address(), "the-token").stating("kv", KvVersion::V1)
}

fn folders() -> [String; 1] {
    ["kv/clients".to_owned()]
}

#[tokio::test]
async fn each_secret_is_read_exactly_once() {
    let fake = server(|_| None).await;
    let store = rig(&fake).store();
    let mut watch = Watch::new(&store, Read::Secrets, &folders());
    for _ in 0..3 {
        assert_eq!(watch.look().await, Ok(Used::Known(20)));
    }
    let reads = reads(&fake);
    assert_eq!(reads.len(), 20);
    assert!(reads.values().all(|times| *times == 1), "{reads:?}");
}

#[tokio::test]
async fn by_names_nothing_is_read() {
    let fake = server(|_| None).await;
    let store = rig(&fake).store();
    let mut watch = Watch::new(&store, Read::Names, &folders());
    assert_eq!(watch.look().await, Ok(Used::Undated(20)));
    assert_eq!(reads(&fake), BTreeMap::new());
}

#[tokio::test]
async fn what_was_read_before_another_could_not_be_is_not_read_again() {
    let allowed = Arc::new(AtomicBool::new(false));
    let gate = allowed.clone();
    let fake = server(move |name| {
        let is_denied = !gate.load(Ordering::SeqCst) && matches!(name, "client-00" | "client-15");
        is_denied.then(|| Reply::whole("403 Forbidden", r#"{"errors": ["permission denied"]}"#))
    })
    .await;
    let store = rig(&fake).store();
    let mut watch = Watch::new(&store, Read::Secrets, &folders());
    let until = Instant::now() + Duration::from_secs(60);
    let tally = watch.tally(until).await.unwrap();
    let failed = tally.failed().map(|failure| failure.reason);
    assert_eq!(failed, Some(Reason::Denied));
    assert_eq!(watch.fold(&tally), Used::Unread(2));
    assert_eq!(watch.known().counted_at(), None);

    allowed.store(true, Ordering::SeqCst);
    assert_eq!(watch.look().await, Ok(Used::Known(20)));
    let often: BTreeSet<_> = reads(&fake)
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .collect();
    let names: Vec<_> = often.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["client-00", "client-15"]);
}

#[tokio::test]
async fn a_store_that_fails_is_not_asked_for_the_rest() {
    for (head, reason) in [
        ("503 Service Unavailable", Reason::ServerError),
        (
            "429 Too Many Requests\r\nRetry-After: 9",
            Reason::RateLimited,
        ),
    ] {
        let fake = server(move |_| Some(Reply::whole(head, ""))).await;
        let store = rig(&fake).store();
        let watch = Watch::new(&store, Read::Secrets, &folders());
        let until = Instant::now() + Duration::from_secs(60);
        let failed = watch.tally(until).await.unwrap().failed();
        assert_eq!(failed.map(|failure| failure.reason), Some(reason));
        let asks_for_patience = failed.is_some_and(|failure| failure.retry_after.is_some());
        assert_eq!(asks_for_patience, reason == Reason::RateLimited);
        assert!(reads(&fake).len() <= 8, "{:?}", reads(&fake));
    }
}

#[tokio::test]
async fn what_is_gone_by_the_time_it_is_read_is_as_if_not_listed_and_junk_is_unclear() {
    let fake = server(|name| match name {
        "client-03" => Some(Reply::whole("404 Not Found", r#"{"errors": []}"#)),
        "client-04" => Some(Reply::Endless),
        "client-05" => Some(Reply::ok(r#"{"data": ["no", "object"]}"#)),
        _ => None,
    })
    .await;
    let store = rig(&fake).store();
    let mut watch = Watch::new(&store, Read::Secrets, &folders());
    assert_eq!(watch.look().await, Ok(Used::Known(17)));
    assert_eq!(watch.known().unclear(), 2);
}

#[tokio::test]
async fn no_read_is_begun_when_time_is_up_and_no_list_either() {
    let until = Instant::now() + Duration::from_millis(500);
    let fake = Fake::start(move |head| {
        if head.starts_with("LIST") {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
            return Reply::ok(&json!({"data": {"keys": names()}}).to_string());
        }
        Reply::ok(r#"{"data": {"ttl": 0, "type": "service"}}"#)
    })
    .await;
    let store = rig(&fake).store();
    let mut watch = Watch::new(&store, Read::Secrets, &folders());
    let tally = watch.tally(until).await.unwrap();
    assert_eq!(tally.failed(), None);
    assert_eq!(watch.fold(&tally), Used::Unread(20));
    assert_eq!(reads(&fake), BTreeMap::new());

    let late = watch.tally(until).await.map_err(|failure| failure.reason);
    assert_eq!(late.err(), Some(Reason::Timeout));
}

#[tokio::test]
async fn eight_are_read_at_a_time() {
    let fake = server(|_| Some(Reply::Silence)).await;
    let mut rig = rig(&fake);
    rig.timeout = Duration::from_millis(300);
    let store = rig.store();
    let watch = Watch::new(&store, Read::Secrets, &folders());
    let until = Instant::now() + Duration::from_secs(60);
    let failed = watch.tally(until).await.unwrap().failed();
    assert_eq!(failed.map(|failure| failure.reason), Some(Reason::Timeout));
    assert_eq!(reads(&fake).len(), 8, "none of them was ever answered");
}
