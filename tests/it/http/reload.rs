//! `POST /-/reload`.

use std::sync::Arc;

use kcwatch::http::{Doors, Limits, ReloadRequest};
use tokio::sync::mpsc;

use super::rig::Rig;

/// A listener whose reloads end like this; `None` means without an answer.
async fn reloading(outcome: Option<Result<(), String>>) -> Rig {
    let (door, mut asked) = mpsc::channel::<ReloadRequest>(1);
    tokio::spawn(async move {
        while let Some(request) = asked.recv().await {
            if let Some(outcome) = outcome.clone() {
                request.outcome.send(outcome).expect("awaited");
            }
        }
    });
    let doors = Doors {
        healthy: Arc::new(|| true),
        reload: Some(door),
    };
    Rig::with_doors(Limits::default(), doors).await
}

#[tokio::test]
async fn a_reload_answers_with_its_outcome() {
    let mistakes = "targets[0].name: is missing\npoll.interval: must be above 0";
    let rows = [
        (Some(Ok(())), 200, "reloaded\n"),
        (
            Some(Err(mistakes.to_owned())),
            500,
            "targets[0].name: is missing\npoll.interval: must be above 0\n",
        ),
        (None, 503, "not reloaded: the daemon is stopping\n"),
    ];
    for (outcome, status, text) in rows {
        let rig = reloading(outcome).await;
        let heard = rig.ask("POST", "/-/reload").await;
        assert_eq!((heard.status, heard.text().as_str()), (status, text));
    }
}

#[tokio::test]
async fn a_reload_that_is_not_enabled_says_so() {
    let rig = Rig::open().await;
    let heard = rig.ask("POST", "/-/reload").await;
    assert_eq!(heard.status, 403);
    assert!(heard.text().contains("SIGHUP"), "{}", heard.text());
}
