//! No secret leaves: planted values are looked for in everything that comes out, at the loudest level, in every failure.

use kcwatch::{clock, config, model::SecretPath, secret::SecretText, store::Store};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    bad_secrets::{Deed, Place, Row, rows_of_files, rows_of_version_2},
    canaries::Canaries,
    home::{Home, run},
    page::up,
    rig::Daemon,
    settings::Settings,
    tokens::{DAY, claims, newer, now, signed, token},
};
use crate::servers::{OpenBao, eventually, unique};

/// Part of what is planted. No other text of a test has it.
pub(crate) const MARK: &str = "kaNarieNvogel";

/// Everything that the daemon says to whoever asks.
pub(crate) async fn all_answers(daemon: &Daemon) -> String {
    let mut all = String::new();
    let front = daemon.get("/").await.text;
    for link in front.split("<a href=\"/targets/").skip(1) {
        let name = link.split('"').next().unwrap_or_default();
        all += &daemon.get(&format!("/targets/{name}")).await.text;
    }
    for (method, path) in [
        ("GET", "/metrics"),
        ("GET", "/api/v1/status"),
        ("GET", "/"),
        ("GET", "/-/ready"),
        ("GET", "/nothing/is/here?token=none"),
        ("DELETE", "/metrics"),
    ] {
        let answer = daemon.ask(method, path).await;
        all.extend([
            method,
            " ",
            path,
            ": ",
            &format!("{answer:?}"),
            "\n",
            &answer.text,
        ]);
    }
    all
}

/// Everything that the commands say about a home.
pub(crate) fn all_commands(home: &Home) -> String {
    let commands = [
        &["check"][..],
        &["check", "--output", "json"],
        &["check", "no-such-target"],
        &["check-config"],
        &["rules"],
    ];
    let said = commands.map(|arguments| home.run(arguments).said());
    said.concat() + &all_tickets(home)
}

/// The ticket for each target, or why there is none; nothing where the configuration is refused.
fn all_tickets(home: &Home) -> String {
    let status = home.run(&["check", "--output", "json"]).stdout;
    let status: Value = serde_json::from_str(&status).unwrap_or_default();
    let targets = status["targets"].as_array().into_iter().flatten();
    let names = targets.map(|target| target["name"].as_str().unwrap());
    names
        .map(|name| home.run(&["request", name]).said())
        .collect()
}

/// A good secret, whose tokens and other fields are planted.
fn good(name: &str, canaries: &mut Canaries) -> Value {
    let id = unique(&format!("{MARK}-{name}"));
    let (current, previous) = (token(&id, now() + 20 * DAY), token(MARK, now() - DAY));
    let mut secret = newer(&current, Some(&previous));
    secret["password"] = json!(format!("{MARK}-password"));
    canaries.plant_all(name, &secret);
    secret
}

/// Writes, breaks and mends every secret under a daemon that logs everything; gives all that it said.
async fn through_every_row(
    place: &Place<'_>,
    rows: Vec<Row>,
    home: &Home,
    settings: Settings,
    canaries: &mut Canaries,
) -> (Daemon, String) {
    let mut settings = settings
        .with("/log/level", "trace")
        .with("/reload/http", true);
    let names: Vec<&str> = rows.iter().map(|(name, ..)| *name).collect();
    for name in &names {
        place.write(name, good(name, canaries)).await;
        settings = settings.target(name, "store", &place.path(name));
    }
    home.configure(&settings);
    let daemon = home.start().await;
    for name in &names {
        daemon.wait_for(&up(name), 1.0).await;
    }
    let mut said = all_answers(&daemon).await + &all_commands(home);
    for (name, deed, ..) in rows {
        if let Deed::Write(content) = &deed {
            canaries.plant_all(name, content);
        }
        place.befall(name, deed).await;
    }
    for name in &names {
        daemon.wait_for(&up(name), 0.0).await;
    }
    said += &all_answers(&daemon).await;
    said += &all_commands(home);
    for name in &names {
        place.write(name, good(name, canaries)).await;
    }
    for name in &names {
        daemon.wait_for(&up(name), 1.0).await;
    }
    said += &all_answers(&daemon).await;
    (daemon, said)
}

/// Stops the daemon; nothing of what was planted may stand in what it wrote, nor in `said`; what is no secret must.
pub(crate) async fn nothing_came_out(
    daemon: Daemon,
    said: String,
    public: &str,
    canaries: &Canaries,
) {
    daemon.signal(Signal::TERM);
    let ended = daemon.exit().await;
    for (what, text) in [("answers", &said), ("log", &ended.said())] {
        // Had a secret been where a name is, it would have been found.
        assert!(text.contains(public), "{public} is not in the {what}");
        let found = canaries.found_in(text);
        assert_eq!(found, Vec::<String>::new(), "{what}");
        // And the same search finds a secret at the end of the same text.
        let given_away = format!("{text}{MARK}");
        assert_eq!(canaries.found_in(&given_away).len(), 1, "{what}");
    }
}

#[tokio::test]
async fn no_bad_secret_in_files_comes_out() {
    let (home, mut canaries) = (Home::new(), Canaries::default());
    canaries.plant("mark", MARK);
    let settings = Settings::new().files("store", &home.path("secrets"));
    let place = Place::Files(&home);
    let rows = rows_of_files(MARK);
    let (daemon, said) = through_every_row(&place, rows, &home, settings, &mut canaries).await;
    nothing_came_out(daemon, said, "no-utf-8", &canaries).await;
}

#[tokio::test]
async fn no_bad_secret_no_credential_and_no_outage_of_a_server_comes_out() {
    let (bao, home, mut canaries) = (OpenBao::durable().await, Home::new(), Canaries::default());
    canaries.plant("mark", MARK);
    let kv = bao.enable_kv("kv", 2).await;
    let rules = "path \"kv/data/*\" { capabilities = [\"read\"] }";
    let policy = bao.policy("reader", rules).await;
    let role = bao.approle(json!({"token_policies": [policy]})).await;
    let file_token = bao.token(json!({"policies": ["reader"]})).await;
    canaries.plant("role id", &role.role_id);
    canaries.plant("secret id", &role.secret_id);
    canaries.plant("token file", &file_token);
    bao.write("kv", "lone", good("lone", &mut canaries)).await;
    let auth = json!({"token": {"file": home.write("token", &file_token)}});
    let settings = Settings::new()
        .with_approle("store", &bao, &role, &home)
        .with("/stores/store/vault/max_response_bytes", 64 * 1024)
        .vault("by-token", &bao.address(), &auth)
        .target("lone", "by-token", "kv/lone");
    let place = Place::Kv2(&bao, kv);
    let mut rows = rows_of_version_2(MARK);
    // More than the server's own storage takes; the smaller one is more than is read here.
    rows.retain(|(name, ..)| *name != "mebibyte");
    let (daemon, mut said) = through_every_row(&place, rows, &home, settings, &mut canaries).await;

    bao.seal().await;
    daemon.wait_for(&up("lone"), 0.0).await;
    said += &all_answers(&daemon).await;
    bao.unseal().await;
    daemon.wait_for(&up("lone"), 1.0).await;
    // Credentials that are refused, and ones that cannot even be sent.
    bao.revoke(&file_token).await;
    bao.revoke_logins(&role.mount).await;
    home.write("store.secret_id", format!("{MARK}-refused"));
    for credential in [
        format!("{MARK}-dead"),
        format!("{MARK}\u{1}ü\n{MARK}"),
        String::new(),
    ] {
        home.write("token", credential);
        let failures = "kcwatch_target_polls_total{target=\"lone\"}";
        let before = daemon.metric(failures).await.unwrap();
        eventually("two more reads", async || {
            (daemon.metric(failures).await >= Some(before + 2.0)).then_some(())
        })
        .await;
        said += &all_answers(&daemon).await;
        said += &all_commands(&home);
    }
    assert_eq!(daemon.metric(&up("lone")).await, Some(0.0));
    let traced = daemon.log().iter().any(|line| line["level"] == "TRACE");
    assert!(traced, "the libraries in between were silent");
    nothing_came_out(daemon, said, "other-shape", &canaries).await;
}

#[tokio::test]
async fn a_secret_that_was_pasted_into_the_configuration_is_not_repeated() {
    let (home, mut canaries) = (Home::new(), Canaries::default());
    canaries.plant("mark", MARK);
    let pasted = token(MARK, now() + DAY);
    canaries.plant("pasted", &pasted);
    home.write("secrets/good.json", good("good", &mut canaries).to_string());
    let auth =
        json!({"approle": {"role_id_file": home.path("r"), "secret_id_file": home.path("s")}});
    let settings = Settings::new()
        .with("/log/level", "trace")
        .with("/reload/http", true)
        .files("store", &home.path("secrets"))
        .vault("dead", "http://127.0.0.1:1", &auth)
        .target_of_sso("good", "store", "good");
    home.configure(&settings);
    let daemon = home.start().await;
    daemon.ready().await;
    let mut said = all_answers(&daemon).await;
    let mut refused = 0;
    for pointer in settings.leaves() {
        for value in [
            json!(pasted),
            json!([pasted]),
            json!(format!("http://user:{pasted}@host/?{pasted}")),
        ] {
            let broken = settings.clone().with(&pointer, value);
            home.configure(&broken);
            if home.run(&["check-config"]).code == Some(0) {
                // A name or a path is what it is; nobody can tell that it is no such thing.
                continue;
            }
            refused += 1;
            said += &all_commands(&home);
            let answer = daemon.ask("POST", "/-/reload").await;
            assert_eq!(answer.status, 500, "{pointer}: {answer:?}");
            said += &answer.text;
        }
    }
    assert!(refused > 30, "{refused}");
    nothing_came_out(daemon, said, "targets[0]", &canaries).await;
}

#[tokio::test]
async fn the_url_beside_a_token_gives_nothing_away_but_an_address() {
    let (home, mut canaries) = (Home::new(), Canaries::default());
    let (jwt, password) = (token("a", now() + 20 * DAY), format!("{MARK}-password"));
    canaries.plant("mark", MARK);
    canaries.plant("token", &jwt);
    canaries.plant("password", &password);
    let with_password = format!("https://kcwatch:{password}@sso.example.com/auth/realms/prod");
    let urls = [
        ("password", with_password.as_str()),
        ("token", &jwt),
        ("word", &password),
    ];
    let mut settings = Settings::new()
        .with("/log/level", "trace")
        .files("store", &home.path("secrets"));
    for (name, url) in urls {
        let secret = json!({"url": url, "initial-access-token": jwt});
        home.write(&format!("secrets/{name}.json"), secret.to_string());
        settings = settings.target(name, "store", name);
    }
    home.configure(&settings);
    let daemon = home.start().await;
    for (name, _) in urls {
        daemon.wait_for(&up(name), 1.0).await;
    }
    let said = all_answers(&daemon).await + &all_commands(&home);
    // Without its password, the address is the issuer of the token.
    let issuer = super::page::check("password", "issuer");
    assert_eq!(daemon.metric(&issuer).await, Some(1.0));
    nothing_came_out(daemon, said, "word", &canaries).await;
}

#[test]
fn decode_never_repeats_the_token() {
    let mut canaries = Canaries::default();
    let good = signed(&claims("public-id", now() + DAY));
    let broken = format!("{good}.{MARK}");
    canaries.plant("good", &good);
    canaries.plant("mark", MARK);
    for input in [good.as_str(), &broken, &format!("Bearer {good}"), MARK] {
        for output in ["text", "json"] {
            let ended = run(&["decode", "--output", output], input.as_bytes());
            assert_eq!(canaries.found_in(&ended.said()), Vec::<String>::new());
        }
    }
    let shown = run(&["decode"], good.as_bytes()).said();
    assert!(shown.contains("public-id"), "the claims are shown: {shown}");
}

#[tokio::test]
async fn debug_of_what_holds_secrets_shows_none() {
    let (home, mut canaries) = (Home::new(), Canaries::default());
    canaries.plant("mark", MARK);
    home.write("secrets/good.json", good("good", &mut canaries).to_string());
    let text = Settings::new()
        .files("store", &home.path("secrets"))
        .target("good", "store", "good")
        .to_string();
    let config = config::load_text(&text).unwrap();
    let (name, settings) = config.stores.iter().next().unwrap();
    let clock = clock::system();
    let store = Store::build(name.clone(), settings, config.poll.timeout, clock).unwrap();
    let secret = store.read(&SecretPath::new("good").unwrap()).await.unwrap();
    let source = config::Source::new("a-name", format!("{MARK}: {MARK}"));
    let text = SecretText::new(MARK.to_owned());
    let shown =
        format!("{config:?} {store:?} {secret:?} {source:?} {secret:#?} {source:#?} {text:?}");
    assert!(
        shown.contains("[REDACTED]") && shown.contains("a-name"),
        "{shown}"
    );
    assert_eq!(canaries.found_in(&shown), Vec::<String>::new());
}
