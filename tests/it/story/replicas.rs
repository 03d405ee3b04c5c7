//! Two kcwatch that watch the same.

use super::chain::{Before, Chain, Replica, Vault};
use crate::{daemon::tokens::DAY, servers::Version};

const BEFORE: Before = Before {
    notice: 7200,
    urgent: 3600,
};

#[tokio::test]
async fn two_replicas_tell_everything_once_and_the_death_of_one_is_nothing_to_tell() {
    let vault = Vault::shared().await;
    vault.renew("prod", DAY).await;
    let replicas: Vec<Replica> = (0..2)
        .map(|_| {
            let replica = Replica::new();
            replica.configure(vault.settings(&BEFORE, &["prod"], &replica.home));
            replica
        })
        .collect();
    let mut chain = Chain::start("two replicas", Version::Old, replicas).await;
    vault.renew("prod", 1800).await;
    chain.sink.note("the token expires in half an hour");
    let urgent = "FIRING HIGH InitialAccessTokenExpiring prod";
    chain.tells(urgent).await;

    chain.replicas[1].kill();
    chain.sink.note("one of two is killed");
    chain.all_is_told().await;
    assert_eq!(chain.told(), [urgent]);

    vault.renew("prod", DAY).await;
    chain.sink.note("there is a new token");
    let over = "RESOLVED HIGH InitialAccessTokenExpiring prod";
    chain.tells(over).await;
    chain.all_is_told().await;
    assert_eq!(chain.told(), [urgent, over]);
}
