//! How registrations left are learnt: what becomes of the keys that are written, and of those that are not.

use std::time::Duration;

use kcwatch::{
    config::Config,
    keycloak::settings::{Admin, ClientSecret},
    model::{ClientsLevel, SecretPath, Severity},
    watch::{
        Watch,
        initial_access_token::config::{
            Clients, CountFrom, InitialAccessToken, Read, Registrations, Rehearse,
        },
    },
};

use super::{loaded, text_of};

fn clients() -> Config {
    loaded(&text_of("tests/fixtures/config/valid/clients.yaml"))
}

fn token(config: &Config, index: usize) -> &InitialAccessToken {
    let Watch::InitialAccessToken(token) = &config.targets[index].watch else {
        unreachable!("it is a token")
    };
    token
}

fn admin<'a>(config: &'a Config, name: &str) -> &'a Admin {
    let mut providers = config.identity_providers.iter();
    let found = providers.find(|provider| provider.name.as_str() == name);
    found.unwrap().admin.as_ref().unwrap()
}

#[test]
fn what_is_not_written_is_a_hundred_clients_and_no_rehearsal() {
    let config = loaded(&text_of("config/minimal.yaml"));
    let token = token(&config, 0);
    let thresholds = token.clients.thresholds.clone();
    assert_eq!(thresholds.len(), 3);
    assert_eq!(
        *token.clients,
        Clients {
            thresholds,
            ..Clients::default()
        }
    );
    assert_eq!(token.rehearsal, None);
    assert_eq!(
        (config.state_file, config.identity_providers),
        (None, Vec::new())
    );
}

#[test]
fn the_built_in_tiers_are_those_of_the_operating_procedure() {
    use ClientsLevel::{Exhausted, Notice, Urgent};
    use Severity::{High, Info, Medium};
    let text = "stores: { a: { files: { directory: /d } } }\n\
                targets: [{ name: p, tier: prod, initial_access_token: &t { secret: { store: a, path: p } } },\
                { name: s, tier: stage, initial_access_token: *t }]";
    let config = loaded(text);
    let of = |index| {
        let thresholds = token(&config, index).clients.thresholds.iter();
        let plain = thresholds.map(|it| (it.level, it.left, it.severity));
        plain.collect::<Vec<_>>()
    };
    assert_eq!(
        of(0),
        [
            (Notice, 20, Medium),
            (Urgent, 5, High),
            (Exhausted, 0, High)
        ]
    );
    assert_eq!(
        of(1),
        [
            (Notice, 20, Info),
            (Urgent, 5, Medium),
            (Exhausted, 0, Medium)
        ]
    );
}

#[test]
fn an_account_administers_where_its_issuer_is_unless_it_says_where() {
    let config = clients();
    let names: Vec<&str> = config
        .identity_providers
        .iter()
        .map(|provider| provider.name.as_str())
        .collect();
    assert_eq!(names, ["legacy", "own"]);
    let legacy = admin(&config, "legacy");
    assert_eq!(legacy.address.as_str(), "https://auth.redhat.com/auth");
    assert_eq!(legacy.realm, "EmployeeIDP");
    assert_eq!(legacy.interval, Duration::from_secs(300));
    assert!(matches!(
        &legacy.client_secret,
        ClientSecret::Stored { store, path, field }
            if (store.as_str(), path.as_str(), field.as_str()) == ("vault", "secret/kcwatch", "client_secret")
    ));
    let own = admin(&config, "own");
    assert_eq!(own.address.as_str(), "http://localhost:8080/auth");
    assert_eq!(own.realm, "a%20b", "as it is written in the issuer");
    assert_eq!(own.interval, Duration::from_secs(1));
    assert_eq!(own.client_secret, ClientSecret::File("/run/secret".into()));
    assert_eq!(config.identity_providers[1].ca_file, Some("ca.pem".into()));
}

#[test]
fn an_issuer_may_lie_at_the_root_or_below_realms() {
    let address = |issuer: &str| {
        let text = format!(
            "stores: {{ a: {{ files: {{ directory: /d }} }} }}\n\
             identity_providers: {{ p: {{ issuer: '{issuer}', admin: {{ client_id: a, client_secret: {{ file: /f }} }} }} }}\n\
             targets: [{{ name: p, tier: prod, initial_access_token: {{ secret: {{ store: a, path: p }} }} }}]"
        );
        let config = loaded(&text);
        let admin = admin(&config, "p");
        (admin.address.to_string(), admin.realm.clone())
    };
    let [root, below, port] = [
        "https://SSO.example.com/realms/Größe",
        "https://sso.example.com/realms/a/realms/b",
        "https://sso.example.com:8443/x/y/realms/b",
    ]
    .map(address);
    assert_eq!(
        root,
        ("https://sso.example.com/".into(), "Gr%C3%B6%C3%9Fe".into())
    );
    assert_eq!(
        below,
        ("https://sso.example.com/realms/a".into(), "b".into())
    );
    assert_eq!(
        port,
        ("https://sso.example.com:8443/x/y".into(), "b".into())
    );
}

#[test]
fn registrations_fields_and_rehearsals_are_taken_as_they_are_written() {
    let config = clients();
    let counted = &token(&config, 1).clients;
    assert_eq!((counted.from, counted.limit), (CountFrom::Auto, 100));
    assert_eq!(counted.field.as_deref(), Some("/left"));
    let Some(Registrations { store, folders, .. }) = &counted.registrations else {
        panic!("they are given")
    };
    let folders: Vec<&str> = folders.iter().map(SecretPath::as_str).collect();
    assert_eq!(
        (store.as_str(), folders),
        ("vault", vec!["secret/a", "secret/b c/d"])
    );
    let plain = token(&config, 2).clients.registrations.as_ref().unwrap();
    assert_eq!((plain.read, &plain.ending), (Read::Names, &None));
    assert_eq!(plain.interval, Duration::from_secs(300));
    assert_eq!(token(&config, 3).clients.from, CountFrom::None);
    assert_eq!(token(&config, 4).clients.field.as_deref(), Some("/a~1b/0"));
    let every = Duration::from_secs(86_400);
    let allow_http = false;
    assert_eq!(
        token(&config, 4).rehearsal,
        Some(Rehearse { every, allow_http })
    );
}
