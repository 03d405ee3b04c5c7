//! Template, chart and unit describe the same process, each in its own words.

use super::{
    TEMPLATE, VAULT,
    manifests::{processed, rendered, values},
    pod, unit_file,
};

/// What a process is, whoever starts it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Process {
    /// The program, and what is said to it.
    pub(super) command: Vec<String>,
    /// Where the configuration lies.
    pub(super) configuration: String,
    /// Where the state file lies.
    pub(super) state: String,
    /// Where it listens.
    pub(super) port: u64,
    /// After how many seconds without a sign of life it is started anew.
    pub(super) dead_after: u64,
    /// Whether it counts as started only when every target was tried.
    pub(super) ready_when_all_were_tried: bool,
    /// How many seconds it is given to stop.
    pub(super) patience: u64,
    /// How much memory it may take, in bytes.
    pub(super) memory: u64,
    /// What it may do.
    pub(super) rights: Rights,
}

/// What a process may do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rights {
    /// Be root.
    pub(super) root: bool,
    /// Gain rights by starting a program.
    pub(super) more: bool,
    /// Capabilities.
    pub(super) capabilities: Vec<String>,
    /// Call whatever the kernel offers.
    pub(super) every_call: bool,
    /// Where it may write.
    pub(super) writes: Vec<String>,
}

#[test]
fn template_chart_and_unit_describe_the_same_process() {
    let unit = unit_file::process();
    assert_eq!(pod::process(&processed(&[])), unit, "{TEMPLATE}");
    assert_eq!(pod::process(&processed(&[VAULT])), unit, "{VAULT}");
    for name in ["minimal", "app-sre"] {
        let chart = pod::process(&rendered(&[&values(name)]));
        assert_eq!(chart, unit, "{name}");
    }
}

#[test]
fn it_is_the_process_that_the_documents_speak_of() {
    let process = unit_file::process();
    assert_eq!(process.command, ["/usr/bin/kcwatch", "serve"]);
    assert_eq!(process.configuration, "/etc/kcwatch/kcwatch.yaml");
    assert_eq!(process.state, "/var/lib/kcwatch/state.json");
    assert_eq!(process.port, 10_037);
    assert!(process.ready_when_all_were_tried);
    let rights = Rights {
        root: false,
        more: false,
        capabilities: Vec::new(),
        every_call: false,
        writes: vec!["/var/lib/kcwatch".to_owned()],
    };
    assert_eq!(process.rights, rights);
}

#[test]
fn a_pod_that_keeps_its_state_is_the_same_process_but_for_where_that_lies() {
    let lasting = ["--set", "state.persistent=true"];
    let minimal = values("minimal");
    let lasting = rendered(&[&[minimal.as_str()][..], &lasting].concat());
    assert_eq!(pod::process(&lasting), pod::process(&rendered(&[&minimal])));
}
