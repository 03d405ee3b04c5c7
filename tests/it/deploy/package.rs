//! The Debian package, made by `scripts/package` of what was built for the tests.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use flate2::read::GzDecoder;
use rustix::process::Signal;
use tempfile::TempDir;

use super::{unit, unit_file::CONFIGURATION};
use crate::{
    config::text_of,
    daemon::{
        home::{Home, program},
        service_manager::Manager,
    },
};

/// The package, made once for all tests.
static PACKAGE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("kcwatch.deb");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let done = Command::new(root.join("scripts/package"))
        .arg(program())
        .arg(&file)
        // What is built for tests is large.
        .env("KCWATCH_PACKING", "--fast")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    (folder, file)
});

fn dpkg_deb(arguments: &[&str]) -> String {
    let output = Command::new("dpkg-deb").args(arguments).output();
    let output = output.expect("dpkg-deb is there");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn package() -> &'static str {
    PACKAGE.1.to_str().unwrap()
}

/// All files in it: path → mode and owner.
fn contents() -> Vec<(String, String)> {
    let listed = dpkg_deb(&["--contents", package()]);
    let files = listed.lines().filter(|line| line.starts_with('-'));
    files
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[5].to_owned(), format!("{} {}", words[0], words[1]))
        })
        .collect()
}

#[test]
fn it_holds_what_a_host_needs() {
    let contents = contents();
    for (path, mode) in [
        ("./usr/bin/kcwatch", "-rwxr-xr-x 0/0"),
        ("./etc/kcwatch/kcwatch.yaml", "-rw-r--r-- 0/0"),
        ("./usr/lib/systemd/system/kcwatch.service", "-rw-r--r-- 0/0"),
        ("./usr/share/man/man1/kcwatch.1.gz", "-rw-r--r-- 0/0"),
        (
            "./usr/share/bash-completion/completions/kcwatch",
            "-rw-r--r-- 0/0",
        ),
        (
            "./usr/share/zsh/vendor-completions/_kcwatch",
            "-rw-r--r-- 0/0",
        ),
        (
            "./usr/share/fish/vendor_completions.d/kcwatch.fish",
            "-rw-r--r-- 0/0",
        ),
        ("./usr/share/doc/kcwatch/copyright", "-rw-r--r-- 0/0"),
        ("./usr/share/doc/kcwatch/LICENCES.gz", "-rw-r--r-- 0/0"),
        (
            "./usr/share/doc/kcwatch/changelog.Debian.gz",
            "-rw-r--r-- 0/0",
        ),
        ("./usr/share/doc/kcwatch/CHANGELOG.md", "-rw-r--r-- 0/0"),
        (
            "./usr/share/doc/kcwatch/docs/deployment.md",
            "-rw-r--r-- 0/0",
        ),
        (
            "./usr/share/doc/kcwatch/examples/kcwatch.example.yaml",
            "-rw-r--r-- 0/0",
        ),
    ] {
        let found = contents.iter().find(|(one, _)| one == path);
        let (_, found) = found.unwrap_or_else(|| panic!("{path} is missing: {contents:#?}"));
        assert_eq!(found, mode, "{path}");
    }
}

#[test]
fn it_says_what_it_is_and_what_it_depends_on() {
    let field = |name: &str| dpkg_deb(&["--field", package(), name]).trim().to_owned();
    assert_eq!(field("Package"), "kcwatch");
    assert_eq!(field("Version"), concat!(env!("CARGO_PKG_VERSION"), "-1"));
    assert!(field("Depends").contains("libc6"), "{}", field("Depends"));
    assert!(field("Depends").contains("ca-certificates"));
    let written = text_of("deploy/debian/changelog");
    assert!(written.starts_with(&format!("kcwatch ({})", field("Version"))));
}

#[test]
fn the_configuration_is_kept_when_somebody_has_changed_it() {
    let control = TempDir::new().unwrap();
    dpkg_deb(&["--control", package(), control.path().to_str().unwrap()]);
    let kept = std::fs::read_to_string(control.path().join("conffiles")).unwrap();
    assert_eq!(kept.trim(), "/etc/kcwatch/kcwatch.yaml");
    for script in ["postinst", "prerm", "postrm"] {
        let text = std::fs::read_to_string(control.path().join(script)).unwrap();
        for word in ["adduser", "useradd", " enable ", " start ", "DEBHELPER"] {
            assert!(!text.contains(word), "{script}: {word}");
        }
        let file = control.path().join(script);
        let checked = Command::new("sh").arg("-n").arg(file).status().unwrap();
        assert!(checked.success(), "{script}");
    }
}

#[test]
fn the_manual_is_a_page_of_section_one() {
    let home = Home::new();
    dpkg_deb(&["--extract", package(), home.path("").to_str().unwrap()]);
    let file = std::fs::File::open(home.path("usr/share/man/man1/kcwatch.1.gz")).unwrap();
    let mut page = String::new();
    GzDecoder::new(file).read_to_string(&mut page).unwrap();
    let title = page.lines().find(|line| line.starts_with(".TH"));
    let title = title.expect("a title").to_lowercase();
    assert!(title.contains("kcwatch") && title.contains('1'), "{title}");
}

#[tokio::test]
async fn unpacked_it_takes_its_own_configuration_and_runs_as_its_unit_says() {
    let home = Home::new();
    dpkg_deb(&["--extract", package(), home.path("").to_str().unwrap()]);
    let installed = std::fs::read_to_string(home.path("etc/kcwatch/kcwatch.yaml")).unwrap();
    assert_eq!(installed, text_of(CONFIGURATION));
    let checked = Command::new(home.path("usr/bin/kcwatch"))
        .args([
            "--config",
            home.path("etc/kcwatch/kcwatch.yaml").to_str().unwrap(),
        ])
        .arg("check-config")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(said.trim(), "ok: 1 target in 1 store", "{checked:?}");

    let manager = Manager::at(&home);
    let daemon = unit::start(&home, &manager).await;
    let ready = manager.hears_news().await;
    assert!(ready.contains("READY=1"), "{ready}");
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit().await.code, Some(0));
}
