//! A token whose registrations run out long before it expires.

use serde_json::json;

use super::chain::{Before, Chain, Replica, Vault};
use crate::{
    daemon::tokens::{DAY, now, secret},
    servers::{Version, unique},
};

const BEFORE: Before = Before {
    notice: 7200,
    urgent: 3600,
};

#[tokio::test]
async fn registrations_that_run_out_are_told_at_each_stage_until_there_is_a_new_token() {
    let vault = Vault::shared().await;
    // Issued today, so nothing is forecast from how it was used.
    let mut content = secret(&unique("jti"), now() + 30 * DAY);
    content["left"] = json!(100);
    vault.bao.write(&vault.mount, "prod", content.clone()).await;
    let replica = Replica::new();
    let settings = vault.settings(&BEFORE, &["prod"], &replica.home).with(
        "/targets/0/initial_access_token/clients",
        json!({"from": "field", "field": "/left"}),
    );
    replica.configure(settings);
    let chain = Chain::start("used up", Version::Current, vec![replica]).await;

    let stages = [
        (
            20,
            "FIRING MEDIUM InitialAccessTokenClientsLow prod",
            "The current one is nearly used up (registrations left: 20)",
        ),
        (
            5,
            "FIRING HIGH InitialAccessTokenClientsLow prod",
            "The current one is nearly used up (registrations left: 5)",
        ),
        (
            0,
            "FIRING HIGH InitialAccessTokenClientsExhausted prod",
            "The current one is used up.",
        ),
    ];
    for (left, told, reason) in stages {
        content["left"] = json!(left);
        vault.bao.write(&vault.mount, "prod", content.clone()).await;
        chain.sink.note(&format!("registrations left: {left}"));
        let message = chain.tells(told).await;
        assert!(message.field("text").contains(reason), "{message:?}");
    }
    assert_eq!(chain.resolved(), Vec::<String>::new());

    let mut content = secret(&unique("jti"), now() + 30 * DAY);
    content["left"] = json!(100);
    vault.bao.write(&vault.mount, "prod", content).await;
    chain.sink.note("there is a new token");
    chain
        .tells("RESOLVED HIGH InitialAccessTokenClientsExhausted prod")
        .await;
    chain.all_is_told().await;
    let fired = chain.told();
    assert_eq!(fired[..3], stages.map(|(_, told, _)| told.to_owned()));
    assert_eq!(chain.resolved().len(), 3, "{fired:?}");
    assert_eq!(fired.len(), 6, "{fired:?}");
}
