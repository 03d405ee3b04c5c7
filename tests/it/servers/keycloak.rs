//! Keycloak, in the current version and in the one that Red Hat SSO 7.6 is made of.
//!
//! ```ignore
//! on_both(async |keycloak| {
//!     let realm = keycloak.common_realm().await;     // or a realm of one's own
//!     let issued = realm.issue(10, 3_600).await;     // an Initial Access Token
//! }).await;
//! ```

mod admin;
mod realm;

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub(crate) use realm::{Account, Issued, Realm};

use super::{Authority, Identity, Process, tools};

/// The longest that a start may take: it shares the machine with the other tests.
const PATIENCE: Duration = Duration::from_secs(180);

/// How Java and Keycloak say that nothing will come of it.
const FAILED: [&str; 2] = [
    "Could not create the Java Virtual Machine",
    "Failed to start server",
];

/// What `kc.sh` of the current version gives Java; and to be quick rather than fast.
const JAVA: [&str; 12] = [
    "-XX:-UsePerfData",
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dfile.encoding=UTF-8",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=\
     io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
];

/// Which Keycloak.
pub(crate) struct Version {
    number: &'static str,
    path: &'static str,
    command: &'static [&'static str],
}

/// A running server, with an administrator's access to it. Killed on drop.
pub(crate) struct Keycloak {
    version: &'static Version,
    pub(crate) process: Process,
    /// What it writes; the rest is linked to where it was prepared.
    home: TempDir,
    port: u16,
    admin_token: String,
    /// The realm that tests share, and a token that knows it.
    common: OnceCell<(String, String)>,
}

/// Who vouches for the servers that tests share.
pub(crate) static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// When the certificate of the servers that tests share ends, in seconds since 1970: 2044-05-17.
pub(crate) const CERTIFICATE_ENDS: i64 = 2_347_056_000;

/// Runs a test on both versions at once. Each version is started once, for all tests: each test makes realms of its own.
pub(crate) async fn on_both(test: impl AsyncFn(&Keycloak)) {
    static SHARED: [OnceCell<Keycloak>; 2] = [OnceCell::const_new(), OnceCell::const_new()];
    static IDENTITY: LazyLock<Identity> =
        LazyLock::new(|| AUTHORITY.server_until("127.0.0.1", (2044, 5, 17)));
    let [current, old] = &SHARED;
    let on = async |cell: &'static OnceCell<Keycloak>, version| {
        let start = async || Keycloak::start(0, version, &with_tls(&IDENTITY)).await;
        test(cell.get_or_init(start).await).await;
    };
    tokio::join!(on(current, &Keycloak::CURRENT), on(old, &Keycloak::OLD));
}

/// What makes a server speak TLS beside plain HTTP.
fn with_tls(identity: &Identity) -> [String; 3] {
    [
        format!(
            "--https-certificate-file={}",
            identity.certificate.display()
        ),
        format!("--https-certificate-key-file={}", identity.key.display()),
        "--https-port=0".to_owned(),
    ]
}

impl Keycloak {
    /// The current version.
    pub(crate) const CURRENT: Version = Version {
        number: "26.7.4",
        path: "",
        command: &["start", "--optimized", "--cache=local"],
    };

    /// The base of Red Hat SSO 7.6, below the path that all of RH-SSO 7 has.
    const OLD: Version = Version {
        number: "18.0.2",
        path: "/auth",
        command: &["start", "--hostname-strict-https=false"],
    };

    /// A server of one's own that also speaks TLS, of the version that starts more quickly.
    pub(crate) async fn with_tls(identity: &Identity) -> Self {
        Self::start(0, &Self::OLD, &with_tls(identity)).await
    }

    /// A server on this port, or with 0 on any.
    pub(crate) async fn start(port: u16, version: &'static Version, more: &[String]) -> Self {
        let home = home(version);
        let mut arguments = arguments(version, home.path());
        arguments.push(format!("--http-port={port}"));
        arguments.extend_from_slice(more);
        let log = home.path().join("log");
        let process = Process::start(&tools::java(), &arguments, &log);
        let mut server = Self {
            version,
            process,
            home,
            port: 0,
            admin_token: String::new(),
            common: OnceCell::new(),
        };
        server.port = server.listens().await;
        server.log_in().await;
        // Longer than any test takes; a minute otherwise.
        let patient = json!({"accessTokenLifespan": 36_000});
        server
            .call("PUT", "/admin/realms/master", Some(patient))
            .await;
        server.log_in().await;
        server
    }

    /// Whether it is the one that Red Hat SSO 7.6 is made of.
    pub(crate) fn is_old(&self) -> bool {
        self.version.number == Self::OLD.number
    }

    /// Where it listens, path included: `http://127.0.0.1:PORT/auth`.
    pub(crate) fn address(&self) -> String {
        self.address_at("127.0.0.1")
    }

    /// Where it speaks TLS: `https://127.0.0.1:PORT/auth`.
    pub(crate) fn tls_address(&self) -> String {
        let Some(port) = port(&self.log(), "https") else {
            panic!("no TLS: {}", self.log());
        };
        format!("https://127.0.0.1:{port}{}", self.version.path)
    }

    /// The same by another name of the machine.
    pub(crate) fn address_at(&self, host: &str) -> String {
        format!("http://{host}:{}{}", self.port, self.version.path)
    }

    /// Kills the server as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// The port that the system gave it, as its log tells once it is up.
    async fn listens(&self) -> u16 {
        let waiting = async {
            loop {
                let log = self.log();
                if let Some(port) = port(&log, "http") {
                    return port;
                }
                assert!(!FAILED.iter().any(|words| log.contains(words)), "{log}");
                self.process.must_run("Keycloak");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let Ok(port) = tokio::time::timeout(PATIENCE, waiting).await else {
            panic!("Keycloak did not come up: {}", self.log());
        };
        port
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

/// A folder that looks like the prepared one: with a copy of its database, and links to all that is only read.
fn home(version: &Version) -> TempDir {
    let prepared = tools::keycloak(version.number);
    let home = TempDir::new().expect("a directory can be made");
    for part in ["lib", "conf", "providers", "themes"] {
        let link = home.path().join(part);
        std::os::unix::fs::symlink(prepared.join(part), link).expect("a link can be made");
    }
    let database = Path::new("data/h2");
    std::fs::create_dir_all(home.path().join(database)).expect("a directory can be made");
    let file = database.join("keycloakdb.mv.db");
    std::fs::copy(prepared.join(&file), home.path().join(&file)).expect("it can be copied");
    home
}

fn arguments(version: &Version, home: &Path) -> Vec<String> {
    let path = |part: &str| PathBuf::from(home).join(part).display().to_string();
    let mut arguments: Vec<String> = JAVA.map(str::to_owned).into();
    arguments.extend([
        // What it writes outside of its home would stay behind when it is killed.
        format!("-Djava.io.tmpdir={}", home.display()),
        format!("-Dkc.home.dir={}", home.display()),
        format!("-Djboss.server.config.dir={}", path("conf")),
        "-cp".to_owned(),
        path("lib/quarkus-run.jar"),
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint".to_owned(),
    ]);
    arguments.extend(version.command.iter().copied().map(str::to_owned));
    let listening = [
        "--http-enabled=true",
        "--hostname-strict=false",
        "--http-host=127.0.0.1",
    ];
    arguments.extend(listening.map(str::to_owned));
    arguments
}

/// The port in a line such as `Listening on: http://127.0.0.1:40401 and https://127.0.0.1:40402`.
fn port(log: &str, scheme: &str) -> Option<u16> {
    let (_, all) = log.split_once("Listening on: ")?;
    let (all, _) = all.split_once('\n')?;
    let (_, after) = all.split_once(&format!("{scheme}://127.0.0.1:"))?;
    let port = after.split(char::is_whitespace).next()?;
    port.parse().ok()
}
