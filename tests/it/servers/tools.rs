//! Where the programs are that tests run beside ours.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Where `scripts/setup` puts them.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools");

/// OpenBao: from `KCWATCH_TEST_BAO`, from where `scripts/setup` puts it, or from the `PATH`.
pub(crate) fn openbao() -> PathBuf {
    match variable("KCWATCH_TEST_BAO") {
        Some(stated) => PathBuf::from(stated),
        None => found("venv/bin", "bao"),
    }
}

/// A program that `scripts/setup` unpacks unless the machine has it, such as `prometheus` or `promtool`.
pub(crate) fn unpacked(program: &str) -> PathBuf {
    found("debian/usr/bin", program)
}

/// Where `scripts/setup` unpacks a version of Alertmanager or Prometheus, `old` or `current`.
pub(crate) fn version_of(project: &str, version: &str) -> PathBuf {
    let folder = Path::new(TOOLS).join(project).join(version);
    assert!(
        folder.is_dir(),
        "no {project} {version} here: run scripts/setup, as `make test` does"
    );
    folder
}

/// kcwatch, if another than the one that was built for the tests is to be tested: from `KCWATCH_TEST_BINARY`.
pub(crate) fn kcwatch() -> Option<PathBuf> {
    variable("KCWATCH_TEST_BINARY").map(PathBuf::from)
}

/// Java: of `JAVA_HOME`, or from the `PATH`.
pub(crate) fn java() -> PathBuf {
    match variable("JAVA_HOME") {
        Some(home) => Path::new(&home).join("bin/java"),
        None => found("java", "java"),
    }
}

/// Python with Helm and the schemas of Kubernetes.
pub(crate) fn deploy_python() -> PathBuf {
    let python = Path::new(TOOLS).join("venv-deploy/bin/python");
    assert!(
        python.is_file(),
        "no Helm here: run scripts/setup, as `make test` does"
    );
    python
}

/// A version of Keycloak that `scripts/setup` prepared.
pub(crate) fn keycloak(version: &str) -> PathBuf {
    let prepared = Path::new(TOOLS).join("keycloak").join(version);
    assert!(
        prepared.join("ready").is_file(),
        "no Keycloak {version} here: run scripts/setup, as `make test` does"
    );
    prepared
}

/// Where `scripts/setup` puts what drives a browser: the packages that `tests/browser` names.
pub(crate) fn browser() -> PathBuf {
    let folder = Path::new(TOOLS).join("browser");
    let lock = "package-lock.json";
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let same = std::fs::read(folder.join(lock)).ok() == std::fs::read(wanted.join(lock)).ok();
    assert!(
        same && folder.join("node_modules/axe-core").is_dir(),
        "nothing here that drives a browser, or not what tests/browser asks for: run scripts/setup, as `make test` does"
    );
    folder
}

/// Chromium, as Debian has it.
pub(crate) fn chromium() -> PathBuf {
    found("chromium", "chromium")
}

fn found(folder: &str, program: &str) -> PathBuf {
    let ours = Path::new(TOOLS).join(folder).join(program);
    let path = variable("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&path).map(|directory| directory.join(program));
    std::iter::once(ours)
        .chain(candidates)
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| panic!("no {program} here: run scripts/setup, as `make test` does"))
}

fn variable(name: &str) -> Option<OsString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests find their servers through the environment"
    )]
    std::env::var_os(name)
}
