//! Directories of files, as Vault Agent, the CSI driver and Kubernetes write them.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use kcwatch::{clock, config, model::Reason, model::StoreName, store::Store};
use tempfile::TempDir;

use super::rig::read;

/// A directory, and the store that reads it.
pub(super) struct Mounted {
    directory: TempDir,
    pub(super) store: Store,
}

fn store(directory: &Path) -> Store {
    let name = StoreName::new("mounted").expect("a name");
    let directory = directory.to_owned();
    let settings = config::Store::Files(config::Files { directory });
    Store::build(name, &settings, Duration::from_secs(5), clock::system()).expect("nothing to fail")
}

impl Mounted {
    pub(super) fn new() -> Self {
        let directory = TempDir::new().expect("a directory can be made");
        let store = store(directory.path());
        Self { directory, store }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("it can be made");
        std::fs::write(path, content).expect("it can be written");
    }

    /// The text at `/url`, or why there is none.
    async fn url(&self, name: &str) -> Result<String, Reason> {
        let secret = read(&self.store, name)
            .await
            .map_err(|failure| failure.reason)?;
        let url = secret.content.public_text("/url");
        Ok(url.unwrap_or("no text there").to_owned())
    }
}

#[tokio::test]
async fn a_file_is_found_with_and_without_its_suffix_and_read_anew_each_time() {
    let mounted = Mounted::new();
    mounted.write("team/sso.json", r#"{"url": "one"}"#);
    assert_eq!(mounted.url("team/sso").await, Ok("one".to_owned()));
    assert_eq!(mounted.url("team/sso.json").await, Ok("one".to_owned()));
    mounted.write("team/sso.json", r#"{"url": "two"}"#);
    assert_eq!(mounted.url("team/sso").await, Ok("two".to_owned()));
    let told = mounted.store.status().borrow().clone();
    assert_eq!(
        (told.up, told.logins, told.login_failures),
        (Some(true), None, None)
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_told_apart() {
    let mounted = Mounted::new();
    mounted.write("half.json", r#"{"url": "on"#);
    mounted.write("binary", [0xff, 0xfe, 0x00]);
    mounted.write(
        "large",
        format!(r#"{{"url": "{}"}}"#, "x".repeat(1024 * 1024)),
    );
    mounted.write("nothing", "");
    assert_eq!(mounted.url("missing").await, Err(Reason::NotFound));
    assert_eq!(mounted.url("half.json/below").await, Err(Reason::NotFound));
    assert_eq!(mounted.url("half").await, Err(Reason::BadResponse));
    assert_eq!(mounted.url("binary").await, Err(Reason::BadResponse));
    assert_eq!(mounted.url("nothing").await, Err(Reason::BadResponse));
    assert_eq!(mounted.url("large").await, Err(Reason::TooLarge));
    assert_eq!(mounted.store.status().borrow().up, Some(true));
}

#[tokio::test]
async fn a_file_caught_half_written_is_read_once_more() {
    let mounted = Mounted::new();
    mounted.write("sso", r#"{"url": "#);
    let finished = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        mounted.write("sso", r#"{"url": "one"}"#);
    };
    let (found, ()) = tokio::join!(mounted.url("sso"), finished);
    assert_eq!(found, Ok("one".to_owned()));
}

#[tokio::test]
async fn a_pipe_or_a_device_is_refused_without_waiting_for_it() {
    let mounted = Mounted::new();
    let made = Command::new("mkfifo").arg(mounted.path("pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    symlink("/dev/zero", mounted.path("device")).unwrap();
    for name in ["pipe", "device"] {
        let found = tokio::time::timeout(Duration::from_secs(5), mounted.url(name)).await;
        assert_eq!(found, Ok(Err(Reason::BadResponse)), "{name}");
    }
}

#[tokio::test]
async fn a_swap_of_links_is_seen_at_the_next_read() {
    let mounted = Mounted::new();
    mounted.write("..2026_01/sso", r#"{"url": "one"}"#);
    mounted.write("..2026_02/sso", r#"{"url": "two"}"#);
    symlink("..2026_01", mounted.path("..data")).unwrap();
    symlink("..data/sso", mounted.path("sso")).unwrap();
    assert_eq!(mounted.url("sso").await, Ok("one".to_owned()));
    symlink("..2026_02", mounted.path("..new")).unwrap();
    std::fs::rename(mounted.path("..new"), mounted.path("..data")).unwrap();
    assert_eq!(mounted.url("sso").await, Ok("two".to_owned()));
}

#[tokio::test]
async fn a_mounted_secret_with_a_file_for_each_key_is_one_object() {
    let mounted = Mounted::new();
    mounted.write("sso/..2026_01/url", "one\n");
    mounted.write("sso/..2026_01/initial-access-token", "a.b.c");
    symlink("..2026_01", mounted.path("sso/..data")).unwrap();
    for key in ["url", "initial-access-token"] {
        symlink(format!("..data/{key}"), mounted.path(&format!("sso/{key}"))).unwrap();
    }
    let secret = read(&mounted.store, "sso").await.unwrap();
    assert_eq!(secret.content.public_text("/url"), Some("one"));
    assert!(secret.content.has("/initial-access-token"));
    assert!(!secret.content.has("/..data"));
}

#[tokio::test]
async fn the_keys_of_a_mounted_secret_are_bounded_together() {
    let mounted = Mounted::new();
    for key in ["one", "two"] {
        mounted.write(&format!("sso/{key}"), "x".repeat(600 * 1024));
    }
    assert_eq!(mounted.url("sso").await, Err(Reason::TooLarge));
    mounted.write("sso/two", [0xff]);
    assert_eq!(mounted.url("sso").await, Err(Reason::BadResponse));
}

#[tokio::test]
async fn without_its_directory_the_store_is_down_until_it_comes_back() {
    let mounted = Mounted::new();
    let store = store(&mounted.path("later"));
    let reason = async || {
        read(&store, "sso")
            .await
            .map(drop)
            .map_err(|failure| failure.reason)
    };
    assert_eq!(reason().await, Err(Reason::Unreachable));
    assert_eq!(store.status().borrow().up, Some(false));
    mounted.write("later/sso.json", "{}");
    assert_eq!(reason().await, Ok(()));
    assert_eq!(store.status().borrow().up, Some(true));
}

#[tokio::test]
async fn what_files_hold_is_not_shown() {
    let mounted = Mounted::new();
    for content in [
        r#"{"url": "kaNarieNvogel"}"#,
        "kaNarieNvogel",
        r#"{"kaNarieNvogel"#,
    ] {
        mounted.write("sso", content);
        let outcome = read(&mounted.store, "sso").await;
        let said = format!("{outcome:?} {:?}", mounted.store);
        assert!(!said.contains("kaNarieNvogel"), "{said}");
    }
}
