//! `deploy/openshift/kcwatch.yaml`.

use kcwatch::{
    config::{Config, load_text},
    rules::{Format, Thresholds, rules},
};
use serde_json::Value;

use super::{
    TEMPLATE, VAULT,
    container::repository_of,
    manifests::{configuration, kinds, leaves, oc, one, processed},
    pod::watcher,
};
use crate::config::text_of;

/// The configuration that the Template makes.
fn config(arguments: &[&str]) -> Config {
    let text = configuration(&processed(arguments));
    load_text(&text).unwrap_or_else(|problems| panic!("{arguments:?}: {problems}\n{text}"))
}

#[test]
fn it_makes_what_app_sre_deploys_and_no_more() {
    let objects = processed(&[]);
    assert_eq!(
        kinds(&objects),
        ["ConfigMap", "Deployment", "Service", "ServiceAccount"]
    );
    let map = one(&objects, "ConfigMap");
    assert_eq!(map["metadata"]["annotations"]["qontract.recycle"], "true");
    let account = one(&objects, "ServiceAccount");
    assert_eq!(account["automountServiceAccountToken"], false);
}

#[test]
fn restricted_v2_gives_out_users_and_takes_nobody_elses() {
    for (path, value) in processed(&[]).iter().flat_map(leaves) {
        let name = path.rsplit('/').next().unwrap();
        let given_out = ["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"];
        let taken = ["hostNetwork", "hostPID", "privileged", "hostPath"];
        assert!(!given_out.contains(&name), "{path}: {value}");
        assert!(!taken.iter().any(|word| path.contains(word)), "{path}");
    }
}

#[test]
fn its_configurations_are_good() {
    for arguments in [&[][..], &[VAULT]] {
        let config = config(arguments);
        assert_eq!(config.targets.len(), 2, "{arguments:?}");
        assert_eq!(config.stores.len(), 1, "{arguments:?}");
    }
}

#[test]
fn the_rules_that_are_shipped_are_those_of_its_configuration_with_vault() {
    let config = config(&[VAULT]);
    let printed = rules(&config, Format::AppInterface, Thresholds::Metrics).unwrap();
    let printed = printed.replace("store=\"sso\"", "store=\"devshift\"");
    assert_eq!(printed, text_of("alerts/prometheusrule.yaml"));
}

#[test]
fn what_is_asked_of_it_wrongly_is_refused() {
    for (arguments, said) in [
        (&[][..], "IMAGE_TAG is required"),
        (&["-p", "IMAGE_TAG="], "IMAGE_TAG is required"),
        (
            &["-p", "IMAGE_TAG=1", "-p", "IMAGETAG=1"],
            "unknown parameter name IMAGETAG",
        ),
    ] {
        let problem = oc(TEMPLATE, arguments).unwrap_err();
        assert!(problem.contains(said), "{arguments:?}: {problem}");
    }
}

#[test]
fn each_parameter_is_described_and_asked_for_by_a_name_that_exists() {
    // The processor refuses parameters that nothing asks for, and names that there are no parameters for.
    let good = text_of(TEMPLATE);
    let folder = tempfile::TempDir::new().unwrap();
    for (stands, written, said) in [
        (
            "value: ${LOG_LEVEL}",
            "value: info",
            "nothing asks for the parameter",
        ),
        ("replicas: ${{REPLICAS}}", "replicas: 1", "REPLICAS"),
        (
            "name: ${PROD_SECRET_NAME}",
            "name: ${PROD_SECRETNAME}",
            "no such parameter",
        ),
    ] {
        let written = good
            .replace("\"${LOG_LEVEL}\"", "value: ${LOG_LEVEL}")
            .replace("secretName: ${", "name: ${")
            .replace(stands, written);
        let file = folder.path().join("template.yaml");
        std::fs::write(&file, written).unwrap();
        let problem = oc(file.to_str().unwrap(), &["-p", "IMAGE_TAG=1"]).unwrap_err();
        assert!(problem.contains(said), "{stands}: {problem}");
    }
    let template = crate::yaml::tree(&good);
    let parameters = template["parameters"].as_array().unwrap();
    let undescribed = |one: &&Value| one["description"].as_str().is_none_or(str::is_empty);
    assert_eq!(parameters.iter().find(undescribed), None);
}

#[test]
fn its_image_is_the_one_that_all_others_name() {
    let objects = processed(&[]);
    assert_eq!(
        watcher(&objects)["image"],
        format!("{}:0.1.0", repository_of())
    );
}

#[test]
fn the_monitor_finds_its_service() {
    let objects = processed(&[]);
    let service = one(&objects, "Service");
    let monitor = crate::yaml::tree(&text_of("deploy/openshift/servicemonitor.yaml"));
    for (key, value) in monitor["spec"]["selector"]["matchLabels"]
        .as_object()
        .unwrap()
    {
        assert_eq!(&service["metadata"]["labels"][key], value);
    }
    let ports = service["spec"]["ports"].as_array().unwrap();
    assert_eq!(monitor["spec"]["endpoints"][0]["port"], ports[0]["name"]);
    // What the label `job` becomes, and what the rules ask for.
    assert_eq!(service["metadata"]["name"], config(&[]).alerts.job.as_str());
    assert!(text_of("alerts/prometheusrule.yaml").contains("job=\"kcwatch\""));
}
