//! Real servers for tests: started on free ports of the loopback, ended with the test process.
//!
//! ```ignore
//! let bao = OpenBao::shared().await;                 // one for all tests that do not disturb each other
//! let mount = bao.enable_kv(&unique("kv"), 2).await; // a mount of one's own
//! bao.write(&format!("{mount}/team/token"), json!({"token": "…"})).await;
//! ```

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set its scene has failed"
)]

mod alertmanager;
mod authority;
mod fake;
mod keycloak;
mod openbao;
mod process;
mod prometheus;
mod reviewer;
mod rules;
mod sink;
mod tools;

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

pub(crate) use alertmanager::{Alertmanager, Version, amtool};
pub(crate) use authority::{Authority, Identity};
pub(crate) use fake::{Fake, Reply};
pub(crate) use keycloak::{AUTHORITY, Account, CERTIFICATE_ENDS, Issued, Keycloak, Realm, on_both};
pub(crate) use openbao::{Approle, OpenBao, Tls};
pub(crate) use process::{LEASH, Process};
pub(crate) use prometheus::Prometheus;
pub(crate) use reviewer::TokenReviewer;
pub(crate) use rules::compressed;
pub(crate) use sink::{Message, Sink};
pub(crate) use tools::{browser, chromium, deploy_python, kcwatch, unpacked, version_of};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A GET of something on the loopback: the body of an answer that is good.
pub(crate) async fn get(url: &str) -> Result<String, reqwest::Error> {
    let client = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()?;
    let answer = client.get(url).send().await?.error_for_status()?;
    answer.text().await
}

/// A port of the loopback that nobody listens on, and that nobody gets by chance: it lies below those that the system hands
/// out to listeners on port 0 and to connections, and no other test of this process is given it.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 20_000;
    const COUNT: u32 = 12_000;
    // OpenBao takes the port after its own as well, so neighbours are not given. Without a divisor in common with the count.
    const STEP: u32 = 7;
    // Processes that test at the same time begin at different places.
    let begin = std::process::id().wrapping_mul(617) % COUNT;
    let number = || begin + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT * STEP;
    let ports = std::iter::repeat_with(|| FIRST + number() % COUNT).take(12_000);
    let mut ports = ports.filter_map(|port| u16::try_from(port).ok());
    let free = ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("the loopback has a free port")
}

/// A name that no other test of this process has.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Looks again and again until there is something; fails the test after half a minute.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    let Ok(found) = tokio::time::timeout(PATIENCE, waiting).await else {
        panic!("waited {PATIENCE:?} in vain: {what}");
    };
    found
}
