//! The chain from the token to the people.

use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use super::rules::compressed;
use crate::{
    daemon::{
        home::Home,
        rig::Daemon,
        settings::Settings,
        tokens::{now, secret},
    },
    servers::{
        Alertmanager, Message, OpenBao, Prometheus, Sink, Version, eventually, free_port, unique,
    },
};

/// Rules and ticket of the same installation.
const CONFIG: &str = include_str!("../../../config/app-sre.yaml");

/// How many evaluations it takes until what happens now would have reached people: what is bridged, the wait of a rule, and
/// those of Alertmanager, with some to spare.
const ALL_TOLD: f64 = 15.0;

/// From when on alerts fire, in seconds before the expiry.
pub(super) struct Before {
    pub(super) notice: u32,
    pub(super) urgent: u32,
}

/// One kcwatch, at an address that it keeps when it is started again.
pub(super) struct Replica {
    pub(super) home: Home,
    port: u16,
    request: PathBuf,
    daemon: Option<Daemon>,
}

/// Everything that runs.
pub(super) struct Chain {
    pub(super) sink: Sink,
    pub(super) alertmanager: Alertmanager,
    pub(super) prometheus: Prometheus,
    pub(super) replicas: Vec<Replica>,
    /// Of Prometheus.
    _folder: TempDir,
}

/// Where tokens lie.
pub(super) struct Vault<'a> {
    pub(super) bao: &'a OpenBao,
    pub(super) mount: String,
}

impl Vault<'static> {
    /// A place in the server of all tests.
    pub(super) async fn shared() -> Self {
        Vault::of(OpenBao::shared().await).await
    }
}

impl<'a> Vault<'a> {
    pub(super) async fn of(bao: &'a OpenBao) -> Self {
        let mount = bao.enable_kv(&unique("app-sre"), 2).await;
        Self { bao, mount }
    }

    /// Puts a new token where it is watched, which expires in so many seconds; says when that is.
    pub(super) async fn renew(&self, target: &str, seconds: i64) -> i64 {
        let expiry = now() + seconds;
        let content = secret(&unique("jti"), expiry);
        self.bao.write(&self.mount, target, content).await;
        expiry
    }

    /// Settings that watch these targets.
    pub(super) fn settings(&self, before: &Before, targets: &[&str], home: &Home) -> Settings {
        let seconds = |seconds: u32| json!({"before": format!("{seconds}s")});
        let expiry = json!({"notice": seconds(before.notice), "urgent": seconds(before.urgent)});
        let settings = Settings::new()
            .with("/poll", json!({"interval": "1s", "timeout": "900ms"}))
            .with("/tiers", json!({"prod": {"expiry": expiry}}))
            .with_root("devshift", self.bao, home);
        targets.iter().fold(settings, |settings, target| {
            settings.target_of_sso(target, "devshift", &format!("{}/{target}", self.mount))
        })
    }
}

impl Replica {
    pub(super) fn new() -> Self {
        let home = Home::new();
        let (_, request) = CONFIG.split_once("\nalerts:").expect("a section");
        let request = home.write("request.yaml", format!("alerts:{request}"));
        Self {
            home,
            port: free_port(),
            request,
            daemon: None,
        }
    }

    /// Writes its configuration.
    pub(super) fn configure(&self, settings: Settings) {
        let listen = format!("127.0.0.1:{}", self.port);
        self.home.configure(&settings.with("/listen", listen));
    }

    pub(super) async fn start(&mut self) {
        let request = self.request.to_str().unwrap();
        let mut daemon = self.home.launch(&["--config", request, "serve"], &[]);
        daemon.listens().await;
        self.daemon = Some(daemon);
    }

    /// As `kill -9` does.
    pub(super) fn kill(&mut self) {
        self.daemon = None;
    }

    pub(super) fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().expect("it runs")
    }

    /// What `kcwatch request` prints of a target.
    pub(super) fn request(&self, target: &str) -> String {
        let request = self.request.to_str().unwrap();
        let ended = self.home.run(&["--config", request, "request", target]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.stdout.trim_end().to_owned()
    }
}

impl Chain {
    /// Starts everything around replicas that are configured.
    pub(super) async fn start(name: &str, version: Version, mut replicas: Vec<Replica>) -> Self {
        let sink = Sink::start(name).await;
        let alertmanager = Alertmanager::start(version, &sink).await;
        for replica in &mut replicas {
            replica.start().await;
        }
        let addresses: Vec<&str> = replicas
            .iter()
            .map(|replica| replica.daemon().address())
            .collect();
        let config = Prometheus::watching(&addresses, &alertmanager.address());
        let folder = TempDir::new().unwrap();
        let prometheus =
            Prometheus::with_rules(version, folder.path(), &config, &compressed()).await;
        let chain = Self {
            sink,
            alertmanager,
            prometheus,
            replicas,
            _folder: folder,
        };
        eventually("the rules have seen a token", async || {
            let seen = chain
                .prometheus
                .count("target:kcwatch_iat_expiration_timestamp_seconds:max");
            seen.await.filter(|seen| *seen > 0)
        })
        .await;
        chain.sink.note("everything runs");
        chain
    }

    /// What Slack was told, one a line: `FIRING HIGH InitialAccessTokenExpired prod`.
    pub(super) fn told(&self) -> Vec<String> {
        self.messages().iter().map(in_short).collect()
    }

    /// The messages in Slack, whatever the channel.
    pub(super) fn messages(&self) -> Vec<Message> {
        let mut messages = self.sink.messages();
        messages.retain(|message| message.to.starts_with("slack"));
        messages
    }

    /// Waits until Slack is told this.
    pub(super) async fn tells(&self, what: &str) -> Message {
        eventually(&format!("Slack is told: {what}"), async || {
            let messages = self.messages();
            messages
                .into_iter()
                .find(|message| in_short(message) == what)
        })
        .await
    }

    /// Waits until everything that follows from what is so now has been told.
    pub(super) async fn all_is_told(&self) {
        let before = self.prometheus.evaluations().await;
        eventually("some evaluations", async || {
            (self.prometheus.evaluations().await >= before + ALL_TOLD).then_some(())
        })
        .await;
    }

    /// Whether anything was told to be over.
    pub(super) fn resolved(&self) -> Vec<String> {
        let mut told = self.told();
        told.retain(|message| message.starts_with("RESOLVED"));
        told
    }
}

/// Status, severity, alert and what it is about.
fn in_short(message: &Message) -> String {
    let mut title = message.field("title").split(' ');
    let mut word = || title.next().unwrap_or_default();
    let (status, severity) = (word(), word());
    let status = status.trim_matches(['[', ']']);
    let footer: Vec<&str> = message.field("footer").split(" · ").collect();
    let named = |name: &str| footer.iter().find_map(|part| part.strip_prefix(name));
    let about = named("target ").or_else(|| named("store "));
    let parts = [status, severity, footer[0]].into_iter().chain(about);
    parts.collect::<Vec<_>>().join(" ")
}
