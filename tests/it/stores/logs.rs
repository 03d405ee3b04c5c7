//! What a store logs: a line at each turn of its login, and nothing a read.

use std::{
    io,
    sync::{Arc, Mutex},
};

use kcwatch::model::Reason;
use serde_json::json;
use tracing::{Level, subscriber::DefaultGuard};

use super::{
    logins::secret_and_policy,
    rig::{Rig, read, text},
};
use crate::servers::{OpenBao, eventually};

/// Everything that was logged on this thread, at any level and by any crate.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    /// Captures until the guard is dropped.
    pub(super) fn start() -> (Self, DefaultGuard) {
        let captured = Self::default();
        let writer = captured.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .finish();
        (captured, tracing::subscriber::set_default(subscriber))
    }

    /// What was captured so far.
    pub(crate) fn text(&self) -> String {
        let bytes = self.0.lock().expect("no panic").clone();
        String::from_utf8(bytes).expect("logs are text")
    }
}

/// Our own lines that are not for debugging: level, module, message and fields.
fn our_lines(logs: &str) -> Vec<&str> {
    let ours = logs.lines().map(str::trim).filter(|line| {
        let is_loud = ["INFO", "WARN", "ERROR"]
            .iter()
            .any(|level| line.starts_with(level));
        is_loud && line.contains(" kcwatch::")
    });
    ours.collect()
}

#[tokio::test]
async fn a_login_that_fails_and_works_again_is_two_lines() {
    let bao = OpenBao::shared().await;
    let (path, policy) = secret_and_policy(bao).await;
    let hour = json!({"token_policies": [policy], "token_ttl": "1h"});
    let approle = bao.approle(hour).await;
    let rig = Rig::with_approle(&bao.address(), &approle);
    rig.write("secret_id", "wrong");
    let store = rig.store();
    let (captured, guard) = Captured::start();

    for _ in 0..5 {
        assert_eq!(
            text(&store, &path, "/url").await,
            Err(Reason::Unauthenticated)
        );
    }
    rig.write("secret_id", &approle.secret_id);
    eventually("the login works", async || read(&store, &path).await.ok()).await;
    for name in ["missing", "team/sso", "missing"] {
        drop(read(&store, &path.replace("team/sso", name)).await);
    }
    drop(guard);

    let logs = captured.text();
    insta::assert_snapshot!(our_lines(&logs).join("\n"), @"
    WARN kcwatch::store::vault::report: cannot log in to store `devshift`: our own login was refused: check the credentials in the files under auth and the role store=devshift reason=unauthenticated
    INFO kcwatch::store::vault::report: logged in to store `devshift` again, with a token valid for 1 hour store=devshift
    ");
}
