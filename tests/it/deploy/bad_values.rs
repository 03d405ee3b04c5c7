//! Values that are wrong, and what Helm says about them: each by its path.

use super::manifests::{helm, values};

#[test]
fn what_is_wrong_is_refused_by_its_path() {
    for (set, path) in [
        ("replicas=two", "/replicas"),
        ("replicas=-1", "/replicas"),
        ("image.tagg=1", "/image"),
        ("image.digest=sha256:abc", "/image/digest"),
        ("image.pullPolicy=Sometimes", "/image/pullPolicy"),
        ("replica=1", "'replica'"),
        ("secrets.a.secret=b", "/secrets/a"),
        ("secrets.vault.secretName=b", "/secrets/vault"),
        (
            "vaultToken.expirationSeconds=60",
            "/vaultToken/expirationSeconds",
        ),
        ("webConfig.tls=maybe", "/webConfig/tls"),
        ("serviceMonitor.interval=often", "/serviceMonitor/interval"),
        ("podMonitor.endpoint.interval=1m", "/podMonitor/endpoint"),
        (
            "networkPolicy.egressPorts={0}",
            "/networkPolicy/egressPorts/0",
        ),
        ("podDisruptionBudget.minAvailable=1", "/podDisruptionBudget"),
        (
            "podSecurityContext.runAsUser=0",
            "/podSecurityContext/runAsUser",
        ),
        (
            "podSecurityContext.runAsNonRoot=false",
            "/podSecurityContext",
        ),
        ("commonLabels.helm\\.sh/chart=x", "/commonLabels"),
        ("acceptance.failOn=always", "/acceptance/failOn"),
        ("resources.limits.memory=much", "/resources/limits/memory"),
        (
            "terminationGracePeriodSeconds=1",
            "/terminationGracePeriodSeconds",
        ),
        ("config.poll.intervall=1m", "/config/poll"),
        ("config.poll.concurrency=many", "/config/poll/concurrency"),
        (
            "config.stores.mounted.vault.address=x",
            "/config/stores/mounted",
        ),
    ] {
        let problem = helm(&[&values("minimal"), "--set", set]).unwrap_err();
        assert!(problem.contains(path), "{set}: {problem}");
    }
}

#[test]
fn without_a_configuration_there_is_nothing_to_install() {
    let problem = helm(&[]).unwrap_err();
    assert!(
        problem.contains("at '/config': missing property 'targets'"),
        "{problem}"
    );
    let text = helm(&["--set", "existingConfigMap=mine"]).unwrap();
    assert!(text.contains("name: mine\n"), "{text}");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let wrong = ["replicas=two", "config.poll.intervall=1m", "surprise=1"];
    let sets = wrong.map(|set| format!("--set={set}"));
    let minimal = values("minimal");
    let mut arguments = vec![minimal.as_str()];
    arguments.extend(sets.iter().map(String::as_str));
    let problem = helm(&arguments).unwrap_err();
    for path in ["/replicas", "/config/poll", "'surprise'"] {
        assert!(problem.contains(path), "{path}: {problem}");
    }
}
