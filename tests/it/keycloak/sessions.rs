//! How long a token of ours is used, against servers that are particular about it.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use kcwatch::model::{Reason, TokenList};

use super::{
    fakes::{LIST, LOGIN, always, granted, requests, rig},
    rig::list,
};
use crate::servers::{Fake, Reply};

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_replaced_within_the_question() {
    let lists = AtomicUsize::new(0);
    let fake = Fake::start(move |request| {
        if request.contains(LOGIN) {
            return granted("access", 300);
        }
        match lists.fetch_add(1, Ordering::SeqCst) {
            1 => Reply::whole("401 Unauthorized", r#"{"error":"HTTP 401 Unauthorized"}"#),
            _ => Reply::ok("[]"),
        }
    })
    .await;
    let rig = rig(&fake);
    let watched = rig.realm();
    assert_eq!(list(&watched).await, Ok(TokenList::default()));
    assert_eq!(
        list(&watched).await,
        Ok(TokenList::default()),
        "refused once"
    );
    assert_eq!((requests(&fake, LOGIN), requests(&fake, LIST)), (2, 3));
}

/// A server that gives the tokens `access1`, `access2` … and takes only this one.
async fn particular(taken: &'static str) -> Fake {
    let logins = AtomicUsize::new(0);
    Fake::start(move |request| {
        if request.contains(LOGIN) {
            let serial = logins.fetch_add(1, Ordering::SeqCst) + 1;
            return granted(&format!("access{serial}"), 300);
        }
        if request.contains(taken) {
            return Reply::ok("[]");
        }
        Reply::whole("401 Unauthorized", r#"{"error":"HTTP 401 Unauthorized"}"#)
    })
    .await
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_used_no_more() {
    let fake = particular("access2").await;
    let fussy = rig(&fake);
    let watched = fussy.realm();
    assert_eq!(
        list(&watched).await,
        Err(Reason::Unauthenticated),
        "a fresh one is refused"
    );
    assert_eq!(requests(&fake, LOGIN), 1);
    assert_eq!(list(&watched).await, Ok(TokenList::default()));
    assert_eq!(requests(&fake, LOGIN), 2);

    let fake = particular("no token at all").await;
    let refused = rig(&fake);
    let watched = refused.realm();
    for logins in 1..4 {
        assert_eq!(list(&watched).await, Err(Reason::Unauthenticated));
        assert_eq!(requests(&fake, LOGIN), logins);
    }
}

#[tokio::test]
async fn those_who_wait_for_a_login_share_how_it_ends() {
    let fake = always(Reply::whole("401 No", r#"{"error":"unauthorized_client"}"#)).await;
    let refused = rig(&fake);
    let watched = refused.realm();
    for outcome in join_all((0..16).map(|_| list(&watched))).await {
        assert_eq!(outcome, Err(Reason::Unauthenticated));
    }
    assert_eq!(requests(&fake, LOGIN), 1);
    assert_eq!(list(&watched).await, Err(Reason::Unauthenticated));
    assert_eq!(requests(&fake, LOGIN), 2, "whoever comes later tries anew");
}

#[tokio::test]
async fn a_token_of_no_stated_life_is_used_once() {
    for life in ["", r#","expires_in":0"#, r#","expires_in":-5"#] {
        let answer = format!(r#"{{"access_token":"access","token_type":"bearer"{life}}}"#);
        let fake = Fake::start(move |request| match request {
            login if login.contains(LOGIN) => Reply::ok(&answer),
            _ => Reply::ok("[]"),
        })
        .await;
        let rig = rig(&fake);
        let watched = rig.realm();
        for logins in 1..4 {
            assert_eq!(list(&watched).await, Ok(TokenList::default()));
            assert_eq!(requests(&fake, LOGIN), logins, "{life}");
        }
    }
}
