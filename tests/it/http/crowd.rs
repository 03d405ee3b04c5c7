//! More connections than there is room for.

use std::env::current_exe;

use kcwatch::http::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::rig::{BIG, Rig, TEXT};

/// As many idle connections as the machine lets one process open, up to 10,000.
fn crowd() -> usize {
    let allowed = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: allowed.maximum,
        ..allowed
    };
    setrlimit(Resource::Nofile, raised).expect("up to the hard limit");
    let files = allowed.maximum.map_or(usize::MAX, |most| {
        usize::try_from(most).unwrap_or(usize::MAX)
    });
    let crowd = files.saturating_sub(1_000).min(10_000);
    assert!(crowd >= 2_000, "too few file descriptors to try: {files}");
    crowd
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_idle_connections_do_not_keep_prometheus_out() {
    let rig = Rig::with(Limits {
        max_connections: 64,
        ..Limits::default()
    })
    .await;
    let mut idle = Vec::new();
    for number in 0..crowd() {
        idle.push(TcpStream::connect(rig.address).await.expect("connected"));
        if number % 1_000 == 0 {
            assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
        }
    }
    assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
    assert_eq!(rig.ask("GET", "/healthz").await.status, 200);
}

#[tokio::test]
async fn the_one_that_waits_longest_is_pushed_out() {
    let rig = Rig::with(Limits {
        max_connections: 2,
        ..Limits::default()
    })
    .await;
    let mut early = rig.idle_client().await;
    let mut late = rig.idle_client().await;
    assert_eq!(early.ask("GET", "/healthz").await.status, 200);
    let newcomer = rig.idle_client().await;
    assert!(
        late.rest().await.is_empty(),
        "the other one was heard of since"
    );
    assert_eq!(early.ask("GET", "/metrics").await.text(), TEXT);
    drop(newcomer);
}

#[tokio::test]
async fn unfinished_heads_count_as_waiting() {
    let rig = Rig::with(Limits {
        max_connections: 1,
        ..Limits::default()
    })
    .await;
    let mut slow = rig.client().await;
    slow.say("GET /metrics HT").await.expect("sent");
    assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
    assert!(slow.rest().await.is_empty());
}

#[tokio::test]
async fn who_is_being_answered_is_never_pushed_out() {
    let rig = Rig::with(Limits {
        max_connections: 1,
        ..Limits::default()
    })
    .await;
    rig.grow();
    let (mut busy, head) = rig.busy_client().await;
    let mut newcomer = rig.client().await;
    newcomer
        .say("GET /healthz HTTP/1.1\r\nHost: kcwatch\r\n\r\n")
        .await
        .expect("sent");
    assert_eq!(busy.body(&head).await.len(), BIG);
    assert_eq!(newcomer.hear().await.status, 200, "it waited");
    assert!(busy.rest().await.is_empty(), "who had its answer made room");
}

/// In a process of its own, because the limit is one of the process.
#[tokio::test]
async fn running_out_of_files_passes() {
    let inner = "http::crowd::with_few_files";
    let test = current_exe().expect("a test is a program");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -n 64 && exec \"$0\" \"$@\""])
        .arg(test);
    let ran = shell
        .args(["--exact", inner, "--ignored"])
        .output()
        .await
        .expect("ran");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by another test, with few file descriptors"]
async fn with_few_files() {
    if getrlimit(Resource::Nofile).current != Some(64) {
        return;
    }
    let rig = Rig::open().await;
    let mut clients = Vec::new();
    let refused = loop {
        match TcpStream::connect(rig.address).await {
            Ok(client) => clients.push(client),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.raw_os_error(), Some(24), "{refused}");
    clients.clear();
    assert_eq!(rig.ask("GET", "/metrics").await.text(), TEXT);
}
