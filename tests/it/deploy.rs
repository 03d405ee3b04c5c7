//! What kcwatch is deployed with: the Template, the chart, the unit, the package, the image, and the document about them. Each
//! is put through the tools that its users put it through, as far as these run without a cluster or a container engine.

// Says to clippy that all of this is tests, functions that tests share included.
#![cfg(test)]

mod acceptance;
mod bad_values;
mod chart;
mod container;
mod copies;
mod guide;
mod manifests;
mod package;
mod pod;
mod process;
mod template;
mod unit;
mod unit_file;
mod values;

/// The Template.
const TEMPLATE: &str = "deploy/openshift/kcwatch.yaml";
/// What reads from Vault instead.
const VAULT: &str = "--param-file=deploy/openshift/vault.env";
/// The values files that are shipped.
const VALUES: [&str; 3] = ["minimal", "app-sre", "everything"];
