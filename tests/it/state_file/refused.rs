//! What the system refuses: the old file stays whole, nothing lies beside it, and the words say what to do.

use std::{
    fs::{self, Permissions},
    io::ErrorKind,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
};

use kcwatch::state_file::{Loaded, StateFile};
use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};

use super::{Content, Home};

/// What is said about a file at this path that cannot be written, without the path.
fn said(path: &Path) -> String {
    let refused = StateFile::new(path).write(&Content::small(2)).unwrap_err();
    let said = refused.to_string();
    let begin = format!("the state file {} cannot be written: ", path.display());
    said.strip_prefix(&begin)
        .expect("the path is named")
        .to_owned()
}

#[test]
fn a_place_where_no_file_can_be_is_told() {
    let home = Home::new();
    assert_eq!(
        said(&home.0.path().join("missing/state.json")),
        "its directory does not exist: create it, writable for the user that kcwatch runs as"
    );
    assert_eq!(
        said(home.0.path()),
        "it is a directory: let state_file name a file in it"
    );
    fs::write(home.path(), "{}").unwrap();
    assert_eq!(
        said(&home.path().join("state.json")),
        "part of its path is no directory: let state_file name another"
    );
}

/// Not even root may write to `/sys`, which is read-only in some containers and forbidden elsewhere.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_written_is_told() {
    let said = said(Path::new("/sys/kcwatch-state.json"));
    assert!(
        said.starts_with("its directory is not writable: ")
            || said.starts_with("its file system is read-only: "),
        "{said}"
    );
}

/// Root may read and write everything, so it lets somebody else try.
#[test]
fn permissions_are_kept_and_told() {
    if !geteuid().is_root() {
        return without_permission();
    }
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    let itself = copy_of_this_program(home.path());
    let mut child = Command::new(itself);
    child.args([
        "--exact",
        "state_file::refused::without_permission",
        "--ignored",
    ]);
    child.env("TMPDIR", home.path()).uid(65_534).gid(65_534);
    let ran = child.current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// Where this program lies, others may not go.
fn copy_of_this_program(directory: &Path) -> PathBuf {
    let (itself, copy) = (std::env::current_exe().unwrap(), directory.join("it"));
    if fs::hard_link(&itself, &copy).is_err() {
        fs::copy(&itself, &copy).unwrap();
    }
    copy
}

#[test]
#[ignore = "run by another test, not as root"]
fn without_permission() {
    if geteuid().is_root() {
        return;
    }
    let home = Home::new();
    let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    home.file().write(&Content::small(1)).unwrap();
    set(&home.path(), 0o000);
    let found = home.file().read::<Content>();
    assert_eq!(found, Loaded::Unreadable(ErrorKind::PermissionDenied));
    assert!(
        said(&home.path()).starts_with("what lies there may not be read, so it is not replaced: ")
    );
    set(&home.path(), 0o400);
    set(home.0.path(), 0o500);
    assert_eq!(
        said(&home.path()),
        "its directory is not writable: make it writable for the user that kcwatch runs as"
    );
    assert_eq!(home.file().read(), Loaded::Content(Content::small(1)));
    set(&home.path(), 0o600);
    fs::write(home.path(), "garbage").unwrap();
    let found = home.file().read::<Content>();
    assert!(
        matches!(found, Loaded::Senseless { aside: None, .. }),
        "{found:?}"
    );
    assert!(said(&home.path()).starts_with("its directory is not writable: "));
    set(home.0.path(), 0o700);
    assert_eq!(home.names(), ["state.json"]);
    assert_eq!(fs::read_to_string(home.path()).unwrap(), "garbage");
}

/// In a process of its own, because the limit is one of the process. The shell ignores the signal that the limit sends, so
/// that writing fails instead, as it does on a full disk.
#[test]
fn running_out_of_room_leaves_the_old_file() {
    let shell = "trap '' XFSZ; exec \"$0\" \"$@\"";
    let mut child = Command::new("sh");
    child
        .args(["-c", shell])
        .arg(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "state_file::refused::with_little_room",
        "--ignored",
    ]);
    let ran = child.env(ROOM, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

/// Set for the child; whoever runs all ignored tests has no signal ignored, and would be killed by it.
const ROOM: &str = "KCWATCH_TEST_LITTLE_ROOM";

#[test]
#[ignore = "run by another test, with a signal ignored"]
#[expect(
    clippy::disallowed_methods,
    reason = "a message of one test to another"
)]
fn with_little_room() {
    if std::env::var_os(ROOM).is_none() {
        return;
    }
    let home = Home::new();
    home.file().write(&Content::small(1)).unwrap();
    let old = getrlimit(Resource::Fsize);
    for room in [0, 1, 4_096, 65_536] {
        let current = Some(room);
        setrlimit(Resource::Fsize, Rlimit { current, ..old }).unwrap();
        let refused = home.file().write(&Content::of(2, 100_000)).unwrap_err();
        setrlimit(Resource::Fsize, old).unwrap();
        assert!(
            refused.to_string().contains("there is no room for it"),
            "{refused}"
        );
        assert_eq!(home.file().look(), Loaded::Content(Content::small(1)));
        assert_eq!(home.names(), ["state.json"]);
    }
    home.file().write(&Content::of(2, 100_000)).unwrap();
}
