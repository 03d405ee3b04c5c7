//! `kcwatch check --service`: what a running kcwatch says, and what is said where none runs.

use std::path::Path;

use serde_json::{Value, json};

use super::{
    home::{Ended, Home, run},
    rig::Daemon,
    settings::Settings,
    tokens::{DAY, now, older, secret},
};
use crate::servers::{Authority, Fake, OpenBao, Reply, Tls, free_port};

/// A daemon that has tried its targets: one urgent, one well, one that cannot be read if `is_broken`.
async fn daemon(is_broken: bool) -> (Home, Daemon) {
    let home = Home::new();
    let third = if is_broken {
        older("no token")
    } else {
        secret("third", now() + 25 * DAY)
    };
    let mut settings = Settings::new().files("mounted", &home.path("secrets"));
    for (name, secret) in [
        ("due", secret("due", now() + 2 * DAY)),
        ("well", secret("well", now() + 25 * DAY)),
        ("third", third),
    ] {
        home.write(&format!("secrets/{name}.json"), secret.to_string());
        settings = settings.target_of_sso(name, "mounted", name);
    }
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    (home, daemon)
}

/// Asks a service, without any configuration.
fn ask(url: &str, more: &[&str]) -> Ended {
    run(&[&["check", "--service", url], more].concat(), b"")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_kcwatch_says_the_same_as_a_look_without_a_configuration() {
    let (home, daemon) = daemon(true).await;
    let url = format!("http://{}", daemon.address());
    let asked = ask(&url, &[]);
    let looked = home.run(&["check"]);
    assert_eq!(asked.code, looked.code, "{asked:?}");
    let lines = |ended: &Ended| ended.stdout.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&asked), lines(&looked));
    assert_eq!(asked.stderr, "");

    let whole = ask(&format!("{url}/"), &["--output", "json"]);
    let whole: Value = serde_json::from_str(&whole.stdout).unwrap();
    let told: Value = serde_json::from_str(&daemon.get("/api/v1/status").await.text).unwrap();
    for field in ["version", "standing", "stores", "identity_providers"] {
        assert_eq!(whole[field], told[field]);
    }
    assert_eq!(whole["targets"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_tells_what_is_asked_for() {
    for (is_broken, codes) in [(false, [2, 2, 0, 0]), (true, [2, 2, 3, 0])] {
        let (_home, daemon) = daemon(is_broken).await;
        let url = format!("http://{}", daemon.address());
        for (level, code) in ["notice", "urgent", "unknown", "never"].iter().zip(codes) {
            let ended = ask(&url, &["--fail-on", level]);
            assert_eq!(ended.code, Some(code), "{level}: {ended:?}");
        }
        let ended = ask(&url, &["well", "--output", "json"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(told["targets"].as_array().unwrap().len(), 1);
        assert_eq!(told["standing"], "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_can_be_narrowed_likewise() {
    let (home, _daemon) = daemon(false).await;
    assert_eq!(home.run(&["check"]).code, Some(2));
    let unknown = home.run(&["check", "--fail-on", "unknown"]);
    assert_eq!(unknown.code, Some(0), "{unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_the_service_does_not_watch_is_bad_usage() {
    let (_home, daemon) = daemon(false).await;
    let ended = ask(&format!("http://{}", daemon.address()), &["nobody"]);
    assert_eq!(ended.code, Some(64), "{ended:?}");
    let said = "no target named nobody; there are: due, third, well\n";
    assert_eq!(ended.stderr, said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_kcwatch_is_told_with_what_to_do() {
    let fake = Fake::start(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        match path.trim_end_matches("/api/v1/status") {
            "/moved" => Reply::whole("302 Found\r\nLocation: /elsewhere", ""),
            "/closed" => Reply::whole("401 Unauthorized\r\nWWW-Authenticate: Basic", ""),
            "/other" => Reply::ok("<html>MARKUP</html>"),
            "/json" => Reply::ok(r#"{"status":"UP"}"#),
            "/garbage" => Reply::Last(b"MARKUP\r\n\r\n".to_vec()),
            _ => Reply::whole("503 Service Unavailable", "MARKUP"),
        }
    })
    .await;
    for (path, words) in [
        ("/moved", "leads elsewhere"),
        ("/closed", "asks for a name and a password"),
        ("/other", "not as kcwatch does"),
        ("/json", "not as kcwatch does"),
        ("/garbage", "does not speak HTTP"),
        ("/down", "answered with status 503"),
    ] {
        let url = format!("{}{path}", fake.address());
        let ended = ask(&url, &["--fail-on", "never"]);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.stderr.contains(words), "{path}: {ended:?}");
        assert!(ended.stderr.contains(&url), "{path}: {ended:?}");
        assert!(!ended.said().contains("MARKUP"), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
    let ended = ask(&format!("http://127.0.0.1:{}", free_port()), &[]);
    assert_eq!(ended.code, Some(3));
    assert!(
        ended.stderr.contains("see that kcwatch runs there"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_goes_to_who_asks_for_it_and_never_in_the_open_unless_allowed() {
    // `job:a:CANARY`
    const SENT: &str = "Basic am9iOmE6Q0FOQVJZ";
    let answer = json!({"version": "0", "targets": []}).to_string();
    let fake = Fake::start(move |request| {
        if request.contains(SENT) {
            Reply::ok(&answer)
        } else {
            Reply::whole("401 Unauthorized", "")
        }
    })
    .await;
    let home = Home::new();
    let file = |name: &str, content: &str| home.write(name, content).display().to_string();
    let good = file("good", "job:a:CANARY\n");
    let with = |file: &str| {
        ask(
            fake.address(),
            &["--allow-http", "--credentials-file", file],
        )
    };

    let ended = ask(fake.address(), &["--credentials-file", &good]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("--allow-http"), "{ended:?}");
    assert_eq!(fake.requests().len(), 0, "nothing was sent");

    assert_eq!(with(&good).stdout, "0 targets:\n", "{:?}", with(&good));
    let refused = with(&file("other", "job:CANARY"));
    assert!(refused.stderr.contains("refuses the name"), "{refused:?}");
    let shapeless = with(&file("shapeless", "CANARY"));
    assert_eq!(shapeless.code, Some(64), "{shapeless:?}");
    assert!(shapeless.stderr.contains("user:password"), "{shapeless:?}");
    let missing = with("/no/such/file");
    assert!(
        missing.stderr.contains("cannot read /no/such/file"),
        "{missing:?}"
    );
    for ended in [ended, refused, shapeless, missing] {
        assert!(!ended.said().contains("CANARY"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_with_the_authority_that_is_named() {
    let authority = Authority::new();
    // No kcwatch, but a server that speaks TLS.
    let bao = OpenBao::with_tls(Tls {
        identity: authority.server("127.0.0.1"),
        clients_of: None,
    })
    .await;
    let file = authority.file();
    let trusting = |file: &Path| ask(&bao.tls_address(), &["--ca-file", file.to_str().unwrap()]);
    let heard = trusting(&file);
    assert!(
        heard.stderr.contains("answered with status 404"),
        "{heard:?}"
    );
    let strange = trusting(&Authority::new().file());
    assert!(strange.stderr.contains("TLS failed"), "{strange:?}");
    let empty = Home::new().write("empty.pem", "");
    assert!(
        trusting(&empty).stderr.contains("cannot read"),
        "it is gone"
    );
    let home = Home::new();
    let empty = home.write("empty.pem", "");
    assert!(trusting(&empty).stderr.contains("holds no certificate"));
}

#[test]
fn addresses_that_cannot_be_meant_are_bad_usage_and_not_repeated() {
    for url in [
        "kcwatch:10037",
        "ftp://kcwatch",
        "http://job:CANARY@kcwatch",
        "http://kcwatch/?CANARY",
    ] {
        let ended = ask(url, &[]);
        assert_eq!(ended.code, Some(64), "{ended:?}");
        assert!(ended.stderr.starts_with("--service: "), "{ended:?}");
        assert!(!ended.said().contains("CANARY"), "{ended:?}");
    }
    for arguments in [["--ca-file", "x"], ["--credentials-file", "x"]] {
        let ended = run(&["check", arguments[0], arguments[1]], b"");
        assert_eq!(ended.code, Some(64), "{ended:?}");
    }
}
