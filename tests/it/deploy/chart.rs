//! `deploy/helm/kcwatch`, rendered by Helm over several files of values.

use kcwatch::config::load_text;
use serde_json::{Value, json};

use super::{
    VALUES,
    container::repository_of,
    manifests::{configuration, helm, kinds, leaves, one, rendered, script, values},
    pod::{watcher, workload},
};
use crate::{config::text_of, yaml};

/// Everything that a plain cluster has.
const PLAIN: [&str; 5] = [
    "ConfigMap",
    "Deployment",
    "Pod",
    "Service",
    "ServiceAccount",
];

/// The configuration that a file of values makes must load.
fn assert_configures(name: &str) {
    let text = configuration(&rendered(&[&values(name)]));
    load_text(&text).unwrap_or_else(|problems| panic!("{name}: {problems}\n{text}"));
}

#[test]
fn every_file_of_values_gives_a_good_configuration() {
    for name in ["minimal", "app-sre"] {
        assert_configures(name);
    }
}

#[test]
fn with_a_protected_listener_the_configuration_is_good_as_well() {
    assert_configures("everything");
}

#[test]
fn helm_has_nothing_to_say_against_it() {
    for name in VALUES {
        let said = script(
            "helm.py",
            &["lint", "deploy/helm/kcwatch", &values(name)],
            "",
        );
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains("0 problems"), "{name}: {said}");
    }
}

#[test]
fn what_a_plain_cluster_lacks_is_off() {
    assert_eq!(kinds(&rendered(&[&values("minimal")])), PLAIN);
}

#[test]
fn everything_can_be_on() {
    let objects = rendered(&[&values("everything")]);
    let mut expected = vec!["NetworkPolicy", "Pod", "PodDisruptionBudget", "PodMonitor"];
    expected.extend([
        "PrometheusRule",
        "Service",
        "ServiceAccount",
        "ServiceMonitor",
        "StatefulSet",
    ]);
    // The configuration, an extra one, and one a board.
    let maps = ["ConfigMap"; 6];
    assert_eq!(kinds(&objects), [&maps[..], &expected].concat());
}

#[test]
fn each_object_says_where_it_belongs() {
    for name in VALUES {
        let objects = rendered(&["-n", "monitoring", &values(name)]);
        for object in objects
            .iter()
            .filter(|one| one["metadata"]["name"] != "kcwatch-extra")
        {
            let metadata = &object["metadata"];
            assert_eq!(metadata["namespace"], "monitoring", "{metadata}");
            let labels = &metadata["labels"];
            assert_eq!(labels["app.kubernetes.io/instance"], "kcwatch");
            assert_eq!(labels["helm.sh/chart"], "kcwatch-0.1.0", "{metadata}");
        }
    }
}

#[test]
fn the_name_of_the_release_changes_names_and_not_the_job() {
    let all = [
        "template",
        "blue",
        "deploy/helm/kcwatch",
        &values("app-sre"),
    ];
    let text = String::from_utf8(script("helm.py", &all, "").stdout).unwrap();
    let objects = super::manifests::checked(&text).unwrap();
    assert_eq!(workload(&objects)["metadata"]["name"], "blue-kcwatch");
    let endpoint = &one(&objects, "ServiceMonitor")["spec"]["endpoints"][0];
    let job = json!([{"action": "replace", "targetLabel": "job", "replacement": "kcwatch"}]);
    assert_eq!(endpoint["relabelings"], job);
}

#[test]
fn its_rules_are_those_that_are_shipped() {
    let objects = rendered(&[&values("app-sre")]);
    let shipped = yaml::tree(&text_of("alerts/prometheusrule.yaml"));
    let rule = one(&objects, "PrometheusRule");
    assert_eq!(rule["spec"]["groups"], shipped["spec"]["groups"]);
}

#[test]
fn its_boards_are_those_that_are_shipped() {
    let objects = rendered(&[&values("app-sre")]);
    let mut boards = 0;
    for map in objects.iter().filter(|one| one["kind"] == "ConfigMap") {
        for (name, text) in map["data"].as_object().unwrap() {
            if name.starts_with("kcwatch-") {
                let stands = text_of(&format!("deploy/grafana/{name}"));
                assert_eq!(text.as_str().unwrap().trim_end(), stands.trim_end());
                boards += 1;
            }
        }
    }
    assert_eq!(boards, 4);
}

#[test]
fn the_token_for_vault_is_short_lived_and_the_only_one() {
    let minimal = values("minimal");
    let objects = rendered(&[&values("app-sre")]);
    let pod = &workload(&objects)["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], false);
    let token = leaves(pod).into_iter();
    let token: Vec<_> = token
        .filter(|(path, _)| path.contains("serviceAccountToken/"))
        .collect();
    let values: Vec<&Value> = token.iter().map(|(_, value)| *value).collect();
    assert_eq!(values, [&json!("vault"), &json!(600), &json!("token")]);
    let without = helm(&[&minimal]).unwrap();
    assert!(!without.contains("serviceAccountToken:"));
}

#[test]
fn a_protected_listener_is_probed_as_it_can_be() {
    let minimal = values("minimal");
    let probe = |sets: &[&str]| {
        let sets = sets.iter().map(|set| format!("--set=webConfig.{set}"));
        let arguments: Vec<String> = [minimal.clone()].into_iter().chain(sets).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let objects = rendered(&arguments);
        let config = yaml::tree(&configuration(&objects));
        let file = config["web_config_file"].as_str().map(str::to_owned);
        (watcher(&objects)["livenessProbe"].clone(), file)
    };
    let (plain, file) = probe(&["secret=web"]);
    assert_eq!(plain["httpGet"].get("scheme"), None);
    assert_eq!(file.as_deref(), Some("/etc/kcwatch-web/web-config.yaml"));
    let (tls, _) = probe(&["secret=web", "tls=true"]);
    assert_eq!(tls["httpGet"]["scheme"], "HTTPS");
    let (mutual, _) = probe(&["secret=web", "tls=true", "clientCertificateRequired=true"]);
    assert_eq!(mutual["tcpSocket"], json!({"port": "http"}));
    assert_eq!(probe(&[]).1, None);
}

#[test]
fn a_change_that_needs_a_restart_gives_a_new_pod_and_others_do_not() {
    let sum = |set: &str| {
        let objects = rendered(&[&values("minimal"), "--set", set]);
        let pod = &workload(&objects)["spec"]["template"];
        pod["metadata"]["annotations"]["checksum/config"].clone()
    };
    let before = sum("replicas=1");
    assert_ne!(sum("config.log.level=debug"), before);
    assert_eq!(sum("config.poll.interval=5m"), before);
}

#[test]
fn its_image_is_the_one_that_all_others_name() {
    for arguments in [&[][..], &["--set", "image.tag=0.1.0"]] {
        let minimal = values("minimal");
        let objects = rendered(&[&[minimal.as_str()], arguments].concat());
        let image = format!("{}:0.1.0", repository_of());
        assert_eq!(watcher(&objects)["image"], image);
        let accepting = &one(&objects, "Pod")["spec"]["containers"][0];
        assert_eq!(accepting["image"], image);
    }
    let chart = yaml::tree(&text_of("deploy/helm/kcwatch/Chart.yaml"));
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
}
