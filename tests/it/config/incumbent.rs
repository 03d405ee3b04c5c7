//! The incumbent's metric: who gives it, with which labels.

use std::sync::Arc;

use kcwatch::{
    config::Config,
    watch::{Watch, initial_access_token::config::IncumbentMetric},
};

use super::{loaded, text_of};

fn plain(labels: &IncumbentMetric) -> (&str, &str) {
    (&labels.integration, &labels.ocm_environment)
}

/// What each target says.
fn labels(config: &Config) -> Vec<Option<(&str, &str)>> {
    let targets = config.targets.iter().map(|target| &target.watch);
    targets
        .map(|watch| match watch {
            Watch::InitialAccessToken(token) => token.incumbent_metric.as_deref().map(plain),
            _ => None,
        })
        .collect()
}

#[test]
fn nobody_gives_the_incumbents_metric_who_does_not_say_so() {
    let config = loaded(&text_of("config/minimal.yaml"));
    assert_eq!(labels(&config), [None]);
}

#[test]
fn labels_are_as_written_and_the_integration_need_not_be() {
    let text = text_of("tests/fixtures/config/valid/incumbent_metric.yaml");
    let config = loaded(&text);
    assert_eq!(
        labels(&config),
        [
            Some(("rhidp-sso-client", "production")),
            Some(("rhidp-sso-client", "stage")),
            Some(("rhidp-sso-client-2", "production")),
            Some(("rhidp-sso-client", "production")),
            None,
            None,
        ]
    );
}

#[test]
fn targets_with_the_same_labels_share_them() {
    let text = text_of("tests/fixtures/config/valid/incumbent_metric.yaml");
    let config = loaded(&text);
    let [a, d] = [0, 3].map(|index| {
        let Watch::InitialAccessToken(token) = &config.targets[index].watch else {
            unreachable!("it is a token")
        };
        token.incumbent_metric.as_ref().unwrap()
    });
    assert!(Arc::ptr_eq(a, d));
}
