//! The commands, as scripts and people call them.

use serde_json::{Value, json};

use super::{
    home::{Ended, Home, run},
    settings::{ISSUER, Settings},
    tokens::{DAY, claims, now, older, secret, signed, token},
};
use crate::servers::free_port;

/// One and a half hours: a test may take its time before "in 8 days 1 hour" is no longer what is said.
const MORE: i64 = 5_400;

/// A home with a file for each of these targets.
fn with(targets: &[(&str, Value)]) -> Home {
    let home = Home::new();
    let mut settings = Settings::new().files("mounted", &home.path("secrets"));
    for (name, secret) in targets {
        home.write(&format!("secrets/{name}.json"), secret.to_string());
        settings = settings.target_of_sso(name, "mounted", name);
    }
    home.configure(&settings);
    home
}

fn good() -> Value {
    secret("good", now() + 25 * DAY + MORE)
}

fn soon() -> Value {
    secret("soon", now() + 8 * DAY + MORE)
}

fn urgent() -> Value {
    secret("urgent", now() + 2 * DAY + MORE)
}

/// A text with every instant in it made the same.
fn timeless(text: &str) -> String {
    let is_outside = |c: char| !c.is_alphanumeric() && c != '-' && c != ':';
    let words = text.split_inclusive(is_outside);
    let words = words.map(|word| {
        let stem = word.trim_end_matches(is_outside);
        match stem.parse::<jiff::Timestamp>() {
            Ok(_) => word.replace(stem, "TIME"),
            Err(_) => word.to_owned(),
        }
    });
    words.collect()
}

#[test]
fn check_ends_with_the_code_of_the_worst_target() {
    let (none, wrong) = (json!({}), older("no token"));
    for (code, targets) in [
        (0, vec![("a", good())]),
        (1, vec![("a", good()), ("b", soon())]),
        (2, vec![("a", soon()), ("b", urgent())]),
        (3, vec![("a", good()), ("b", none)]),
        (3, vec![("a", soon()), ("b", wrong)]),
    ] {
        let ended = with(&targets).run(&["check"]);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert_eq!(ended.stderr, "", "nothing but the table");
    }
}

#[test]
fn check_of_an_expired_token_is_urgent() {
    let home = with(&[("a", secret("a", now() - MORE))]);
    assert_eq!(home.run(&["check"]).code, Some(2));
}

#[test]
fn check_cannot_be_green_while_a_store_is_dead() {
    let home = with(&[("a", good())]);
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let auth = json!({"token": {"file": home.write("token", "t")}});
    let settings = Settings::new()
        .files("mounted", &home.path("secrets"))
        .vault("dead", &nobody, &auth)
        .target_of_sso("a", "mounted", "a")
        .target_of_sso("b", "dead", "kv/b");
    home.configure(&settings);
    let ended = home.run(&["check"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stdout.contains("unreachable"), "{ended:?}");
    assert_eq!(home.run(&["check", "a"]).code, Some(0), "the other is well");
}

#[test]
fn check_shows_a_table_without_colour_in_a_pipe() {
    let home = with(&[
        ("prod", urgent()),
        ("stage", good()),
        ("unread", older("no token")),
    ]);
    let ended = home.run(&["check"]);
    insta::assert_snapshot!(timeless(&ended.stdout), @r"
    urgent   prod    prod  expires TIME, in 2 days 1 hour
             -> escalate: without a new token registrations will fail within days
    ok       stage   prod  expires TIME, in 25 days 1 hour
    unknown  unread  prod  cannot be read: not_a_token; nothing known yet
             -> the field does not hold a JWT: paste the token again, whole
    3 targets: 1 ok, 1 unknown, 1 urgent
    ");
}

#[test]
fn check_shows_everything_as_json() {
    let home = with(&[("prod", soon())]);
    let ended = home.run(&["check", "--output", "json"]);
    assert_eq!(ended.code, Some(1));
    let status: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(status["targets"][0]["name"], "prod");
    let text = ended.stdout.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!("check_as_json", timeless(&text));
}

#[test]
fn check_of_an_unknown_target_is_bad_usage_and_names_the_known_ones() {
    let home = with(&[("prod", good()), ("stage", good())]);
    let ended = home.run(&["check", "prod", "prd"]);
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert_eq!(
        ended.stderr,
        "no target named prd; there are: prod, stage\n"
    );
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_bad_configuration_ends_every_command_that_needs_one() {
    let home = Home::new();
    home.write("kcwatch.yaml", "surprise: 1");
    for arguments in [&["check"][..], &["check-config"], &["serve"], &[]] {
        let ended = home.run(arguments);
        assert_eq!(ended.code, Some(78), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains("surprise"), "{ended:?}");
    }
}

#[test]
fn check_config_says_what_it_found() {
    let home = with(&[("prod", good()), ("stage", good())]);
    let ended = home.run(&["check-config"]);
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.stdout, "ok: 2 targets in 1 store\n");
}

#[test]
fn unknown_arguments_are_bad_usage() {
    for arguments in [
        &["chekc"][..],
        &["--frobnicate"],
        &["check", "--output", "xml"],
    ] {
        assert_eq!(run(arguments, b"").code, Some(64), "{arguments:?}");
    }
}

fn decode(arguments: &[&str], input: &str) -> Ended {
    run(&[&["decode"], arguments].concat(), input.as_bytes())
}

#[test]
fn decode_shows_the_claims_and_says_that_they_are_unverified() {
    let token = token("an-id", now() + 8 * DAY + MORE);
    let ended = decode(&[], &format!("  {token}\n"));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("unverified"), "{ended:?}");
    for words in [ISSUER, "an-id", "InitialAccessToken", "in 8 days"] {
        assert!(ended.stdout.contains(words), "{words}: {ended:?}");
    }
    assert!(!ended.said().contains(&token));
}

#[test]
fn decode_gives_the_claims_as_json() {
    let wanted = claims("an-id", 1_800_000_000);
    let ended = decode(&["--output", "json"], &signed(&wanted));
    assert_eq!(
        serde_json::from_str::<Value>(&ended.stdout).unwrap(),
        wanted
    );
}

#[test]
fn decode_refuses_what_is_no_token_without_repeating_it() {
    let long = format!("a.{}.c", "b".repeat(100_000));
    for (input, reason) in [
        ("", "not_a_token"),
        ("hvs.CANARY", "not_a_token"),
        (long.as_str(), "too_large"),
    ] {
        let ended = decode(&[], input);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.starts_with(reason), "{ended:?}");
        assert!(!ended.said().contains("CANARY"), "{ended:?}");
    }
    let ended = run(&["decode"], b"\xff\xfe");
    assert_eq!(ended.code, Some(1), "{ended:?}");
}

#[test]
fn schema_is_the_one_that_is_shipped() {
    let shipped = include_str!("../../../config/kcwatch.schema.json");
    let printed = run(&["schema"], b"");
    assert_eq!(printed.code, Some(0));
    assert!(
        printed.stdout == shipped,
        "config/kcwatch.schema.json is not it"
    );
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = run(&["completions", shell], b"");
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains("check-config"), "{shell}");
    }
}

#[test]
fn version_names_revision_and_compiler() {
    let ended = run(&["--version"], b"");
    assert_eq!(ended.code, Some(0));
    let words = format!(
        "kcwatch {} (revision {}, rustc ",
        env!("CARGO_PKG_VERSION"),
        kcwatch::build::REVISION
    );
    assert!(ended.stdout.starts_with(&words), "{ended:?}");
}
