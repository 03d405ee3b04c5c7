//! Start and stop.

use std::time::Duration;

use kcwatch::http::{BindError, Limits, Listener};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::client::FAR_TOO_LONG;
use super::rig::{BIG, Rig};

#[tokio::test]
async fn a_stop_lets_a_response_finish_and_closes_the_idle_at_once() {
    let rig = Rig::with(Limits {
        drain: FAR_TOO_LONG,
        ..Limits::default()
    })
    .await;
    let mut idle = rig.idle_client().await;
    let mut silent = rig.client().await;
    rig.grow();
    let (mut busy, head) = rig.busy_client().await;
    rig.stop.cancel();
    assert!(idle.rest().await.is_empty());
    assert!(silent.rest().await.is_empty());
    assert!(!rig.served.is_finished(), "it waits for the response");
    assert!(
        TcpStream::connect(rig.address).await.is_err(),
        "nobody is let in any more"
    );
    assert_eq!(busy.body(&head).await.len(), BIG);
    assert!(busy.rest().await.is_empty());
    timeout(FAR_TOO_LONG, rig.served)
        .await
        .expect("in time")
        .expect("drained");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let rig = Rig::with(Limits {
        drain: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    rig.grow();
    let (mut stuck, _head) = rig.busy_client().await;
    rig.stop.cancel();
    timeout(FAR_TOO_LONG, rig.served)
        .await
        .expect("in time")
        .expect("drained");
    assert!(stuck.rest().await.len() < BIG);
}

#[tokio::test]
async fn a_stop_is_at_once_while_a_newcomer_waits_for_room() {
    let limits = Limits {
        max_connections: 1,
        drain: Duration::from_millis(50),
        ..Limits::default()
    };
    let rig = Rig::with(limits).await;
    rig.grow();
    let (_stuck, _head) = rig.busy_client().await;
    let mut newcomer = rig.client().await;
    rig.stop.cancel();
    assert!(newcomer.rest().await.is_empty());
    timeout(FAR_TOO_LONG, rig.served)
        .await
        .expect("in time")
        .expect("drained");
}

#[tokio::test]
async fn a_taken_port_is_explained() {
    let rig = Rig::open().await;
    let refused = Listener::bind(rig.address, Limits::default())
        .await
        .expect_err("taken");
    assert!(
        matches!(refused, BindError::InUse(address) if address == rig.address),
        "{refused}"
    );
    assert!(
        refused
            .to_string()
            .contains("already in use: another exporter")
    );
}

#[tokio::test]
async fn clients_that_come_before_serving_begins_are_answered() {
    let any = "127.0.0.1:0".parse().expect("an address");
    let listener = Listener::bind(any, Limits::default())
        .await
        .expect("a free port");
    assert_ne!(listener.local_addr().port(), 0);
    TcpStream::connect(listener.local_addr())
        .await
        .expect("it waits in the backlog");
}
