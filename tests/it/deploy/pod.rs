//! The process that a pod describes.

use serde_json::{Value, json};

use super::{
    container,
    manifests::{configuration, kinds, one},
    process::{Process, Rights},
};
use crate::{config::text_of, yaml};

/// The Deployment or `StatefulSet`.
pub(super) fn workload(objects: &[Value]) -> &Value {
    let lasting = kinds(objects).contains(&"StatefulSet");
    one(objects, ["Deployment", "StatefulSet"][usize::from(lasting)])
}

/// The container that watches.
pub(super) fn watcher(objects: &[Value]) -> &Value {
    let containers = &workload(objects)["spec"]["template"]["spec"]["containers"];
    assert_eq!(containers.as_array().unwrap().len(), 1);
    &containers[0]
}

/// The process that these objects describe.
pub(super) fn process(objects: &[Value]) -> Process {
    let container = watcher(objects);
    let pod = &workload(objects)["spec"]["template"]["spec"];
    let config = yaml::tree(&configuration(objects));
    assert_eq!(config.get("listen"), None, "the port is the usual one");
    Process {
        command: [container::entrypoint(), texts(&container["args"])].concat(),
        configuration: format!("{}/kcwatch.yaml", mounted(container, "config")),
        state: config["state_file"].as_str().unwrap().to_owned(),
        port: port(objects),
        dead_after: dead_after(container),
        ready_when_all_were_tried: asks(container, "readinessProbe", "/-/ready"),
        patience: pod["terminationGracePeriodSeconds"].as_u64().unwrap(),
        memory: bytes(container["resources"]["limits"]["memory"].as_str().unwrap()),
        rights: rights(pod, container),
    }
}

fn texts(list: &Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap()
}

/// The port of the container, which is that of the Service as well.
fn port(objects: &[Value]) -> u64 {
    let ports = &watcher(objects)["ports"];
    let expected =
        json!([{"name": "http", "containerPort": ports[0]["containerPort"], "protocol": "TCP"}]);
    assert_eq!(ports, &expected);
    let offered = &one(objects, "Service")["spec"]["ports"][0];
    assert_eq!(offered["targetPort"], "http");
    ports[0]["containerPort"].as_u64().unwrap()
}

fn asks(container: &Value, probe: &str, path: &str) -> bool {
    container[probe]["httpGet"] == json!({"path": path, "port": "http"})
}

/// As both probes of life see it.
fn dead_after(container: &Value) -> u64 {
    let seconds = ["startupProbe", "livenessProbe"].map(|probe| {
        assert!(asks(container, probe, "/-/healthy"), "{probe}");
        let number = |key: &str| container[probe][key].as_u64().unwrap();
        number("periodSeconds") * number("failureThreshold")
    });
    assert_eq!(seconds[0], seconds[1]);
    seconds[0]
}

fn bytes(quantity: &str) -> u64 {
    let number = quantity.strip_suffix("Mi").expect("a number of MiB");
    number.parse::<u64>().unwrap() * 1024 * 1024
}

fn rights(pod: &Value, container: &Value) -> Rights {
    let (pod, context) = (&pod["securityContext"], &container["securityContext"]);
    let dropped = texts(&context["capabilities"]["drop"]);
    assert_eq!(context["capabilities"].get("add"), None);
    assert_eq!(context["readOnlyRootFilesystem"], true);
    Rights {
        root: pod["runAsNonRoot"] != true,
        more: context["allowPrivilegeEscalation"] != false,
        capabilities: if dropped == ["ALL"] { vec![] } else { dropped },
        every_call: pod["seccompProfile"]["type"] != "RuntimeDefault",
        writes: writable(container),
    }
}

/// Where a volume is mounted.
fn mounted(container: &Value, volume: &str) -> String {
    let mounts = container["volumeMounts"].as_array().unwrap();
    let mount = mounts.iter().find(|mount| mount["name"] == volume).unwrap();
    assert_eq!(mount.get("subPath"), None, "it would never be refreshed");
    mount["mountPath"].as_str().unwrap().to_owned()
}

fn writable(container: &Value) -> Vec<String> {
    let mounts = container["volumeMounts"].as_array().unwrap().iter();
    let written = mounts.filter(|mount| mount["readOnly"] != true);
    written
        .map(|mount| mount["mountPath"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_port_is_the_default_of_the_configuration() {
    let schema: Value = serde_json::from_str(&text_of("config/kcwatch.schema.json")).unwrap();
    assert_eq!(schema["properties"]["listen"]["default"], "[::]:10037");
}
