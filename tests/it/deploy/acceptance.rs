//! The acceptance job, run against a real kcwatch: it passes when that sees what it watches, however urgent that is.

use serde_json::Value;

use super::{
    container::repository_of,
    manifests::{checked, oc, one, rendered, values},
};
use crate::daemon::{
    home::{Ended, Home, run},
    settings::Settings,
    tokens::{DAY, now, secret},
};

const JOB: &str = "deploy/openshift/acceptance-job.yaml";

/// The container of the job for these parameters.
fn job(parameters: &[&str]) -> Value {
    let text = oc(JOB, &[&["-p", "IMAGE_TAG=0.1.0"], parameters].concat()).unwrap();
    let objects = checked(&text).unwrap_or_else(|problem| panic!("{problem}"));
    one(&objects, "Job")["spec"]["template"]["spec"]["containers"][0].clone()
}

/// Runs what the job runs, against a kcwatch at this address.
fn accepted(address: &str) -> Ended {
    let url = format!("SERVICE_URL=http://{address}");
    let arguments: Vec<String> =
        serde_json::from_value(job(&["-p", &url])["args"].clone()).unwrap();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&arguments, b"")
}

/// A home whose token lives for so many days, and one that is not there, if asked for.
fn watching(days: i64, missing: bool) -> Home {
    let home = Home::new();
    home.write(
        "secrets/prod.json",
        secret("a", now() + days * DAY).to_string(),
    );
    let mut settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .target_of_sso("prod", "mounted", "prod");
    if missing {
        settings = settings.target_of_sso("gone", "mounted", "gone");
    }
    home.configure(&settings);
    home
}

#[tokio::test]
async fn it_passes_when_all_is_known_and_a_token_is_urgent() {
    let home = watching(1, false);
    let daemon = home.start().await;
    daemon.ready().await;
    let ended = accepted(daemon.address());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
}

#[tokio::test]
async fn it_fails_when_a_target_cannot_be_read() {
    let home = watching(20, true);
    let daemon = home.start().await;
    daemon.ready().await;
    let ended = accepted(daemon.address());
    assert_ne!(ended.code, Some(0), "{}", ended.said());
}

#[test]
fn it_fails_when_nobody_answers() {
    let ended = accepted(&format!("127.0.0.1:{}", crate::servers::free_port()));
    assert_ne!(ended.code, Some(0), "{}", ended.said());
}

#[test]
fn the_chart_asks_the_same() {
    let objects = rendered(&[&values("minimal")]);
    let pod = &one(&objects, "Pod")["spec"]["containers"][0];
    let job = job(&[]);
    for key in ["args", "image", "securityContext", "resources"] {
        assert_eq!(pod[key], job[key], "{key}");
    }
    assert_eq!(job["image"], format!("{}:0.1.0", repository_of()));
}
