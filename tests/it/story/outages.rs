//! What stops being watched is told; nothing else is told to be over because of it.

use super::chain::{Before, Chain, Replica, Vault};
use crate::servers::{OpenBao, Version};

/// Both reached by a token of half an hour.
const BEFORE: Before = Before {
    notice: 7200,
    urgent: 3600,
};

const URGENT: &str = "FIRING HIGH InitialAccessTokenExpiring prod";

/// A chain in which the token becomes urgent.
async fn urgent(name: &str, version: Version, vault: &Vault<'_>) -> Chain {
    vault.renew("prod", 86_400).await;
    let replica = Replica::new();
    replica.configure(vault.settings(&BEFORE, &["prod"], &replica.home));
    let chain = Chain::start(name, version, vec![replica]).await;
    vault.renew("prod", 1800).await;
    chain.sink.note("the token expires in half an hour");
    chain.tells(URGENT).await;
    chain
}

#[tokio::test]
async fn a_dead_kcwatch_is_told_and_resolves_nothing_nor_does_its_return() {
    let vault = Vault::shared().await;
    let mut chain = urgent("kcwatch dies", Version::Old, &vault).await;

    chain.replicas[0].kill();
    chain.sink.note("kcwatch is killed");
    chain.tells("FIRING MEDIUM KcwatchDown").await;
    chain.all_is_told().await;
    assert_eq!(chain.told(), [URGENT, "FIRING MEDIUM KcwatchDown"]);

    chain.replicas[0].start().await;
    chain.sink.note("kcwatch is started");
    chain.tells("RESOLVED MEDIUM KcwatchDown").await;
    chain.all_is_told().await;
    assert_eq!(
        chain.told(),
        [
            URGENT,
            "FIRING MEDIUM KcwatchDown",
            "RESOLVED MEDIUM KcwatchDown"
        ]
    );
}

#[tokio::test]
async fn a_sealed_store_is_one_message_and_moves_no_other_alert() {
    let bao = OpenBao::durable().await;
    let vault = Vault::of(&bao).await;
    let chain = urgent("the store is sealed", Version::Current, &vault).await;

    bao.seal().await;
    chain.sink.note("the store is sealed");
    chain
        .tells("FIRING MEDIUM StoreAccessFailing devshift")
        .await;
    chain.all_is_told().await;
    let firing = [URGENT, "FIRING MEDIUM StoreAccessFailing devshift"];
    assert_eq!(chain.told(), firing);
    let suppressed: Vec<String> = chain
        .alertmanager
        .alerts()
        .await
        .iter()
        .filter(|alert| alert["status"]["state"] == "suppressed")
        .map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        suppressed.iter().any(|name| name == "TargetUnreadable"),
        "{suppressed:?}"
    );

    bao.unseal().await;
    chain.sink.note("the store is unsealed");
    let over = "RESOLVED MEDIUM StoreAccessFailing devshift";
    chain.tells(over).await;
    chain.all_is_told().await;
    assert_eq!(chain.told(), [firing[0], firing[1], over]);
}

#[tokio::test]
async fn a_kcwatch_that_returns_to_a_sealed_store_resolves_nothing() {
    let bao = OpenBao::durable().await;
    let vault = Vault::of(&bao).await;
    let mut chain = urgent("returns to a sealed store", Version::Current, &vault).await;
    chain.replicas[0].kill();
    bao.seal().await;
    chain
        .sink
        .note("kcwatch is killed, and the store is sealed");
    chain.tells("FIRING MEDIUM KcwatchDown").await;

    chain.replicas[0].start().await;
    chain.sink.note("kcwatch is started");
    let over = "RESOLVED MEDIUM KcwatchDown";
    chain.tells(over).await;
    let sealed = "FIRING MEDIUM StoreAccessFailing devshift";
    chain.tells(sealed).await;
    chain.all_is_told().await;
    assert_eq!(chain.told().len(), 4, "{:?}", chain.told());
    assert_eq!(chain.resolved(), [over]);

    bao.unseal().await;
    chain.sink.note("the store is unsealed");
    let found = "RESOLVED MEDIUM StoreAccessFailing devshift";
    chain.tells(found).await;
    let told = chain.told();
    assert_eq!(told[3..], [sealed, found], "{told:?}");
}
