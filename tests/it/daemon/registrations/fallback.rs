//! Administrator's access is taken away and comes back: the number comes from elsewhere meanwhile, and nothing that an alert
//! looks at moves.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    super::{home::Home, rig::Daemon, settings::Settings, tokens::now},
    client_secret, facts,
};
use crate::servers::{Account, Keycloak, Realm, eventually, on_both};

fn settings(realm: &Realm<'_>, account: &Account, home: &Home) -> Settings {
    let secret = home.write("client_secret", &account.secret);
    let provider = json!({"issuer": realm.issuer(), "admin": {
        "client_id": account.client_id, "client_secret": {"file": secret}, "interval": "1s", "allow_http": true,
    }});
    let counted =
        json!({"store": "mounted", "folders": ["clients"], "read": "secrets", "interval": "1s"});
    let target = json!({"name": "prod", "tier": "prod", "initial_access_token": {
        "identity_provider": "sso", "secret": {"store": "mounted", "path": "token"},
        "clients": {"limit": 25, "registrations": counted},
        "rehearsal": {"enabled": true, "every": "1s", "allow_http": true},
    }});
    Settings::new()
        .files("mounted", &home.path("secrets"))
        .with("/poll", json!({"interval": "1s", "timeout": "900ms"}))
        .with("/identity_providers/sso", provider)
        .with("/targets", json!([target]))
}

/// What alerts look at, as it stands now.
async fn inputs(daemon: &Daemon) -> Vec<String> {
    let mut facts = facts(&daemon.series().await, "prod");
    // Who told the number and who answers is for people.
    facts.retain(|name, _| !["clients_source", "source_up"].contains(&name.as_str()));
    facts
        .into_iter()
        .map(|(name, said)| format!("{name} {said}"))
        .collect()
}

/// Waits until the number comes from there, and notes all that alerts could see meanwhile.
async fn told_by(daemon: &Daemon, source: &str, seen: &mut BTreeSet<Vec<String>>) {
    let series = format!("kcwatch_iat_clients_source{{target=\"prod\",source=\"{source}\"}}");
    let mut noted = Vec::new();
    eventually(&format!("the number comes from {source}"), async || {
        noted.push(inputs(daemon).await);
        (daemon.metric(&series).await == Some(1.0)).then_some(())
    })
    .await;
    seen.extend(noted);
}

async fn story(keycloak: &Keycloak) {
    let realm = keycloak.realm(json!({"accessTokenLifespan": 2})).await;
    let account = realm.account(&["view-clients"]).await;
    let (home, issued) = (Home::new(), realm.issue(25, 3_600).await);
    let token = json!({"initial-access-token": issued.token, "url": realm.issuer()});
    home.write("secrets/token.json", token.to_string());
    for number in 0..5 {
        let (status, answer) = realm.register(&issued.token).await;
        assert_eq!(status, 201, "{answer}");
        let secret = client_secret(&answer, &realm.issuer());
        home.write(
            &format!("secrets/clients/{number}.json"),
            secret.to_string(),
        );
    }
    // What is registered in the second in which the list is read may be in it or not, and counts.
    let registered = now();
    let passed = async || (now() > registered).then_some(());
    eventually("a second passes", passed).await;
    home.configure(&settings(&realm, &account, &home));
    let daemon = home.start().await;
    daemon
        .wait_for("kcwatch_iat_clients_remaining{target=\"prod\"}", 20.0)
        .await;
    daemon
        .wait_for("kcwatch_iat_registration_possible{target=\"prod\"}", 1.0)
        .await;
    let mut seen = BTreeSet::new();
    told_by(&daemon, "keycloak", &mut seen).await;

    realm.change(&account, json!({"enabled": false})).await;
    told_by(&daemon, "registrations", &mut seen).await;
    let provider = "kcwatch_identity_provider_up{identity_provider=\"sso\"}";
    assert_eq!(daemon.metric(provider).await, Some(0.0));
    daemon
        .says("registrations left are now told by registrations (it was keycloak)")
        .await;
    daemon
        .says("the list of tokens of identity provider `sso` cannot be read (unauthenticated)")
        .await;

    realm.change(&account, json!({"enabled": true})).await;
    told_by(&daemon, "keycloak", &mut seen).await;
    daemon
        .says("registrations left are now told by keycloak (it was registrations)")
        .await;
    daemon
        .says("the list of tokens of identity provider `sso` can be read again")
        .await;
    assert_eq!(daemon.metric(provider).await, Some(1.0));
    assert_eq!(seen.len(), 1, "an alert could have seen: {seen:#?}");
}

#[tokio::test]
async fn without_the_list_the_number_comes_from_elsewhere_and_no_alert_moves() {
    on_both(async |keycloak| story(keycloak).await).await;
}
