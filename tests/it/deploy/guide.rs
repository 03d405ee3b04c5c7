//! `docs/deployment.md` keeps its word: its blocks that can run here are run as they stand there.

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use super::{
    manifests::{checked, kinds, one},
    unit,
};
use crate::{
    config::text_of,
    daemon::{
        home::{Home, program},
        service_manager::Manager,
    },
    servers::deploy_python,
};

const GUIDE: &str = include_str!("../../../docs/deployment.md");

/// Every block with a name; each is run by a test below.
const BLOCKS: [&str; 11] = [
    "openshift-process",
    "openshift-apply",
    "openshift-vault",
    "openshift-prometheus",
    "openshift-accept",
    "helm-template",
    "helm-install",
    "helm-rules",
    "unit-install",
    "unit-try",
    "unit-ask",
];

/// The commands of a block.
fn block(name: &str) -> String {
    let opening = format!("```sh {name}\n");
    let (before, rest) = GUIDE
        .split_once(&opening)
        .unwrap_or_else(|| panic!("no {name}"));
    let indent = before.rsplit('\n').next().unwrap();
    let commands = rest.split_once("```").unwrap().0;
    commands.replace(&format!("\n{indent}"), "\n")
}

/// A reader with a checkout of the repository, helm, oc and kcwatch; nobody listens to helm and oc but a check.
struct Reader(Home);

impl Reader {
    fn new() -> Self {
        let reader = Self(Home::new());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["deploy", "alerts", "config"] {
            std::os::unix::fs::symlink(root.join(name), reader.0.path(name)).unwrap();
        }
        for tool in ["helm", "oc"] {
            let script = root.join(format!("tests/deploy/{tool}.py"));
            let python = deploy_python();
            reader.tool(tool, &format!("{} {}", python.display(), script.display()));
        }
        reader.tool("kcwatch", &program().display().to_string());
        reader
    }

    fn tool(&self, name: &str, command: &str) {
        let file = self.0.write(
            &format!("bin/{name}"),
            format!("#!/bin/sh\nexec {command} \"$@\"\n"),
        );
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs commands; gives what they printed.
    fn follows(&self, commands: &str) -> String {
        let path = format!("{}:/usr/bin:/bin", self.0.path("bin").display());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .current_dir(self.0.path(""))
            .env_clear()
            .env("PATH", path)
            .env("KCWATCH_CONFIG", self.0.path("etc/kcwatch/kcwatch.yaml"))
            .output()
            .unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{complaints}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn every_block_with_a_name_is_run() {
    let names: Vec<&str> = GUIDE
        .split("```sh ")
        .skip(1)
        .map(|rest| rest.lines().next().unwrap())
        .collect();
    assert_eq!(names, BLOCKS);
}

#[test]
fn openshift_as_it_stands() {
    let reader = Reader::new();
    let said = reader.follows(&block("openshift-process"));
    assert_eq!(checked(&said).unwrap().len(), 4);
    for name in ["openshift-apply", "openshift-vault"] {
        let said = reader.follows(&block(name));
        assert!(
            said.contains("deployment/kcwatch created"),
            "{name}: {said}"
        );
    }
    let said = reader.follows(&block("openshift-prometheus"));
    assert!(said.contains("prometheusrule/kcwatch created"), "{said}");
    let said = reader.follows(&block("openshift-accept"));
    assert!(said.contains("job/kcwatch-acceptance-"), "{said}");
}

#[test]
fn helm_as_it_stands() {
    let reader = Reader::new();
    for name in ["helm-template", "helm-install"] {
        let objects = checked(&reader.follows(&block(name))).unwrap();
        assert!(kinds(&objects).contains(&"Deployment"), "{name}");
    }
    reader
        .0
        .write("kcwatch.yaml", text_of("config/app-sre.yaml"));
    let objects = checked(&reader.follows(&block("helm-rules"))).unwrap();
    let printed = std::fs::read_to_string(reader.0.path("rules.yaml")).unwrap();
    let rule = one(&objects, "PrometheusRule");
    assert_eq!(rule["spec"], crate::yaml::tree(&printed));
}

#[tokio::test]
async fn systemd_as_it_stands() {
    let reader = Reader::new();
    let built = reader.0.path("target/release/kcwatch");
    std::fs::create_dir_all(built.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(program(), built).unwrap();
    // Not onto this machine, but below a folder.
    let mut installing = block("unit-install");
    for place in [" /usr/", " /etc/"] {
        installing = installing.replace(place, &format!(" .{}", place.trim_start()));
    }
    reader.follows(&installing);
    let unit = std::fs::read_to_string(reader.0.path("etc/systemd/system/kcwatch.service"));
    assert_eq!(unit.unwrap(), text_of(super::unit_file::UNIT));
    assert!(reader.follows(&block("unit-try")).starts_with("ok: "));

    let manager = Manager::at(&reader.0);
    let daemon = unit::start(&reader.0, &manager).await;
    manager.hears_news().await;
    let asking = block("unit-ask").replace("127.0.0.1:10037", daemon.address());
    let said = reader.follows(&asking);
    assert!(said.contains("kcwatch_target_up{target=\"prod\""), "{said}");
}
