//! Kubernetes objects, as helm and oc make them, each checked strictly against several versions of Kubernetes.
//!
//! Both are small scripts in `tests/deploy`: one on Helm's own library, one that fills in Templates as oc does. What is checked
//! how stands in `tests/deploy/manifests.py`.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::TEMPLATE;
use crate::servers::deploy_python;

/// Runs a script of `tests/deploy` in the repository.
pub(super) fn script(name: &str, arguments: &[&str], input: &str) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new(deploy_python())
        .arg(root.join("tests/deploy").join(name))
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // What it says may be more than a pipe takes while it still reads.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// What it printed, or what it complained of.
fn outcome(output: Output) -> Result<String, String> {
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

/// What helm prints for these arguments behind `template kcwatch deploy/helm/kcwatch`.
pub(super) fn helm(arguments: &[&str]) -> Result<String, String> {
    let all = ["template", "kcwatch", "deploy/helm/kcwatch"];
    outcome(script("helm.py", &[&all, arguments].concat(), ""))
}

/// The file of values with this name.
pub(super) fn values(name: &str) -> String {
    format!("--values=deploy/helm/values/{name}.yaml")
}

/// What oc prints for a Template and these arguments.
pub(super) fn oc(template: &str, arguments: &[&str]) -> Result<String, String> {
    let all = ["process", "--local", "-f", template];
    outcome(script("oc.py", &[&all, arguments].concat(), ""))
}

/// What is wrong with objects, or the objects.
pub(super) fn checked(text: &str) -> Result<Vec<Value>, String> {
    outcome(script("objects.py", &[], text)).map(|json| serde_json::from_str(&json).unwrap())
}

/// The objects of the chart for these arguments.
pub(super) fn rendered(arguments: &[&str]) -> Vec<Value> {
    let text = helm(arguments).unwrap_or_else(|problem| panic!("{arguments:?}: {problem}"));
    checked(&text).unwrap_or_else(|problem| panic!("{arguments:?}: {problem}"))
}

/// The objects of the Template for these arguments.
pub(super) fn processed(arguments: &[&str]) -> Vec<Value> {
    let tag = ["-p", "IMAGE_TAG=0.1.0"];
    let text = oc(TEMPLATE, &[&tag, arguments].concat());
    let text = text.unwrap_or_else(|problem| panic!("{arguments:?}: {problem}"));
    checked(&text).unwrap_or_else(|problem| panic!("{arguments:?}: {problem}"))
}

/// The one object of this kind.
pub(super) fn one<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "several of the kind {kind}");
    first
}

/// The kinds, sorted, each as often as it is there.
pub(super) fn kinds(objects: &[Value]) -> Vec<&str> {
    let kinds = objects.iter().map(|object| object["kind"].as_str());
    let mut kinds: Vec<&str> = kinds.map(Option::unwrap).collect();
    kinds.sort_unstable();
    kinds
}

/// The configuration in the `ConfigMap`.
pub(super) fn configuration(objects: &[Value]) -> String {
    let mut maps = objects
        .iter()
        .filter(|object| object["kind"] == "ConfigMap")
        .filter_map(|object| object.pointer("/data/kcwatch.yaml")?.as_str());
    let first = maps.next().expect("a configuration");
    assert_eq!(maps.next(), None, "another configuration");
    first.to_owned()
}

/// Every value below, with its path, such as `/spec/replicas`.
pub(super) fn leaves(value: &Value) -> Vec<(String, &Value)> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, one)| (key.clone(), one)).collect(),
        Value::Array(list) => {
            let numbered = list.iter().enumerate();
            numbered.map(|(i, one)| (i.to_string(), one)).collect()
        }
        _ => return vec![(String::new(), value)],
    };
    let below = below.into_iter().flat_map(|(key, one)| {
        let prefixed = move |(path, leaf)| (format!("/{key}{path}"), leaf);
        leaves(one).into_iter().map(prefixed)
    });
    below.collect()
}

#[test]
fn what_kubernetes_would_refuse_is_found() {
    let good = helm(&[&values("minimal")]).unwrap();
    checked(&good).unwrap();
    for (stands, written, said) in [
        ("readOnlyRootFilesystem", "readOnlyRootFileSystem", "1.25"),
        ("readOnlyRootFilesystem", "readOnlyRootFileSystem", "1.37"),
        ("periodSeconds: 2\n", "periodSeconds: two\n", "two"),
        ("targetPort: http", "targetPort: true", "True"),
        ("kind: Deployment", "kind: Deploiment", "schema"),
        ("apiVersion: apps/v1", "apiVersion: apps/v2", "schema"),
        ("type: ClusterIP", "type: A\n  type: B", "stands twice"),
        ("kind: ServiceAccount", "kind: ConfigMap", "stands twice"),
    ] {
        assert!(good.contains(stands), "{stands}");
        let problem = checked(&good.replace(stands, written)).unwrap_err();
        assert!(problem.contains(said), "{written}: {problem}");
    }
}

#[test]
fn what_the_prometheus_operator_would_refuse_is_found() {
    let good = crate::config::text_of("deploy/openshift/servicemonitor.yaml");
    checked(&good).unwrap();
    for (stands, written) in [
        ("scrapeTimeout", "scrapetimeout"),
        ("endpoints", "podMetricsEndpoints"),
        ("com/v1", "com/v1beta1"),
    ] {
        assert!(good.contains(stands), "{stands}");
        checked(&good.replace(stands, written)).unwrap_err();
    }
}
