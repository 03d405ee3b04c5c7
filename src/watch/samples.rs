//! Targets and looks for unit tests.

use std::{sync::Arc, time::Duration};

use super::{
    Seen, Target, Watch,
    initial_access_token::{config::InitialAccessToken, look},
};
use crate::{
    keycloak::settings::{Admin, ClientSecret, IdentityProvider},
    model::{Claims, Expiry, ProviderName, SecretPath, StoreName, TargetName, TierName, TokenType},
};

/// A target of that name which reads from that store once a minute.
pub(crate) fn target(name: &str, store: &str) -> Arc<Target> {
    Arc::new(Target {
        name: TargetName::new(name).unwrap(),
        tier: TierName::new("prod").unwrap(),
        interval: Duration::from_secs(60),
        timeout: Duration::from_secs(10),
        watch: Watch::InitialAccessToken(InitialAccessToken {
            identity_provider: None,
            store: StoreName::new(store).unwrap(),
            path: SecretPath::new("creds/sample").unwrap(),
            pointers: None,
            lifetime: Duration::from_secs(30 * 86_400),
            thresholds: Arc::default(),
            clients: Arc::default(),
            rehearsal: None,
            incumbent_metric: None,
        }),
    })
}

/// A look that found the token of that id with that expiry.
pub(crate) fn token(id: &str, expiry: Expiry) -> Seen {
    Seen::InitialAccessToken(Box::new(look::Seen {
        current: Claims {
            id: Some(id.to_owned()),
            issuer: None,
            token_type: TokenType::InitialAccess,
            issued: None,
            expiry,
        },
        previous: None,
        expected_issuer: None,
        written: None,
        field: None,
    }))
}

/// A realm whose list an account may read, every five minutes.
pub(crate) fn identity_provider(issuer: &str) -> IdentityProvider {
    let admin = Admin {
        client_id: "kcwatch".to_owned(),
        client_secret: ClientSecret::File("/secret".into()),
        address: "https://sso.example.com".parse().unwrap(),
        realm: "prod".to_owned(),
        interval: Duration::from_secs(300),
    };
    IdentityProvider {
        name: ProviderName::new("sso").unwrap(),
        issuer: issuer.into(),
        ca_file: None,
        admin: Some(admin),
    }
}
