//! A target that is not to be watched any more.

use rustix::process::Signal;

use super::chain::{Before, Chain, Replica, Vault};
use crate::servers::Version;

const BEFORE: Before = Before {
    notice: 7200,
    urgent: 3600,
};

#[tokio::test]
async fn a_target_that_is_taken_out_is_over_and_no_other() {
    let vault = Vault::shared().await;
    for target in ["prod", "gone"] {
        vault.renew(target, 86_400).await;
    }
    let replica = Replica::new();
    replica.configure(vault.settings(&BEFORE, &["prod", "gone"], &replica.home));
    let chain = Chain::start("a target goes", Version::Current, vec![replica]).await;
    for target in ["prod", "gone"] {
        vault.renew(target, 1800).await;
        chain
            .sink
            .note(&format!("{target} expires in half an hour"));
        chain
            .tells(&format!("FIRING HIGH InitialAccessTokenExpiring {target}"))
            .await;
    }

    let replica = &chain.replicas[0];
    replica.configure(vault.settings(&BEFORE, &["prod"], &replica.home));
    replica.daemon().signal(Signal::HUP);
    chain.sink.note("gone is taken out of the configuration");
    let over = "RESOLVED HIGH InitialAccessTokenExpiring gone";
    chain.tells(over).await;
    chain.all_is_told().await;
    assert_eq!(chain.told().len(), 3, "{:?}", chain.told());
    assert_eq!(chain.resolved(), [over]);
}
