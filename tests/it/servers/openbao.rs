//! OpenBao, which speaks Vault's API.

mod admin;
mod settings;

use std::{path::PathBuf, time::Duration};

use tempfile::TempDir;
use tokio::sync::OnceCell;

pub(crate) use admin::Approle;

use super::{Authority, Identity, Process, free_port, tools};

const ROOT_TOKEN: &str = "root-token-of-the-tests";

/// A running server, with an administrator's access to it. Killed on drop.
pub(crate) struct OpenBao {
    pub(crate) process: Process,
    /// Configuration, log and storage.
    directory: TempDir,
    arguments: Vec<String>,
    port: u16,
    tls_port: u16,
    root_token: String,
    unseal_key: Option<String>,
}

/// How the second listener of a server speaks TLS.
pub(crate) struct Tls<'a> {
    pub(crate) identity: Identity,
    /// Whose client certificates are asked for; `None`: nobody's.
    pub(crate) clients_of: Option<&'a Authority>,
}

impl OpenBao {
    /// The server for all tests that do not disturb each other: each uses mounts and names of its own.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<OpenBao> = OnceCell::const_new();
        SHARED.get_or_init(Self::dev).await
    }

    /// A new server, unsealed, with its data in memory and nothing in it.
    pub(crate) async fn dev() -> Self {
        for _ in 0..3 {
            if let Ok(server) = Self::try_dev(free_port()).await {
                return server;
            }
        }
        panic!("OpenBao did not come up in three attempts");
    }

    /// The same on this port, and the one after it; or what it said instead.
    pub(crate) async fn try_dev(port: u16) -> Result<Self, String> {
        let directory = TempDir::new().expect("a directory can be made");
        let arguments = vec![
            "server".to_owned(),
            "-dev".to_owned(),
            "-dev-no-store-token".to_owned(),
            format!("-dev-root-token-id={ROOT_TOKEN}"),
            format!("-dev-listen-address=127.0.0.1:{port}"),
        ];
        let mut server = Self::start(directory, arguments, port, 0);
        ROOT_TOKEN.clone_into(&mut server.root_token);
        if server.answers().await {
            Ok(server)
        } else {
            Err(server.log())
        }
    }

    /// A new server with its data on disk, so that it can be sealed, unsealed, killed and started again.
    pub(crate) async fn durable() -> Self {
        let mut server = Self::configured(None).await;
        server.initialise().await;
        server
    }

    /// A new server that nobody has initialised yet.
    pub(crate) async fn uninitialised() -> Self {
        Self::configured(None).await
    }

    /// A new server with a second listener that speaks TLS: [`tls_address`](Self::tls_address).
    pub(crate) async fn with_tls(tls: Tls<'_>) -> Self {
        let mut server = Self::configured(Some(tls)).await;
        server.initialise().await;
        server
    }

    async fn configured(tls: Option<Tls<'_>>) -> Self {
        let mut log = String::new();
        for _ in 0..3 {
            let directory = TempDir::new().expect("a directory can be made");
            let (port, tls_port) = (free_port(), free_port());
            let file = directory.path().join("config.hcl");
            let text = settings::text(directory.path(), port, tls_port, tls.as_ref());
            std::fs::write(&file, text).expect("it can be written");
            let arguments = vec!["server".to_owned(), format!("-config={}", file.display())];
            let server = Self::start(directory, arguments, port, tls_port);
            if server.answers().await {
                return server;
            }
            log = server.log();
        }
        panic!("OpenBao did not come up in three attempts: {log}");
    }

    fn start(directory: TempDir, arguments: Vec<String>, port: u16, tls_port: u16) -> Self {
        Self {
            process: Process::start(&Self::program(), &arguments, &directory.path().join("log")),
            directory,
            arguments,
            port,
            tls_port,
            root_token: String::new(),
            unseal_key: None,
        }
    }

    /// The program.
    pub(crate) fn program() -> PathBuf {
        tools::openbao()
    }

    /// Kills the server as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts a killed server again at the same address, and unseals it.
    pub(crate) async fn restart(&mut self) {
        let log = self.directory.path().join("log");
        self.process = Process::start(&Self::program(), &self.arguments, &log);
        assert!(self.answers().await, "OpenBao does not come up again");
        self.unseal().await;
    }

    /// Where it speaks plain HTTP: `http://127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it speaks TLS: `https://127.0.0.1:PORT`.
    pub(crate) fn tls_address(&self) -> String {
        format!("https://127.0.0.1:{}", self.tls_port)
    }

    /// The token that may do everything.
    pub(crate) fn root_token(&self) -> &str {
        &self.root_token
    }

    /// What the server wrote so far.
    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// Whether it comes to answer, within ten seconds.
    async fn answers(&self) -> bool {
        let waiting = async {
            while self.try_call("GET", "sys/seal-status", None).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let within = Duration::from_secs(10);
        tokio::time::timeout(within, waiting).await.is_ok()
    }
}
