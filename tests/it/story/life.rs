//! A token from the day it should be renewed to the day it is.

use super::chain::{Before, Chain, Replica, Vault};
use crate::{
    daemon::tokens::DAY,
    servers::{Message, Version},
};

/// Between the stages lies enough for a busy machine.
const BEFORE: Before = Before {
    notice: 25,
    urgent: 14,
};

#[tokio::test]
async fn each_stage_is_told_once_and_the_end_only_after_the_renewal_by_an_old_alertmanager() {
    live("life, 0.25", Version::Old).await;
}

#[tokio::test]
async fn each_stage_is_told_once_and_the_end_only_after_the_renewal_by_a_current_alertmanager() {
    live("life, current", Version::Current).await;
}

async fn live(name: &str, version: Version) {
    let vault = Vault::shared().await;
    vault.renew("prod", 20 * DAY).await;
    let replica = Replica::new();
    replica.configure(vault.settings(&BEFORE, &["prod"], &replica.home));
    let chain = Chain::start(name, version, vec![replica]).await;

    let expiry = vault.renew("prod", 28).await;
    chain.sink.note("the token expires in 28 s");
    let notice = chain
        .tells("FIRING MEDIUM InitialAccessTokenExpiring prod")
        .await;
    assert_ticket(&chain, &notice, "expires on", expiry);
    let urgent = chain
        .tells("FIRING HIGH InitialAccessTokenExpiring prod")
        .await;
    assert_ticket(&chain, &urgent, "expires on", expiry);
    let expired = chain
        .tells("FIRING HIGH InitialAccessTokenExpired prod")
        .await;
    assert_ticket(&chain, &expired, "expired on", expiry);
    assert_eq!(chain.resolved(), Vec::<String>::new());

    vault.renew("prod", 20 * DAY).await;
    chain.sink.note("there is a new token");
    chain
        .tells("RESOLVED HIGH InitialAccessTokenExpired prod")
        .await;
    chain.all_is_told().await;
    assert_whole_story(&chain);
    assert_mentions(&chain);
}

/// Nothing more than this, and in this order; what is over is told in any order.
fn assert_whole_story(chain: &Chain) {
    let told = chain.told();
    let (fired, mut resolved) = told.split_at(3);
    assert_eq!(
        fired,
        [
            "FIRING MEDIUM InitialAccessTokenExpiring prod",
            "FIRING HIGH InitialAccessTokenExpiring prod",
            "FIRING HIGH InitialAccessTokenExpired prod",
        ]
    );
    let mut sorted = resolved.to_vec();
    sorted.sort();
    resolved = &sorted;
    assert_eq!(
        resolved,
        [
            "RESOLVED HIGH InitialAccessTokenExpired prod",
            "RESOLVED HIGH InitialAccessTokenExpiring prod",
            "RESOLVED MEDIUM InitialAccessTokenExpiring prod",
        ]
    );
    let pages: Vec<Message> = chain.sink.sent_to("pagerduty");
    let actions: Vec<&str> = pages
        .iter()
        .map(|page| page.text("/event_action"))
        .collect();
    assert_eq!(actions, ["trigger", "trigger", "resolve", "resolve"]);
}

/// Only what fires at high mentions anybody, and only that brings a ticket which is not over.
fn assert_mentions(chain: &Chain) {
    for message in chain.messages() {
        let title = message.field("title");
        let loud = title.starts_with("[FIRING] HIGH");
        assert_eq!(
            message.field("pretext").contains("<!subteam^"),
            loud,
            "{title}"
        );
        let over = title.starts_with("[RESOLVED]");
        assert_eq!(
            message.field("text").contains("Subject: "),
            !over,
            "{title}"
        );
    }
}

/// The message brings the ticket that `kcwatch request` prints, with the day of the expiry.
fn assert_ticket(chain: &Chain, message: &Message, reason: &str, expiry: i64) {
    let text = message.field("text");
    let shown = text.split("```").nth(1).expect("a block of code");
    let shown = shown
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    assert_eq!(shown.trim(), chain.replicas[0].request("prod"));
    let day = jiff::Timestamp::from_second(expiry).unwrap();
    let day = day.strftime("%-d %B %Y");
    assert!(shown.contains(&format!("{reason} {day}.")), "{shown}");
}
