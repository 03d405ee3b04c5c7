//! The daemon on a scene: what it says of each link, and that nothing else comes out of it.

use std::collections::BTreeMap;

use serde_json::json;

use super::scene::{Scene, TARGET};
use crate::{
    daemon::{
        canaries::Canaries,
        home::{Ended, Home},
        rig::Daemon,
        secrecy::{MARK, all_answers, all_commands, nothing_came_out},
        settings::Settings,
    },
    servers::eventually,
};

/// The links of the chain, in order.
pub(super) const STEPS: [&str; 9] = [
    "connection",
    "tls",
    "discovery",
    "keys",
    "grant",
    "token",
    "role",
    "client",
    "applications",
];

/// A running daemon, and everything it has said to whoever asked.
pub(super) struct Watching<'a> {
    home: &'a Home,
    steps: &'static [&'static str],
    pub(super) daemon: Daemon,
    said: String,
}

/// The series that say how the links of a target are, where the chain holds up to the first of these links; without one, all of it.
fn expected(target: &str, steps: &[&str], broken: Option<(&str, &str)>) -> BTreeMap<String, f64> {
    let mut expected = BTreeMap::new();
    for step in steps {
        let name = format!("kcwatch_oidc_check{{target=\"{target}\",step=\"{step}\"}}");
        match broken {
            Some((first, cause)) if first == *step => {
                let labels = format!("target=\"{target}\",step=\"{step}\",cause=\"{cause}\"");
                expected.insert(name, 0.0);
                expected.insert(format!("kcwatch_oidc_broken{{{labels}}}"), 1.0);
                return expected;
            }
            _ => expected.insert(name, 1.0),
        };
    }
    expected
}

/// Waits until the daemon says of a target that the chain of these links is broken there, or holds, and nothing else.
pub(super) async fn says(
    daemon: &Daemon,
    target: &str,
    (steps, broken): (&[&str], Option<(&str, &str)>),
    why: &str,
) {
    let expected = expected(target, steps, broken);
    let mut last = BTreeMap::new();
    let what = format!("{why}: {target} is {broken:?}");
    let label = format!("target=\"{target}\"");
    eventually(&what, async || {
        let series = daemon.series().await;
        let links = ["kcwatch_oidc_check{", "kcwatch_oidc_broken{"]
            .into_iter()
            .flat_map(|family| series.with(&[family, &label]))
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>();
        if links != last {
            println!("{what}? {links:?}");
            last.clone_from(&links);
        }
        (links == expected).then_some(())
    })
    .await;
}

impl<'a> Watching<'a> {
    /// Starts it, with everything logged, and waits until it says that the chain holds.
    pub(super) async fn start(scene: &'a Scene<'_>, settings: &Settings) -> Watching<'a> {
        Self::of(scene, settings, &STEPS).await
    }

    /// The same of a chain that has only these links.
    pub(super) async fn of(
        scene: &'a Scene<'_>,
        settings: &Settings,
        steps: &'static [&'static str],
    ) -> Watching<'a> {
        scene.home.configure(settings);
        let daemon = scene.home.start().await;
        // For the commands; the daemon looks at it no more.
        let patient = settings
            .clone()
            .with("/poll", json!({"interval": "30s", "timeout": "15s"}))
            .with("/targets/0/interval", "30s");
        scene.home.configure(&patient);
        let mut watching = Watching {
            home: &scene.home,
            steps,
            daemon,
            said: String::new(),
        };
        watching.holds("at first").await;
        watching
    }

    /// Waits until it says that the whole chain holds; so does the command.
    pub(super) async fn holds(&mut self, why: &str) {
        self.holds_up_to(self.steps.len(), why).await;
    }

    /// The same where only so many links can be tried.
    pub(super) async fn holds_up_to(&mut self, count: usize, why: &str) {
        says(&self.daemon, TARGET, (&self.steps[..count], None), why).await;
        let ended = self.checks(0, why).await;
        assert!(
            ended.stdout.contains(&format!("holds: {count} links")),
            "{why}: {ended:?}"
        );
        self.said += &ended.said();
    }

    /// Waits until it names this link and this cause, and no other; so do the commands.
    pub(super) async fn breaks(&mut self, step: &str, cause: &str, why: &str) {
        let broken = Some((step, cause));
        says(&self.daemon, TARGET, (self.steps, broken), why).await;
        let check = self.checks(2, why).await;
        let request = self.home.run(&["request", TARGET]);
        let named = format!("is broken at {step} ({cause})");
        assert!(request.stdout.contains(&named), "{why}: {request:?}");
        for said in [check.said(), request.said()] {
            assert!(said.contains(step) && said.contains(cause), "{why}: {said}");
            self.said += &said;
        }
        self.said += &all_answers(&self.daemon).await;
    }

    /// What the command says, once it ends with this code: it begins with what the daemon last wrote, and trouble that may pass
    /// is no broken link if none was known.
    async fn checks(&self, code: i32, why: &str) -> Ended {
        eventually(&format!("{why}: check ends with {code}"), async || {
            let ended = self.home.run(&["check"]);
            println!("{why}: {ended:?}");
            (ended.code == Some(code)).then_some(ended)
        })
        .await
    }

    /// Ends it; no secret of the scene may have come out of anything, nor may a token.
    pub(super) async fn gives_nothing_away(mut self, canaries: &Canaries) {
        self.said += &all_answers(&self.daemon).await;
        self.said += &all_commands(self.home);
        let state = std::fs::read_to_string(self.home.path("state.json")).unwrap_or_default();
        let said = self.said + &state + &self.daemon.said();
        // How each token of Keycloak begins.
        assert!(!said.contains("eyJ"), "a token came out");
        let traced = self
            .daemon
            .log()
            .iter()
            .any(|line| line["level"] == "TRACE");
        assert!(traced, "the libraries in between were silent");
        nothing_came_out(self.daemon, said, TARGET, canaries).await;
    }
}

/// The secrets of a scene.
pub(super) fn canaries(scene: &Scene<'_>) -> Canaries {
    let mut canaries = Canaries::default();
    canaries.plant("mark", MARK);
    canaries.plant("secret of zync", &scene.zync.secret);
    canaries.plant("secret of the application", &scene.application.1);
    canaries.plant_all("as a URL", &scene.as_url(&scene.issuer()));
    canaries
}
